"""The workbook of the sign-in sheets, its styles, and texts that stay texts."""

import io
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Book:
    """A workbook in which every text stays text."""

    def __init__(self, now: datetime) -> None:
        self.content = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(
            self.content,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self.workbook.set_properties({"created": now.astimezone(UTC).replace(tzinfo=None)})
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        boxed = base | {"border": 1, "align": "center"}
        self.title = self._style(base | {"font_size": 16, "bold": True, "align": "center"})
        self.plain = self._style(base)
        self.note = self._style(base | {"font_size": 8, "text_wrap": True, "valign": "top"})
        self.head = self._style(boxed | {"bold": True, "text_wrap": True})
        self.cell = self._style(boxed | {"num_format": "@"})
        self.number = self._style(boxed)
        self.tenths = self._style(boxed | {"num_format": "0.0"})
        # A leading ' keeps such a text a text even where somebody edits or copies the cell.
        self.guarded = self._style(boxed | {"num_format": "@", "quote_prefix": True})

    def _style(self, properties: dict[str, object]) -> Format:
        return self.workbook.add_format(properties)

    def text(self, sheet: Worksheet, row: int, column: int, value: str) -> None:
        """Write a text that can never be read as a formula."""
        style = self.guarded if value.startswith(FORMULA_STARTS) else self.cell
        if value:
            sheet.write_string(row, column, value, style)
        else:
            sheet.write_blank(row, column, None, style)

    def sum(self, sheet: Worksheet, at: tuple[int, int], rows: int, value: float) -> None:
        """Write the live sum of the `rows` cells above, with its value for who does not reckon."""
        row, column = at
        first, last = xl_rowcol_to_cell(row - rows, column), xl_rowcol_to_cell(row - 1, column)
        style = self.number if isinstance(value, int) else self.tenths
        if rows:
            sheet.write_formula(row, column, f"=SUM({first}:{last})", style, value)
        else:
            sheet.write_number(row, column, value, style)
