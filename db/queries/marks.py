"""Who was there, as it was marked."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Mark, Phase, RollDraft, Status


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
    found = select(Mark.key, Mark.id).where(
        Mark.meeting_id == meeting_id, Mark.person_id == person_id, Mark.phase == phase
    )
    return {row.key: row.id for row in await session.execute(found)}


async def add_once(session: AsyncSession, mark: Mark) -> int | None:
    """Store a mark; return its id, or None where one with its key is there already."""
    values = {
        column.key: getattr(mark, column.key)
        for column in Mark.__mapper__.column_attrs
        if column.key != "id" and getattr(mark, column.key) is not None
    }
    bind = session.get_bind()
    insert = sqlite.insert if bind.dialect.name == "sqlite" else postgresql.insert
    stored = insert(Mark).values(**values).on_conflict_do_nothing().returning(Mark.id)
    return await session.scalar(stored)


async def arrivals(session: AsyncSession, meeting_id: int) -> Sequence[Row[int, int, str, Status]]:
    """List the marks of coming in, briefly: id, person, key and status, oldest first."""
    found = select(Mark.id, Mark.person_id, Mark.key, Mark.status).where(
        Mark.meeting_id == meeting_id, Mark.phase == Phase.IN
    )
    return (await session.execute(found.order_by(Mark.id))).all()


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
