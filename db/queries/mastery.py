"""What each one masters, what has fallen due, and the time that was spent on lessons."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Answer, Mastery, Sitting


async def due(
    session: AsyncSession, person_id: int, until: datetime, limit: int = 50
) -> Sequence[str]:
    """List a learner's items that have fallen due, the longest overdue first."""
    found = select(Mastery.item).where(Mastery.person_id == person_id, Mastery.due_at <= until)
    return (await session.scalars(found.order_by(Mastery.due_at, Mastery.item).limit(limit))).all()


async def mastered(session: AsyncSession, person_id: int) -> Sequence[str]:
    """List the items that a learner masters now."""
    found = select(Mastery.item).where(Mastery.person_id == person_id, Mastery.mastered)
    return (await session.scalars(found.order_by(Mastery.item))).all()


async def was_right(session: AsyncSession, sitting_id: int, step: int) -> bool:
    """Say whether a step of a sitting was answered rightly before."""
    found = select(Answer.id).where(
        Answer.sitting_id == sitting_id, Answer.step == step, Answer.right.is_(True)
    )
    return await session.scalar(found.limit(1)) is not None


async def online_seconds(
    session: AsyncSession, person_id: int, after: datetime, until: datetime
) -> int:
    """Add up the capped seconds of the lessons that a learner finished in a span of time."""
    found = select(func.sum(Sitting.seconds)).where(
        Sitting.person_id == person_id,
        Sitting.finished_at >= after,
        Sitting.finished_at < until,
    )
    return await session.scalar(found) or 0
