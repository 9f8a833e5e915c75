"""Praise that was asked for and decided: it stands in the learner's own chain."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import LedgerEntry, Message


async def last_line(session: AsyncSession, person_id: int) -> int:
    """Return the number of the last line of a person's chain, 0 where there is none."""
    found = select(func.max(LedgerEntry.seq)).where(LedgerEntry.person_id == person_id)
    return await session.scalar(found) or 0


async def is_decided(session: AsyncSession, person_id: int, asked: int) -> bool:
    """Say whether a learner has answered to the card that was asked about in a line."""
    found = select(LedgerEntry).where(
        LedgerEntry.person_id == person_id,
        LedgerEntry.kind.in_(("praise.given", "praise.declined")),
        LedgerEntry.seq > asked,
    )
    lines = await session.scalars(found)
    return any((line.payload or {}).get("asked") == asked for line in lines)


async def stands(session: AsyncSession, person_id: int, asked: int) -> bool:
    """Say whether a card was agreed to and has not been taken back."""
    found = select(LedgerEntry).where(
        LedgerEntry.person_id == person_id,
        LedgerEntry.kind.in_(("praise.given", "praise.withdrawn")),
        LedgerEntry.seq > asked,
    )
    lines = await session.scalars(found)
    kinds = {line.kind for line in lines if (line.payload or {}).get("asked") == asked}
    return kinds == {"praise.given"}


async def in_group(session: AsyncSession, key: str) -> Sequence[Message]:
    """List what of a card went to the group, or is about to; it stays locked."""
    found = select(Message).where(Message.key.like(f"{key}:%")).order_by(Message.id)
    return (await session.scalars(found.with_for_update())).all()
