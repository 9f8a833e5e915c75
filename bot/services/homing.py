"""Home: four pictures, and before them whatever waits."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import clock, day_word, translate
from bot.screens import screen as picture
from bot.services import attending, choosing_voice, going_early, own_meetings, reminder_words
from bot.voice.buttons import BLUE, GREEN, Button, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, show
from db.models import Meeting, Message, Person, Reads
from db.queries import choices as choices_of
from db.queries import outbox


def face(person: Person | None, text: str, msgid: str) -> str:
    """Return a button's face: number and picture, and a word more for who reads."""
    if person is None or person.reads is Reads.NOTHING:
        return text
    return f"{text} {translate(person.language, msgid)}"


def choices(person: Person | None) -> list[list[Button]]:
    """Return the four daily acts."""
    return [
        [
            button(face(person, "1 📖", _("Study")), "study", BLUE),
            button(face(person, "2 ✋", _("I am here")), "here", GREEN),
        ],
        [
            button(face(person, "3 📅", _("Next class")), "next"),
            button(face(person, "4 ❓", _("Ask")), "ask", BLUE),
        ],
    ]


async def go_home(session: AsyncSession, listener: Listener, now: datetime) -> Message:
    """Show home; an open check-in comes first, alone."""
    listener.account.state = None
    if listener.person:
        meeting = await own_meetings.waiting_for(session, listener.person, now)
        if meeting:
            return await attending.ask_here(session, listener, meeting, now)
    text, rows = _("1 study, 2 I am here, 3 next class, 4 ask the teacher."), []
    on = await going_early.meeting_on(session, listener.person, now) if listener.person else None
    if on:
        text = _("1 study, 2 I am here, 3 next class, 4 ask the teacher, 5 I must go early.")
        rows = [[button(face(listener.person, "5 🚪", _("I must go early")), f"early:{on.id}")]]
    home = Screen(text, picture=picture("home"), rows=[*choices(listener.person), *rows])
    return await show(session, listener, home, now)


async def say_next(
    session: AsyncSession, listener: Listener, person: Person, now: datetime
) -> None:
    """Say when and where the next class is; of each of one's classes, the nearest last."""
    ahead = await own_meetings.following(session, person, now)
    if not ahead:
        said = Screen(
            _("The next class is not fixed yet. I will tell you."), picture=picture("no-class")
        )
        await show(session, listener, said, now)
    for meeting in reversed(ahead):  # what was said last is the present screen
        await show(session, listener, _next(listener, person, meeting, now), now)


def _next(listener: Listener, person: Person, meeting: Meeting, now: datetime) -> Screen:
    """Return when and where a meeting is, with the answers to it."""
    return Screen(
        _("Next class: %(day)s at %(time)s, %(place)s. We study %(lesson)s."),
        {
            "day": day_word(meeting.starts_at, now, person.language),
            "time": clock(meeting.starts_at),
            "place": meeting.place,
            "lesson": meeting.title,
        },
        picture("next"),
        rows=reminder_words.answers(meeting, listener) if now < meeting.starts_at else [],
        slots={"day": meeting.starts_at},
    )


async def again(session: AsyncSession, listener: Listener, now: datetime) -> None:
    """Show the present screen once more, as it was; home where there is none."""
    last = await session.get(Message, listener.account.screen_id or 0)
    if last is None or last.chat_id != listener.chat_id:
        await go_home(session, listener, now)
        return
    by_ear = listener.account.state == choosing_voice.STATE
    below = await choices_of.below(session, last) if by_ear else ()
    repeated = _repeat(session, listener, last, "screen", now)
    await session.flush()
    listener.account.screen_id = repeated.id
    for one in below:
        _repeat(session, listener, one, one.purpose, now)


def _repeat(
    session: AsyncSession, listener: Listener, message: Message, purpose: str, now: datetime
) -> Message:
    """Queue what was said once more."""
    repeated = Message(
        chat_id=message.chat_id,
        method=message.method,
        payload=message.payload,
        priority=0,
        purpose=purpose,
        person_id=listener.person.id if listener.person else None,
        created_at=now,
        not_before=now,
    )
    return outbox.put(session, repeated)


async def ask_setting(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Ask what shall be otherwise: the voice, the writing, or the hour of reminders."""
    person = here.person
    asked = Screen(
        _("1 change the voice, 2 speak or write, 3 when I remind you."),
        picture=picture("set"),
        rows=[
            [
                button(face(person, "1 🗣", _("Voice")), "setlang"),
                button(face(person, "2 👂", _("Speak or write")), "setread"),
                button(face(person, "3 ⏰", _("Reminders")), "setwhen"),
            ]
        ],
    )
    await show(session, here, asked, now)
