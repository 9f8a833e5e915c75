"""What class hours are reckoned from: who learns, what was held, what was marked and studied."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Mark, Meeting, MeetingState, Membership, Person, Role, Sitting

MOST_MERGES = 9  # of one walk-in into another; more is a circle


@dataclass(frozen=True)
class Studied:
    """A lesson that somebody finished on the phone."""

    person_id: int
    at: datetime
    seconds: int


async def memberships(
    session: AsyncSession, study_class_id: int
) -> list[tuple[Person, Membership]]:
    """List who learns or learnt in a class, by number, but for walk-ins who were found out."""
    query = (
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.study_class_id == study_class_id,
            Membership.role == Role.LEARNER,
            Person.merged_into.is_(None),
        )
        .order_by(Person.number)
    )
    return [(person, membership) for person, membership in await session.execute(query)]


async def learning(
    session: AsyncSession, person_ids: Collection[int]
) -> dict[int, list[Membership]]:
    """Return where these people learn or learnt, the latest last."""
    found: dict[int, list[Membership]] = defaultdict(list)
    query = select(Membership).where(
        Membership.person_id.in_(person_ids),
        Membership.role == Role.LEARNER,
        Membership.study_class_id.is_not(None),
    )
    for one in await session.scalars(query.order_by(Membership.starts_at, Membership.id)):
        found[one.person_id].append(one)
    return found


async def meetings(
    session: AsyncSession, study_class_ids: Collection[int], now: datetime
) -> Sequence[Meeting]:
    """List what has begun in these classes, or what anybody was marked in, by time."""
    begun = or_(Meeting.starts_at <= now, Meeting.state != MeetingState.PLANNED)
    marked = exists().where(Mark.meeting_id == Meeting.id)
    query = select(Meeting).where(Meeting.study_class_id.in_(study_class_ids), begun | marked)
    return (await session.scalars(query.order_by(Meeting.starts_at, Meeting.id))).all()


async def ahead(session: AsyncSession, study_class_id: int, now: datetime) -> Sequence[Meeting]:
    """List what a class still has before it, by time."""
    query = select(Meeting).where(
        Meeting.study_class_id == study_class_id,
        Meeting.ends_at > now,
        Meeting.state.in_((MeetingState.PLANNED, MeetingState.OPEN)),
    )
    return (await session.scalars(query.order_by(Meeting.starts_at, Meeting.id))).all()


async def marks(
    session: AsyncSession, study_class_ids: Collection[int], people: Collection[int] | None = None
) -> Sequence[Mark]:
    """List what was marked in the meetings of these classes, of everybody or of some."""
    query = (
        select(Mark)
        .join(Meeting, Meeting.id == Mark.meeting_id)
        .where(Meeting.study_class_id.in_(study_class_ids))
    )
    if people is not None:
        query = query.where(Mark.person_id.in_(people))
    return (await session.scalars(query.order_by(Mark.id))).all()


async def persons(session: AsyncSession, numbers: Collection[int]) -> Sequence[Person]:
    """Return some people, by number."""
    query = select(Person).where(Person.id.in_(numbers)).order_by(Person.number)
    return (await session.scalars(query)).all()


async def merged(session: AsyncSession) -> dict[int, int]:
    """Say which walk-ins were found to be whom: their number, that person's."""
    query = select(Person.id, Person.merged_into).where(Person.merged_into.is_not(None))
    into = {row.id: row.merged_into or 0 for row in await session.execute(query)}
    found = {}
    for walk_in, person_id in into.items():
        target = person_id
        for _step in range(MOST_MERGES):
            target = into.get(target, target)
        found[walk_in] = target
    return found


async def studied(
    session: AsyncSession, person_ids: Collection[int], now: datetime
) -> dict[int, list[Studied]]:
    """Return the lessons that these people finished on the phone, oldest first."""
    query = (
        select(Sitting.person_id, Sitting.finished_at, Sitting.seconds)
        .where(Sitting.person_id.in_(person_ids), Sitting.finished_at <= now)
        .order_by(Sitting.finished_at, Sitting.id)
    )
    found: dict[int, list[Studied]] = defaultdict(list)
    for person_id, at, seconds in await session.execute(query):
        if at is None:  # those are not asked for
            continue
        found[person_id].append(Studied(person_id, at, seconds))
    return found
