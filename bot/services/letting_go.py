"""Who must go before the end is let go, or asked to stay: by the class head, or who teaches."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html
from bot.language import N_ as _
from bot.services import asking, coming_list
from bot.services.keeping import Attachment, keep
from bot.services.marking import make_mark
from bot.services.reaching import class_heads, listeners
from bot.services.reminder_times import day_of
from bot.voice.buttons import GREEN, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, receipt, tell
from db import ledger
from db.models import (
    EarlyLeave,
    How,
    LeaveKind,
    Meeting,
    MeetingState,
    Person,
    Phase,
    Priority,
    Reason,
    Status,
    Sure,
)

WAITS = "holdback"  # the account's state while words to a learner are awaited
TEXT = 400  # characters kept


@dataclass(frozen=True)
class Word:
    """What is said to a learner who is asked to stay."""

    text: str = ""
    said: Attachment | None = None


async def staff(session: AsyncSession, meeting: Meeting, now: datetime) -> list[Person]:
    """List who decides: the class heads, and who teaches the meeting and sees the learner."""
    teacher = await session.get_one(Person, meeting.teacher_id)
    found = [*await class_heads(session, meeting.study_class_id, now), teacher]
    return list({one.id: one for one in found}.values())


async def ask_staff(
    session: AsyncSession, leave: EarlyLeave, meeting: Meeting, now: datetime
) -> None:
    """Show who decides that a learner must go, the learner's own voice with it."""
    person = await session.get_one(Person, leave.person_id)
    values = {
        "name": person.name,
        "lesson": meeting.title,
        "time": clock(leave.asked_at),
        "reason": coming_list.reason_of(leave),
    }
    rows: Keyboard = [
        [
            button(html(MANDARIN, _("Agree")), f"letgo:{leave.id}:1", GREEN),
            button(html(MANDARIN, _("Hope you stay")), f"letgo:{leave.id}:0"),
        ]
    ]
    text = _("%(name)s must go at %(time)s, before the end of %(lesson)s: %(reason)s")
    way = Way(Priority.CHECKIN, purpose="early")
    for one in await staff(session, meeting, now):
        if one.id == person.id:
            continue
        for place in await listeners(session, one):
            if leave.voice_id:
                words = html(MANDARIN, text, **values)
                await asking.pass_on(session, place, leave.voice_id, words, rows, now, way)
            else:
                tell(session, place, text, now, rows, way, **values)


async def tell_staff_of_staying(
    session: AsyncSession, leave: EarlyLeave, meeting: Meeting, now: datetime
) -> None:
    """Say that a learner stays after all."""
    person = await session.get_one(Person, leave.person_id)
    for one in await staff(session, meeting, now):
        for place in await listeners(session, one):
            text, way = _("%(name)s stays after all."), Way(Priority.CHECKIN, purpose="early")
            tell(session, place, text, now, (), way, name=person.name)


async def decide(
    session: AsyncSession,
    here: Listener,
    leave: EarlyLeave,
    now: datetime,
    *,
    granted: bool,
    word: Word | None = None,
) -> bool:
    """Let a learner go, once, on the day itself; or ask them to stay, in one's own words."""
    meeting, by = await session.get_one(Meeting, leave.meeting_id), here.person
    here.account.state = None
    open_ = leave.granted is None and leave.stayed_at is None
    same_day = day_of(now) == day_of(meeting.starts_at)
    cancelled = meeting.state is MeetingState.CANCELLED
    if by is None or by.id == leave.person_id or not open_ or not same_day or cancelled:
        tell(session, here, _("This leave was settled already."), now)
        return False
    if not granted and word is None:
        here.account.state = f"{WAITS}:{leave.id}"
        tell(session, here, _("Say it to the learner: send a voice message."), now)
        return True
    person = await session.get_one(Person, leave.person_id)
    media = await keep(session, word.said, by.id, now) if word and word.said else None
    leave.granted, leave.decided_by, leave.decided_at = granted, by.id, now
    leave.word_id = media.id if media else None
    if granted:
        await _mark(session, leave, meeting, person, by)
    kind = "early.granted" if granted else "early.refused"
    about = {"meeting": meeting.id, "early": leave.id, "by": by.id, "media": leave.word_id}
    await ledger.record(session, person.id, kind, now, **about)
    for place in await listeners(session, person):
        await _tell_decision(session, place, leave, meeting, now, word)
    tell(session, here, _("Sent to %(name)s."), now, name=person.name)
    return True


async def _mark(
    session: AsyncSession, leave: EarlyLeave, meeting: Meeting, person: Person, by: Person
) -> None:
    """Mark the leave as granted, at the moment at which they went."""
    await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.OUT,
        status=Status.LEFT_EARLY,
        how=How.TAP,
        sure=Sure.WITNESS,
        by=by,
        at=leave.asked_at,
        key=f"early:{leave.id}",
        voice_id=leave.voice_id,
        leave=LeaveKind.SICK if leave.reason is Reason.ILL else LeaveKind.PERSONAL,
    )


async def _tell_decision(
    session: AsyncSession,
    place: Listener,
    leave: EarlyLeave,
    meeting: Meeting,
    now: datetime,
    word: Word | None,
) -> None:
    """Tell a learner what was decided."""
    way = Way(Priority.CHECKIN, expires_at=max(meeting.ends_at, now), purpose="early")
    if leave.granted:
        way = Way(Priority.CHECKIN, purpose="early")
        receipt(session, place, Screen(_("Your class head agrees. You may go.")), now, way)
        return
    hopes = Screen(
        _("Your class head hopes that you stay. Listen."),
        rows=[[button("👍", f"stay:{leave.id}", GREEN)]],
    )
    receipt(session, place, hopes, now, way)
    if leave.word_id:
        await asking.pass_on(session, place, leave.word_id, "", [], now, way)
    elif word and word.text:
        tell(session, place, "%(words)s", now, (), way, words=word.text)
