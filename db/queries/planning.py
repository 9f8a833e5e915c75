"""What staff plan and change in chats: drafts, what was planned before, what is pinned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.models import (
    Coming,
    Draft,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Message,
    OutboxState,
    Person,
    Reminder,
    ReminderState,
    Role,
    StudyClass,
)

PIN, UNPIN = "pinChatMessage", "unpinChatMessage"
STAFF = (Role.TEACHER, Role.CLASS_HEAD)
STANDS = (OutboxState.WAITING, OutboxState.SENDING, OutboxState.SENT, OutboxState.UNCERTAIN)
MOST_POSTS = 3  # of the same weeks


async def locked(session: AsyncSession, meeting: Meeting) -> None:
    """Read a meeting anew and keep it from everybody else until the transaction ends.

    Class and teacher come first, as where meetings are planned: nobody waits in a circle.
    """
    await session.get_one(StudyClass, meeting.study_class_id, with_for_update=True)
    await session.get_one(Person, meeting.teacher_id, with_for_update=True)
    found = select(Meeting).where(Meeting.id == meeting.id).with_for_update(of=Meeting)
    await session.scalars(found.execution_options(populate_existing=True))


async def has_marks(session: AsyncSession, meeting_id: int) -> bool:
    """Say whether anybody was ever marked at a meeting."""
    found = select(Mark.id).where(Mark.meeting_id == meeting_id).limit(1)
    return await session.scalar(found) is not None


async def was_announced(session: AsyncSession, meeting_id: int) -> bool:
    """Say whether anybody may have been reminded of a meeting."""
    found = select(Reminder.id).where(
        Reminder.meeting_id == meeting_id, Reminder.state == ReminderState.QUEUED
    )
    return await session.scalar(found.limit(1)) is not None


async def forget_answers(session: AsyncSession, meeting_id: int) -> int:
    """Drop what was said of coming to a time that no longer holds; the ledger keeps it."""
    gone = delete(Coming).where(Coming.meeting_id == meeting_id).returning(Coming.id)
    return len((await session.scalars(gone)).all())


async def pinned(session: AsyncSession, chat_id: int, meeting_id: int) -> Sequence[int]:
    """Return the outbox rows of a group's posts about a meeting that are pinned still."""
    post, pin, unpin = Message, aliased(Message), aliased(Message)
    taken_down = select(unpin.target_id).where(unpin.chat_id == chat_id, unpin.method == UNPIN)
    found = (
        select(post.id)
        .join(pin, pin.target_id == post.id)
        .where(
            post.chat_id == chat_id,
            post.key.like(f"%:{meeting_id}:%:group"),
            pin.chat_id == chat_id,
            pin.method == PIN,
            post.id.not_in(taken_down.where(unpin.target_id.is_not(None))),
        )
    )
    return (await session.scalars(found.distinct().order_by(post.id))).all()


async def timetables(
    session: AsyncSession, chat_id: int, prefixes: Sequence[str]
) -> list[tuple[Message, int]]:
    """Return the newest picture of a timetable in a group by each beginning of a key; its week."""
    found: list[tuple[Message, int]] = []
    for prefix in prefixes:
        posts = (
            select(Message)
            .where(
                Message.chat_id == chat_id,
                Message.method == "sendPhoto",
                Message.key.startswith(prefix, autoescape=True),
                Message.state.in_(STANDS),
            )
            .order_by(Message.id.desc())
            .limit(MOST_POSTS)
        )
        week = int(prefix.split(":")[2])
        found += [(post, week) for post in await session.scalars(posts)]
    return found


async def draft(session: AsyncSession, account_id: int, kind: str) -> dict[str, Any]:
    """Return what somebody is putting together; empty where nothing is."""
    row = await session.get(Draft, (account_id, kind))
    return dict(row.values) if row else {}


async def keep_draft(
    session: AsyncSession, account_id: int, kind: str, values: dict[str, Any], now: datetime
) -> None:
    """Keep what somebody is putting together."""
    row = await session.get(Draft, (account_id, kind))
    if row is None:
        session.add(Draft(account_id=account_id, kind=kind, values=values, at=now))
    else:
        row.values, row.at = values, now


async def drop_draft(session: AsyncSession, account_id: int, kind: str) -> None:
    """Forget what somebody was putting together."""
    row = await session.get(Draft, (account_id, kind))
    if row is not None:
        await session.delete(row)


async def latest(session: AsyncSession, study_class_id: int, limit: int) -> Sequence[Meeting]:
    """List a class's meetings, the one that was planned last first."""
    found = select(Meeting).where(
        Meeting.study_class_id == study_class_id, Meeting.state != MeetingState.CANCELLED
    )
    return (await session.scalars(found.order_by(Meeting.id.desc()).limit(limit))).all()


async def classes_of_staff(
    session: AsyncSession, memberships: Sequence[Membership]
) -> Sequence[StudyClass]:
    """List the classes in which somebody teaches or that they lead."""
    numbers = {one.study_class_id for one in memberships if one.role in STAFF}
    found = select(StudyClass).where(StudyClass.id.in_([one for one in numbers if one]))
    return (await session.scalars(found.order_by(StudyClass.name))).all()


async def learners_shared(
    session: AsyncSession, study_class_id: int, others: Sequence[int], now: datetime
) -> int:
    """Count the learners of a class who learn in one of the other classes too."""
    if not others:
        return 0
    here, there = aliased(Membership), aliased(Membership)
    found = select(func.count(func.distinct(here.person_id))).join(
        there, there.person_id == here.person_id
    )
    found = found.where(
        here.study_class_id == study_class_id,
        there.study_class_id.in_(others),
        *(
            condition
            for one in (here, there)
            for condition in (
                one.role == Role.LEARNER,
                one.starts_at <= now,
                one.ends_at.is_(None) | (one.ends_at > now),
            )
        ),
    )
    return await session.scalar(found) or 0


async def names_of(session: AsyncSession, numbers: Sequence[int]) -> dict[int, str]:
    """Return the names of people by their numbers."""
    found = select(Person.id, Person.name).where(Person.id.in_(set(numbers)))
    return {row.id: row.name for row in await session.execute(found)}
