"""What nobody has finished, and what can be made anew, taken out of the database."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Account,
    Announcement,
    AnnouncementState,
    Draft,
    Meeting,
    Message,
    OutboxState,
    Poll,
    Recipient,
    RollDraft,
    Upload,
)

WAITING = (OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNCERTAIN)


async def _count(session: AsyncSession, statement: Delete) -> int:
    """Run a statement and return how many rows it took away."""
    options = {"synchronize_session": False}
    done = await session.execute(statement, execution_options=options)
    return cast("CursorResult[Any]", done).rowcount


async def drafts(session: AsyncSession, before: datetime) -> int:
    """Take away what was being put together tap by tap and was left; return how many."""
    return await _count(session, delete(Draft).where(Draft.at < before))


async def roll_drafts(session: AsyncSession, before: datetime) -> int:
    """Take away roll calls of meetings long over that nobody has saved; return how many."""
    over = select(Meeting.id).where(Meeting.ends_at < before)
    return await _count(session, delete(RollDraft).where(RollDraft.meeting_id.in_(over)))


async def announcements(session: AsyncSession, before: datetime) -> int:
    """Take away announcements that nobody has sent; return how many."""
    left = (Announcement.state == AnnouncementState.DRAFT, Announcement.made_at < before)
    numbers = list(await session.scalars(select(Announcement.id).where(*left)))
    if not numbers:
        return 0
    states = [f"announce:{number}" for number in numbers]
    await session.execute(update(Account).where(Account.state.in_(states)).values(state=None))
    await session.execute(delete(Recipient).where(Recipient.announcement_id.in_(numbers)))
    return await _count(session, delete(Announcement).where(Announcement.id.in_(numbers)))


async def polls(session: AsyncSession, before: datetime) -> int:
    """Take away polls that nobody has sent; return how many."""
    left = delete(Poll).where(Poll.sent_at.is_(None), Poll.made_at < before)
    return await _count(session, left.where(Poll.message_id.is_(None)))


async def uploads(session: AsyncSession, digests: Collection[str]) -> int:
    """Forget under which file_id these bytes are known; return how many that were."""
    if not digests:
        return 0
    place = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    known = or_(*(place(Upload.digest, f":{digest}") > 0 for digest in digests))
    return await _count(session, delete(Upload).where(known))


async def wanted(session: AsyncSession) -> str:
    """Return, in one string, what still has to leave: files that it names must stay."""
    found = select(Message.payload).where(Message.state.in_(WAITING))
    return "\n".join(str(payload) for payload in await session.scalars(found))
