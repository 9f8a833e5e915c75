"""Who said that they come, and who cannot."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Coming, Meeting, MeetingState, Message


async def of_meeting(session: AsyncSession, meeting_id: int) -> Sequence[Coming]:
    """List what learners said of a meeting."""
    found = select(Coming).where(Coming.meeting_id == meeting_id).order_by(Coming.id)
    return (await session.scalars(found)).all()


async def said(session: AsyncSession, meeting_id: int, person_id: int) -> Coming | None:
    """Return what one learner last said of a meeting; it stays locked."""
    found = select(Coming).where(Coming.meeting_id == meeting_id, Coming.person_id == person_id)
    return await session.scalar(found.with_for_update())


async def undecided(session: AsyncSession, class_ids: Collection[int]) -> Sequence[Coming]:
    """List the leaves of these classes on which nobody has decided, oldest first."""
    found = select(Coming).join(Meeting, Meeting.id == Coming.meeting_id)
    found = found.where(
        Meeting.study_class_id.in_(class_ids),
        Meeting.state == MeetingState.PLANNED,
        Coming.comes.is_(False),
        Coming.granted.is_(None),
    )
    return (await session.scalars(found.order_by(Meeting.starts_at, Coming.id))).all()


async def card(session: AsyncSession, key: str) -> int | None:
    """Return the message that shows a list, where it was ever sent."""
    return await session.scalar(select(Message.id).where(Message.key == key))


async def latest(session: AsyncSession, chat_id: int, purpose: str, since: datetime) -> int | None:
    """Return the newest message of a purpose in a chat, its edits left out."""
    found = select(Message.id).where(
        Message.chat_id == chat_id,
        Message.purpose == purpose,
        Message.method == "sendMessage",
        Message.created_at >= since,
    )
    return await session.scalar(found.order_by(Message.id.desc()).limit(1))
