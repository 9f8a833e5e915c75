"""What a roster's row makes of a person: somebody new, or somebody who is known."""

from datetime import datetime
from typing import Any

from bot.services import staffing
from bot.services.refusing import Refusal
from bot.services.roster_fit import language, particulars
from bot.services.roster_people import RosterRow
from db.models import Person
from db.sealing import Key

TAIL = 4


def check_county(person: Person, county_id: int, row: RosterRow) -> None:
    """Refuse to take over somebody of another county."""
    if person.county_id != county_id:
        raise Refusal(
            f"{row.place} 的学员已在别的县登记，请先核对。",
            f"The person at {row.place} is registered in another county; check this first.",
            "other_county",
        )


def new_person(
    row: RosterRow, serial: int, county_id: int, key: Key, now: datetime
) -> dict[str, Any]:
    """Return the values of somebody new."""
    return {
        **particulars(row),
        "county_id": county_id,
        "number": staffing.numbered(serial),
        "id_sealed": key.seal(row.id_number),
        "id_fingerprint": key.fingerprint(row.id_number),
        "id_tail": row.id_number[-TAIL:],
        "speaks": language(row),
        "created_at": now,
    }


def take_over(
    person: Person, row: RosterRow, *, on_phone: bool
) -> tuple[list[str], dict[str, Any]]:
    """Take over what a row says otherwise; a blank says nothing.

    Return the fields' names, and what stood there before.
    """
    values = particulars(row)
    # Who is on a phone has chosen a language there, and that word counts for more.
    if row.speaks and not on_phone:
        values["speaks"] = language(row)
    changed = [name for name, value in values.items() if value and getattr(person, name) != value]
    before = {name: getattr(person, name) for name in changed}
    for name in changed:
        setattr(person, name, values[name])
    return changed, before
