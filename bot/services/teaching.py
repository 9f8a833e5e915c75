"""Lessons: one step a screen, left and taken up at will, never scored."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson, Match, Step
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import (
    changing,
    encouraging,
    filling,
    homing,
    mastering,
    skipping,
    stepping,
    warming,
)
from bot.services.handing_in import hear_answer, keep_answer, seconds_on
from bot.services.offering import ask_which, learn, study, study_next
from bot.services.stepping import Outcome
from bot.services.taught import course
from bot.voice.buttons import HEAR, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, redraw, show
from db import ledger
from db.models import Sitting

__all__ = [
    "answer",
    "ask_which",
    "course",
    "go_on",
    "hear_answer",
    "learn",
    "skip",
    "study",
    "study_next",
    "try_quick",
]


async def go_on(
    session: AsyncSession,
    listener: Listener,
    sitting: Sitting,
    now: datetime,
    *,
    redo: bool = False,
) -> None:
    """Show the step at which a learner stopped, or the first one again."""
    lesson = await _lesson(session, listener, sitting, now)
    if lesson is None:
        return
    await changing.follow(session, listener, sitting, lesson, now)
    if redo:
        sitting.step, sitting.tries, sitting.pressed = 0, 0, ""
    await _show_present(session, listener, sitting, lesson, now)


async def _lesson(
    session: AsyncSession, listener: Listener, sitting: Sitting, now: datetime
) -> Lesson | None:
    """Return the lesson of a sitting; where it is over or gone, offer what comes next."""
    lesson = course().lesson(sitting.lesson)
    if lesson and not sitting.finished_at:
        return lesson
    if lesson is None and not sitting.finished_at:
        await changing.say_gone(session, listener, sitting, now)
    await study_next(session, listener, now)
    return None


async def _show_present(
    session: AsyncSession, listener: Listener, sitting: Sitting, lesson: Lesson, now: datetime
) -> None:
    """Show where a learner stands: a choice, an item of the warm-up, or a step."""
    if skipping.has_passed(sitting):
        await skipping.ask(session, listener, sitting, now)
    elif not await warming.show_item(session, listener, sitting, now):
        await _show_step(session, listener, sitting, lesson, now)


async def _show_step(
    session: AsyncSession, listener: Listener, sitting: Sitting, lesson: Lesson, now: datetime
) -> None:
    step = lesson.steps[sitting.step]
    sitting.shown_at = now
    listener.account.state = f"{stepping.awaits(step)}:{sitting.id}"
    act = f"step:{sitting.id}:{sitting.step}"
    pressed = skipping.pressed(sitting)
    filled = await filling.fill(session, listener, step, now)
    said = Screen(
        filling.caption(filled, pressed),
        picture=course().path(stepping.card(step, pressed)),
        voice=filled.voice or (course().path(step.clip) if step.clip else None),
        rows=stepping.choices(filled.step, act, pressed, sitting.tries),
        taught=True,
        key=step.id,
    )
    filled.draw_on(await show(session, listener, said, now))


async def answer(
    session: AsyncSession,
    listener: Listener,
    sitting: Sitting,
    step_index: int,
    choice: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Take a tap at a step: right goes on, wrong is heard again with a smaller step."""
    lesson = await _lesson(session, listener, sitting, now)
    if lesson is None:
        return
    if await changing.follow(session, listener, sitting, lesson, now):
        await _show_present(session, listener, sitting, lesson, now)
    elif mastering.warm_up(sitting):
        if await warming.answer(session, listener, sitting, step_index, choice, now):
            await _show_step(session, listener, sitting, lesson, now)
    elif step_index == sitting.step and not skipping.has_passed(sitting):
        # else an old card, or the second of a double tap
        await _answer_step(session, listener, sitting, lesson, choice, now, message_id)


