"""What is planned when."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from db.models import Meeting, MeetingState, Membership, Person, Role, StudyClass
from db.objects import Objects

LONGEST = timedelta(hours=12)  # that a meeting lasts

_NUMBERED = Objects(
    select(Meeting, StudyClass)
    .join(StudyClass, StudyClass.id == Meeting.study_class_id)
    .where(Meeting.id == bindparam("number"))
)


async def numbered(session: AsyncSession, meeting_id: int) -> Meeting | None:
    """Find a meeting by its number, its class beside it."""
    for meeting, study_class in await _NUMBERED.rows(session, {"number": meeting_id}):
        set_committed_value(meeting, "study_class", study_class)
        return cast("Meeting", meeting)
    return None


async def of_class(
    session: AsyncSession, study_class_id: int, *, after: datetime, until: datetime
) -> Sequence[Meeting]:
    """List a class's meetings that start in this span."""
    found = select(Meeting).where(
        Meeting.study_class_id == study_class_id,
        Meeting.starts_at >= after,
        Meeting.starts_at < until,
    )
    return (await session.scalars(found.order_by(Meeting.starts_at))).all()


async def begun(session: AsyncSession, study_class_id: int, now: datetime) -> Sequence[Meeting]:
    """List a class's meetings whose check-in has begun, or that are over."""
    found = select(Meeting).where(
        Meeting.study_class_id == study_class_id,
        or_(Meeting.starts_at <= now, Meeting.state != MeetingState.PLANNED),
    )
    return (await session.scalars(found.order_by(Meeting.id))).all()


async def starting(session: AsyncSession, *, after: datetime, until: datetime) -> Sequence[Meeting]:
    """List every class's meetings that start in this span and will be held."""
    found = select(Meeting).where(
        Meeting.starts_at > after,
        Meeting.starts_at <= until,
        Meeting.state != MeetingState.CANCELLED,
    )
    return (await session.scalars(found.order_by(Meeting.starts_at, Meeting.id))).all()


async def of_teacher(
    session: AsyncSession, teacher_id: int, *, after: datetime, until: datetime
) -> Sequence[Meeting]:
    """List a teacher's meetings that start in this span."""
    found = select(Meeting).where(
        Meeting.teacher_id == teacher_id, Meeting.starts_at >= after, Meeting.starts_at < until
    )
    return (await session.scalars(found.order_by(Meeting.starts_at))).all()


async def opened(session: AsyncSession, study_class_id: int) -> Meeting | None:
    """Find the meeting of a class whose check-in is open."""
    found = select(Meeting).where(
        Meeting.study_class_id == study_class_id, Meeting.state == MeetingState.OPEN
    )
    return await session.scalar(found.order_by(Meeting.starts_at.desc()))


async def following(session: AsyncSession, study_class_id: int, now: datetime) -> Meeting | None:
    """Find the next meeting of a class that has not ended and is not closed."""
    found = select(Meeting).where(
        Meeting.study_class_id == study_class_id,
        Meeting.ends_at > now,
        Meeting.state.in_([MeetingState.PLANNED, MeetingState.OPEN]),
    )
    return await session.scalar(found.order_by(Meeting.starts_at))


async def ended_last(session: AsyncSession, study_class_id: int, now: datetime) -> Meeting | None:
    """Find the latest meeting of a class that has begun."""
    found = select(Meeting).where(
        Meeting.study_class_id == study_class_id, Meeting.starts_at <= now
    )
    return await session.scalar(found.order_by(Meeting.starts_at.desc()))


async def opened_of_teacher(session: AsyncSession, teacher_id: int) -> Meeting | None:
    """Find the meeting of a teacher whose check-in is open."""
    found = select(Meeting).where(
        Meeting.teacher_id == teacher_id, Meeting.state == MeetingState.OPEN
    )
    return await session.scalar(found.order_by(Meeting.starts_at.desc()))


