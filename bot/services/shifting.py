"""A meeting moved or cancelled in one tap: when it could be held instead, and what was done."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html, translate
from bot.language import N_ as _
from bot.services import drafting, moving, taking_back, timetabling
from bot.services.moving import Told
from bot.services.refusing import Refusal
from bot.services.staff_screens import columns, escaped, refuse, say
from bot.services.typed_times import typed_moment
from bot.services.weighing import day_of, day_warnings, signs, time_label, weigh
from bot.voice.buttons import Button, Keyboard, button
from bot.voice.listening import Listener
from db.models import Meeting, MeetingState, Person

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FREE_DAYS = 3
# Why a meeting is cancelled, by the number on its button; staff are told, learners are not.
REASONS = (
    _("teacher away"),
    _("weather or road"),
    _("market or feast"),
    _("farm work"),
    _("another reason"),
)
WHEN, WHERE = "shiftwhen", "shiftplc"  # what free input means


def stamp(moment: datetime) -> int:
    """Return a moment as a button has it: its minute since 1970."""
    return int(moment.timestamp() // 60)


def moment_of(minute: int) -> datetime | None:
    """Return the moment that a button names; None where there is none such."""
    try:
        return datetime.fromtimestamp(minute * 60, UTC)
    except (OverflowError, OSError, ValueError):
        return None


async def propose(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Offer other times for a meeting, other places, and to cancel it."""
    here.account.state = None
    try:
        await moving.check(session, meeting)
    except Refusal as refusal:
        refuse(session, here, refusal, now)
        return
    rows = [
        [button(time_label(*times) + signs(day_of(times[0]), meeting.study_class.township), act)]
        for times, act in await _proposals(session, meeting, now)
    ]
    revision = f"{meeting.id}:{meeting.revision}"
    rows.append(
        [
            button("✎ " + html(MANDARIN, _("Another time")), f"movewhen:{meeting.id}"),
            button("✎ " + html(MANDARIN, _("Another place")), f"movewhere:{meeting.id}"),
        ]
    )
    off = [
        button("✗ " + html(MANDARIN, text), f"calloff:{revision}:{number}", "danger")
        for number, text in enumerate(REASONS)
    ]
    text = _("Move it: one tap, and all are told at once. ✗ cancels it, with the reason for staff.")
    lines = [_about(meeting), *_warned(meeting), "", html(MANDARIN, text)]
    say(session, here, lines, [*rows, *columns(off, 2)], now, message_id)


def _about(meeting: Meeting) -> str:
    return html(
        MANDARIN,
        _("%(lesson)s, %(when)s, %(place)s"),
        lesson=meeting.title,
        when=time_label(meeting.starts_at, meeting.ends_at),
        place=meeting.place,
    )


def _warned(meeting: Meeting) -> list[str]:
    township = meeting.study_class.township
    return [escaped(f"⚠ {one}") for one in day_warnings(day_of(meeting.starts_at), township)]


async def _proposals(
    session: AsyncSession, meeting: Meeting, now: datetime
) -> list[tuple[tuple[datetime, datetime], str]]:
    """List the times to offer, with what a tap on each does; none of them is taken."""
    length = meeting.ends_at - meeting.starts_at
    teacher = await session.get_one(Person, meeting.teacher_id)
    overdue = max((day_of(now) - day_of(meeting.starts_at)).days, 0)
    base = meeting.starts_at + overdue * DAY
    found = {meeting.starts_at + HOUR, base + DAY}
    free = base
    for _turn in range(FREE_DAYS):
        slot = await timetabling.next_free(
            session, meeting.study_class, teacher, free, free + length, now
        )
        if slot is None:
            break
        free = slot[0]
        found.add(free)
    offered = []
    for starts_at in sorted(found):
        weighed = await weigh(
            session,
            meeting.study_class,
            teacher.id,
            starts_at,
            starts_at + length,
            meeting.place,
            now,
            but=meeting.id,
        )
        if not weighed.forbids:
            act = f"moveto:{meeting.id}:{meeting.revision}:{stamp(starts_at)}"
            offered.append(((starts_at, starts_at + length), act))
    return offered


async def move(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    now: datetime,
    *,
    starts_at: datetime | None = None,
    place: str | None = None,
    revision: int | None = None,
    data: Path | None = None,
) -> bool:
    """Move a meeting at once, in time or in place; say what was done, or why it was not."""
    if here.person is None:
        return False
    before = meeting.starts_at, meeting.ends_at, meeting.place
    starts_at, place = starts_at or meeting.starts_at, place or meeting.place
    ends_at = starts_at + (meeting.ends_at - meeting.starts_at)
    try:
        told = await moving.move(
            session, here.person, meeting, starts_at, ends_at, place, now, revision, data=data
        )
    except Refusal as refusal:
        refuse(session, here, refusal, now)
        return False
    here.account.state = None
    undo = await taking_back.may_take_back(session, here, taking_back.MOVE, meeting, now, before)
    said = html(
        MANDARIN,
        _("Moved: %(lesson)s, from %(old)s to %(new)s, %(place)s."),
        lesson=meeting.title,
        old=time_label(before[0], before[1]),
        new=time_label(starts_at, ends_at),
        place=place,
    )
    lines = [said, *_warned(meeting), _told(told), _until(undo.until)]
    say(session, here, lines, _after(meeting, undo), now)
    return True


