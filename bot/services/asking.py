"""Questions: whatever a learner says or shows reaches the teacher, and the answer comes back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import tasking
from bot.services.keeping import Attachment, keep
from bot.services.reaching import listeners
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, receipt, show, tell
from db import ledger
from db.models import Media, Membership, Person, Priority, Question, Role, TaskKind
from db.queries import lessons, notices, people

NOTICE_EVERY = timedelta(minutes=10)
WRITTEN = "question.answered"  # by a teacher, in writing
SENDS = {"voice": "sendVoice", "photo": "sendPhoto", "document": "sendDocument"}


async def invite_question(session: AsyncSession, listener: Listener, now: datetime) -> None:
    """Ask a learner to speak."""
    listener.account.state = "ask"
    said = Screen(_("Hold the microphone and ask."), picture=picture("microphone"))
    await show(session, listener, said, now)


async def ask(
    session: AsyncSession,
    person: Person,
    now: datetime,
    *,
    text: str = "",
    said: Attachment | None = None,
) -> Question:
    """Keep a question and let the class's teachers know, at most once in ten minutes."""
    media = await keep(session, said, person.id, now) if said else None
    study_class = await people.class_of(session, person.id, Role.LEARNER, now)
    question = Question(
        person_id=person.id,
        study_class_id=study_class.id if study_class else None,
        text=text[:4096],
        media_id=media.id if media else None,
        asked_at=now,
    )
    session.add(question)
    await session.flush()
    await ledger.record(
        session,
        person.id,
        "question.asked",
        now,
        question=question.id,
        how=said.kind if said else "text",
        media=question.media_id,
    )
    if study_class:
        for teacher in await people.members(session, study_class.id, Role.TEACHER, now):
            await _notice(session, teacher, now)
    return question


