"""Whom a day or a month concerns, and its figures; only numbers are read, whatever a row holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Flag,
    FlagState,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Role,
    Status,
    StudyClass,
    Task,
)

CAME = (Status.PRESENT, Status.LATE, Status.LEFT_EARLY)


@dataclass(frozen=True)
class Figures:
    """What a county did in a month, and what is still open."""

    meetings: int
    came: int
    learners: int
    tasks: int
    flags: int


async def teachers(session: AsyncSession, start: datetime, end: datetime) -> Sequence[int]:
    """Return who teaches a meeting that starts in this span and will be held."""
    found = select(Meeting.teacher_id).where(
        Meeting.starts_at >= start,
        Meeting.starts_at < end,
        Meeting.state != MeetingState.CANCELLED,
    )
    return (await session.scalars(found.distinct().order_by(Meeting.teacher_id))).all()


async def classes(session: AsyncSession, start: datetime, end: datetime) -> Sequence[int]:
    """Return the classes with a meeting that started in this span and was not cancelled."""
    found = select(Meeting.study_class_id).where(
        Meeting.starts_at >= start,
        Meeting.starts_at < end,
        Meeting.state != MeetingState.CANCELLED,
    )
    return (await session.scalars(found.distinct().order_by(Meeting.study_class_id))).all()


async def running(session: AsyncSession, start: datetime, end: datetime) -> Sequence[int]:
    """Return the meetings of open check-in that started in this span."""
    found = select(Meeting.id).where(
        Meeting.starts_at >= start,
        Meeting.starts_at < end,
        Meeting.state == MeetingState.OPEN,
    )
    return (await session.scalars(found.order_by(Meeting.id))).all()


async def open_tasks(session: AsyncSession, study_class_id: int) -> int:
    """Count the tasks about a class that nobody has closed."""
    found = select(func.count()).where(
        Task.study_class_id == study_class_id, Task.closed_at.is_(None)
    )
    return await session.scalar(found) or 0


async def staff(
    session: AsyncSession, roles: Sequence[Role], now: datetime
) -> Sequence[tuple[int, int]]:
    """Return number and county of everybody who holds one of these roles, once each."""
    found = select(Person.id, Person.county_id).join(Membership, Membership.person_id == Person.id)
    found = found.where(
        Membership.role.in_(roles),
        Membership.starts_at <= now,
        or_(Membership.ends_at.is_(None), Membership.ends_at > now),
    )
    rows = await session.execute(found.distinct().order_by(Person.id))
    return [(row[0], row[1]) for row in rows.all()]


async def figures(
    session: AsyncSession, county_id: int, start: datetime, end: datetime, now: datetime
) -> Figures:
    """Count what a county did in a span, and what is still open."""
    own = select(StudyClass.id).where(StudyClass.county_id == county_id)
    span = (
        Meeting.starts_at >= start,
        Meeting.starts_at < end,
        Meeting.study_class_id.in_(own),
        Meeting.state == MeetingState.CLOSED,
    )
    held = select(func.count(Meeting.id)).where(*span)
    came = select(func.count(Mark.person_id.distinct())).where(
        Mark.meeting_id.in_(select(Meeting.id).where(*span)), Mark.status.in_(CAME)
    )
    learners = select(func.count(Membership.person_id.distinct())).where(
        Membership.role == Role.LEARNER,
        Membership.study_class_id.in_(own),
        Membership.starts_at <= now,
        or_(Membership.ends_at.is_(None), Membership.ends_at > now),
    )
    tasks = select(func.count(Task.id)).where(
        Task.study_class_id.in_(own), Task.closed_at.is_(None)
    )
    flags = select(func.count(Flag.id)).where(
        Flag.study_class_id.in_(own), Flag.state == FlagState.OPEN
    )
    counted = [await session.scalar(one) or 0 for one in (held, came, learners, tasks, flags)]
    return Figures(*counted)
