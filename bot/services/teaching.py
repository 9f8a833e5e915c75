"""Lessons: one step a screen, left and taken up at will, never scored."""

from datetime import datetime
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import WENHUA, Course, Lesson, Step, load
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import homing
from bot.services.keeping import Attachment, keep
from bot.voice.buttons import Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import Answer, Person, Sitting
from db.queries import lessons

LONGEST_STEP = 300  # seconds that one step can count: who walks away is not studying
SHOWN_AT_SECOND = 2  # choices left after two wrong taps (syllabus 0)


@cache
def course() -> Course:
    """Return the course that comes with the program."""
    return load(WENHUA)


async def study(session: AsyncSession, listener: Listener, person: Person, now: datetime) -> None:
    """Offer what comes next: the lesson in hand, or the first that was not finished."""
    sitting = await lessons.unfinished(session, person.id)
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
        seconds=0,
    )
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
        sitting.step, sitting.tries = 0, 0
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
    speaks = step.kind == "say_after"
    listener.account.state = f"say:{sitting.id}" if speaks else f"step:{sitting.id}"
    said = Screen(
        f"{step.caption}",
        picture=course().path(step.picture),
        voice=course().path(step.clip) if step.clip else None,
        rows=_choices(sitting, step),
        taught=True,
    )
    await show(session, listener, said, now)


def _choices(sitting: Sitting, step: Step) -> Keyboard:
    """Return the answers to choose from: fewer after wrong taps, the right one always there."""
    act = f"step:{sitting.id}:{sitting.step}"
    if not step.options:
        return [[button("▶️", f"{act}:0", "primary")]]
    right = step.right or 0
    left = list(range(len(step.options)))
    if sitting.tries == 1:
        wrong = [index for index in left if index != right]
        left = sorted([right, wrong[sitting.step % len(wrong)]])
    elif sitting.tries >= SHOWN_AT_SECOND:
        left = [right]
    return [[button(step.buttons[index], f"{act}:{index}") for index in left]]


async def answer(
    session: AsyncSession,
    listener: Listener,
    sitting: Sitting,
    step_index: int,
    choice: int,
    now: datetime,
) -> None:
    """Take a tap at a step: right goes on, wrong is heard again with fewer choices."""
    lesson = course().lesson(sitting.lesson)
    if lesson is None or sitting.finished_at:
        await study_next(session, listener, now)
        return
    if step_index != sitting.step:  # an old card, or the second of a double tap
        return
    step = lesson.steps[sitting.step]
    right = None if step.right is None else choice == step.right
    sitting.tries += 1
    if step.options:
        await _keep_answer(session, sitting, step, now, choice=choice, right=right)
    if right is False:
        receipt(session, listener, Screen(_("Listen once more.")), now)
        await _show_step(session, listener, sitting, lesson, now)
        return
    if right:
        receipt(session, listener, Screen(_("Very good.")), now)
    await _step_on(session, listener, sitting, lesson, now)


async def hear_answer(
    session: AsyncSession, listener: Listener, sitting: Sitting, said: Attachment, now: datetime
) -> bool:
    """Take a spoken answer; a person listens to it, no machine judges it."""
    lesson = course().lesson(sitting.lesson)
    if lesson is None or sitting.finished_at or lesson.steps[sitting.step].kind != "say_after":
        return False
    voice = await keep(session, said, sitting.person_id, now)
    sitting.tries += 1
    step = lesson.steps[sitting.step]
    await _keep_answer(session, sitting, step, now, voice_id=voice.id)
    await ledger.record(
        session,
        sitting.person_id,
        "homework.sent",
        now,
        sitting=sitting.id,
        step=step.id,
        voice=voice.id,
        seconds=said.seconds,
    )
    act = f"step:{sitting.id}:{sitting.step}:0"
    said_back = Screen(
        _("I heard you. Your teacher will listen too."),
        rows=[[button("▶️", act, "primary"), button("🔁", f"go:{sitting.id}")]],
    )
    receipt(session, listener, said_back, now)
    return True


async def _keep_answer(
    session: AsyncSession,
    sitting: Sitting,
    step: Step,
    now: datetime,
    *,
    choice: int | None = None,
    right: bool | None = None,
    voice_id: int | None = None,
) -> None:
    """Keep what a learner did at a step, with the seconds it took."""
    seconds = _seconds(sitting, now)
    tries = await lessons.last_try(session, sitting.id, sitting.step) + 1
    session.add(
        Answer(
            sitting_id=sitting.id,
            person_id=sitting.person_id,
            step=sitting.step,
            kind=step.kind,
            tries=tries,
            choice=choice,
            right=right,
            voice_id=voice_id,
            seconds=seconds,
            at=now,
        )
    )
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


def _seconds(sitting: Sitting, now: datetime) -> int:
    """Return how long a step was on the screen, capped."""
    return max(0, min(int((now - sitting.shown_at).total_seconds()), LONGEST_STEP))


async def _step_on(
    session: AsyncSession, listener: Listener, sitting: Sitting, lesson: Lesson, now: datetime
) -> None:
    """Show the next step, or end the lesson after the last."""
    sitting.seconds += _seconds(sitting, now)
    sitting.step, sitting.tries = sitting.step + 1, 0
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
    said = Screen(
        _("You have finished lesson %(number)d: %(lesson)s."),
        {"number": lesson.number, "lesson": lesson.title},
        picture("done"),
        rows=homing.choices(listener.person),
    )
    await show(session, listener, said, now)
