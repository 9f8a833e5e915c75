"""What is asked for after the day: makeup marks (补录) and contested marks (异议)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.models import Contest, Makeup, Meeting, MeetingState, Membership, Person, Role


def _held(at: datetime) -> list:  # type: ignore[type-arg]
    return [
        Membership.starts_at <= at,
        or_(Membership.ends_at.is_(None), Membership.ends_at > at),
    ]


async def learnt_in(session: AsyncSession, meeting: Meeting) -> Sequence[Person]:
    """List who learnt in the class while a meeting was held, by number."""
    found = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.study_class_id == meeting.study_class_id,
            Membership.role == Role.LEARNER,
            Membership.starts_at <= meeting.ends_at,
            or_(Membership.ends_at.is_(None), Membership.ends_at > meeting.starts_at),
            Person.merged_into.is_(None),
        )
        .order_by(Person.number)
    )
    return (await session.scalars(found.distinct())).all()


async def closed_last(
    session: AsyncSession, class_ids: Collection[int], count: int, before: datetime | None = None
) -> Sequence[Meeting]:
    """List the last meetings of these classes that were held and closed, the latest first."""
    found = select(Meeting).where(
        Meeting.study_class_id.in_(class_ids), Meeting.state == MeetingState.CLOSED
    )
    if before is not None:
        found = found.where(Meeting.closed_at < before)
    found = found.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(count)
    return (await session.scalars(found)).all()


async def attended_last(session: AsyncSession, person_id: int, count: int) -> Sequence[Meeting]:
    """List the last closed meetings of the classes in which somebody learnt then."""
    found = (
        select(Meeting)
        .join(Membership, Membership.study_class_id == Meeting.study_class_id)
        .where(
            Membership.person_id == person_id,
            Membership.role == Role.LEARNER,
            Membership.starts_at <= Meeting.ends_at,
            or_(Membership.ends_at.is_(None), Membership.ends_at > Meeting.starts_at),
            Meeting.state == MeetingState.CLOSED,
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(count)
    )
    return (await session.scalars(found)).all()


async def locked_makeup(session: AsyncSession, number: int) -> Makeup | None:
    """Read a makeup and keep it from everybody else until the transaction ends."""
    found = select(Makeup).where(Makeup.id == number).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))


async def locked_contest(session: AsyncSession, number: int) -> Contest | None:
    """Read a contest and keep it from everybody else until the transaction ends."""
    found = select(Contest).where(Contest.id == number).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))


async def makeup_of(session: AsyncSession, meeting_id: int, person_id: int) -> Makeup | None:
    """Return the makeup of a meeting that somebody waits for."""
    found = select(Makeup).where(
        Makeup.meeting_id == meeting_id,
        Makeup.person_id == person_id,
        Makeup.decided_at.is_(None),
    )
    return await session.scalar(found.limit(1))


async def contest_of(session: AsyncSession, meeting_id: int, person_id: int) -> Contest | None:
    """Return the contest of a meeting that nobody has decided yet."""
    found = select(Contest).where(
        Contest.meeting_id == meeting_id,
        Contest.person_id == person_id,
        Contest.decided_at.is_(None),
    )
    return await session.scalar(found.limit(1))


@dataclass(frozen=True)
class Contested:
    """A contest, and the name of who decided it."""

    contest: Contest
    decider: str


async def contested(
    session: AsyncSession, person_id: int, meeting_id: int | None = None
) -> list[Contested]:
    """List what somebody contested, of one meeting or of all, oldest first."""
    decider = aliased(Person)
    found = (
        select(Contest, decider.name)
        .outerjoin(decider, decider.id == Contest.decided_by)
        .where(Contest.person_id == person_id)
        .order_by(Contest.id)
    )
    if meeting_id is not None:
        found = found.where(Contest.meeting_id == meeting_id)
    return [Contested(row[0], row[1] or "") for row in await session.execute(found)]


async def makeups_waiting(session: AsyncSession, county_id: int) -> Sequence[Makeup]:
    """List a county's makeups on which nobody has decided, oldest first."""
    found = (
        select(Makeup)
        .join(Person, Person.id == Makeup.person_id)
        .where(Makeup.decided_at.is_(None), Person.county_id == county_id)
    )
    return (await session.scalars(found.order_by(Makeup.id))).all()


async def contests_waiting(session: AsyncSession, county_id: int) -> Sequence[Contest]:
    """List a county's contests on which nobody has decided, oldest first."""
    found = (
        select(Contest)
        .join(Person, Person.id == Contest.person_id)
        .where(Contest.decided_at.is_(None), Person.county_id == county_id)
    )
    return (await session.scalars(found.order_by(Contest.id))).all()


async def above(
    session: AsyncSession, county_id: int, township: str, now: datetime
) -> Sequence[Person]:
    """List who works for a township, and for the county's school."""
    found = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.county_id == county_id,
            *_held(now),
            or_(
                (Membership.role == Role.TOWNSHIP) & (Membership.place == township),
                (Membership.role == Role.SCHOOL) & Membership.study_class_id.is_(None),
            ),
        )
        .order_by(Person.number)
    )
    return list(dict.fromkeys(await session.scalars(found)))
