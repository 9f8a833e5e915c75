"""Rows of text out of a file that somebody sent: a workbook or a text with commas."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bot.services.roster_archive import OLE_MAGIC, RefusedError, bytes_of
from bot.services.roster_cells import Kind, Sheet
from bot.services.roster_package import open_package

MOST_ROWS = 5_000
MOST_TEXT = 5 * 1024 * 1024  # bytes of a text file
MOST_COLUMNS = 100
MOST_CHARACTERS = 400  # of a cell
FORMULA = "\0formula"  # stands in a cell in whose place a formula is
MACRO = "vbaproject"
SHEBANG = b"PK"
QUOTED = re.compile(r'="([^"]*)"')
DELIMITERS = ",\t;"

Table = list[list[str]]


def tables_of(path: Path) -> list[tuple[str, Table]]:
    """Read every sheet of a file, each as rows of text; refuse what is no such file."""
    with path.open("rb") as file:
        start = file.read(len(OLE_MAGIC))
    if start.startswith((SHEBANG, OLE_MAGIC)):
        return [(name, list(rows)) for name, rows in _sheets(path)]
    if path.stat().st_size > MOST_TEXT:
        raise RefusedError("too_big", limit=MOST_TEXT // 1024 // 1024)
    return [("", _text_rows(path.read_bytes()))]


def _sheets(path: Path) -> Iterator[tuple[str, Iterator[list[str]]]]:
    # Of a workbook that carries a program nothing is read, though nothing would run it.
    bytes_of(path)
    package = open_package(path, MOST_ROWS)
    if any(MACRO in name.lower() for name in package.archive.namelist()):
        raise MacroError
    rows = 0
    for name, part in package.sheets:
        found = []
        for row in Sheet(package, part).rows():
            rows += 1
            if rows > MOST_ROWS:
                raise RefusedError("too_many_rows", limit=MOST_ROWS)
            cells = [""] * min(max(row.cells), MOST_COLUMNS)
            for column, cell in row.cells.items():
                if column <= MOST_COLUMNS:
                    text = FORMULA if cell.kind is Kind.FORMULA else cell.text
                    cells[column - 1] = text[:MOST_CHARACTERS]
            found.append(cells)
        yield name, iter(found)


class MacroError(Exception):
    """A workbook that carries a program."""


def _text_rows(data: bytes) -> Table:
    """Read a text file in whatever the platforms and office programs write."""
    text = _decoded(data)
    if "\0" in text:
        raise RefusedError("broken")
    lines = text.splitlines()
    delimiter = max(DELIMITERS, key=lambda sign: max((one.count(sign) for one in lines), default=0))
    found = []
    try:
        for row in islice(csv.reader(io.StringIO(text), delimiter=delimiter), MOST_ROWS + 1):
            cells = [_cell(one) for one in row[:MOST_COLUMNS]]
            if any(cells):
                found.append(cells)
    except csv.Error as error:
        raise RefusedError("broken") from error
    if len(found) > MOST_ROWS:
        raise RefusedError("too_many_rows", limit=MOST_ROWS)
    return found


def _cell(text: str) -> str:
    said = text.strip()
    if found := QUOTED.fullmatch(said):  # how a number is kept as text
        said = found[1]
    return FORMULA if said.startswith("=") else said[:MOST_CHARACTERS]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedError("broken")
