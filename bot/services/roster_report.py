"""Send a roster back with its wrong cells marked."""

import re
from collections import defaultdict
from pathlib import Path

import xlsxwriter
from openpyxl.utils import column_index_from_string
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.services.roster_book import Page, open_book
from bot.services.roster_cells import Row
from bot.services.roster_people import CellError, RosterReading

MOST_ROWS = 20_000  # of one sheet that is sent back
NOTES = "说明"
ERROR_HEADS = ("工作表", "单元格", "代码", "说明")
PROBLEMS = "问题（请按提示改正）"
LIVE = re.compile(r"[=@\t\r]|[+\-](?![\d\s\-]*$)")
UNSHEETLIKE = re.compile(r"[\[\]:*?/\\']")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
Marks = dict[int, dict[int, list[str]]]


def write_error_report(source: Path, reading: RosterReading, target: Path, title: str = "") -> None:
    """Write a copy of the roster as text, wrong cells red, and a sheet that says what to do."""
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        styles = {
            "text": book.add_format({"num_format": "@"}),
            "wrong": book.add_format({"num_format": "@", "bg_color": "#FF5050"}),
            "problem": book.add_format({"font_color": "#C00000"}),
            "head": book.add_format({"bold": True, "bg_color": "#DDEBF7"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        names = {NOTES}
        _write_notes(book.add_worksheet(NOTES), reading, styles)
        if not reading.errors:
            return
        by_sheet: dict[str, list[CellError]] = defaultdict(list)
        for error in reading.errors:
            by_sheet[error.sheet].append(error)
        for page in open_book(source, MOST_ROWS, title).sheets:
            if page.name in by_sheet:
                sheet = book.add_worksheet(_sheet_name(page.name, names))
                _copy(page, sheet, by_sheet[page.name], styles)


def _write_notes(sheet: Worksheet, reading: RosterReading, styles: dict[str, Format]) -> None:
    sheet.set_column(0, 2, 14)
    sheet.set_column(3, 3, 90, styles["wrap"])
    if reading.refused:
        sheet.write_string(0, 0, "文件没有导入", styles["head"])
        sheet.write_string(1, 0, reading.refusal_zh)
        sheet.write_string(2, 0, reading.refusal_en)
    elif reading.errors:
        told = (
            f"名单没有导入：有 {len(reading.errors)} 处要改，已标红。改好后整份再发，不会重复导入。"
        )
        sheet.write_string(0, 0, told, styles["head"])
    else:
        told = f"名单没有错误，共 {len(reading.people)} 人。"
        sheet.write_string(0, 0, told, styles["head"])
    row = 4
    for first, second in reading.duplicates:
        sheet.write_string(row, 0, "可能是同一人", styles["problem"])
        sheet.write_string(row, 1, inert(first))
        sheet.write_string(row, 2, inert(second))
        row += 1
    for column, head in enumerate(ERROR_HEADS if reading.errors else ()):
        sheet.write_string(row, column, head, styles["head"])
    for at, error in enumerate(reading.errors, row + 1):
        sheet.write_string(at, 0, inert(error.sheet))
        sheet.write_string(at, 1, f"{error.column}{error.row}")
        sheet.write_string(at, 2, error.code)
        sheet.write_string(at, 3, error.message_zh)


def _copy(
    page: Page,
    sheet: Worksheet,
    errors: list[CellError],
    styles: dict[str, Format],
) -> None:
    """Copy a sheet as text, cell for cell, so that the addresses stay those of the office."""
    marks: Marks = defaultdict(lambda: defaultdict(list))
    for error in errors:
        column = column_index_from_string(error.column)
        marks[error.row][column].append(error.message_zh)
    rows = _first_rows(page)
    last = max((max(row.cells) for row in rows.values()), default=1)
    last = max(last, *(column for wrong in marks.values() for column in wrong))
    sheet.set_column(0, last - 1, 16)
    sheet.set_column(last, last, 80)
    sheet.write_string(0, last, PROBLEMS, styles["problem"])
    for number in sorted({*rows, *marks}):
        _copy_row(sheet, number, rows.get(number, Row(number, {})), marks.get(number, {}), styles)
        if number in marks:
            told = " ".join(text for wrong in marks[number].values() for text in wrong)
            sheet.write_string(number - 1, last, told[:32_000], styles["problem"])


def _first_rows(page: Page) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    for row in page.open().rows():
        rows[row.number] = row
        if len(rows) >= MOST_ROWS:
            break
    return rows


def _copy_row(
    sheet: Worksheet,
    number: int,
    row: Row,
    wrong: dict[int, list[str]],
    styles: dict[str, Format],
) -> None:
    for column in sorted({*row.cells, *wrong}):
        cell = row.cells.get(column)
        style = styles["wrong" if column in wrong else "text"]
        sheet.write_string(number - 1, column - 1, inert(cell.text if cell else ""), style)
        if column in wrong:
            sheet.write_comment(number - 1, column - 1, "\n".join(wrong[column])[:2_000])


def inert(text: str) -> str:
    """Keep a text from being taken for a formula, here or wherever it is pasted."""
    text = UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"'{text}" if LIVE.match(text.lstrip(" ")) else text


def _sheet_name(name: str, taken: set[str]) -> str:
    plain = UNSHEETLIKE.sub("_", name)[:28] or "Sheet"
    unique, at = plain, 1
    while unique.lower() in {other.lower() for other in taken}:
        at += 1
        unique = f"{plain}{at}"
    taken.add(unique)
    return unique
