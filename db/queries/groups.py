"""What waits for a group, when the group changes its id, stays or goes."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Message, OutboxState

LEAVING = "leaving"


async def follow(session: AsyncSession, old: int, new: int) -> None:
    """Send what waits for a group's old id to its new one."""
    waiting = update(Message).where(Message.chat_id == old, Message.state == OutboxState.WAITING)
    await session.execute(waiting.values(chat_id=new))


async def drop(session: AsyncSession, chat_id: int, reason: str) -> None:
    """Skip what waits for a chat that cannot be reached any more."""
    waiting = update(Message).where(
        Message.chat_id == chat_id, Message.state == OutboxState.WAITING
    )
    await session.execute(waiting.values(state=OutboxState.SKIPPED, error=reason))


async def stay(session: AsyncSession, chat_id: int) -> None:
    """Call off a planned leaving: the group was bound in time."""
    leaving = update(Message).where(
        Message.chat_id == chat_id,
        Message.purpose == LEAVING,
        Message.state == OutboxState.WAITING,
    )
    await session.execute(leaving.values(state=OutboxState.SKIPPED, error="group bound"))
