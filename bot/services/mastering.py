"""Mastery: when each item is to be met again (FSRS, spaced repetition).

An item is a step that asks something. How its question was answered rates it; what has fallen due
opens the next lesson. Days are the smallest span, for lessons are taken days apart.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from fsrs import Card, Rating, Scheduler
from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson, Step
from bot.language import SHANGHAI
from bot.services.taught import course
from db import ledger
from db.models import Mastery, Sitting
from db.queries import mastery

if TYPE_CHECKING:
    from fsrs.card import CardDict

# Nothing is shuffled by chance, so that a day can be rehearsed.
SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
MASTERED = 7  # days after which an item is still likely to be known; own judgement, to be verified
ROOM = 60  # letters that a sitting keeps of what was pressed
WARM_UP = "warm:"


def rating(wrong: int) -> Rating:
    """Rate an answer by the wrong taps before the right one."""
    return {0: Rating.Good, 1: Rating.Hard}.get(wrong, Rating.Again)


async def rate(
    session: AsyncSession, person_id: int, item: str, wrong: int, now: datetime
) -> Mastery:
    """Take an answer as the measure of an item, and say when it is due again."""
    moment = now.astimezone(UTC)
    kept = await session.get(Mastery, (person_id, item))
    known = Card.from_dict(cast("CardDict", kept.card)) if kept else Card(card_id=0, due=moment)
    card, _log = SCHEDULER.review_card(known, rating(wrong), moment)
    if kept is None:
        kept = Mastery(person_id=person_id, item=item, mastered=False)
        session.add(kept)
    before = kept.mastered
    kept.card, kept.due_at = dict(card.to_dict()), card.due
    kept.mastered = rating(wrong) is not Rating.Again and (card.stability or 0) >= MASTERED
    if kept.mastered and not before:
        await ledger.record(session, person_id, "item.mastered", now, item=item)
    await session.flush()
    return kept


async def rate_step(session: AsyncSession, sitting: Sitting, step: Step, now: datetime) -> None:
    """Rate a step that came out right; done once more from the beginning, it counts no more."""
    if not await mastery.was_right(session, sitting.id, sitting.step):
        await rate(session, sitting.person_id, step.id, sitting.tries, now)


def item(key: str) -> Step | None:
    """Find the question behind an item, None where it is asked no more or takes several taps."""
    lesson = course().lesson(key.rpartition(".")[0])
    steps = lesson.steps if lesson else ()
    return next((step for step in steps if step.id == key and step.right is not None), None)


async def plan_warm_up(
    session: AsyncSession, sitting: Sitting, lesson: Lesson, now: datetime
) -> None:
    """Choose the items that are asked before the first step; they stand in the sitting."""
    tomorrow = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow += timedelta(days=1)
    chosen: list[str] = []
    for key in await mastery.due(session, sitting.person_id, tomorrow):
        fits = len(WARM_UP + ",".join([*chosen, key])) <= ROOM
        if len(chosen) < lesson.warm_up and fits and item(key):
            chosen.append(key)
    sitting.pressed = WARM_UP + ",".join(chosen) if chosen else ""


def warm_up(sitting: Sitting) -> list[str]:
    """Return the items that are still to be asked before the first step."""
    if sitting.step or not sitting.pressed.startswith(WARM_UP):
        return []
    return [key for key in sitting.pressed.removeprefix(WARM_UP).split(",") if item(key)]


def warm_up_left(sitting: Sitting, items: list[str]) -> None:
    """Keep what is still to be asked; nothing, and the lesson begins."""
    sitting.pressed, sitting.tries = WARM_UP + ",".join(items) if items else "", 0
