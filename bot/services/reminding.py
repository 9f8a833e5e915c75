"""Reminders: rows planned ahead by key, queued when due, skipped with a reason when stale."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services.grouping import come_in
from bot.services.reaching import listeners
from bot.voice.buttons import inline
from bot.voice.saying import Screen, Way, group_voice, shipped, show, to_chat
from db import ledger
from db.models import (
    Meeting,
    MeetingState,
    Person,
    Priority,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
)
from db.queries import meetings, people, reminders
from db.sealing import Key

AHEAD = timedelta(days=14)
BEFORE = {ReminderKind.DAY_BEFORE: timedelta(days=1), ReminderKind.HOUR_BEFORE: timedelta(hours=1)}
# A reminder that could not leave in time is skipped, never sent late.
PATIENCE = {
    ReminderKind.DAY_BEFORE: timedelta(hours=4),
    ReminderKind.HOUR_BEFORE: timedelta(minutes=45),
}


async def plan(session: AsyncSession, now: datetime) -> None:
    """Write down every reminder of the meetings to come, once each."""
    rows = []
    for meeting in await meetings.starting(session, after=now, until=now + AHEAD):
        learners = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
        for kind, before in BEFORE.items():
            due_at = meeting.starts_at - before
            if due_at + PATIENCE[kind] < now:
                continue
            rows += [
                {
                    "key": f"{kind}:{meeting.id}:{who or 'group'}",
                    "kind": kind,
                    "meeting_id": meeting.id,
                    "person_id": who,
                    "due_at": due_at,
                    "expires_at": due_at + PATIENCE[kind],
                    "state": ReminderState.PLANNED,
                    "reason": "",
                }
                for who in [None, *(person.id for person in learners)]
            ]
    await reminders.plan(session, rows)


async def queue_due(session: AsyncSession, key: Key, username: str, now: datetime) -> int:
    """Queue or skip what is due; return how many rows were settled."""
    due = await reminders.due(session, now)
    for reminder in due:
        meeting = await session.get_one(Meeting, reminder.meeting_id)
        reason = stale(reminder, meeting, now)
        if reason is None and reminder.person_id is None:
            reason = await _remind_group(session, reminder, meeting, key, username, now)
        elif reason is None:
            reason = await _remind_person(session, reminder, meeting, now)
        reminder.state = ReminderState.SKIPPED if reason else ReminderState.QUEUED
        reminder.reason = reason or ""
        if reason and reminder.person_id:
            await ledger.record(
                session,
                reminder.person_id,
                "reminder.skipped",
                now,
                reminder=reminder.kind,
                meeting=meeting.id,
                reason=reason,
            )
    return len(due)


def stale(reminder: Reminder, meeting: Meeting, now: datetime) -> str | None:
    """Say why a reminder must not be sent any more; None where it may."""
    if meeting.state is MeetingState.CANCELLED:
        return "meeting cancelled"
    if meeting.state is not MeetingState.PLANNED:
        return "meeting has begun"
    if now >= meeting.starts_at:
        return "meeting has begun"
    if now > reminder.expires_at:
        return "too late"
    return None


async def _remind_group(
    session: AsyncSession,
    reminder: Reminder,
    meeting: Meeting,
    key: Key,
    username: str,
    now: datetime,
) -> str | None:
    """Remind the class's group, neutrally; say why not, where it has none."""
    chat_id = meeting.study_class.group_chat_id
    if chat_id is None:
        return "no group"
    text = _("Class %(day)s at %(time)s, %(place)s: %(lesson)s.")
    way = Way(
        Priority.REMINDER,
        f"reminder:{reminder.key}",
        expires_at=reminder.expires_at,
        purpose="reminder",
        study_class_id=meeting.study_class_id,
    )
    values = {
        "day": day_word(meeting.starts_at, now, MANDARIN),
        "time": clock(meeting.starts_at),
        "place": meeting.place,
        "lesson": meeting.title,
    }
    voice = await group_voice(session, Screen(text, values, slots={"day": meeting.starts_at}), now)
    if voice:
        first = Way(Priority.REMINDER, f"{way.key}:voice", None, way.expires_at, "reminder-voice")
        to_chat(session, chat_id, "sendVoice", voice, now, first)
    payload = {
        "photo": shipped(picture("next")),
        "caption": html(MANDARIN, text, **values),
        "parse_mode": "HTML",
        "reply_markup": inline(come_in(key, username, meeting.study_class)),
    }
    to_chat(session, chat_id, "sendPhoto", payload, now, way)
    return None


async def _remind_person(
    session: AsyncSession, reminder: Reminder, meeting: Meeting, now: datetime
) -> str | None:
    """Remind a learner at each phone; say why not, where there is none."""
    person = await session.get_one(Person, reminder.person_id)
    places = await listeners(session, person)
    if not places:
        return "not on a phone"
    for place in places:
        way = Way(
            Priority.REMINDER,
            f"reminder:{reminder.key}:{place.account.id}",
            expires_at=reminder.expires_at,
            purpose="reminder",
            study_class_id=meeting.study_class_id,
        )
        await show(session, place, words(reminder, meeting), now, way)
    return None


def words(reminder: Reminder, meeting: Meeting) -> Screen:
    """Return what a learner is told."""
    values = {"time": clock(meeting.starts_at), "place": meeting.place}
    if reminder.kind is ReminderKind.DAY_BEFORE:
        return Screen(_("Class tomorrow at %(time)s, %(place)s."), values, picture("next"))
    return Screen(_("Class in one hour, at %(time)s, %(place)s."), values, picture("next"))
