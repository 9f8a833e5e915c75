"""Who may not be taken back with an import: those who have marks or work by now."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Person, RosterEntry, RosterImport
from db.queries import roster_traces

# What comes with being on a roster, and goes with it.
BOOKKEEPING = frozenset(
    {
        "membership",
        "ledger_entry",
        "ledger_head",
        "roster_entry",
        "roster_doubt",
        "invite",
        "reminder",
        "task",
        "flag",
        "outbox",
    }
)
WORK = {
    "mark": ("有签到记录", "marks"),
    "sitting": ("学过课", "lessons"),
    "answer": ("答过题", "answers"),
    "account_person": ("已在手机上登记", "is on a phone"),
    "consent": ("已有同意书", "a consent"),
    "makeup": ("有补录", "makeup marks"),
    "media": ("交过材料", "files"),
}
OTHER_WORK = ("有别的记录", "other records")


@dataclass(frozen=True)
class Held:
    """Somebody whom an undo leaves as they are, and why."""

    number: str
    reason_zh: str
    reason_en: str


async def held_back(
    session: AsyncSession, lines: Iterable[RosterEntry], row: RosterImport
) -> dict[int, Held]:
    """Tell who has marks or work: of those who came with the import, or whom it put in a class."""
    moved = [one for one in lines if one.added or (one.before or {}).get("joined")]
    numbers = [one.person_id for one in moved if one.person_id and one.added]
    found = await roster_traces.with_traces(session, numbers, BOOKKEEPING)
    seated = [one.person_id for one in moved if one.person_id and not one.added]
    for person_id in await roster_traces.marked_since(session, seated, row.at):
        found[person_id] = {"mark"}
    held: dict[int, Held] = {}
    for person_id, tables in sorted(found.items()):
        person = await session.get_one(Person, person_id)
        reasons = [WORK.get(table, OTHER_WORK) for table in sorted(tables, key=_weight)]
        held[person_id] = Held(person.number, *reasons[0])
    return held


def _weight(table: str) -> int:
    names = list(WORK)
    return names.index(table) if table in names else len(names)
