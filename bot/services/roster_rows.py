"""Turn the rows of one sheet into people and errors."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from openpyxl.utils import get_column_letter

from bot.services import roster_codes
from bot.services.roster_cells import Cell, Kind, Merge, Row
from bot.services.roster_columns import Columns
from bot.services.roster_heads import field_of
from bot.services.roster_messages import masked
from bot.services.roster_people import CellError, ListKind, RosterRow, cell_error
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
SPECIAL = {"name", "id_number", "sex", "birth_date", "phone", "in_census", "registered"}
# What one merged cell may well say of everybody beside it: where they live, what they learn.
SHARED = {
    "township", "village", "group", "address", "class_name", "trade", "ethnicity", "speaks",
    "phone", "household",
}  # fmt: skip
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
    kind: ListKind = ListKind.ROSTER
    old_days: bool = False
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
        if name and field_of(name.text) == "name":
            return number is None or field_of(number.text) == "id_number"
        if number:
            return False
        first = row.cells[min(row.cells)].text
        texts = [_plain(first), _plain(name.text if name else "")]
        return any(text.startswith(SUMS + FOOTERS) for text in texts)

    def _person(self, row: Row, cells: dict[str, Cell]) -> RosterRow:
        if "name" not in cells:
            self.blame(row.number, "name", fault("missing_name"))
        texts = self._texts(row.number, cells)
        name = self._read(row.number, texts, "name", read_name) or ""
        number, born = self._number(row.number, texts)
        birth = self._read(row.number, texts, "birth_date", self._birth)
        self._check_known(row.number, cells, birth)
        extra = self._extra(row)
        phones = self._read(row.number, texts, "phone", read_phones) or []
        if phones[1:]:
            extra["其他电话"] = "、".join(phones[1:])
        if born and birth and birth != born:
            extra["登记出生日期"] = birth.isoformat()
        return RosterRow(
            sheet=self.sheet,
            row=row.number,
            name=name,
            sex=self._sex(row.number, texts, number),
            id_number=number,
            birth_date=born or birth,
            phone=phones[0] if phones else "",
            kind=self.kind,
            extra=extra,
            **self._plain(row.number, texts),
        )

    def _check_known(self, row: int, cells: dict[str, Cell], birth: date | None) -> None:
        """Blame a row that does not say who it is; the base lists do without an ID number."""
        if "id_number" in cells:
            return
        if self.kind is ListKind.ROSTER:
            self.blame(row, "id_number", fault("missing_id"))
        elif birth is None:
            where = "id_number" if "id_number" in self.columns.fields else "name"
            self.blame(row, where, fault("missing_birth"))

    def _birth(self, cell: Cell) -> tuple[date | None, Fault | None]:
        return read_birth_date(cell, self.bounds.on, old_days=self.old_days)

    def _plain(self, row: int, texts: dict[str, Cell]) -> dict[str, Any]:
        """Read what is kept as text: codes in their one spelling, yes and no as such."""
        plain: dict[str, Any] = {
            field_: tidy(cell.text) for field_, cell in texts.items() if field_ not in SPECIAL
        }
        for field_ in roster_codes.CODED:
            if text := plain.get(field_):
                spelt = roster_codes.spelt(field_, text)
                if spelt is None:
                    self.blame(row, field_, fault(field_, text=text[:20]))
                plain[field_] = spelt or ""
        if text := plain.get("disability"):
            plain["disability"] = roster_codes.disability(text)
        for field_ in ("in_census", "registered"):
            if field_ in texts:
                said = roster_codes.said_yes(texts[field_].text)
                # A number in the column of the school register says that there is one.
                plain[field_] = bool(tidy(texts[field_].text)) if said is None else said
        return plain

    def settle(self, merges: Sequence[Merge]) -> list[Merge]:
        """Give merged cells that are shared to each of their rows; return the other ones."""
        left: list[Merge] = []
        by_column = {column: name for name, column in self.columns.fields.items()}
        at = {person.row: index for index, person in enumerate(self.people)}
        for merge in merges:
            name = by_column.get(merge.left)
            rows = [at[row] for row in range(merge.top, merge.bottom + 1) if row in at]
            if merge.left != merge.right or not rows:
                left.append(merge)
            elif merge.left in self.columns.others:
                self._share_extra(self.columns.others[merge.left], rows)
            elif name not in SHARED:
                left.append(merge)
            elif value := getattr(self.people[rows[0]], name):
                for index in rows[1:]:
                    self.people[index] = replace(self.people[index], **{name: value})
        return left

    def _share_extra(self, head: str, rows: Sequence[int]) -> None:
        value = self.people[rows[0]].extra.get(head)
        for index in rows[1:] if value else ():
            person = self.people[index]
            self.people[index] = replace(person, extra={head: str(value), **person.extra})

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
        # Who is counted at the doors may be older by now, or no more.
        if born and self.kind is ListKind.ROSTER:
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
