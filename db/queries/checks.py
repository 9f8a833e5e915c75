"""What a self-check looks at: marks, meetings and all that stands behind them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    AccountPerson,
    Answer,
    ClassPhoto,
    Contest,
    LedgerEntry,
    Makeup,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    OnlineImport,
    Person,
    Role,
    Sheet,
    StudyClass,
)

# Lines of the ledger that show that somebody did some work.
WORK = ("homework.sent", "lesson.finished", "step.answered", "test.recorded")

Classes = Collection[int] | None  # None: all of them


@dataclass(frozen=True)
class Learner:
    """What is known of a learner that marks do not tell."""

    id: int
    birth_date: date | None


def _of(classes: Classes) -> ColumnElement[bool]:
    """Choose meetings of these classes."""
    return true() if classes is None else Meeting.study_class_id.in_(classes)


async def class_ids(session: AsyncSession, county_id: int | None = None) -> list[int]:
    """List the classes, of one county or all."""
    found = select(StudyClass.id).order_by(StudyClass.id)
    if county_id is not None:
        found = found.where(StudyClass.county_id == county_id)
    return list(await session.scalars(found))


async def meetings(session: AsyncSession, classes: Classes) -> Sequence[Meeting]:
    """List the meetings of these classes, by time."""
    found = select(Meeting).where(_of(classes)).order_by(Meeting.starts_at, Meeting.id)
    return (await session.scalars(found)).all()


async def elsewhere(
    session: AsyncSession,
    classes: Collection[int],
    meeting_ids: Collection[int],
    teachers: Collection[int],
) -> Sequence[Meeting]:
    """Return these meetings, and those of other classes that one of these teachers holds."""
    taught = select(Meeting).where(
        Meeting.teacher_id.in_(teachers), Meeting.study_class_id.not_in(classes)
    )
    found = list(await session.scalars(taught))
    for part in _parts(sorted(set(meeting_ids) - {one.id for one in found})):
        found += await session.scalars(select(Meeting).where(Meeting.id.in_(part)))
    return sorted(found, key=lambda one: (one.starts_at, one.id))


async def marked(session: AsyncSession, classes: Collection[int]) -> set[int]:
    """Return everybody who was ever marked in these classes."""
    found = select(Mark.person_id).join(Meeting, Meeting.id == Mark.meeting_id)
    return set(await session.scalars(found.where(_of(classes)).distinct()))


async def marks(
    session: AsyncSession, classes: Classes, persons: Collection[int] = ()
) -> Sequence[Mark]:
    """List the marks of these classes, and those of these people anywhere."""
    found = select(Mark).order_by(Mark.id)
    if classes is None:
        return (await session.scalars(found)).all()
    held = select(Meeting.id).where(_of(classes))
    by_id = {one.id: one for one in await session.scalars(found.where(Mark.meeting_id.in_(held)))}
    for part in _parts(sorted(persons)):
        more = await session.scalars(found.where(Mark.person_id.in_(part)))
        by_id |= {one.id: one for one in more}
    return [by_id[number] for number in sorted(by_id)]


async def memberships(session: AsyncSession, classes: Classes) -> Sequence[Membership]:
    """List who learns or learnt in these classes."""
    found = select(Membership).where(
        Membership.role == Role.LEARNER, Membership.study_class_id.is_not(None)
    )
    if classes is not None:
        found = found.where(Membership.study_class_id.in_(classes))
    return (await session.scalars(found.order_by(Membership.starts_at, Membership.id))).all()


async def learners(session: AsyncSession, classes: Classes) -> dict[int, Learner]:
    """Return what is known of the learners of these classes."""
    learning = select(Membership.person_id).where(Membership.role == Role.LEARNER)
    if classes is not None:
        learning = learning.where(Membership.study_class_id.in_(classes))
    found = select(Person.id, Person.birth_date).where(
        Person.id.in_(learning), Person.merged_into.is_(None)
    )
    return {row.id: Learner(row.id, row.birth_date) for row in await session.execute(found)}


async def staff(session: AsyncSession) -> frozenset[int]:
    """Return everybody who is or was more than a learner somewhere."""
    found = select(Membership.person_id).where(Membership.role != Role.LEARNER)
    return frozenset(await session.scalars(found.distinct()))


async def with_phone(session: AsyncSession) -> frozenset[int]:
    """Return everybody who uses an account."""
    return frozenset(await session.scalars(select(AccountPerson.person_id).distinct()))


async def worked(session: AsyncSession, persons: Collection[int]) -> frozenset[int]:
    """Return who of these ever answered a step, handed something in or sat a test."""
    found: set[int] = set()
    for part in _parts(sorted(persons)):
        answered = select(Answer.person_id).where(Answer.person_id.in_(part)).distinct()
        found.update(await session.scalars(answered))
        left = [number for number in part if number not in found]
        written = select(LedgerEntry.person_id).where(
            LedgerEntry.person_id.in_(left), LedgerEntry.kind.in_(WORK)
        )
        found.update(await session.scalars(written.distinct()))
    return frozenset(found)


def _parts(numbers: Sequence[int], most: int = 500) -> Iterable[Sequence[int]]:
    return (numbers[start : start + most] for start in range(0, len(numbers), most))


async def photos(session: AsyncSession) -> Sequence[ClassPhoto]:
    """List every photo of a meeting, oldest first; any two may be the same."""
    return (await session.scalars(select(ClassPhoto).order_by(ClassPhoto.id))).all()


async def makeups(session: AsyncSession, classes: Classes) -> Sequence[Makeup]:
    """List the marks that were asked for after the day and not refused."""
    found = select(Makeup).join(Meeting, Meeting.id == Makeup.meeting_id)
    found = found.where(_of(classes), Makeup.granted.is_not(False))
    return (await session.scalars(found.order_by(Makeup.id))).all()


async def touched(session: AsyncSession, since: datetime, until: datetime) -> dict[int, datetime]:
    """Say of which classes something was closed, or handed in after closing, and when last.

    Marks are not looked through: all that come after closing come with one of these.
    """
    closed = select(Meeting.study_class_id, func.max(Meeting.closed_at)).where(
        Meeting.state == MeetingState.CLOSED,
        Meeting.closed_at > since,
        Meeting.closed_at <= until,
    )
    newest = [closed] + [
        select(Meeting.study_class_id, func.max(column))
        .join(Meeting, Meeting.id == meeting_id)
        .where(column > since, column <= until)
        for meeting_id, column in (
            (Makeup.meeting_id, Makeup.asked_at),
            (Makeup.meeting_id, Makeup.decided_at),
            (Sheet.meeting_id, Sheet.filed_at),
            (OnlineImport.meeting_id, OnlineImport.applied_at),
            (ClassPhoto.meeting_id, ClassPhoto.at),
            (Contest.meeting_id, Contest.decided_at),
        )
    ]
    last: dict[int, datetime] = {}
    for found in newest:
        for number, at in await session.execute(found.group_by(Meeting.study_class_id)):
            last[number] = max(last.get(number, since), at or since)
    return last
