"""A workbook in which every text stays text, and sums are live with their value beside them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from bot.services.roster_report import UNWRITABLE

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
A4 = 9
MADE_UP = "#E4D7F5"


class Book:
    """A workbook with its styles."""

    def __init__(self, path: Path, now: datetime, title: str) -> None:
        self.workbook = xlsxwriter.Workbook(
            path, {"strings_to_formulas": False, "strings_to_urls": False}
        )
        created = now.astimezone(UTC).replace(tzinfo=None)
        self.workbook.set_properties({"created": created, "title": title})
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        boxed = base | {"border": 1, "align": "center"}
        self.title = self._style(base | {"font_size": 16, "bold": True, "align": "center"})
        self.plain = self._style(base | {"num_format": "@"})
        self.note = self._style(base | {"text_wrap": True, "valign": "top", "num_format": "@"})
        self.head = self._style(
            boxed | {"bold": True, "text_wrap": True, "bg_color": "#E8EEF7", "num_format": "@"}
        )
        self.cell = self._style(boxed | {"num_format": "@"})
        # A leading ' keeps such a text a text even where somebody edits or copies the cell.
        self.guarded = self._style(boxed | {"num_format": "@", "quote_prefix": True})
        self.late = self._style(boxed | {"num_format": "@", "bg_color": MADE_UP, "italic": True})
        self.number = self._style(boxed | {"num_format": "0"})
        self.late_number = self._style(
            boxed | {"num_format": "0", "bg_color": MADE_UP, "italic": True}
        )
        self.tenths = self._style(boxed | {"num_format": "0.0"})

    def _style(self, properties: dict[str, object]) -> Format:
        return self.workbook.add_format(properties)

    def sheet(self, name: str, title: str, facts: Sequence[str], heads: Sequence[str]) -> Worksheet:
        """Begin a sheet for A4 across: its title, facts, and heads that stay on every page."""
        sheet = self.workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页 共 &N 页")
        last = len(heads) - 1
        sheet.set_row(0, 26)
        sheet.merge_range(0, 0, 0, max(last, 1), "", self.title)
        sheet.write_string(0, 0, clean(title), self.title)
        for row, fact in enumerate(facts, 1):
            sheet.write_string(row, 0, clean(fact), self.plain)
        row = len(facts) + 1
        sheet.set_row(row, 34)
        for column, head in enumerate(heads):
            sheet.write_string(row, column, clean(head), self.head)
        sheet.repeat_rows(row)
        sheet.freeze_panes(row + 1, min(3, last))
        return sheet

    def text(self, sheet: Worksheet, row: int, column: int, value: str) -> None:
        """Write a text that can never be read as a formula."""
        style = self.guarded if value.startswith(FORMULA_STARTS) else self.cell
        if value:
            sheet.write_string(row, column, clean(value), style)
        else:
            sheet.write_blank(row, column, None, style)

    def figure(self, sheet: Worksheet, row: int, column: int, value: float | None) -> None:
        """Write a number: whole, or in tenths."""
        if value is None:
            self.text(sheet, row, column, "")
            return
        style = self.number if isinstance(value, int) else self.tenths
        sheet.write_number(row, column, value, style)

    def total(
        self, sheet: Worksheet, row: int, column: int, span: Sequence[int], value: float
    ) -> None:
        """Write the live sum of a span of cells, with its value for who does not reckon."""
        style = self.number if isinstance(value, int) else self.tenths
        first_row, first_column, last_row, last_column = span
        if last_row < first_row or last_column < first_column:
            sheet.write_number(row, column, value, style)
            return
        sheet.write_formula(row, column, f"=SUM({xl_range(*span)})", style, value)

    def close(self) -> None:
        """Write the file."""
        self.workbook.close()


def clean(words: str) -> str:
    """Leave out what no sheet can hold."""
    return UNWRITABLE.sub("", words)
