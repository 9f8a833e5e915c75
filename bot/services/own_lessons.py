"""Lessons made in the chat, as learners take them: the teacher's voice, then the picture."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import html
from bot.screens import screen as picture
from bot.services import homing
from bot.services.handing_in import seconds_on
from bot.voice.buttons import BLUE, BOTTOM, HEAR, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, receipt, show
from db import ledger
from db.models import Media, Message, OwnLesson, Person, Role, Sitting
from db.queries import lessons, own_lessons, people

DUE = "due"  # beside the steps of a lesson that waits for its time
Part = dict[str, Any]  # words, and the media ids of a picture and a voice


def parts_of(lesson: OwnLesson) -> list[Part]:
    """Return the steps of a lesson, each with what was sent for it."""
    return list(lesson.steps["steps"])


async def show_part(
    session: AsyncSession, here: Listener, part: Part, rows: Keyboard, now: datetime
) -> Message:
    """Show one step: the voice first, then the picture or the words; a learner's have buttons."""
    voice = await session.get(Media, part["voice"]) if part.get("voice") else None
    if voice:
        spoken: Part = {"voice": voice.file_id} | ({"reply_markup": BOTTOM} if rows else {})
        put(session, here, "sendVoice", spoken, now, Way(purpose="voice"))
    shown = await session.get(Media, part["picture"]) if part.get("picture") else None
    words = html(here.language, "%(words)s", words=part.get("words") or "📖")
    payload: Part = {"parse_mode": "HTML", "reply_markup": inline(rows)}
    if shown:
        payload |= {"photo": shown.file_id, "caption": words}
    else:
        payload |= {"text": words}
    card = put(session, here, "sendPhoto" if shown else "sendMessage", payload, now, Way())
    await session.flush()
    return card


async def following(session: AsyncSession, person: Person, now: datetime) -> OwnLesson | None:
    """Find the oldest lesson of the class's teachers that a learner has not finished."""
    classes = await people.class_ids_of(session, person.id, Role.LEARNER, now)
    if not classes:
        return None
    finished = await lessons.finished(session, person.id)
    given = [await own_lessons.published(session, class_id, now) for class_id in classes]
    out = [one for of_class in given for one in of_class if is_out(one)]
    return next((lesson for lesson in out if lesson.key not in finished), None)


def is_out(lesson: OwnLesson) -> bool:
    """Say whether a lesson was given to its class; one that waits for its time was not."""
    return lesson.publish_at is not None and DUE not in lesson.steps


async def offer(
    session: AsyncSession, here: Listener, lesson: OwnLesson, now: datetime, way: Way | None = None
) -> None:
    """Tell a learner of a teacher's lesson; what is told later is not the present screen."""
    screen = here.account.screen_id
    said = Screen(
        _("Your teacher has made a lesson for you."),
        picture=picture("lesson"),
        rows=[[button("▶️", f"own:{lesson.id}", BLUE)]],
    )
    await show(session, here, said, now, way)
    if way and way.not_before and way.not_before > now:
        here.account.screen_id = screen


async def begin(
    session: AsyncSession, here: Listener, person: Person, lesson_id: int, now: datetime
) -> bool:
    """Begin a lesson, or go on with it; False where it is not for this learner."""
    lesson = await session.get(OwnLesson, lesson_id)
    if lesson is None or not is_out(lesson):
        return False
    if not await people.is_in(session, person.id, Role.LEARNER, lesson.study_class_id, now):
        return False
    if lesson.withdrawn_at:
        await _changed(session, here, person, now)
        return True
    sitting = await own_lessons.sitting_at(session, person.id, lesson)
    if sitting is None:
        sitting = Sitting(
            person_id=person.id,
            lesson=lesson.key,
            version=f"v{lesson.version}",
            step=0,
            tries=0,
            pressed="",
            shown_at=now,
            started_at=now,
            seconds=0,
        )
        session.add(sitting)
        await session.flush()
        await _record(session, sitting, "lesson.started", now)
    await _show_step(session, here, sitting, lesson, now)
    return True


async def _record(
    session: AsyncSession, sitting: Sitting, kind: str, now: datetime, **more: object
) -> None:
    taught = {"sitting": sitting.id, "lesson": sitting.lesson, "version": sitting.version}
    await ledger.record(session, sitting.person_id, kind, now, **taught, **more)


async def _show_step(
    session: AsyncSession, here: Listener, sitting: Sitting, lesson: OwnLesson, now: datetime
) -> None:
    sitting.shown_at = now
    here.account.state = f"step:{sitting.id}"
    act = f"{sitting.id}:{sitting.step}"
    rows = [[button("▶️", f"ownstep:{act}", BLUE)], [button(HEAR, f"ownhear:{act}")]]
    part = parts_of(lesson)[sitting.step]
    card = await show_part(session, here, part, rows, now)
    here.account.screen_id = card.id


async def _taught(session: AsyncSession, sitting: Sitting) -> OwnLesson | None:
    number = sitting.version.removeprefix("v")
    if not number.isdigit():
        return None
    return await own_lessons.version(session, sitting.lesson, int(number))


async def step_on(
    session: AsyncSession, here: Listener, person: Person, sitting: Sitting, at: int, now: datetime
) -> bool:
    """Go on from a step; False where this is no lesson of this learner's."""
    lesson = await _taught(session, sitting)
    if lesson is None or sitting.person_id != person.id:
        return False
    if sitting.finished_at or at != sitting.step:  # an old card, or the second of a double tap
        return True
    if lesson.withdrawn_at:
        await _changed(session, here, person, now)
        return True
    sitting.seconds += seconds_on(sitting, now)
    if sitting.step + 1 < len(parts_of(lesson)):
        sitting.step += 1
        await _show_step(session, here, sitting, lesson, now)
        return True
    sitting.step, sitting.finished_at = sitting.step + 1, now
    here.account.state = None
    await _record(session, sitting, "lesson.finished", now, seconds=sitting.seconds)
    said = Screen(_("Very good."), picture=picture("done"), rows=homing.choices(person))
    await show(session, here, said, now)
    return True


async def hear(
    session: AsyncSession, here: Listener, person: Person, sitting: Sitting, at: int, now: datetime
) -> bool:
    """Play the teacher's voice of a step again."""
    lesson = await _taught(session, sitting)
    if lesson is None or sitting.person_id != person.id or at >= len(parts_of(lesson)):
        return False
    voice = await session.get(Media, parts_of(lesson)[at].get("voice") or 0)
    if voice is None:
        return False
    replayed = {"voice": voice.file_id, "reply_markup": BOTTOM}
    put(session, here, "sendVoice", replayed, now, Way(purpose="replay"))
    clip = f"{sitting.lesson}.{at + 1}.{sitting.version}"
    await ledger.record(session, person.id, "clip.replayed", now, clip=clip)
    return True


async def hear_act(session: AsyncSession, here: Listener) -> str | None:
    """Return the act that plays the present screen's voice again, where it is a teacher's."""
    last = await session.get(Message, here.account.screen_id or 0)
    if last is None or last.chat_id != here.chat_id:
        return None
    rows = last.payload.get("reply_markup", {}).get("inline_keyboard", [])
    acts = [one.get("callback_data", "") for row in rows for one in row]
    return next((act for act in acts if act.startswith("ownhear:")), None)


async def _changed(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Say that a lesson was withdrawn, and offer what comes next."""
    words = Screen(_("This lesson has been changed. We go on with the next one."))
    here.account.state = None
    receipt(session, here, words, now)
    lesson = await following(session, person, now)
    if lesson:
        await offer(session, here, lesson, now)
    else:
        await homing.go_home(session, here, now)
