"""What the day brings, told to staff once: today's classes, who is missing, who was absent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html, names
from bot.language import N_ as _
from bot.services import rolling, witnessing
from bot.services.daily_rules import rules, until
from bot.services.delivery_screens import unreached_lines
from bot.services.isolating import apart
from bot.services.listing_today import TODAY, day_of, today_card
from bot.services.quieting import awake
from bot.services.reaching import class_heads, listeners
from bot.services.staff_screens import escaped
from bot.services.standing import CAME
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put
from db.models import Meeting, MeetingState, Person, Priority, Status, StudyClass
from db.queries import delivery, meetings, notices, summaries

LISTED = 15  # names in a line
EXCUSED = (Status.LEAVE, Status.EXCUSED)
MISSED_FOR = timedelta(minutes=20)  # for so long the list of who is missing is still news


async def tell_due(session: AsyncSession, now: datetime) -> int:
    """Tell everybody of staff what this hour brings; return how many messages."""
    start, end = day_of(now)
    told = 0
    if expires_at := until(now, rules().teacher_at):
        for number in await summaries.teachers(session, start, end):
            act = _tell_teacher(session, number, expires_at, now)
            told += await apart(session, act, f"morning list of teacher {number}") or 0
    if expires_at := until(now, rules().head_at):
        for number in await summaries.classes(session, start, now):
            act = _tell_heads(session, number, expires_at, now)
            told += await apart(session, act, f"evening list of class {number}") or 0
    since = now - timedelta(minutes=rules().missing_after)
    for number in await summaries.running(session, since - MISSED_FOR, since):
        act = _tell_missing(session, number, now)
        told += await apart(session, act, f"list of who is missing in meeting {number}") or 0
    return told


async def new_places(
    session: AsyncSession, person: Person, key: str, now: datetime
) -> list[tuple[Listener, str]]:
    """Return where somebody has not heard of a thing and may be spoken to now, with its key."""
    if awake(now, person=person) > now:
        return []
    keyed = [(place, f"{key}:{place.chat_id}") for place in await listeners(session, person)]
    return [(place, own) for place, own in keyed if not await notices.exists(session, own)]


async def _tell_teacher(
    session: AsyncSession, number: int, expires_at: datetime, now: datetime
) -> int:
    """Give a teacher today's classes, once a day."""
    teacher = await session.get_one(Person, number)
    key = f"today:{day_of(now)[0]:%Y%m%d}:{number}"
    places = await new_places(session, teacher, key, now)
    for place, own in places:
        payload = await today_card(session, teacher, now)
        way = Way(Priority.REMINDER, own, expires_at=expires_at, purpose=TODAY)
        put(session, place, "sendMessage", payload, now, way)
    return len(places)


async def _tell_heads(
    session: AsyncSession, number: int, expires_at: datetime, now: datetime
) -> int:
    """Tell the heads of a class how its day was, once a day."""
    told = 0
    for head in await class_heads(session, number, now):
        key = f"evening:{day_of(now)[0]:%Y%m%d}:{number}:{head.id}"
        for place, own in await new_places(session, head, key, now):
            lines, rows = await _day(session, number, now)
            payload = {"text": "\n".join(lines), "parse_mode": "HTML", "reply_markup": inline(rows)}
            way = Way(Priority.REMINDER, own, expires_at=expires_at, purpose="evening")
            put(session, place, "sendMessage", payload, now, way)
            told += 1
    return told


async def _day(session: AsyncSession, number: int, now: datetime) -> tuple[list[str], Keyboard]:
    """Say who was absent today, who cannot be reached, and how much is open."""
    study_class = await session.get_one(StudyClass, number)
    start, _end = day_of(now)
    lines = [f"<b>{escaped(study_class.name)}</b> {start.month}-{start.day}"]
    held = await meetings.of_class(session, number, after=start, until=now)
    lines += [
        await _line(session, one, now) for one in held if one.state is not MeetingState.CANCELLED
    ]
    lines += unreached_lines(await delivery.unreached(session, number, now))
    if count := await summaries.open_tasks(session, number):
        lines.append(html(MANDARIN, _("Open tasks: %(count)d"), count=count))
    rows = [
        [
            button(html(MANDARIN, _("Tasks")), "tasks"),
            button(html(MANDARIN, _("Whom to call")), f"report:c{number}:4:1"),
        ]
    ]
    return lines, rows


async def _line(session: AsyncSession, meeting: Meeting, now: datetime) -> str:
    """Say who was absent from one meeting."""
    values = {"time": clock(meeting.starts_at), "lesson": meeting.title}
    if meeting.opened_at is None:
        return html(MANDARIN, _("%(time)s %(lesson)s: check-in was not opened"), **values)
    found = await rolling.called(session, meeting, now)
    stands = {number: mark.status for number, mark in found.counted.items()}
    came = sum(status in CAME for status in stands.values())
    leave = sum(status in EXCUSED for status in stands.values())
    absent = [one for one in found.everybody if stands.get(one.id) not in (*CAME, *EXCUSED)]
    counts = {"here": came, "leave": leave}
    if not absent:
        text = _("%(time)s %(lesson)s: here %(here)d, on leave %(leave)d, nobody is absent")
        return html(MANDARIN, text, **values, **counts)
    return html(
        MANDARIN,
        _("%(time)s %(lesson)s: here %(here)d, on leave %(leave)d, absent %(absent)d: %(names)s"),
        **values,
        **counts,
        absent=len(absent),
        names=named(absent),
    )


def named(people: Sequence[Person]) -> str:
    """Name people, the first of them where they are many."""
    said = names([person.name for person in people[:LISTED]], MANDARIN)
    return said if len(people) <= LISTED else f"{said}…"


async def _tell_missing(session: AsyncSession, number: int, now: datetime) -> int:
    """Tell the heads of a class who is not here some minutes after the start, once."""
    meeting = await session.get_one(Meeting, number)
    if not await rolling.unsettled(session, meeting, now):
        return 0
    told = 0
    for head in await class_heads(session, meeting.study_class_id, now):
        key = f"late:{meeting.id}:{meeting.revision}:{head.id}"
        for place, own in await new_places(session, head, key, now):
            way = Way(
                Priority.CHECKIN, own, expires_at=meeting.ends_at, purpose="missing",
                study_class_id=meeting.study_class_id,
            )  # fmt: skip
            await witnessing.name_missing(session, place, meeting, 1, now, way)
            told += 1
    return told
