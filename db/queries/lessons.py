"""What was learnt, asked and answered."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Answer, Consent, ConsentState, LedgerEntry, Question, Sitting


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


async def unfinished_in(session: AsyncSession, person_id: int, lesson: str) -> Sitting | None:
    """Find a person's unfinished way through one lesson."""
    found = select(Sitting).where(
        Sitting.person_id == person_id, Sitting.lesson == lesson, Sitting.finished_at.is_(None)
    )
    return await session.scalar(found.order_by(Sitting.id.desc()))


async def _lines(session: AsyncSession, person_id: int, *kinds: str) -> list[dict[str, Any]]:
    """Return what stands in a person's lines of some kinds, as far as it was not erased."""
    found = select(LedgerEntry.payload).where(
        LedgerEntry.person_id == person_id, LedgerEntry.kind.in_(kinds)
    )
    return [line for line in await session.scalars(found.order_by(LedgerEntry.seq)) if line]


async def is_gone(session: AsyncSession, sitting: Sitting) -> bool:
    """Say whether a learner has heard that a lesson is taught no more."""
    lines = await _lines(session, sitting.person_id, "lesson.changed")
    return any(line.get("sitting") == sitting.id and not line.get("to") for line in lines)


async def steps_answered(session: AsyncSession, sitting: Sitting) -> set[str]:
    """Return the ids of the steps that were answered in a sitting, whatever its version was."""
    lines = await _lines(session, sitting.person_id, "step.answered", "homework.sent")
    return {
        str(line.get("step"))
        for line in lines
        if line.get("sitting") == sitting.id and not line.get("warm_up")
    }


async def skipped(session: AsyncSession, person_id: int) -> set[str]:
    """Return the lessons of which a learner has skipped steps that they knew."""
    return {str(line["lesson"]) for line in await _lines(session, person_id, "lesson.skipped")}


async def step_sent(session: AsyncSession, person_id: int, answer_id: int) -> str:
    """Return the id of the step at which homework was sent, as it was called then."""
    lines = await _lines(session, person_id, "homework.sent")
    return next((str(one.get("step", "")) for one in lines if one.get("answer") == answer_id), "")
