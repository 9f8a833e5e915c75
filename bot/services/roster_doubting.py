"""Two who may be one: found when a roster comes in, settled by a person, never silently."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.roster_people import RosterRow
from bot.services.roster_twice import perhaps_one
from db.models import Person, RosterDoubt
from db.queries import rosters

MOST_DOUBTS = 2_000  # of one import; more are no doubts but a wrong file


@dataclass(slots=True)
class Added:
    """Somebody whom an import added."""

    id: int
    name: str
    sex: str
    village: str
    birth_date: date | None


def _alike(person: Person | Added, other: Person | Added | RosterRow) -> bool:
    if person.sex and other.sex and person.sex != other.sex:
        return False
    return perhaps_one(person.name, person.village, other.name, other.village)


async def _by_day(
    session: AsyncSession, county_id: int, days: Iterable[date | None]
) -> dict[date, list[Person]]:
    found: dict[date, list[Person]] = defaultdict(list)
    for person in await rosters.born_on(session, county_id, {day for day in days if day}):
        if person.birth_date:
            found[person.birth_date].append(person)
    return found


async def note(
    session: AsyncSession, import_id: int, county_id: int, added: Sequence[Added]
) -> int:
    """Keep who of those that an import added may be somebody already there; return how many."""
    by_day: dict[date, list[Person | Added]] = defaultdict(list)
    new = {one.id for one in added}
    days = {one.birth_date for one in added if one.birth_date}
    for person in await rosters.born_on(session, county_id, days, before=min(new, default=0)):
        if person.birth_date:
            by_day[person.birth_date].append(person)
    pairs: dict[tuple[int, int], None] = {}
    for one in added:
        if one.birth_date is None:
            continue
        for other in by_day[one.birth_date]:
            if _alike(one, other):
                pairs[one.id, other.id] = None
        by_day[one.birth_date].append(one)
    kept = list(pairs)[:MOST_DOUBTS]
    session.add_all(
        RosterDoubt(import_id=import_id, person_id=person, other_id=other) for person, other in kept
    )
    await session.flush()
    return len(kept)


async def foreseen(
    session: AsyncSession, county_id: int, rows: Sequence[RosterRow], known: set[str]
) -> list[tuple[RosterRow, Person]]:
    """Tell before an import who of its new people may be somebody already there.

    `known` are the numbers that the base has: those are nobody new.
    """
    new = [row for row in rows if row.id_number not in known]
    by_day = await _by_day(session, county_id, (row.birth_date for row in new))
    return [
        (row, person)
        for row in new
        for person in (by_day.get(row.birth_date, ()) if row.birth_date else ())
        if _alike(person, row)
    ][:MOST_DOUBTS]
