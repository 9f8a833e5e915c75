"""Open a file that an office sent, be it a workbook, an old workbook or a text with commas."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.services.roster_archive import ENCRYPTED_STREAM, MEBI, MOST_BYTES, OLE_MAGIC, RefusedError
from bot.services.roster_cells import Merge, Row, Sheet
from bot.services.roster_package import Package, open_package
from bot.services.roster_text import text_rows
from bot.services.roster_xls import open_old

WORKBOOKS = {".xlsx", ".xlsm", ".xltx", ".xltm", ".et"}
ZIP_MAGIC = b"PK"
HTML = (b"<html", b"<!doctype", b"<table", b"<?xml")
PROGRAMS = ("vbaproject", "macrosheets/")
LINKS = "externallinks/"


class Grid(Protocol):
    """A sheet while it is read: its rows, and the merged cells once they end."""

    merges: list[Merge]

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold anything."""


@dataclass(frozen=True)
class Page:
    """One sheet of a book."""

    name: str
    open: Callable[[], Grid]


@dataclass(frozen=True)
class Book:
    """A file of sheets."""

    sheets: tuple[Page, ...]
    old_days: bool = False  # counts its days from 1904


@dataclass
class Rows:
    """Rows that are there already."""

    found: list[Row]
    merges: list[Merge]

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold anything."""
        yield from self.found


def open_book(path: Path, limit: int, title: str = "") -> Book:
    """Open a file of at most so many people, or refuse it."""
    if not path.is_file():
        raise RefusedError("missing")
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(OLE_MAGIC):
        return _old(path)
    if start.startswith(ZIP_MAGIC) or path.suffix.lower() in WORKBOOKS or not start:
        return _workbook(open_package(path, limit))
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(HTML):
        raise RefusedError("html")
    # The office programs name the sheet of a text after its file.
    rows = text_rows(_bytes(path), limit)
    return Book((Page((title or path.stem)[:31], partial(Rows, rows, [])),))


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise RefusedError("too_big", limit=MOST_BYTES // MEBI)
    return path.read_bytes()


def _old(path: Path) -> Book:
    data = _bytes(path)
    if ENCRYPTED_STREAM in data:
        raise RefusedError("password")
    sheets, old_days = open_old(data)
    pages = [Page(name, partial(Rows, rows, merges)) for name, rows, merges in sheets]
    return Book(tuple(pages), old_days)


def _workbook(package: Package) -> Book:
    names = [name.lower() for name in package.archive.namelist()]
    if any(word in name for name in names for word in PROGRAMS):
        raise RefusedError("macro")
    if any(LINKS in name for name in names):
        raise RefusedError("links")
    pages = [Page(name, partial(Sheet, package, part)) for name, part in package.sheets]
    return Book(tuple(pages), package.epoch.year > 1900)  # noqa: PLR2004 - or of 1904
