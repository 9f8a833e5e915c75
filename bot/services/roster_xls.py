"""Read an old workbook (.xls): what stands in its cells, and which of them are merged."""

import io
import struct
from datetime import datetime, time

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDocError

from bot.services.roster_archive import MEBI, RefusedError
from bot.services.roster_cells import LAST_COLUMN, NUMBER_DIGITS, Cell, Kind, Merge, Row

MOST_OLD_BYTES = 10 * MEBI
PROGRAM = "_VBA_PROJECT".encode("utf-16-le")
Old = tuple[str, list[Row], list[Merge]]
UNREADABLE = (
    xlrd.XLRDError,
    CompDocError,
    struct.error,
    AssertionError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    NotImplementedError,
)


def open_old(data: bytes) -> tuple[list[Old], bool]:
    """Return every sheet with its rows and merges, and whether its days count from 1904."""
    if len(data) > MOST_OLD_BYTES:
        raise RefusedError("too_big", limit=MOST_OLD_BYTES // MEBI)
    if PROGRAM in data:
        raise RefusedError("macro")
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
        sheets = [
            (str(sheet.name), _rows(book, sheet), [_merge(one) for one in sheet.merged_cells])
            for sheet in book.sheets()
        ]
    except UNREADABLE as error:
        # Nothing in it can be trusted further; what it was is said as well as it is known.
        raise RefusedError("password" if "encrypted" in str(error) else "old_xls") from error
    if not sheets:
        raise RefusedError("old_xls")
    return sheets, bool(book.datemode)


def _merge(span: tuple[int, int, int, int]) -> Merge:
    top, below, left, right = span
    return Merge(left + 1, top + 1, right, below)


def _rows(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> list[Row]:
    found: list[Row] = []
    for number in range(sheet.nrows):
        cells = {
            column + 1: cell
            for column in range(min(sheet.row_len(number), LAST_COLUMN))
            if (cell := _cell(book, sheet, number, column)) and cell.text.strip()
        }
        if cells:
            found.append(Row(number + 1, cells))
    return found


def _cell(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> Cell | None:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_NUMBER:
        whole = float(value).is_integer() and abs(value) < 10**NUMBER_DIGITS
        return Cell(Kind.NUMBER, str(int(value)) if whole else repr(float(value)))
    if kind == xlrd.XL_CELL_DATE:
        return _date(float(value), book.datemode)
    if kind == xlrd.XL_CELL_ERROR:
        return Cell(Kind.ERROR, str(error_text_from_code.get(value, "#N/A")))
    if kind in {xlrd.XL_CELL_TEXT, xlrd.XL_CELL_BOOLEAN}:
        return Cell(Kind.TEXT, str(value))
    return None


def _date(value: float, datemode: int) -> Cell:
    try:
        moment: datetime = xlrd.xldate_as_datetime(value, datemode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return Cell(Kind.NUMBER, repr(value))
    day = moment.date().isoformat()
    return Cell(Kind.TEXT, day if moment.time() == time() else moment.isoformat(" "))
