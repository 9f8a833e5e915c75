"""Today's meetings of who teaches or leads a class, each with what can be done."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, day_word, html
from bot.language import N_ as _
from bot.services import tallying
from bot.services.coming_list import counts_line, list_button
from bot.services.staff_screens import escaped
from bot.services.weighing import day_of as date_of
from bot.services.weighing import day_warnings
from bot.voice.buttons import Button, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, to_chat
from db.models import Meeting, MeetingState, Person, Role
from db.queries import coming, meetings, outbox, people

DAY = timedelta(days=1)
TODAY = "today"  # what its card is for


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """Return the first and the last moment of this day in the county."""
    start = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + DAY


async def list_today(session: AsyncSession, listener: Listener, now: datetime) -> None:
    """Show today's meetings of who teaches or leads a class, each with what can be done."""
    if listener.person is None:
        return
    payload = await today_card(session, listener.person, now)
    to_chat(session, listener.chat_id, "sendMessage", payload, now, Way(purpose=TODAY))


async def refresh(session: AsyncSession, listener: Listener, now: datetime) -> None:
    """Bring the list of today up to date where it stands, if it was asked for today."""
    start, _end = day_of(now)
    card_id = await coming.latest(session, listener.chat_id, TODAY, start)
    card = await outbox.target(session, card_id) if card_id else None
    if card is not None and listener.person is not None:
        payload = await today_card(session, listener.person, now)
        await outbox.supersede(session, card, TODAY, "editMessageText", payload, now)


async def today_card(session: AsyncSession, teacher: Person, now: datetime) -> dict[str, Any]:
    """Return today's meetings of somebody, each with what can be done."""
    start, end = day_of(now)
    today = await _theirs(session, teacher, start, end, now)
    lines = [
        html(
            MANDARIN,
            _("Today, %(date)s: %(count)d classes"),
            date=f"{start.month}-{start.day}",
            count=len(today),
        )
    ]
    rows: Keyboard = []
    for number, meeting in enumerate(today, 1):
        counted = await tallying.tally(session, meeting, now)
        line = html(
            MANDARIN,
            _("%(number)d. %(start)s–%(end)s %(lesson)s, %(place)s. Here %(here)d of %(all)d"),
            number=number,
            start=clock(meeting.starts_at),
            end=clock(meeting.ends_at),
            lesson=meeting.title,
            place=meeting.place,
            here=counted.came,
            all=counted.all,
        )
        cancelled = meeting.state is MeetingState.CANCELLED
        lines.append(f"<s>{line}</s>" if cancelled else line)
        if meeting.state is MeetingState.PLANNED:
            lines.append(await counts_line(session, meeting, now))
        rows.append(today_buttons(number, meeting))
    lines += _special(today)
    if not today:
        lines.append(await _next_of(session, teacher, now))
    return {"text": "\n".join(lines), "parse_mode": "HTML", "reply_markup": inline(rows)}


def _special(today: list[Meeting]) -> list[str]:
    """Say what is special about the day where somebody is to meet."""
    townships = {
        meeting.study_class.township: meeting
        for meeting in today
        if meeting.state is not MeetingState.CANCELLED
    }
    said = dict.fromkeys(
        words
        for township, meeting in townships.items()
        for words in day_warnings(date_of(meeting.starts_at), township)
    )
    return [escaped(f"⚠ {words}") for words in said]


def today_buttons(number: int, meeting: Meeting) -> list[Button]:
    """Return what can be done with one of today's meetings."""
    match meeting.state:
        case MeetingState.PLANNED:
            text = f"{number} " + html(MANDARIN, _("Open check-in"))
            other = f"{number} " + html(MANDARIN, _("Move"))
            return [
                button(text, f"open:{meeting.id}", "success"),
                list_button(meeting, number),
                button(other, f"shift:{meeting.id}"),
            ]
        case MeetingState.OPEN:
            return [
                button(f"{number} " + html(MANDARIN, _("Roll call")), f"roll:{meeting.id}:1"),
                button(f"{number} " + html(MANDARIN, _("Close")), f"close:{meeting.id}"),
            ]
        case MeetingState.CLOSED:
            return [button(f"{number} " + html(MANDARIN, _("Reopen")), f"reopen:{meeting.id}")]
        case MeetingState.CANCELLED:
            return []


async def _theirs(
    session: AsyncSession, person: Person, after: datetime, until: datetime, now: datetime
) -> list[Meeting]:
    """Return the meetings that somebody teaches, and those of the classes that they lead."""
    found = {
        meeting.id: meeting
        for meeting in await meetings.of_teacher(session, person.id, after=after, until=until)
    }
    for study_class in await people.classes_of(session, person.id, Role.CLASS_HEAD, now):
        led = await meetings.of_class(session, study_class.id, after=after, until=until)
        found |= {meeting.id: meeting for meeting in led}
    return sorted(found.values(), key=lambda meeting: (meeting.starts_at, meeting.id))


async def _next_of(session: AsyncSession, teacher: Person, now: datetime) -> str:
    theirs = await _theirs(session, teacher, now, now + 60 * DAY, now)
    planned = [meeting for meeting in theirs if meeting.state is not MeetingState.CANCELLED]
    if not planned:
        return html(MANDARIN, _("No class is planned."))
    return html(
        MANDARIN,
        _("Next class: %(day)s at %(time)s, %(place)s. We study %(lesson)s."),
        day=day_word(planned[0].starts_at, now, MANDARIN),
        time=clock(planned[0].starts_at),
        place=planned[0].place,
        lesson=planned[0].title,
    )
