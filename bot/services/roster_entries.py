"""What is kept of each line of a list, and of whom the base already knows."""

from collections.abc import Sequence
from typing import Any

from bot.services.refusing import Refusal
from bot.services.roster_codes import whereabouts
from bot.services.roster_doubting import Added
from bot.services.roster_people import ListKind, RosterRow
from db.models import Person
from db.sealing import Key

LONGEST_PLACE, LONGEST_SAID = 60, 80
LIMITED = {"name": ("姓名", 60), "township": ("乡镇", 60), "village": ("村", 60)}


def check_entries(rows: Sequence[RosterRow]) -> None:
    """Refuse lines that the lists could not hold."""
    for row in rows:
        for field, (head, longest) in LIMITED.items():
            if len(getattr(row, field)) > longest:
                raise Refusal(
                    f"工作表“{row.sheet}”第 {row.row} 行的“{head}”太长，最多 {longest} 个字。",
                    f"Sheet “{row.sheet}”, row {row.row}: “{head}” is longer than {longest}.",
                    "too_long",
                )


def entry_of(
    row: RosterRow, import_id: int, county_id: int, person: Person | Added | None, key: Key
) -> dict[str, Any]:
    """Return what is kept of a line; the number of a learner stands with the person."""
    number = "" if row.kind is ListKind.ROSTER else row.id_number
    return {
        "import_id": import_id,
        "county_id": county_id,
        "kind": row.kind.value,
        "place": row.place[:LONGEST_PLACE],
        "person_id": person.id if person else None,
        "name": row.name,
        "sex": row.sex,
        "birth_date": row.birth_date,
        "township": row.township,
        "village": row.village,
        "id_sealed": key.seal(number) if number else None,
        "id_fingerprint": key.fingerprint(number) if number else None,
        "schooling": row.schooling,
        "politics": row.politics,
        "household": row.household,
        "disability": row.disability[:40],
        "whereabouts": whereabouts(row.whereabouts),
        "said": row.whereabouts[:LONGEST_SAID],
        "in_census": row.in_census,
        "registered": row.registered,
        "added": False,
        "before": None,
    }


def listed(rows: Sequence[RosterRow]) -> tuple[list[RosterRow], list[RosterRow]]:
    """Part those who are to learn here from those who are only counted."""
    learners = [row for row in rows if row.kind is ListKind.ROSTER]
    counted = [row for row in rows if row.kind is not ListKind.ROSTER]
    return learners, counted


def as_data(values: dict[str, Any]) -> dict[str, Any]:
    """Write values of a person's fields so that they can be put back."""
    return {name: str(value) if value is not None else None for name, value in values.items()}
