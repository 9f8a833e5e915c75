"""Who had to go before the end of a meeting."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import EarlyLeave


async def of_person(session: AsyncSession, meeting_id: int, person_id: int) -> Sequence[EarlyLeave]:
    """List how often somebody had to go, oldest first; locked until the transaction ends."""
    found = select(EarlyLeave).where(
        EarlyLeave.meeting_id == meeting_id, EarlyLeave.person_id == person_id
    )
    return (await session.scalars(found.order_by(EarlyLeave.id).with_for_update())).all()


async def gone(session: AsyncSession, meeting_id: int) -> frozenset[int]:
    """Return who said that they go, and did not stay after all."""
    found = select(EarlyLeave.person_id).where(
        EarlyLeave.meeting_id == meeting_id,
        EarlyLeave.mark_id.is_not(None),
        EarlyLeave.stayed_at.is_(None),
    )
    return frozenset(await session.scalars(found))


async def locked(session: AsyncSession, number: int) -> EarlyLeave | None:
    """Read one and keep it from everybody else until the transaction ends."""
    found = select(EarlyLeave).where(EarlyLeave.id == number).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))
