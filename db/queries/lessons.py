"""What was learnt, asked and answered."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Answer, Consent, ConsentState, Question, Sitting


async def unfinished(session: AsyncSession, person_id: int) -> Sitting | None:
    """Find the lesson that a person is in the middle of."""
    found = select(Sitting).where(Sitting.person_id == person_id, Sitting.finished_at.is_(None))
    return await session.scalar(found.order_by(Sitting.id.desc()))


async def finished(session: AsyncSession, person_id: int) -> set[str]:
    """Return the keys of the lessons that a person has finished."""
    found = select(Sitting.lesson).where(
        Sitting.person_id == person_id, Sitting.finished_at.is_not(None)
    )
    return set(await session.scalars(found))


async def last_try(session: AsyncSession, sitting_id: int, step: int) -> int:
    """Return the number of the latest answer to a step, 0 where there is none."""
    found = select(func.max(Answer.tries)).where(
        Answer.sitting_id == sitting_id, Answer.step == step
    )
    return await session.scalar(found) or 0


async def unanswered(session: AsyncSession, study_class_ids: Sequence[int]) -> Sequence[Question]:
    """List the open questions of these classes, oldest first."""
    found = select(Question).where(
        Question.study_class_id.in_(study_class_ids), Question.answered_at.is_(None)
    )
    return (await session.scalars(found.order_by(Question.id))).all()


async def consent_of(session: AsyncSession, person_id: int) -> Consent | None:
    """Find a person's latest general consent."""
    found = select(Consent).where(Consent.person_id == person_id, Consent.kind == "general")
    return await session.scalar(found.order_by(Consent.id.desc()))


async def consented(session: AsyncSession, person_id: int) -> bool:
    """Say whether a person's latest word is yes."""
    consent = await consent_of(session, person_id)
    return consent is not None and consent.state is ConsentState.GIVEN
