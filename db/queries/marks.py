"""Who was there, as it was marked."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol, cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Mark, Phase, RollDraft, Status
from db.prepared import Prepared

TABLE = cast("Table", Mark.__table__)
COLUMNS = TABLE.c
_WRITTEN = [column.key for column in COLUMNS if column.key != "id"]
_KEYS = Prepared(
    select(COLUMNS.key, COLUMNS.id).where(
        COLUMNS.meeting_id == bindparam("meeting"),
        COLUMNS.person_id == bindparam("person"),
        COLUMNS.phase == bindparam("phase"),
    )
)
_ARRIVALS = Prepared(
    select(COLUMNS.id, COLUMNS.person_id, COLUMNS.key, COLUMNS.status)
    .where(COLUMNS.meeting_id == bindparam("meeting"), COLUMNS.phase == Phase.IN)
    .order_by(COLUMNS.id)
)
_ADD = {
    dialect.__name__.rpartition(".")[2]: Prepared(
        dialect.insert(TABLE)
        .values({COLUMNS[name]: bindparam(name) for name in _WRITTEN})
        .on_conflict_do_nothing()
        .returning(COLUMNS.id)
    )
    for dialect in (sqlite, postgresql)
}


class Arrival(Protocol):
    """A mark of coming in: what a tally needs of it."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def person_id(self) -> int:
        """Who came."""

    @property
    def key(self) -> str:
        """What it is, once for each person."""

    @property
    def status(self) -> Status:
        """How it counts."""


async def of_person(session: AsyncSession, meeting_id: int, person_id: int) -> Sequence[Mark]:
    """List a person's marks at a meeting, oldest first."""
    found = select(Mark).where(Mark.meeting_id == meeting_id, Mark.person_id == person_id)
    return (await session.scalars(found.order_by(Mark.id))).all()


async def of_meeting(session: AsyncSession, meeting_id: int) -> Sequence[Mark]:
    """List every mark of a meeting, oldest first."""
    found = select(Mark).where(Mark.meeting_id == meeting_id)
    return (await session.scalars(found.order_by(Mark.id))).all()


async def keys(
    session: AsyncSession, meeting_id: int, person_id: int, phase: Phase
) -> dict[str, int]:
    """Return the keys of a person's marks in a phase, with their ids."""
    about = {"meeting": meeting_id, "person": person_id, "phase": phase}
    return {row.key: row.id for row in await _KEYS.rows(session, about)}


async def add_once(session: AsyncSession, mark: Mark) -> int | None:
    """Store a mark; return its id, or None where one with its key is there already."""
    values = {name: getattr(mark, name) for name in _WRITTEN}
    values["minutes_late"] = mark.minutes_late or 0
    stored: int | None = await _ADD[session.get_bind().dialect.name].one(session, values)
    return stored


async def arrivals(session: AsyncSession, meeting_id: int) -> Sequence[Arrival]:
    """List the marks of coming in, briefly, oldest first."""
    found: Sequence[Arrival] = await _ARRIVALS.rows(session, {"meeting": meeting_id})
    return found


async def draft(session: AsyncSession, meeting_id: int) -> dict[int, Status]:
    """Return the unsaved roll call of a meeting."""
    found = select(RollDraft).where(RollDraft.meeting_id == meeting_id)
    return {row.person_id: row.status for row in await session.scalars(found)}


async def put_draft(session: AsyncSession, meeting_id: int, statuses: dict[int, Status]) -> None:
    """Keep the unsaved roll call of a meeting, whole."""
    await session.execute(delete(RollDraft).where(RollDraft.meeting_id == meeting_id))
    session.add_all(
        RollDraft(meeting_id=meeting_id, person_id=person_id, status=status)
        for person_id, status in statuses.items()
    )


async def all_of_person(session: AsyncSession, person_id: int) -> dict[int, list[Mark]]:
    """Return every mark of a person, by meeting."""
    found: dict[int, list[Mark]] = defaultdict(list)
    of_person = select(Mark).where(Mark.person_id == person_id).order_by(Mark.id)
    for mark in await session.scalars(of_person):
        found[mark.meeting_id].append(mark)
    return found
