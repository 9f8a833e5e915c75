"""Lessons that teachers made in the chat, and who is in the middle of one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Message, OutboxState, OwnLesson, Sitting

OWN = "own"  # what their keys begin with


async def course_sitting(session: AsyncSession, person_id: int) -> Sitting | None:
    """Find the lesson of the course that a person is in the middle of."""
    found = select(Sitting).where(
        Sitting.person_id == person_id,
        Sitting.finished_at.is_(None),
        Sitting.lesson.not_like(f"{OWN}%"),
    )
    return await session.scalar(found.order_by(Sitting.id.desc()))


async def published(
    session: AsyncSession, study_class_id: int, now: datetime
) -> Sequence[OwnLesson]:
    """List the lessons of a class whose time has come, oldest first."""
    found = select(OwnLesson).where(
        OwnLesson.study_class_id == study_class_id,
        OwnLesson.publish_at <= now,
        OwnLesson.withdrawn_at.is_(None),
    )
    return (await session.scalars(found.order_by(OwnLesson.publish_at, OwnLesson.id))).all()


async def version(session: AsyncSession, key: str, number: int) -> OwnLesson | None:
    """Find one version of a lesson."""
    found = select(OwnLesson).where(OwnLesson.key == key, OwnLesson.version == number)
    return await session.scalar(found)


async def last_version(session: AsyncSession, key: str) -> int:
    """Return the number of a lesson's newest version."""
    found = select(func.max(OwnLesson.version)).where(OwnLesson.key == key)
    return await session.scalar(found) or 0


async def planned(session: AsyncSession, now: datetime, mark: str) -> Sequence[OwnLesson]:
    """List the lessons that are to go out by now and have not yet; they stay locked."""
    found = (
        select(OwnLesson)
        .where(OwnLesson.publish_at <= now, OwnLesson.withdrawn_at.is_(None))
        .order_by(OwnLesson.publish_at, OwnLesson.id)
    )
    waiting = [lesson.id for lesson in await session.scalars(found) if mark in lesson.steps]
    if not waiting:
        return ()
    locked = found.where(OwnLesson.id.in_(waiting)).with_for_update(skip_locked=True)
    fresh = await session.scalars(locked.execution_options(populate_existing=True))
    return [lesson for lesson in fresh if mark in lesson.steps]


async def others_out(session: AsyncSession, lesson: OwnLesson) -> Sequence[OwnLesson]:
    """List every other version of a lesson that is out or planned."""
    found = select(OwnLesson).where(
        OwnLesson.key == lesson.key,
        OwnLesson.id != lesson.id,
        OwnLesson.publish_at.is_not(None),
        OwnLesson.withdrawn_at.is_(None),
    )
    return (await session.scalars(found)).all()


async def notices(session: AsyncSession, lesson_id: int) -> Sequence[int]:
    """List the messages that were to tell learners of a lesson and have not left."""
    found = select(Message.id).where(
        Message.state == OutboxState.WAITING, Message.key.like(f"{OWN}:{lesson_id}:%")
    )
    return (await session.scalars(found)).all()


async def sitting_at(session: AsyncSession, person_id: int, lesson: OwnLesson) -> Sitting | None:
    """Find a person's unfinished way through one version of a lesson."""
    found = select(Sitting).where(
        Sitting.person_id == person_id,
        Sitting.lesson == lesson.key,
        Sitting.version == f"v{lesson.version}",
        Sitting.finished_at.is_(None),
    )
    return await session.scalar(found.order_by(Sitting.id.desc()))
