"""What to study next: the lesson in hand, a teacher's own, or the next of a course.

A class that learns a trade has two courses beside each other: its own and the one for everybody.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import changing, mastering, own_lessons
from bot.services.taught import FIRST, PACKS, course, pack, trade_of
from bot.voice.buttons import BLUE, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, show
from db import ledger
from db.models import Person, Role, Sitting
from db.queries import lessons, people
from db.queries import own_lessons as own_queries


async def study(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Offer what comes next: the lesson in hand, or the first that was not finished."""
    courses = await open_courses(session, person, now)
    sitting = await own_queries.course_sitting(session, person.id)
    if sitting and course().lesson(sitting.lesson) is None:
        await changing.say_gone(session, here, sitting, now)
    elif sitting and sitting.step:
        await _resume(session, here, sitting, now, others=len(courses) > 1)
        return
    if own := await own_lessons.following(session, person, now):
        await own_lessons.offer(session, here, own, now)
    elif len(courses) > 1:
        await _ask_which(session, here, courses, now)
    elif courses:
        await study_course(session, here, person, courses[0], now)
    else:
        done = Screen(_("You have done all lessons for now."), picture=picture("done"))
        await show(session, here, done, now)


async def study_next(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Go on with whatever comes next, where an old button leads nowhere."""
    if here.person:
        await study(session, here, here.person, now)


async def open_courses(session: AsyncSession, person: Person, now: datetime) -> list[str]:
    """Return the courses that a learner has not finished: the class's trade, then the first."""
    classes = await people.classes_of(session, person.id, Role.LEARNER, now)
    trades = [trade for one in classes if (trade := trade_of(one.course))]
    finished = await lessons.finished(session, person.id)
    names = dict.fromkeys((*trades, FIRST))
    return [name for name in names if following(name, finished)]


def following(name: str, finished: set[str]) -> Lesson | None:
    """Return the first lesson of a course that is not among the finished ones."""
    return next((one for one in pack(name).lessons if one.key not in finished), None)


async def ask_which(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Ask which course it shall be; with one left there is nothing to ask."""
    courses = await open_courses(session, person, now)
    if len(courses) > 1:
        await _ask_which(session, here, courses, now)
    else:
        await study(session, here, person, now)


async def _ask_which(
    session: AsyncSession, here: Listener, courses: Sequence[str], now: datetime
) -> None:
    trade, first = (f"learn:{PACKS.index(name)}" for name in courses)
    said = Screen(
        _("What shall it be? 1 the trade, 2 reading and reckoning."),
        picture=picture(f"courses-{courses[0]}"),
        rows=[[button("1 ▶️", trade, BLUE), button("2 📖", first, BLUE)]],
    )
    await show(session, here, said, now)


async def learn(
    session: AsyncSession, here: Listener, person: Person, number: int, now: datetime
) -> bool:
    """Go on with a course; False where it is not one of this learner's."""
    courses = await open_courses(session, person, now)
    name = PACKS[number] if 0 <= number < len(PACKS) else ""
    if name not in courses:
        return False
    await study_course(session, here, person, name, now)
    return True


async def study_course(
    session: AsyncSession, here: Listener, person: Person, name: str, now: datetime
) -> None:
    """Offer a course's next lesson, or the one of it that was left."""
    lesson = following(name, await lessons.finished(session, person.id))
    if lesson is None:
        await study(session, here, person, now)
        return
    sitting = await lessons.unfinished_in(session, person.id, lesson.key)
    if sitting and sitting.step:
        await _resume(session, here, sitting, now, others=False)
        return
    sitting = sitting or await _sit_down(session, person, lesson, now)
    begin = button("1 ▶️" if lesson.fast_path else "▶️", f"go:{sitting.id}", BLUE)
    values = {"number": lesson.number, "lesson": lesson.title, "minutes": lesson.minutes}
    said = Screen(
        _("Lesson %(number)d: %(lesson)s. About %(minutes)d minutes."),
        values,
        picture("lesson"),
        rows=[[begin]],
    )
    if lesson.fast_path:
        text = _("Lesson %(number)d: %(lesson)s. 1 from the beginning, 2 I know it, test me.")
        quick = button("2 ⏩", f"fast:{sitting.id}")
        del values["minutes"]
        said = Screen(text, values, picture("lesson-or-try"), rows=[[begin, quick]])
    await show(session, here, said, now)


async def _resume(
    session: AsyncSession, here: Listener, sitting: Sitting, now: datetime, *, others: bool
) -> None:
    """Ask whether to go on or to begin again; where there is another course, or to take that."""
    rows: Keyboard = [
        [button("1 ▶️", f"go:{sitting.id}", BLUE), button("2 🔁", f"redo:{sitting.id}")]
    ]
    text, shown = _("You stopped here last time. 1 go on, 2 from the beginning."), "resume"
    if others:
        text = _("You stopped here last time. 1 go on, 2 from the beginning, 3 another lesson.")
        shown = "resume-or-other"
        rows[0].append(button("3 📖", "courses"))
    await show(session, here, Screen(text, picture=picture(shown), rows=rows), now)


async def _sit_down(
    session: AsyncSession, person: Person, lesson: Lesson, now: datetime
) -> Sitting:
    """Begin a lesson; the version that is taught is written down."""
    sitting = Sitting(
        person_id=person.id,
        lesson=lesson.key,
        version=changing.version_of(lesson),
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
