"""Lessons: one step a screen, left and taken up at will, never scored."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson, Match, Step, Trace
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import encouraging, homing, mastering, own_lessons, stepping, warming
from bot.services.handing_in import hear_answer, keep_answer, seconds_on
from bot.services.stepping import Outcome
from bot.services.taught import course
from bot.voice.buttons import HEAR, button
from bot.voice.choosing_clips import reference
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, redraw, show
from db import ledger
from db.models import Person, Sitting
from db.queries import lessons
from db.queries import own_lessons as own_queries

__all__ = ["answer", "course", "go_on", "hear_answer", "study", "study_next"]


async def study(session: AsyncSession, listener: Listener, person: Person, now: datetime) -> None:
    """Offer what comes next: the lesson in hand, or the first that was not finished."""
    sitting = await own_queries.course_sitting(session, person.id)
    if sitting and sitting.step and course().lesson(sitting.lesson):
        said = Screen(
            _("You stopped here last time. 1 go on, 2 from the beginning."),
            picture=picture("resume"),
            rows=[
                [button("1 ▶️", f"go:{sitting.id}", "primary"), button("2 🔁", f"redo:{sitting.id}")]
            ],
        )
        await show(session, listener, said, now)
        return
    if own := await own_lessons.following(session, person, now):
        await own_lessons.offer(session, listener, own, now)
        return
    lesson = _next_lesson(await lessons.finished(session, person.id))
    if lesson is None:
        said = Screen(_("You have done all lessons for now."), picture=picture("done"))
        await show(session, listener, said, now)
        return
    if sitting is None or sitting.lesson != lesson.key:
        sitting = await _sit_down(session, person, lesson, now)
    said = Screen(
        _("Lesson %(number)d: %(lesson)s. About %(minutes)d minutes."),
        {"number": lesson.number, "lesson": lesson.title, "minutes": lesson.minutes},
        picture("lesson"),
        rows=[[button("▶️", f"go:{sitting.id}", "primary")]],
    )
    await show(session, listener, said, now)


def _next_lesson(finished: set[str]) -> Lesson | None:
    return next((lesson for lesson in course().lessons if lesson.key not in finished), None)


async def _sit_down(
    session: AsyncSession, person: Person, lesson: Lesson, now: datetime
) -> Sitting:
    """Begin a lesson; the version that is taught is written down."""
    sitting = Sitting(
        person_id=person.id,
        lesson=lesson.key,
        version=lesson.version[:16],
        shown_at=now,
        started_at=now,
        step=0,
        tries=0,
        pressed="",
        seconds=0,
    )
    await mastering.plan_warm_up(session, sitting, lesson, now)
    session.add(sitting)
    await session.flush()
    await ledger.record(
        session,
        person.id,
        "lesson.started",
        now,
        sitting=sitting.id,
        lesson=lesson.key,
        version=sitting.version,
    )
    return sitting


async def go_on(
    session: AsyncSession,
    listener: Listener,
    sitting: Sitting,
    now: datetime,
    *,
    redo: bool = False,
) -> None:
    """Show the step at which a learner stopped, or the first one again."""
    lesson = course().lesson(sitting.lesson)
    if lesson is None or sitting.finished_at:
        await study_next(session, listener, now)
        return
    if redo:
        sitting.step, sitting.tries, sitting.pressed = 0, 0, ""
    if not await warming.show_item(session, listener, sitting, now):
        await _show_step(session, listener, sitting, lesson, now)


async def study_next(session: AsyncSession, listener: Listener, now: datetime) -> None:
    """Go on with whatever comes next, where an old button leads nowhere."""
    if listener.person:
        await study(session, listener, listener.person, now)


async def _show_step(
    session: AsyncSession, listener: Listener, sitting: Sitting, lesson: Lesson, now: datetime
) -> None:
    step = lesson.steps[sitting.step]
    sitting.shown_at = now
    listener.account.state = f"{stepping.awaits(step)}:{sitting.id}"
    act = f"step:{sitting.id}:{sitting.step}"
    said = Screen(
        stepping.caption(step, sitting.pressed),
        picture=course().path(_picture(step, sitting)),
        voice=course().path(step.clip) if step.clip else None,
        rows=stepping.choices(step, act, sitting.pressed, sitting.tries),
        taught=True,
        key=step.id,
    )
    await show(session, listener, said, now)


def _picture(step: Step, sitting: Sitting) -> Path:
    """Return a step's card: of a pair the one that asks for it, of a stroke its animation."""
    match step:
        case Match():
            return step.asking[len(stepping.presses(sitting.pressed))]
        case Trace() if step.animation is not None:
            return step.animation
        case _:
            return step.picture


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
    lesson = course().lesson(sitting.lesson)
    if lesson is None or sitting.finished_at:
        await study_next(session, listener, now)
        return
    if mastering.warm_up(sitting):
        if await warming.answer(session, listener, sitting, step_index, choice, now):
            await _show_step(session, listener, sitting, lesson, now)
    elif step_index == sitting.step:  # else an old card, or the second of a double tap
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
    step = lesson.steps[sitting.step]
    if not 0 <= choice < max(len(step.buttons), 1):
        return
    outcome, sitting.pressed = stepping.judge(step, sitting.pressed, choice)
    if outcome is Outcome.GOING:
        await _go_on_pressing(session, listener, sitting, lesson, message_id, now)
        return
    if outcome is not Outcome.ON:
        right = outcome is Outcome.RIGHT
        if right:
            await mastering.rate_step(session, sitting, step, now)
        await keep_answer(session, sitting, sitting.step, step, now, choice=choice, right=right)
    if outcome is Outcome.WRONG:
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
    lesson: Lesson,
    message_id: int | None,
    now: datetime,
) -> None:
    """Mark what was pressed on the very card; the next pair is a card of its own."""
    step = lesson.steps[sitting.step]
    if message_id is None or isinstance(step, Match):
        await _show_step(session, listener, sitting, lesson, now)
        return
    act = f"step:{sitting.id}:{sitting.step}"
    rows = stepping.choices(step, act, sitting.pressed, sitting.tries)
    if step.clip:
        rows.append([button(HEAR, f"hear:{reference(course().path(step.clip))}")])
    words = stepping.caption(step, sitting.pressed)
    redraw(session, listener, message_id, words, rows, now)


async def _step_on(
    session: AsyncSession, listener: Listener, sitting: Sitting, lesson: Lesson, now: datetime
) -> None:
    """Show the next step, or end the lesson after the last."""
    sitting.seconds += seconds_on(sitting, now)
    sitting.step, sitting.tries, sitting.pressed = sitting.step + 1, 0, ""
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
