"""The quick way through a lesson: who knows it already shows so, and may skip what is left.

A sitting keeps in `pressed` that it is on this way, before what was pressed on the card.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.voice.buttons import BLUE, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import Sitting

QUICK, PASSED = "quick:", "passed"


def is_quick(sitting: Sitting) -> bool:
    """Say whether a learner is showing what they know."""
    return sitting.pressed.startswith(QUICK)


def has_passed(sitting: Sitting) -> bool:
    """Say whether a learner is asked to skip or not."""
    return sitting.pressed == PASSED


def pressed(sitting: Sitting) -> str:
    """Return what was pressed on the card, without the way that is gone."""
    return "" if has_passed(sitting) else sitting.pressed.removeprefix(QUICK)


def press(sitting: Sitting, places: str) -> None:
    """Keep what was pressed on the card; the way stays."""
    sitting.pressed = f"{QUICK}{places}" if is_quick(sitting) else places


def places(lesson: Lesson) -> list[int]:
    """Return where the questions stand that show whether a lesson is known."""
    found = (lesson.place(number) for number in lesson.fast_path)
    return sorted(place for place in found if place is not None)


def target(lesson: Lesson) -> int:
    """Return where a lesson goes on for who knows it; its length, where it ends."""
    place = lesson.place(lesson.fast_to) if lesson.fast_to is not None else None
    return len(lesson.steps) if place is None else place


def begin(sitting: Sitting, lesson: Lesson) -> bool:
    """Take the quick way from its first question; False where it is too late or there is none."""
    if not lesson.fast_path or sitting.finished_at or sitting.step or is_quick(sitting):
        return False
    sitting.step, sitting.tries, sitting.pressed = places(lesson)[0], 0, QUICK
    return True


def step_on(sitting: Sitting, lesson: Lesson) -> bool:
    """Go to the next question of the quick way; False where that was the last."""
    left = [place for place in places(lesson) if place > sitting.step]
    if not left:
        sitting.pressed, sitting.tries = PASSED, 0
        return False
    sitting.step, sitting.tries, sitting.pressed = left[0], 0, QUICK
    return True


def leave(session: AsyncSession, here: Listener, sitting: Sitting, now: datetime) -> None:
    """Begin at the first step: not everything was known, and nobody says so."""
    sitting.step, sitting.tries, sitting.pressed = 0, 0, ""
    receipt(session, here, Screen(_("Let us learn it together, from the beginning.")), now)


async def ask(session: AsyncSession, here: Listener, sitting: Sitting, now: datetime) -> None:
    """Ask who knew it all whether to skip what is left, or to learn it all the same."""
    here.account.state = None
    said = Screen(
        _("You know this already. 1 skip it, 2 learn it all the same."),
        picture=picture("skip"),
        rows=[
            [
                button("1 ⏩", f"skip:{sitting.id}:1", BLUE),
                button("2 📖", f"skip:{sitting.id}:0"),
            ]
        ],
    )
    await show(session, here, said, now)


async def decide(
    session: AsyncSession, sitting: Sitting, lesson: Lesson, now: datetime, *, skip: bool
) -> None:
    """Take the choice; what is skipped stands in the ledger, and counts for nothing."""
    asked = places(lesson)
    sitting.step, sitting.tries, sitting.pressed = (target(lesson) if skip else 0), 0, ""
    if skip:
        left = [at for at in range(target(lesson)) if at not in asked]
        await ledger.record(
            session,
            sitting.person_id,
            "lesson.skipped",
            now,
            sitting=sitting.id,
            lesson=lesson.key,
            version=sitting.version,
            asked=_ids(lesson, asked),
            steps=_ids(lesson, left),
        )


def _ids(lesson: Lesson, at: Sequence[int]) -> list[str]:
    return [lesson.steps[place].id for place in at]
