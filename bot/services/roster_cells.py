"""Stream the rows of a sheet: what stands in each cell, and what kind of thing it is."""

import re
from collections.abc import Iterator
from datetime import datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from xml.parsers.expat import XMLParserType

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel

from bot.services.roster_archive import RefusedError
from bot.services.roster_package import (
    MOST_CHARACTERS,
    Package,
    local,
    parse,
    unescaped,
)

LAST_ROW = 1_048_576
LAST_COLUMN = 300  # wider lists than this are no rosters
MOST_MERGES = 20_000
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
DIGITS = "0123456789"
NUMBER_DIGITS = 15  # what the office programs keep of a number
WANTED = {"v", "t", "f"}


class Kind(StrEnum):
    """What stands in a cell."""

    TEXT = "text"
    NUMBER = "number"
    FORMULA = "formula"
    ERROR = "error"


class Cell(NamedTuple):
    """One filled cell, as text."""

    kind: Kind
    text: str


class Row(NamedTuple):
    """One row that has anything in it: its number and its cells by column number."""

    number: int
    cells: dict[int, Cell]


class Merge(NamedTuple):
    """A rectangle of merged cells."""

    left: int
    top: int
    right: int
    bottom: int


class Sheet:
    """Read one sheet from top to bottom; the merged cells are known when the rows end."""

    def __init__(self, package: Package, part: str) -> None:
        self.merges: list[Merge] = []
        self._package = package
        self._part = part
        self._ready: list[Row] = []
        self._row = 0
        self._column = 0
        self._cells: dict[int, Cell] = {}
        self._type = "n"
        self._style = 0
        self._formula = False
        self._pieces: list[str] = []
        self._formula_pieces: list[str] = []
        self._into: list[str] | None = None
        self._phonetic = False
        self._elements = 0

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold anything, as they are read."""
        for _ in parse(self._package, self._part, self._prepare):
            self._package.spend(self._elements)
            self._elements = 0
            yield from self._ready
            self._ready.clear()

    def _prepare(self, parser: XMLParserType) -> None:
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        tag = local(name)
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "f":
            self._formula = True
            self._into = self._formula_pieces
        elif tag in WANTED and not self._phonetic:
            self._into = self._pieces
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            if not 0 < self._row <= LAST_ROW:
                raise RefusedError("broken")
            self._column, self._cells = 0, {}
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "mergeCell" and len(self.merges) < MOST_MERGES:
            self.merges.append(_rectangle(attributes["ref"]))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = _column(reference.rstrip(DIGITS)) if reference else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._formula = False
        self._pieces = []
        self._formula_pieces = []

    def _end(self, name: str) -> None:
        tag = local(name)
        if tag == "c":
            if (self._pieces or self._formula) and self._column <= LAST_COLUMN:
                cell = self._cell()
                if cell.text.strip():
                    self._cells[self._column] = cell
        elif tag in WANTED:
            self._into = None
        elif tag == "row":
            if self._cells:
                self._ready.append(Row(self._row, self._cells))
        elif tag == "rPh":
            self._phonetic = False

    def _text(self, piece: str) -> None:
        into = self._into
        if into is not None and (not into or sum(map(len, into)) < MOST_CHARACTERS):
            into.append(piece)

    def _cell(self) -> Cell:
        if self._formula:
            return Cell(Kind.FORMULA, "=" + "".join(self._formula_pieces))
        text = "".join(self._pieces)
        if self._type == "s":
            index = int(text)
            if not 0 <= index < len(self._package.strings):
                raise RefusedError("broken")
            return Cell(Kind.TEXT, self._package.strings[index])
        if self._type == "n":
            return self._number(text)
        if self._type == "e":
            return Cell(Kind.ERROR, text)
        return Cell(Kind.TEXT, unescaped(text))

    def _number(self, text: str) -> Cell:
        value = float(text)
        if self._style in self._package.date_styles:
            return Cell(Kind.TEXT, _date_text(value, self._package.epoch) or text)
        # Past fifteen digits the program has rounded: the text is shown as it was stored.
        if value.is_integer() and abs(value) < 10**NUMBER_DIGITS:
            return Cell(Kind.NUMBER, str(int(value)))
        return Cell(Kind.NUMBER, text)


def _date_text(value: float, epoch: datetime) -> str | None:
    try:
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return None
    if isinstance(moment, datetime):
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")
    return str(moment)


@lru_cache(maxsize=LAST_COLUMN)
def _column(letters: str) -> int:
    try:
        return column_index_from_string(letters)
    except ValueError as error:
        raise RefusedError("broken") from error


def _position(reference: str) -> tuple[int, int]:
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise RefusedError("broken")
    return _column(found[1]), int(found[2])


def _rectangle(reference: str) -> Merge:
    first, _, last = reference.partition(":")
    left, top = _position(first)
    right, bottom = _position(last or first)
    return Merge(left, top, right, bottom)
