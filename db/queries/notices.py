"""What was already said under a key, so that it is said once."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Message


async def exists(session: AsyncSession, key: str) -> bool:
    """Say whether a message with this key was ever put into the outbox."""
    return await session.scalar(select(Message.id).where(Message.key == key)) is not None
