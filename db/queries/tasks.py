"""What is to be done about whom, and who has shown no sign of life."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Coming,
    LedgerEntry,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Role,
    Status,
    StudyClass,
    Task,
    TaskKind,
)

# What only the learner does, or somebody does with the learner there.
OWN_ACTS = (
    "answer.heard",
    "clip.replayed",
    "coming.answered",
    "consent.given",
    "homework.sent",
    "leave.asked",
    "lesson.started",
    "message.kept",
    "person.chosen",
    "question.asked",
    "step.answered",
)


async def add(session: AsyncSession, **values: object) -> Task | None:
    """Write a task down; None where the same one is already there, from another process too."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = insert(Task).values(outcome="", note="", **values).on_conflict_do_nothing()
    number = await session.scalar(added.returning(Task.id))
    return await session.get_one(Task, number) if number is not None else None


async def waiting(session: AsyncSession, kind: TaskKind) -> Sequence[Task]:
    """List the tasks of a kind that nobody has closed, oldest first."""
    found = select(Task).where(Task.kind == kind, Task.closed_at.is_(None))
    return (await session.scalars(found.order_by(Task.opened_at, Task.id))).all()


async def open_of(session: AsyncSession, person_id: int, kind: TaskKind) -> Task | None:
    """Find the open task of a kind about a person."""
    found = select(Task).where(
        Task.person_id == person_id, Task.kind == kind, Task.closed_at.is_(None)
    )
    return await session.scalar(found.order_by(Task.id).limit(1))


async def closed_lately(
    session: AsyncSession, person_ids: Sequence[int], kinds: Iterable[TaskKind], since: datetime
) -> dict[int, Task]:
    """Return the task of these kinds about each person that was closed last, since a moment."""
    found = select(Task).where(
        Task.person_id.in_(person_ids), Task.kind.in_(list(kinds)), Task.closed_at > since
    )
    rows = await session.scalars(found.order_by(Task.closed_at, Task.id))
    return {task.person_id: task for task in rows}


async def waiting_in(session: AsyncSession, study_class_ids: Iterable[int]) -> Sequence[Task]:
    """List the open tasks of these classes, oldest first."""
    found = select(Task).where(
        Task.study_class_id.in_(list(study_class_ids)), Task.closed_at.is_(None)
    )
    return (await session.scalars(found.order_by(Task.opened_at, Task.id))).all()


async def waiting_at(session: AsyncSession, township: str) -> Sequence[Task]:
    """List the open tasks that were passed up to a township, oldest first."""
    found = select(Task).join(Person, Person.id == Task.person_id)
    found = found.where(
        Person.township == township, Task.role == Role.TOWNSHIP, Task.closed_at.is_(None)
    )
    return (await session.scalars(found.order_by(Task.opened_at, Task.id))).all()


async def unraised(session: AsyncSession, before: datetime, limit: int = 100) -> Sequence[int]:
    """Return the tasks that class heads have had since before this moment."""
    found = select(Task.id).where(
        Task.role == Role.CLASS_HEAD, Task.closed_at.is_(None), Task.opened_at <= before
    )
    return (await session.scalars(found.order_by(Task.opened_at, Task.id).limit(limit))).all()


async def looked_after(
    session: AsyncSession, person_ids: Sequence[int], kind: TaskKind, since: datetime
) -> set[int]:
    """Tell about whom of these such a task is open, or was closed since."""
    found = select(Task.person_id).where(
        Task.person_id.in_(person_ids),
        Task.kind == kind,
        Task.closed_at.is_(None) | (Task.closed_at > since),
    )
    return set(await session.scalars(found))


async def staff_of_township(
    session: AsyncSession, township: str, now: datetime
) -> Sequence[Person]:
    """List who works for a township."""
    found = select(Person).join(Membership, Membership.person_id == Person.id)
    found = found.where(
        Membership.role == Role.TOWNSHIP,
        Membership.place == township,
        Membership.starts_at <= now,
        Membership.ends_at.is_(None) | (Membership.ends_at > now),
    )
    return (await session.scalars(found.order_by(Person.number))).all()


async def class_ids(session: AsyncSession) -> Sequence[int]:
    """Return every class, whatever its row holds."""
    return (await session.scalars(select(StudyClass.id).order_by(StudyClass.id))).all()


async def held_last(
    session: AsyncSession, study_class_id: int, count: int, after: datetime, now: datetime
) -> Sequence[Meeting]:
    """List the last meetings of a class that were closed and whose time is over, latest first."""
    found = select(Meeting).where(
        Meeting.study_class_id == study_class_id,
        Meeting.state == MeetingState.CLOSED,
        Meeting.starts_at >= after,
        Meeting.ends_at <= now,  # until then it can still be opened again
    )
    found = found.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(count)
    return (await session.scalars(found)).all()


async def marked_since(session: AsyncSession, person_id: int, since: datetime) -> bool:
    """Say whether anybody has marked a person as there, or on leave, since a moment."""
    found = select(Mark.id).where(
        Mark.person_id == person_id,
        Mark.at >= since,
        Mark.status.in_([Status.PRESENT, Status.LATE, Status.LEAVE]),
    )
    return await session.scalar(found.limit(1)) is not None


async def joined_by(
    session: AsyncSession, study_class_id: int, moment: datetime, now: datetime
) -> Sequence[Person]:
    """List the learners of a class who had joined by a moment and are in it still."""
    found = select(Person).join(Membership, Membership.person_id == Person.id)
    found = found.where(
        Membership.study_class_id == study_class_id,
        Membership.role == Role.LEARNER,
        Membership.starts_at <= moment,
        Membership.ends_at.is_(None) | (Membership.ends_at > now),
    )
    return (await session.scalars(found.order_by(Person.number))).all()


async def alive(
    session: AsyncSession, person_ids: Sequence[int], meeting_ids: Sequence[int], since: datetime
) -> set[int]:
    """Tell who of these came, answered for a meeting, or did anything themselves since."""
    marked = select(Mark.person_id).where(
        Mark.meeting_id.in_(meeting_ids),
        Mark.status.in_([Status.PRESENT, Status.LATE, Status.LEAVE]),
    )
    said = select(Coming.person_id).where(Coming.meeting_id.in_(meeting_ids))
    acted = select(LedgerEntry.person_id).where(
        LedgerEntry.person_id.in_(person_ids),
        LedgerEntry.at >= since,
        LedgerEntry.kind.in_(OWN_ACTS),
    )
    found: set[int] = set()
    for one in (marked, said, acted):
        found.update(await session.scalars(one.distinct()))
    return found