async def call_off(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    reason: int,
    revision: int,
    now: datetime,
    data: Path | None = None,
) -> bool:
    """Cancel a meeting at once; say what was done, or why it was not."""
    if here.person is None or not 0 <= reason < len(REASONS):
        return False
    why = translate(MANDARIN, REASONS[reason])
    try:
        told = await moving.cancel(session, here.person, meeting, why, now, revision, data=data)
    except Refusal as refusal:
        refuse(session, here, refusal, now)
        return False
    here.account.state = None
    undo = await taking_back.may_take_back(session, here, taking_back.CANCEL, meeting, now)
    said = html(
        MANDARIN,
        _("Cancelled (%(reason)s): %(lesson)s, %(when)s."),
        reason=why,
        lesson=meeting.title,
        when=time_label(meeting.starts_at, meeting.ends_at),
    )
    say(session, here, [said, _told(told), _until(undo.until)], _after(meeting, undo), now)
    return True


async def take_back(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    revision: int,
    now: datetime,
    data: Path | None = None,
) -> bool:
    """Take back what was just done to a meeting, and say so."""
    try:
        told = await taking_back.take_back(session, here, meeting, revision, now, data)
    except Refusal as refusal:
        refuse(session, here, refusal, now)
        return False
    lines = [html(MANDARIN, _("Taken back.")), _about(meeting)]
    if meeting.state is MeetingState.CANCELLED:
        lines[1] = html(MANDARIN, _("%(what)s is not held."), what=_plain(meeting))
    if told != Told():
        lines.append(_told(told))
    say(session, here, lines, [[_timetable(meeting)]], now)
    return True


def _plain(meeting: Meeting) -> str:
    return f"{meeting.title} {time_label(meeting.starts_at, meeting.ends_at)}"


def _told(told: Told) -> str:
    """Say how many were told, and who has to be called."""
    text = _("%(told)d learners are told; %(phoneless)d have no phone: please pass it on.")
    if not told.phoneless:
        text = _("%(told)d learners are told.")
    return html(MANDARIN, text, told=told.learners, phoneless=told.phoneless)


def _until(until: datetime) -> str:
    return html(MANDARIN, _("To be taken back until %(until)s."), until=clock(until))


def _after(meeting: Meeting, undo: taking_back.Offer) -> Keyboard:
    return [[undo.button, _timetable(meeting)]]


def _timetable(meeting: Meeting) -> Button:
    face = "📅 " + html(MANDARIN, _("Timetable"))
    return button(face, f"tt:{meeting.study_class_id}:0:1")


def ask_when(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> None:
    """Ask for another time in words."""
    here.account.state = f"{WHEN}:{meeting.id}"
    text = _("%(lesson)s, %(when)s: to when? Write it like 明天 9:00, 周五下午3点 or 11-27 14:30.")
    when = time_label(meeting.starts_at, meeting.ends_at)
    say(session, here, [html(MANDARIN, text, lesson=meeting.title, when=when)], [], now)


async def ask_where(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> None:
    """Offer the places of the class; any other may be typed."""
    here.account.state = f"{WHERE}:{meeting.id}"
    rows = [
        [button(place, f"moveplace:{meeting.id}:{meeting.revision}:{number}")]
        for number, place in await drafting.places(session, meeting.study_class)
        if place != meeting.place
    ]
    text = _("%(what)s: where instead of %(place)s? Tap a place, or type one.")
    lines = [html(MANDARIN, text, what=_plain(meeting), place=meeting.place)]
    say(session, here, lines, rows, now)


async def take_words(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    words: str,
    now: datetime,
    data: Path | None = None,
) -> None:
    """Take a typed time or place; what cannot be read is asked for again."""
    typed = (here.account.state or "").partition(":")[0]
    if typed == WHERE:
        place = " ".join(words.split()) or None
        await move(session, here, meeting, now, place=place, data=data)
        return
    moment = typed_moment(words, meeting.starts_at, now)
    if moment is None:
        text = _("I cannot read this time. Write it like 明天 9:00, 周五下午3点 or 11-27 14:30.")
        say(session, here, [html(MANDARIN, text)], [], now)
        return
    await move(session, here, meeting, now, starts_at=moment, data=data)