async def _answer_step(
    session: AsyncSession,
    listener: Listener,
    sitting: Sitting,
    lesson: Lesson,
    choice: int,
    now: datetime,
    message_id: int | None,
) -> None:
    plain = lesson.steps[sitting.step]
    step = filling.in_play(listener, plain)
    if not 0 <= choice < max(len(step.buttons), 1):
        return
    outcome, pressed = stepping.judge(step, skipping.pressed(sitting), choice)
    skipping.press(sitting, pressed)
    if outcome is Outcome.GOING:
        await _go_on_pressing(session, listener, sitting, step, message_id, now, lesson)
        return
    if outcome is not Outcome.ON:
        right = outcome is Outcome.RIGHT
        if right:
            await mastering.rate_step(session, sitting, plain, now)
        await keep_answer(session, sitting, sitting.step, plain, now, choice=choice, right=right)
    if outcome is Outcome.WRONG:
        if skipping.is_quick(sitting):
            skipping.leave(session, listener, sitting, now)
        else:
            sitting.tries += 1
            receipt(session, listener, Screen(_("Listen once more.")), now)
        await _show_step(session, listener, sitting, lesson, now)
        return
    if outcome is Outcome.RIGHT:
        receipt(session, listener, Screen(_("Very good.")), now)
    await _step_on(session, listener, sitting, lesson, now)


async def _go_on_pressing(
    session: AsyncSession,
    listener: Listener,
    sitting: Sitting,
    step: Step,
    message_id: int | None,
    now: datetime,
    lesson: Lesson,
) -> None:
    """Mark what was pressed on the very card; the next pair is a card of its own."""
    if message_id is None or isinstance(step, Match):
        await _show_step(session, listener, sitting, lesson, now)
        return
    act = f"step:{sitting.id}:{sitting.step}"
    pressed = skipping.pressed(sitting)
    filled = await filling.fill(session, listener, lesson.steps[sitting.step], now)
    rows = stepping.choices(step, act, pressed, sitting.tries)
    if heard := filled.reference:
        rows.append([button(HEAR, f"hear:{heard}")])
    redraw(session, listener, message_id, filling.caption(filled, pressed), rows, now)


async def _step_on(
    session: AsyncSession, listener: Listener, sitting: Sitting, lesson: Lesson, now: datetime
) -> None:
    """Show the next step, or end the lesson after the last."""
    sitting.seconds += seconds_on(sitting, now)
    if skipping.is_quick(sitting):
        if skipping.step_on(sitting, lesson):
            await _show_step(session, listener, sitting, lesson, now)
        else:
            await skipping.ask(session, listener, sitting, now)
        return
    sitting.step, sitting.tries, sitting.pressed = sitting.step + 1, 0, ""
    await _show_step_or_end(session, listener, sitting, lesson, now)


async def try_quick(
    session: AsyncSession, listener: Listener, sitting: Sitting, now: datetime
) -> None:
    """Let a learner show that they know a lesson already."""
    lesson = await _lesson(session, listener, sitting, now)
    if lesson:
        await changing.follow(session, listener, sitting, lesson, now)
        skipping.begin(sitting, lesson)
        await _show_present(session, listener, sitting, lesson, now)


async def skip(
    session: AsyncSession, listener: Listener, sitting: Sitting, now: datetime, *, yes: bool
) -> None:
    """Take the choice of who knew it all: skip what is left, or learn it all the same."""
    lesson = await _lesson(session, listener, sitting, now)
    if lesson is None:
        return
    changed = await changing.follow(session, listener, sitting, lesson, now)
    if changed or not skipping.has_passed(sitting):  # an old card, or the second of a double tap
        await _show_present(session, listener, sitting, lesson, now)
        return
    await skipping.decide(session, sitting, lesson, now, skip=yes)
    await _show_step_or_end(session, listener, sitting, lesson, now)


async def _show_step_or_end(
    session: AsyncSession, listener: Listener, sitting: Sitting, lesson: Lesson, now: datetime
) -> None:
    if sitting.step < len(lesson.steps):
        await _show_step(session, listener, sitting, lesson, now)
        return
    sitting.finished_at = now
    listener.account.state = None
    await ledger.record(
        session,
        sitting.person_id,
        "lesson.finished",
        now,
        sitting=sitting.id,
        lesson=lesson.key,
        version=sitting.version,
        seconds=sitting.seconds,
    )
    await encouraging.say_words(session, listener, lesson, now)
    said = Screen(
        _("You have finished lesson %(number)d: %(lesson)s."),
        {"number": lesson.number, "lesson": lesson.title},
        picture("done"),
        rows=homing.choices(listener.person),
    )
    await show(session, listener, said, now)
