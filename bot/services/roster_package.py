"""Read what a workbook says of itself: its sheets, its texts, its date styles."""

import posixpath
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType
from zipfile import BadZipFile, ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from bot.services.roster_archive import RefusedError, archive_of, bytes_of, pieces

MOST_SHEETS = 200
MOST_STRINGS = 300_000
MOST_ELEMENTS = 4_000_000
MOST_CHARACTERS = 32_767  # what a cell holds in the office programs


Start = Callable[[str, dict[str, str]], None]
SURROGATES = range(0xD800, 0xE000)
UNREADABLE = (
    BadZipFile,
    ExpatError,
    KeyError,
    ValueError,
    EOFError,
    NotImplementedError,
    zlib.error,
)
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass
class Package:
    """An opened workbook: its sheets in order, its texts and its date styles."""

    archive: ZipFile
    limit: int
    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    date_styles: set[int] = field(default_factory=set)
    epoch: datetime = CALENDAR_WINDOWS_1900
    elements: int = 0

    def spend(self, elements: int) -> None:
        """Count what was read; refuse a file that never ends."""
        self.elements += elements
        if self.elements > MOST_ELEMENTS:
            raise RefusedError("too_many_rows", limit=self.limit)


def open_package(path: Path, limit: int) -> Package:
    """Open a workbook of at most so many people, or refuse it."""
    package = Package(archive_of(bytes_of(path)), limit)
    workbook = _office_document(package)
    targets = _relations(package, workbook)
    _read_workbook(package, workbook, targets)
    for kind, part in targets.values():
        if kind == "styles":
            _read_styles(package, part)
        elif kind == "sharedStrings":
            exhaust(parse(package, part, Strings(package).prepare))
    return package


def parse(package: Package, part: str, prepare: Callable[[XMLParserType], None]) -> Iterator[None]:
    """Feed one part to a parser, pausing after each piece."""
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    prepare(parser)
    try:
        with package.archive.open(part) as stream:
            for piece in pieces(package.archive, stream, part):
                parser.Parse(piece, False)  # noqa: FBT003 - its signature
                yield
        parser.Parse(b"", True)  # noqa: FBT003
    except UNREADABLE as error:
        raise RefusedError("broken") from error
    yield


@lru_cache(maxsize=256)
def local(name: str) -> str:
    """Drop the namespace of a name, for offices write two."""
    return name.rpartition(" ")[2]


def _refuse_doctype(*_: object) -> None:
    # No office program writes one; an entity bomb needs one.
    raise RefusedError("bomb")


def exhaust(steps: Iterator[None]) -> None:
    """Read a part to its end."""
    for _ in steps:
        pass


def _scan(package: Package, part: str, start: Start) -> None:
    def count(name: str, attributes: dict[str, str]) -> None:
        package.spend(1)
        start(local(name), attributes)

    def prepare(parser: XMLParserType) -> None:
        parser.StartElementHandler = count

    exhaust(parse(package, part, prepare))


def _office_document(package: Package) -> str:
    found = [part for kind, part in _relations(package, "").values() if kind == "officeDocument"]
    if not found:
        raise RefusedError("broken")
    return found[0]


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    folder, name = posixpath.split(part)
    relations: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        # What lies outside the file is never followed.
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
            kind = attributes["Type"].rpartition("/")[2]
            relations[attributes["Id"]] = (kind, target.lstrip("/"))

    _scan(package, posixpath.join(folder, "_rels", f"{name}.rels"), start)
    return relations


def _read_workbook(package: Package, part: str, targets: dict[str, tuple[str, str]]) -> None:
    parts: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            package.epoch = CALENDAR_MAC_1904
        elif tag == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(" id")), "")
            kind, target = targets.get(relation, ("", ""))
            if kind == "worksheet":
                parts.setdefault(target, attributes["name"][:31])

    _scan(package, part, start)
    if not parts or len(parts) > MOST_SHEETS:
        raise RefusedError("bomb" if parts else "broken")
    package.sheets = [(name, target) for target, name in parts.items()]


def _read_styles(package: Package, part: str) -> None:
    dates = {number for number, code in BUILTIN_FORMATS.items() if is_date_format(code)}
    # The numbers that Chinese editions keep for their own dates; they are in no table.
    dates.update(chain(range(27, 37), range(50, 59)))
    formats: list[int] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt" and is_date_format(attributes["formatCode"]):
            dates.add(int(attributes["numFmtId"]))
        elif tag in {"cellXfs", "cellStyles", "dxfs"}:
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            formats.append(int(attributes.get("numFmtId", "0")))

    _scan(package, part, start)
    package.date_styles = {style for style, number in enumerate(formats) if number in dates}


class Strings:
    """Gather the shared texts of a workbook; how to say a word is no part of it."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._pieces: list[str] = []
        self._wanted = False
        self._phonetic = False

    def prepare(self, parser: XMLParserType) -> None:
        """Listen to a parser."""
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _start(self, name: str, _: dict[str, str]) -> None:
        tag = local(name)
        if tag == "t":
            self._wanted = not self._phonetic
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "si":
            self._pieces = []
        self._package.spend(1)

    def _end(self, name: str) -> None:
        tag = local(name)
        if tag == "t":
            self._wanted = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self._package.strings.append(unescaped("".join(self._pieces)))
            if len(self._package.strings) > MOST_STRINGS:
                raise RefusedError("too_many_rows", limit=self._package.limit)

    def _text(self, piece: str) -> None:
        if self._wanted and sum(map(len, self._pieces)) < MOST_CHARACTERS:
            self._pieces.append(piece)


def unescaped(text: str) -> str:
    """Read the office programs' own spelling of control characters."""
    if "_x" not in text:
        return text
    return ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "\N{REPLACEMENT CHARACTER}" if code in SURROGATES else chr(code)
