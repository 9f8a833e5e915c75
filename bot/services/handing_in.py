"""What learners do at the steps of a lesson is kept; what they say or show waits for a teacher."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import SayAfter, Step
from bot.language import N_ as _
from bot.services import stepping
from bot.services.keeping import Attachment, keep
from bot.services.taught import step_at
from bot.voice.buttons import Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt
from db import ledger
from db.models import Answer, Sitting
from db.queries import homework, lessons

LONGEST_STEP = 300  # seconds that one step can count: who walks away is not studying


def seconds_on(sitting: Sitting, now: datetime) -> int:
    """Return how long a step was on the screen, capped."""
    return max(0, min(int((now - sitting.shown_at).total_seconds()), LONGEST_STEP))


async def hear_answer(
    session: AsyncSession, listener: Listener, sitting: Sitting, said: Attachment, now: datetime
) -> bool:
    """Take a spoken answer or a photo; a person looks at it, no machine judges it.

    After the lesson it is the step that the teacher would like to hear once more.
    """
    place, rows = sitting.step, _rows_within(sitting)
    if sitting.finished_at:
        asked = await homework.to_practise(session, sitting.id)
        if asked is None:
            return False
        place, rows = asked.step, [[button("📖", "study", "primary")]]
    found = step_at(sitting.lesson, place)
    if found is None:
        return False
    step = found[1]
    if stepping.awaits(step) == "step" or (said.kind != "voice" and isinstance(step, SayAfter)):
        return False
    voice = await keep(session, said, sitting.person_id, now)
    kept = await keep_answer(session, sitting, place, step, now, voice_id=voice.id)
    await ledger.record(
        session,
        sitting.person_id,
        "homework.sent",
        now,
        answer=kept.id,
        sitting=sitting.id,
        step=step.id,
        voice=voice.id,
        seconds=said.seconds,
    )
    if sitting.finished_at:
        listener.account.state = None
    heard = _("I heard you. Your teacher will listen too.")
    seen = _("I have kept it. Your teacher will get it.")
    receipt(session, listener, Screen(heard if said.kind == "voice" else seen, rows=rows), now)
    return True


def _rows_within(sitting: Sitting) -> Keyboard:
    act = f"step:{sitting.id}:{sitting.step}:0"
    return [[button("▶️", act, "primary"), button("🔁", f"go:{sitting.id}")]]


async def keep_answer(
    session: AsyncSession,
    sitting: Sitting,
    place: int,
    step: Step,
    now: datetime,
    *,
    choice: int | None = None,
    right: bool | None = None,
    voice_id: int | None = None,
) -> Answer:
    """Keep what a learner did at a step, with the seconds it took."""
    seconds = seconds_on(sitting, now)
    tries = await lessons.last_try(session, sitting.id, place) + 1
    answer = Answer(
        sitting_id=sitting.id,
        person_id=sitting.person_id,
        step=place,
        kind=step.kind,
        tries=tries,
        choice=choice,
        right=right,
        voice_id=voice_id,
        seconds=seconds,
        at=now,
    )
    session.add(answer)
    if voice_id is None:
        await ledger.record(
            session,
            sitting.person_id,
            "step.answered",
            now,
            sitting=sitting.id,
            step=step.id,
            choice=choice,
            right=right,
            seconds=seconds,
        )
    await session.flush()
    return answer
