"""What a roster says: people, what is wrong with them, and where."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.services.roster_heads import TITLES
from bot.services.roster_messages import complaint


class ListKind(enum.StrEnum):
    """Which of the county's lists a sheet is."""

    ROSTER = "roster"  # 花名册: who is to learn here
    CENSUS = "census"  # 七普: who had never been to school in 2020
    VISIT = "visit"  # 摸排: what the townships found at the doors


@dataclass(frozen=True)
class Matched:
    """A column, its head, and the field that it was taken for; blank for none of ours."""

    sheet: str
    column: str
    head: str
    field: str
    how: str

    @property
    def title(self) -> str:
        """Name the field as it is shown."""
        return TITLES.get(self.field, "—")


@dataclass(frozen=True)
class RosterRow:
    """One person of a roster, as plain values; empty where the office left a blank."""

    sheet: str
    row: int
    name: str = ""
    sex: str = ""
    ethnicity: str = ""
    id_number: str = ""
    birth_date: date | None = None
    phone: str = ""
    township: str = ""
    village: str = ""
    group: str = ""
    address: str = ""
    class_name: str = ""
    trade: str = ""
    disability: str = ""
    note: str = ""
    speaks: str = ""
    schooling: str = ""
    politics: str = ""
    household: str = ""
    whereabouts: str = ""  # as the office wrote it
    in_census: bool | None = None
    registered: bool | None = None
    kind: ListKind = ListKind.ROSTER
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Name the row as reports do."""
        return f"{self.sheet}!{self.row}"


@dataclass(frozen=True)
class CellError:
    """One wrong cell, and what to do about it."""

    sheet: str
    row: int
    column: str
    code: str
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class RosterReading:
    """All that was read of a file; anything but people means that nothing is imported."""

    people: tuple[RosterRow, ...] = ()
    errors: tuple[CellError, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    refused: str | None = None
    refusal_zh: str = ""
    refusal_en: str = ""
    columns: Sequence[Matched] = ()

    def refusing(self, code: str, chinese: str, english: str) -> "RosterReading":
        """Return this reading as one that is not to be imported, and why."""
        return replace(self, refused=code, refusal_zh=chinese, refusal_en=english)

    @property
    def guessed(self) -> tuple[Matched, ...]:
        """The columns that nobody named, which a person has to confirm."""
        return tuple(one for one in self.columns if one.how == "content")

    @property
    def sound(self) -> bool:
        """Say whether the people may be imported."""
        return self.refused is None and not self.errors

    def as_json(self) -> dict[str, object]:
        """Shape the reading for `--json`."""
        return {
            "people": len(self.people),
            "errors": [
                {
                    "sheet": error.sheet,
                    "row": error.row,
                    "column": error.column,
                    "code": error.code,
                    "message": f"{error.message_zh} {error.message_en}",
                }
                for error in self.errors
            ],
            "duplicates": [list(pair) for pair in self.duplicates],
            "refused": self.refused,
        }


def cell_error(code: str, *, sheet: str, row: int, column: str, **values: object) -> CellError:
    """Describe one wrong cell."""
    messages = complaint(code, sheet=sheet, row=row, column=column, **values)
    return CellError(sheet, row, column, code, *messages)
