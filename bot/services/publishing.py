"""A lesson made in the chat goes out to its class, at once or at a time that its teacher chose."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, day_word, html
from bot.language import N_ as _
from bot.services.own_lessons import DUE, offer, parts_of
from bot.services.quieting import awake
from bot.services.reaching import listeners
from bot.voice.buttons import GREEN, RED, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Way, tell
from db import ledger
from db.models import OwnLesson, Person, Priority, Role, StudyClass
from db.queries import outbox, own_lessons, people

# What a button's number means: days ahead, hour and minute in the county.
TIMES = {1: (0, 19, 30), 2: (1, 7, 0), 3: (1, 19, 30)}
NAMES = {
    1: _("Today 19:30"),
    2: _("Tomorrow 07:00"),
    3: _("Tomorrow 19:30"),
}


def moment(number: int, now: datetime) -> datetime:
    """Return the time that a button names; nought is now."""
    if number not in TIMES:
        return now
    days, hour, minute = TIMES[number]
    local = now.astimezone(SHANGHAI) + timedelta(days=days)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0)


def choices(lesson: OwnLesson, now: datetime) -> Keyboard:
    """Return the buttons that publish a lesson: now, or at a time that is still to come."""
    later = [
        button(html(MANDARIN, NAMES[number]), f"publish:{lesson.id}:{number}")
        for number in TIMES
        if moment(number, now) > now
    ]
    at_once = button(html(MANDARIN, _("Publish")), f"publish:{lesson.id}:0", GREEN)
    return [[at_once, button(html(MANDARIN, _("Edit")), f"edit:{lesson.id}")], later]


async def publish(
    session: AsyncSession, here: Listener, lesson: OwnLesson, number: int, now: datetime
) -> bool:
    """Give a lesson to its class, or plan that; False where it is out, or not complete."""
    parts = parts_of(lesson)
    complete = bool(parts) and all("voice" in part for part in parts)
    at = moment(number, now)
    if here.person is None or lesson.publish_at or lesson.withdrawn_at or not complete or at < now:
        return False
    here.account.state = None
    lesson.publish_at = at
    if at > now:
        await _plan(session, here, here.person, lesson, now)
    else:
        await _give_out(session, [here], here.person, lesson, now)
    return True


async def _plan(
    session: AsyncSession, here: Listener, teacher: Person, lesson: OwnLesson, now: datetime
) -> None:
    """Keep when a lesson goes out; until then it can be taken back."""
    at = lesson.publish_at or now
    lesson.steps = {**lesson.steps, DUE: True}
    await ledger.record(session, teacher.id, "lesson.planned", now, **_named(lesson), due=str(at))
    text = _("Planned: version %(version)d goes out %(day)s at %(time)s")
    day = day_word(at, now, MANDARIN)
    tell(session, here, text, now, _after(lesson), version=lesson.version, day=day, time=clock(at))


async def publish_due(session: AsyncSession, now: datetime) -> int:
    """Give out the lessons whose time has come, each once; return how many these were."""
    due = await own_lessons.planned(session, now, DUE)
    for lesson in due:
        teacher = await session.get_one(Person, lesson.author_id)
        await _give_out(session, await listeners(session, teacher), teacher, lesson, now)
    return len(due)


async def _give_out(
    session: AsyncSession,
    places: Sequence[Listener],
    teacher: Person,
    lesson: OwnLesson,
    now: datetime,
) -> None:
    was_planned = DUE in lesson.steps  # else its teacher is awake, and waits for the answer
    lesson.steps = {key: value for key, value in lesson.steps.items() if key != DUE}
    await forget(session, await own_lessons.others_out(session, lesson), now)
    learners = await people.members(session, lesson.study_class_id, Role.LEARNER, now)
    more = {"steps": len(parts_of(lesson)), "people": len(learners)}
    await ledger.record(session, teacher.id, "lesson.published", now, **_named(lesson), **more)
    study_class = await session.get_one(StudyClass, lesson.study_class_id)
    for learner in learners:
        for place in await listeners(session, learner):
            way = Way(
                Priority.BROADCAST,
                f"own:{lesson.id}:{place.account.id}:{learner.id}",
                not_before=awake(now, study_class, learner),
                purpose="notice",
                study_class_id=lesson.study_class_id,
            )
            await offer(session, place, lesson, now, way)
    text = _("Published: version %(version)d, %(people)d learners")
    count, way = (
        len(learners),
        Way(not_before=awake(now, study_class, teacher) if was_planned else None),
    )
    for place in places:
        tell(session, place, text, now, _after(lesson), way, version=lesson.version, people=count)


def _named(lesson: OwnLesson) -> dict[str, object]:
    return {
        "lesson": lesson.key,
        "version": lesson.version,
        "study_class": lesson.study_class_id,
    }


def _after(lesson: OwnLesson) -> Keyboard:
    return [
        [
            button(html(MANDARIN, _("Edit")), f"edit:{lesson.id}"),
            button(html(MANDARIN, _("Withdraw")), f"withdraw:{lesson.id}", RED),
        ]
    ]


async def forget(session: AsyncSession, gone: Sequence[OwnLesson], now: datetime) -> None:
    """Take lessons back; who was not told of them yet never is."""
    for lesson in gone:
        lesson.withdrawn_at = now
        notices = await own_lessons.notices(session, lesson.id)
        await outbox.skip(session, notices, "lesson withdrawn")


async def withdraw(session: AsyncSession, here: Listener, lesson: OwnLesson, now: datetime) -> bool:
    """Take a lesson back; who is in it hears so at the next step. False where it is not out."""
    if lesson.publish_at is None or lesson.withdrawn_at:
        return False
    await forget(session, [lesson], now)
    if here.person:
        await ledger.record(session, here.person.id, "lesson.withdrawn", now, **_named(lesson))
    tell(session, here, _("Withdrawn: %(title)s"), now, title=lesson.title)
    return True
