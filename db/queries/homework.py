"""What learners spoke or photographed as homework, and what waits for a teacher's ear."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Answer, Membership, Role


def _learns(study_class_ids: Sequence[int], now: datetime) -> ColumnElement[bool]:
    learners = select(Membership.person_id).where(
        Membership.study_class_id.in_(study_class_ids),
        Membership.role == Role.LEARNER,
        Membership.starts_at <= now,
        or_(Membership.ends_at.is_(None), Membership.ends_at > now),
    )
    return Answer.person_id.in_(learners)


def _waiting(study_class_ids: Sequence[int], now: datetime) -> Select[Answer]:
    return select(Answer).where(
        Answer.voice_id.is_not(None),
        Answer.reviewed_at.is_(None),
        _learns(study_class_ids, now),
    )


async def count(
    session: AsyncSession, study_class_ids: Sequence[int], now: datetime, until: int | None = None
) -> int:
    """Count what waits in these classes; `until` an answer, that one included."""
    found = _waiting(study_class_ids, now)
    if until is not None:
        found = found.where(Answer.id <= until)
    return await session.scalar(select(func.count()).select_from(found.subquery())) or 0


async def following(
    session: AsyncSession, study_class_ids: Sequence[int], now: datetime, after: int
) -> Answer | None:
    """Find the oldest that waits after an answer; past the last one, the oldest of all."""
    found = _waiting(study_class_ids, now).order_by(Answer.id).limit(1)
    later = await session.scalar(found.where(Answer.id > after))
    return later or await session.scalar(found)


async def of_classes(
    session: AsyncSession, answer_id: int, study_class_ids: Sequence[int], now: datetime
) -> Answer | None:
    """Find a piece of homework, if a learner of these classes made it."""
    found = select(Answer).where(
        Answer.id == answer_id, Answer.voice_id.is_not(None), _learns(study_class_ids, now)
    )
    return await session.scalar(found.with_for_update())


async def to_practise(session: AsyncSession, sitting_id: int) -> Answer | None:
    """Find what a teacher would like to hear once more, unless it came already."""
    found = select(Answer).where(Answer.sitting_id == sitting_id, Answer.voice_id.is_not(None))
    newest: dict[int, Answer] = {}
    for answer in await session.scalars(found.order_by(Answer.id)):
        newest[answer.step] = answer
    again = [answer for answer in newest.values() if answer.good is False]
    return max(again, key=lambda answer: answer.reviewed_at or answer.at, default=None)