async def _notice(session: AsyncSession, teacher: Person, now: datetime) -> None:
    """Tell a teacher that questions wait; once in ten minutes, however many come."""
    turn = int(now.timestamp() // NOTICE_EVERY.total_seconds())
    for place in await listeners(session, teacher):
        key = f"questions:{place.account.id}:{turn}"
        if await notices.exists(session, key):
            continue
        rows = [[button(html(MANDARIN, _("Listen")), "questions", "primary")]]
        way = Way(Priority.CHECKIN, key, purpose="notice")
        tell(session, place, _("A learner has asked something."), now, rows, way)


async def thank(session: AsyncSession, listener: Listener, now: datetime) -> None:
    """Tell a learner that the question was passed on."""
    said = Screen(_("I have passed it on. The answer will come here."))
    receipt(session, listener, said, now)


async def thank_kept(session: AsyncSession, listener: Listener, now: datetime) -> None:
    """Tell a learner that what came unasked is kept too."""
    receipt(session, listener, Screen(_("I have kept it. Your teacher will get it.")), now)


async def list_questions(
    session: AsyncSession, listener: Listener, held: Sequence[Membership], now: datetime
) -> None:
    """Show a teacher the oldest open question, as it was asked; a voice message answers it."""
    classes = [
        one.study_class_id
        for one in held
        if one.role in (Role.TEACHER, Role.CLASS_HEAD) and one.study_class_id
    ]
    waiting = await lessons.unanswered(session, classes)
    if not waiting:
        listener.account.state = None
        tell(session, listener, _("No question waits."), now)
        return
    question = waiting[0]
    asker = await session.get_one(Person, question.person_id)
    local = question.asked_at.astimezone(SHANGHAI)
    words = html(
        MANDARIN,
        _("%(name)s asks, %(day)s %(time)s. Answer with a voice message."),
        name=asker.name,
        day=f"{local.month}-{local.day}",
        time=clock(question.asked_at),
    )
    listener.account.state = f"answer:{question.id}"
    rows: Keyboard = [[button(html(MANDARIN, _("Answered in person")), f"told:{question.id}")]]
    if question.media_id:
        await pass_on(session, listener, question.media_id, words, rows, now)
        return
    text = f"{words}\n\n{html(MANDARIN, '%(words)s', words=question.text)}"
    payload = {"text": text, "parse_mode": "HTML", "reply_markup": inline(rows)}
    put(session, listener, "sendMessage", payload, now, Way())


async def pass_on(
    session: AsyncSession,
    listener: Listener,
    media_id: int,
    words: str,
    rows: Keyboard,
    now: datetime,
    way: Way | None = None,
) -> None:
    """Send somebody's voice or picture on, with a line under it."""
    media = await session.get_one(Media, media_id)
    payload: dict[str, Any] = {media.kind: media.file_id}
    if words:
        payload |= {"caption": words, "parse_mode": "HTML"}
    if rows:
        payload["reply_markup"] = inline(rows)
    put(session, listener, SENDS[media.kind], payload, now, way or Way())


async def answer(
    session: AsyncSession,
    listener: Listener,
    question: Question,
    now: datetime,
    *,
    text: str = "",
    said: Attachment | None = None,
) -> None:
    """Send a teacher's answer to the learner who asked, once."""
    teacher = listener.person
    listener.account.state = None
    if teacher is None or question.answered_at:
        tell(session, listener, _("This question was answered already."), now)
        return
    media = await keep(session, said, teacher.id, now) if said else None
    question.answered_at, question.answered_by = now, teacher.id
    question.answer_text, question.answer_media_id = text[:4096], media.id if media else None
    asker = await session.get_one(Person, question.person_id)
    await ledger.record(
        session,
        asker.id,
        "question.answered",
        now,
        question=question.id,
        by=teacher.id,
        media=question.answer_media_id,
    )
    for place in await listeners(session, asker):
        receipt(session, place, Screen(_("Your teacher answers you.")), now)
        if media:
            await pass_on(session, place, media.id, "", [], now)
        else:
            words = html(MANDARIN, "%(words)s", words=text)
            put(session, place, "sendMessage", {"text": words, "parse_mode": "HTML"}, now, Way())
            if place.reads_nothing:  # written to who cannot read it: that is known, at least
                about = {"key": WRITTEN, "wanted": place.speaks, "reason": "written", "given": ""}
                await ledger.record(session, asker.id, "voice.fallback", now, **about)
        said_then = Screen(
            _("Do you understand now?"),
            picture=picture("clear"),
            rows=[
                [
                    button("👍", f"clear:{question.id}:1", "success"),
                    button("🎤", f"clear:{question.id}:0"),
                ]
            ],
        )
        await show(session, place, said_then, now)
    tell(session, listener, _("Sent to %(name)s."), now, name=asker.name)


async def told_in_person(
    session: AsyncSession, listener: Listener, question: Question, now: datetime
) -> None:
    """Close a question that was answered face to face."""
    teacher = listener.person
    listener.account.state = None
    if teacher is None or question.answered_at:
        return
    question.answered_at, question.answered_by = now, teacher.id
    await ledger.record(
        session,
        question.person_id,
        "question.answered",
        now,
        question=question.id,
        by=teacher.id,
        in_person=True,
    )


async def understood(
    session: AsyncSession, listener: Listener, question: Question, now: datetime, *, clear: bool
) -> None:
    """Take a learner's word on whether the answer was understood."""
    question.clear = clear
    await ledger.record(
        session, question.person_id, "answer.heard", now, question=question.id, clear=clear
    )
    if clear:
        receipt(session, listener, Screen(_("Very good.")), now)
    else:
        await invite_question(session, listener, now)


def may_answer(held: Sequence[Membership], question: Question) -> bool:
    """Say whether somebody teaches or leads the class of a question."""
    return any(
        one.role in (Role.TEACHER, Role.CLASS_HEAD)
        and one.study_class_id == question.study_class_id
        for one in held
    )


async def want_person(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Ask the class head to call a learner who does not get on."""
    receipt(session, here, Screen(_("I have asked a person to call you.")), now)
    study_class = await people.class_of(session, person.id, Role.LEARNER, now)
    if study_class:
        key = f"help:{person.id}:{now:%Y%m%d%H}"
        await tasking.open_task(session, TaskKind.HELP, person, study_class, key, now)
