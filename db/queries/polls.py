"""Polls: being made, open, over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Message, Poll


async def draft_of(session: AsyncSession, author_id: int, study_class_id: int) -> Poll | None:
    """Find the poll that somebody is still making for a class."""
    found = select(Poll).where(
        Poll.author_id == author_id,
        Poll.study_class_id == study_class_id,
        Poll.sent_at.is_(None),
    )
    latest: Poll | None = await session.scalar(found.order_by(Poll.id.desc()))
    return latest


async def locked(session: AsyncSession, poll_id: int) -> Poll | None:
    """Find a poll as it is now; nobody else changes it meanwhile."""
    found: Poll | None = await session.get(
        Poll, poll_id, with_for_update=True, populate_existing=True
    )
    return found


async def still_open(session: AsyncSession, question: str) -> Sequence[Poll]:
    """List the polls with this question that are not over."""
    found = select(Poll).where(
        Poll.question == question, Poll.sent_at.is_not(None), Poll.closed_at.is_(None)
    )
    return (await session.scalars(found.order_by(Poll.id).with_for_update())).all()


async def ending(session: AsyncSession, now: datetime, limit: int = 50) -> Sequence[Poll]:
    """List the polls whose end has come, the first to end first; they stay locked."""
    found = select(Poll).where(
        Poll.sent_at.is_not(None), Poll.closed_at.is_(None), Poll.ends_at <= now
    )
    found = found.order_by(Poll.ends_at, Poll.id).limit(limit)
    return (await session.scalars(found.with_for_update(skip_locked=True))).all()


async def message(session: AsyncSession, key: str) -> Message | None:
    """Find the message with a key, as it is now."""
    found = select(Message).where(Message.key == key).execution_options(populate_existing=True)
    one: Message | None = await session.scalar(found)
    return one
