"""Who was there, as it was marked."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Protocol, cast

from sqlalchemy import Select, String, Table, bindparam, delete, func, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import How, Mark, Person, Phase, RollDraft, Status
from db.prepared import Prepared

TABLE = cast("Table", Mark.__table__)
COLUMNS = TABLE.c
_PERSONS = cast("Table", Person.__table__).c
_WRITTEN = [column.key for column in COLUMNS if column.key != "id"]
_KEYS = Prepared(
    select(COLUMNS.key, COLUMNS.id).where(
        COLUMNS.meeting_id == bindparam("meeting"),
        COLUMNS.person_id == bindparam("person"),
        COLUMNS.phase == bindparam("phase"),
    )
)
PLACE = "place"  # key of a mark that only says where somebody was
_ARRIVALS = Prepared(
    select(
        COLUMNS.id,
        # A walk-in who was found out counts as that person.
        func.coalesce(_PERSONS.merged_into, COLUMNS.person_id).label("person_id"),
        COLUMNS.key,
        COLUMNS.status,
        # As they are stored: every tap reads all of a class, and making words of them costs more
        # than reading them.
        type_coerce(COLUMNS.how, String).label("how"),
        type_coerce(COLUMNS.sure, String).label("sure"),
    )
    .join(Person, _PERSONS.id == COLUMNS.person_id)
    .where(
        COLUMNS.meeting_id == bindparam("meeting"),
        COLUMNS.phase == Phase.IN,
        COLUMNS.key != PLACE,
    )
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

    @property
    def how(self) -> str:
        """The way it was made."""

    @property
    def sure(self) -> str:
        """Whose word it rests on."""


def _one(person_id: int) -> Select[int]:
    """Select a person, and every walk-in who turned out to be them."""
    return select(Person.id).where((Person.id == person_id) | (Person.merged_into == person_id))


async def of_person(session: AsyncSession, meeting_id: int, person_id: int) -> Sequence[Mark]:
    """List a person's marks at a meeting, oldest first; those of a walk-in who they were too."""
    found = select(Mark).where(Mark.meeting_id == meeting_id, Mark.person_id.in_(_one(person_id)))
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


async def made_by(
    session: AsyncSession, meeting_id: int, person_id: int, ways: Collection[How]
) -> bool:
    """Say whether somebody has a mark of coming in that was made in one of these ways."""
    found = select(Mark.id).where(
        Mark.meeting_id == meeting_id,
        Mark.person_id == person_id,
        Mark.phase == Phase.IN,
        Mark.how.in_(ways),
        Mark.status != Status.WITHDRAWN,
    )
    return await session.scalar(found.limit(1)) is not None


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
    """Return every mark of a person, by meeting; those of a walk-in who they were too."""
    found: dict[int, list[Mark]] = defaultdict(list)
    of_person = select(Mark).where(Mark.person_id.in_(_one(person_id))).order_by(Mark.id)
    for mark in await session.scalars(of_person):
        found[mark.meeting_id].append(mark)
    return found
