"""Turn the rows of one sheet into people and errors."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from openpyxl.utils import get_column_letter

from bot.services.roster_cells import Cell, Kind, Row
from bot.services.roster_columns import Columns, field_of
from bot.services.roster_messages import masked
from bot.services.roster_people import CellError, RosterRow, cell_error
from bot.services.roster_values import (
    LONGEST,
    LONGEST_EXTRA,
    LONGEST_OTHER,
    Fault,
    age_at,
    birth_of,
    fault,
    read_birth_date,
    read_id,
    read_name,
    read_phones,
    read_sex,
    sex_of,
    text_fault,
    tidy,
)

SUMS = ("合计", "总计", "小计", "共计", "总人数", "人数合计", "本页", "累计")
FOOTERS = ("填表", "制表", "审核", "负责人", "填报", "校对", "经办", "注:", "备注:", "说明:")
T = TypeVar("T")
FOLLOWS_FROM_ID = {"sex", "birth_date"}  # offices let a formula work them out of the ID number


@dataclass(frozen=True)
class Bounds:
    """Who may learn here: the ages, and the day they are counted at."""

    on: date
    youngest: int
    oldest: int


@dataclass
class SheetReader:
    """Read the people of one sheet, row by row."""

    sheet: str
    columns: Columns
    bounds: Bounds
    people: list[RosterRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    def take(self, row: Row) -> None:
        """Read one row under the header; blanks, sums and repeated headers are passed over."""
        cells = {
            name: row.cells[column]
            for name, column in self.columns.fields.items()
            if column in row.cells
        }
        if not cells or self._is_aside(row, cells):
            return
        self.people.append(self._person(row, cells))

    def blame(self, row: int, field_: str, trouble: Fault) -> None:
        """Note what is wrong with a field of a row."""
        self._blame(row, self.columns.fields[field_], trouble)

    def _blame(self, row: int, column: int, trouble: Fault) -> None:
        letter = get_column_letter(column)
        self.errors.append(
            cell_error(trouble.code, sheet=self.sheet, row=row, column=letter, **trouble.values)
        )

    def _is_aside(self, row: Row, cells: dict[str, Cell]) -> bool:
        name, number = cells.get("name"), cells.get("id_number")
        if name and number:
            return field_of(name.text) == "name" and field_of(number.text) == "id_number"
        if number:
            return False
        first = row.cells[min(row.cells)].text
        texts = [_plain(first), _plain(name.text if name else "")]
        return any(text.startswith(SUMS + FOOTERS) for text in texts)

    def _person(self, row: Row, cells: dict[str, Cell]) -> RosterRow:
        for needed, code in (("name", "missing_name"), ("id_number", "missing_id")):
            if needed not in cells:
                self.blame(row.number, needed, fault(code))
        texts = self._texts(row.number, cells)
        name = self._read(row.number, texts, "name", read_name) or ""
        number, born = self._number(row.number, texts)
        birth = self._read(row.number, texts, "birth_date", read_birth_date)
        extra = self._extra(row)
        phones = self._read(row.number, texts, "phone", read_phones) or []
        if phones[1:]:
            extra["其他电话"] = "、".join(phones[1:])
        if born and birth and birth != born:
            extra["登记出生日期"] = birth.isoformat()
        plain = {
            field_: tidy(cell.text)
            for field_, cell in texts.items()
            if field_ not in {"name", "id_number", "sex", "birth_date", "phone"}
        }
        return RosterRow(
            sheet=self.sheet,
            row=row.number,
            name=name,
            sex=self._sex(row.number, texts, number),
            id_number=number,
            birth_date=born or birth,
            phone=phones[0] if phones else "",
            extra=extra,
            **plain,
        )

    def _texts(self, row: int, cells: dict[str, Cell]) -> dict[str, Cell]:
        """Keep the cells that hold plain text; blame the others."""
        texts: dict[str, Cell] = {}
        for field_, cell in cells.items():
            if cell.kind is Kind.FORMULA and field_ in FOLLOWS_FROM_ID:
                continue
            trouble = text_fault(cell, LONGEST.get(field_, LONGEST_OTHER))
            if trouble:
                self.blame(row, field_, trouble)
            else:
                texts[field_] = cell
        return texts

    def _read(
        self,
        row: int,
        texts: dict[str, Cell],
        field_: str,
        read: Callable[[Cell], tuple[T, Fault | None]],
    ) -> T | None:
        if field_ not in texts:
            return None
        value, trouble = read(texts[field_])
        if trouble:
            self.blame(row, field_, trouble)
        return value

    def _number(self, row: int, texts: dict[str, Cell]) -> tuple[str, date | None]:
        on = self.bounds.on
        number = self._read(row, texts, "id_number", lambda cell: read_id(cell, on)) or ""
        born = birth_of(number) if number else None
        if born:
            age = age_at(born, on)
            if not self.bounds.youngest <= age <= self.bounds.oldest:
                self.blame(row, "id_number", self._out_of_bounds(age))
        return number, born

    def _out_of_bounds(self, age: int) -> Fault:
        bounds = self.bounds
        return fault("age", on=bounds.on, age=age, youngest=bounds.youngest, oldest=bounds.oldest)

    def _sex(self, row: int, texts: dict[str, Cell], number: str) -> str:
        sex = self._read(row, texts, "sex", read_sex) or ""
        if not number:
            return sex
        if sex and sex != sex_of(number):
            self.blame(row, "sex", fault("sex_mismatch", id=masked(number)))
        return sex_of(number)

    def _extra(self, row: Row) -> dict[str, str]:
        extra: dict[str, str] = {}
        for column, head in self.columns.others.items():
            cell = row.cells.get(column)
            # An age or a number that a formula counts is nobody's to keep.
            if cell is None or cell.kind is Kind.FORMULA:
                continue
            trouble = text_fault(cell, LONGEST_EXTRA)
            if trouble:
                self._blame(row.number, column, trouble)
            else:
                key = f"{head} ({get_column_letter(column)})" if head in extra else head
                extra[key] = tidy(cell.text)
        return extra


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
