"""A lesson that changes or goes while somebody is in the middle of it: nothing kept is lost."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson
from bot.language import N_ as _
from bot.services import mastering
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt
from db import ledger
from db.models import Sitting
from db.queries import lessons

KEPT = 16  # letters of a version that a sitting keeps


def version_of(lesson: Lesson) -> str:
    """Return what a sitting keeps of the version that is taught."""
    return lesson.version[:KEPT]


async def say_gone(session: AsyncSession, here: Listener, sitting: Sitting, now: datetime) -> None:
    """Say, once, that a lesson is taught no more; what was answered in it stays."""
    if not await lessons.is_gone(session, sitting):
        await ledger.record(
            session,
            sitting.person_id,
            "lesson.changed",
            now,
            sitting=sitting.id,
            lesson=sitting.lesson,
            version=sitting.version,
            to="",
        )
        here.account.state = None
        words = _("This lesson has been changed. We go on with the next one.")
        receipt(session, here, Screen(words), now)


async def follow(
    session: AsyncSession, here: Listener, sitting: Sitting, lesson: Lesson, now: datetime
) -> bool:
    """Move a sitting to the version that is taught now; True where there was another before.

    It goes on behind the last step that was answered, as that is known by its id; the ledger says
    from where on the new version was taught.
    """
    version = version_of(lesson)
    if sitting.version == version:
        return False
    place = await _place(session, sitting, lesson)
    await ledger.record(
        session,
        sitting.person_id,
        "lesson.changed",
        now,
        sitting=sitting.id,
        lesson=lesson.key,
        version=sitting.version,
        to=version,
        step=place + 1,
    )
    warming_up = bool(mastering.warm_up(sitting))
    sitting.version, sitting.tries, sitting.step = version, 0, place
    if not warming_up:
        sitting.pressed = ""
    words = _("This lesson has been changed a little. We go on here.")
    receipt(session, here, Screen(words), now)
    return True


async def _place(session: AsyncSession, sitting: Sitting, lesson: Lesson) -> int:
    """Find where to go on: behind an answered step, of several the nearest to where one stood."""
    last = len(lesson.steps) - 1
    if sitting.step == 0:
        return 0
    answered = await lessons.steps_answered(session, sitting)
    places = [place + 1 for place, step in enumerate(lesson.steps) if step.id in answered]
    nearest = min(places, key=lambda place: abs(place - sitting.step), default=sitting.step)
    return min(nearest, last)