async def around(
    session: AsyncSession,
    study_class_id: int,
    teacher_id: int,
    *,
    after: datetime,
    until: datetime,
) -> Sequence[Meeting]:
    """List what a class or a teacher does in this span, but for what was cancelled."""
    found = select(Meeting).where(
        or_(Meeting.study_class_id == study_class_id, Meeting.teacher_id == teacher_id),
        Meeting.state != MeetingState.CANCELLED,
        Meeting.ends_at > after,
        Meeting.starts_at < until,
    )
    return (await session.scalars(found.order_by(Meeting.starts_at))).all()


async def of_county(
    session: AsyncSession, county_id: int, *, after: datetime, until: datetime
) -> Sequence[Meeting]:
    """List what every class of a county does in this span, but for what was cancelled."""
    found = select(Meeting).join(StudyClass, StudyClass.id == Meeting.study_class_id)
    found = found.where(
        StudyClass.county_id == county_id,
        Meeting.state != MeetingState.CANCELLED,
        Meeting.ends_at > after,
        Meeting.starts_at < until,
    )
    return (await session.scalars(found.order_by(Meeting.starts_at, Meeting.id))).all()


async def of_classes(
    session: AsyncSession, numbers: Collection[int], *, after: datetime, until: datetime
) -> Sequence[Meeting]:
    """List what these classes do in this span, but for what was cancelled."""
    found = select(Meeting).where(
        Meeting.study_class_id.in_(numbers),
        Meeting.state != MeetingState.CANCELLED,
        Meeting.ends_at > after,
        Meeting.starts_at < until,
    )
    return (await session.scalars(found.order_by(Meeting.starts_at, Meeting.id))).all()


async def places_of(session: AsyncSession, county_id: int) -> set[str]:
    """Gather the places of a county where classes meet or have met."""
    points = select(StudyClass.teaching_point).where(StudyClass.county_id == county_id)
    places = select(Meeting.place).join(StudyClass, StudyClass.id == Meeting.study_class_id)
    places = places.where(StudyClass.county_id == county_id)
    return {place for place in await session.scalars(points.union(places)) if place}


async def classmates_elsewhere(
    session: AsyncSession, study_class_id: int, now: datetime
) -> Sequence[tuple[int, str]]:
    """List the learners of a class who learn in another one too: its number, their own."""
    here, there = aliased(Membership), aliased(Membership)
    found = (
        select(there.study_class_id, Person.number)
        .join(here, here.person_id == there.person_id)
        .join(Person, Person.id == there.person_id)
        .where(
            here.study_class_id == study_class_id,
            there.study_class_id != study_class_id,
            *(
                condition
                for one in (here, there)
                for condition in (
                    one.role == Role.LEARNER,
                    one.starts_at <= now,
                    or_(one.ends_at.is_(None), one.ends_at > now),
                )
            ),
        )
        .order_by(there.study_class_id, Person.number)
    )
    return [(class_id, number) for class_id, number in await session.execute(found) if class_id]


async def lessons_of(session: AsyncSession, study_class_id: int) -> set[str]:
    """Gather the lessons that a class has had or has planned."""
    found = select(Meeting.lesson).where(
        Meeting.study_class_id == study_class_id, Meeting.state != MeetingState.CANCELLED
    )
    return set(await session.scalars(found.distinct()))


async def midway_due(session: AsyncSession, now: datetime, after: datetime) -> Sequence[Meeting]:
    """List the open meetings in whose middle it is time to ask who is still there."""
    found = select(Meeting).where(
        Meeting.starts_at > now - LONGEST,
        Meeting.starts_at < now,
        Meeting.state == MeetingState.OPEN,
        Meeting.mid_at <= now,
        Meeting.mid_at > after,
    )
    return (await session.scalars(found.order_by(Meeting.id))).all()


async def lock(session: AsyncSession, meeting: Meeting) -> None:
    """Read again where a meeting stands, and keep others from changing that in this turn."""
    state = ("state", "closed_at", "closed_by")
    await session.refresh(meeting, state, with_for_update={"key_share": True})
