"""Sign-in sheets on paper: what was printed, and which photos of it wait to be read."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Media, MediaState, Meeting, MeetingState, Person, Sheet

PHOTO = "sheet:"  # kind of a file that waits to be read as the photo of a sheet


async def unread(session: AsyncSession, limit: int) -> Sequence[Media]:
    """List the photos whose bytes have come, or never will, and that nobody has read yet."""
    found = select(Media).where(
        Media.kind.startswith(PHOTO, autoescape=True), Media.state != MediaState.WAITING
    )
    return (await session.scalars(found.order_by(Media.id).limit(limit))).all()


async def of_meeting(session: AsyncSession, meeting_id: int) -> Sequence[Sheet]:
    """List the pages that were printed for a meeting, oldest first."""
    found = select(Sheet).where(Sheet.meeting_id == meeting_id)
    return (await session.scalars(found.order_by(Sheet.id))).all()


async def meetings_near(
    session: AsyncSession,
    teacher_id: int,
    classes: Collection[int],
    *,
    after: datetime,
    until: datetime,
) -> Sequence[Meeting]:
    """List what somebody teaches, or these classes do, in this span, but for what is cancelled."""
    found = select(Meeting).where(
        or_(Meeting.teacher_id == teacher_id, Meeting.study_class_id.in_(classes)),
        Meeting.state != MeetingState.CANCELLED,
        Meeting.starts_at >= after,
        Meeting.starts_at < until,
    )
    return (await session.scalars(found.order_by(Meeting.starts_at, Meeting.id))).all()


async def people_of(session: AsyncSession, sheet: Sheet) -> dict[int, Person]:
    """Return who stands in which row; who was found to be somebody else is that other one."""
    numbers = {int(row): int(person_id) for row, person_id in sheet.rows.items()}
    found = select(Person).where(Person.id.in_(numbers.values()))
    by_id = {person.id: person for person in await session.scalars(found)}
    others = {one.merged_into for one in by_id.values() if one.merged_into}
    if others:
        same = await session.scalars(select(Person).where(Person.id.in_(others)))
        merged = {person.id: person for person in same}
        by_id = {
            number: merged.get(person.merged_into or 0, person) for number, person in by_id.items()
        }
    return {row: by_id[number] for row, number in sorted(numbers.items()) if number in by_id}
