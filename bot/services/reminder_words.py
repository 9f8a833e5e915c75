"""What a reminder says: to a learner by voice and picture, to a group neutrally."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import attending
from bot.services.grouping import come_in
from bot.services.reaching import listeners
from bot.services.reminder_times import day_of
from bot.voice.buttons import BLUE, GREEN, RED, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, label, shipped, show, to_chat
from db.models import Meeting, Person, Priority, Reminder, ReminderKind
from db.queries import people
from db.sealing import Key

AN_HOUR = (timedelta(minutes=50), timedelta(minutes=65))


async def remind_group(
    session: AsyncSession,
    reminder: Reminder,
    meeting: Meeting,
    key: Key,
    username: str,
    now: datetime,
) -> bool:
    """Remind the class's group, neutrally; say whether it has one."""
    chat_id = meeting.study_class.group_chat_id
    if chat_id is None:
        return False
    text = _("Class %(day)s at %(time)s, %(place)s: %(lesson)s.")
    way = way_of(reminder, meeting, f"reminder:{reminder.key}")
    values = values_of(meeting, now, MANDARIN)
    slots = {"day": meeting.starts_at}
    voice = await group_voice(session, Screen(text, values, slots=slots), now)
    if voice:
        first = replace(way, key=f"{way.key}:voice", purpose="reminder-voice")
        to_chat(session, chat_id, "sendVoice", voice, now, first)
    payload = {
        "photo": shipped(picture("next")),
        "caption": html(MANDARIN, text, **values),
        "parse_mode": "HTML",
        "reply_markup": inline(come_in(key, username, meeting.study_class)),
    }
    to_chat(session, chat_id, "sendPhoto", payload, now, way)
    return True


async def remind_person(
    session: AsyncSession, reminder: Reminder, meeting: Meeting, person: Person, now: datetime
) -> bool:
    """Remind a learner at each phone; say whether there is any."""
    places = await listeners(session, person)
    for place in places:
        way = way_of(reminder, meeting, f"reminder:{reminder.key}:{place.account.id}")
        if reminder.kind is ReminderKind.START:
            await attending.ask_here(session, place, meeting, now, way)
            continue
        shared = len(await people.persons_at(session, place.account.id)) > 1
        said = words(reminder.kind, meeting, place, now, shared=shared)
        await show(session, place, said, now, way)
    return bool(places)


def way_of(reminder: Reminder, meeting: Meeting, key: str) -> Way:
    """Return how a reminder goes out; who is asked to check in stands before who is reminded."""
    asks = reminder.kind is ReminderKind.START
    return Way(
        Priority.CHECKIN if asks else Priority.REMINDER,
        key,
        expires_at=reminder.expires_at,
        purpose="reminder",
        study_class_id=meeting.study_class_id,
    )


def values_of(meeting: Meeting, now: datetime, language: str) -> dict[str, object]:
    """Return what is said of a meeting."""
    return {
        "day": day_word(meeting.starts_at, now, language),
        "time": clock(meeting.starts_at),
        "place": meeting.place,
        "lesson": meeting.title,
    }


def words(
    kind: ReminderKind, meeting: Meeting, place: Listener, now: datetime, *, shared: bool = False
) -> Screen:
    """Return what a learner is told; where several use a phone, it says whom it means."""
    if kind is ReminderKind.ABSENT:
        plain, named, rows = _missed(meeting, place)
        values: dict[str, object] = {}
    else:
        plain, named = _when(kind, meeting, now)
        asks = kind is ReminderKind.DAY_BEFORE
        rows = answers(meeting, place, shared=shared) if asks else []
        values = values_of(meeting, now, place.language)
    slots = {"day": meeting.starts_at} if values else {}
    shown = picture("lesson" if rows and not values else "next")
    if not (shared and place.person):
        return Screen(plain, values, shown, rows=rows, slots=slots)
    values["name"] = place.person.name
    return Screen(named, values, shown, rows=rows, key=plain, slots=slots)


def _missed(meeting: Meeting, place: Listener) -> tuple[str, str, Keyboard]:
    """Return what is said to who was absent; a title of the school's own has no lesson to offer."""
    if not meeting.lesson:
        return (
            _("We missed you today. See you in the next class."),
            _("%(name)s, we missed you today. See you in the next class."),
            [],
        )
    return (
        _("We missed you today. You can study the lesson here."),
        _("%(name)s, we missed you today. You can study the lesson here."),
        [[_labelled(place, "📖", _("Study"), "study", BLUE)]],
    )


def _when(kind: ReminderKind, meeting: Meeting, now: datetime) -> tuple[str, str]:
    """Return the sentence that is true now, and the one that names a person as well."""
    left = meeting.starts_at - now
    if kind is ReminderKind.HOUR_BEFORE and AN_HOUR[0] <= left <= AN_HOUR[1]:
        return (
            _("Class in one hour, at %(time)s, %(place)s."),
            _("%(name)s, class in one hour, at %(time)s, %(place)s."),
        )
    if day_of(meeting.starts_at) - day_of(now) == timedelta(days=1):
        return (
            _("Class tomorrow at %(time)s, %(place)s."),
            _("%(name)s, class tomorrow at %(time)s, %(place)s."),
        )
    return (
        _("Class %(day)s at %(time)s, %(place)s: %(lesson)s."),
        _("%(name)s, class %(day)s at %(time)s, %(place)s: %(lesson)s."),
    )


def answers(meeting: Meeting, place: Listener, *, shared: bool = False) -> Keyboard:
    """Return the two buttons with which a learner says whether they come."""
    whose = f":{place.person.id}" if shared and place.person else ""
    return [
        [
            _labelled(place, "👍", _("I come"), f"come:{meeting.id}:1{whose}", GREEN),
            _labelled(place, "❌", _("I do not come"), f"come:{meeting.id}:0{whose}", RED),
        ]
    ]


def _labelled(
    place: Listener, pictogram: str, msgid: str, act: str, style: str
) -> dict[str, object]:
    face = label(place.language, pictogram, msgid, reads_nothing=place.reads_nothing)
    return button(face, act, style)
