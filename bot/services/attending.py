"""Check-in: who is at a meeting, and since when."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import clock, day_word
from bot.screens import screen as picture
from bot.services import tallying
from bot.services.reaching import tell_class_heads
from bot.voice.buttons import GREEN, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, receipt, show
from db import ledger
from db.models import (
    How,
    Mark,
    Meeting,
    MeetingState,
    Message,
    Person,
    Phase,
    Priority,
    Role,
    Status,
    Sure,
)
from db.queries import marks, meetings, people

RECEIPT_LIVES = timedelta(minutes=10)
UNDO_LIVES = timedelta(minutes=10)
FEELINGS = frozenset({1, 2, 3})


class Outcome(enum.Enum):
    """What became of a check-in."""

    EARLY = "early"
    PRESENT = "present"
    LATE = "late"
    AGAIN = "again"
    CLOSED = "closed"
    TOO_EARLY = "too early"
    OTHER_CLASS = "other class"


@dataclass(frozen=True)
class CheckIn:
    """What became of a check-in, with what is needed to say so."""

    outcome: Outcome
    meeting: Meeting
    mark_id: int | None = None
    minutes_late: int = 0


def judge(meeting: Meeting, at: datetime) -> tuple[Outcome, int]:
    """Decide how a check-in at this moment counts, and how many minutes late it is.

    The windows are the class's own: it opens `opens_before` minutes before the start, is on time
    until `grace` minutes after it, and late until the end or until the teacher closes it.
    """
    if meeting.state in (MeetingState.CLOSED, MeetingState.CANCELLED) or at > meeting.ends_at:
        return Outcome.CLOSED, 0
    opens = meeting.starts_at - timedelta(minutes=meeting.study_class.opens_before)
    if at < opens and meeting.state is not MeetingState.OPEN:
        return Outcome.TOO_EARLY, 0
    if at < meeting.starts_at:
        return Outcome.EARLY, 0
    late = int((at - meeting.starts_at).total_seconds() // 60)
    if late <= meeting.study_class.grace:
        return Outcome.PRESENT, 0
    return Outcome.LATE, late


async def check_in(
    session: AsyncSession,
    person: Person,
    meeting: Meeting,
    at: datetime,
    how: How,
    account_id: int | None,
    *,
    helper: Person | None = None,
    voice_id: int | None = None,
) -> CheckIn:
    """Mark a learner of the class as come, once; bring the tally up to date."""
    class_id = await people.class_id_of(session, person.id, Role.LEARNER, at)
    if class_id != meeting.study_class_id:
        return CheckIn(Outcome.OTHER_CLASS, meeting)
    outcome, late = judge(meeting, at)
    if outcome in (Outcome.CLOSED, Outcome.TOO_EARLY):
        return CheckIn(outcome, meeting)
    earlier = await marks.keys(session, meeting.id, person.id, Phase.IN)
    taken_back = sum(key.startswith("withdrawn:") for key in earlier)
    mark = Mark(
        meeting_id=meeting.id,
        person_id=person.id,
        phase=Phase.IN,
        key=f"self:{taken_back}" if taken_back else "self",
        status=Status.LATE if outcome is Outcome.LATE else Status.PRESENT,
        how=how,
        sure=Sure.HELPER if helper else Sure.SELF,
        minutes_late=late,
        made_by=(helper or person).id,
        account_id=account_id,
        voice_id=voice_id,
        at=at,
    )
    mark_id = await marks.add_once(session, mark)
    if mark_id is None:
        return CheckIn(Outcome.AGAIN, meeting)
    await record_mark(session, mark, mark_id)
    await tallying.refresh(session, meeting, at)
    return CheckIn(outcome, meeting, mark_id, late)


async def undo(session: AsyncSession, person: Person, mark_id: int, at: datetime) -> bool:
    """Take a tap back within ten minutes; the tap and its withdrawal both stay."""
    mark = await session.get(Mark, mark_id)
    if mark is None or mark.person_id != person.id or mark.sure is Sure.TEACHER:
        return False
    meeting = await session.get_one(Meeting, mark.meeting_id)
    if at - mark.at > UNDO_LIVES or meeting.state is MeetingState.CLOSED:
        return False
    back = Mark(
        meeting_id=mark.meeting_id,
        person_id=person.id,
        phase=Phase.IN,
        key=f"withdrawn:{mark.id}",
        status=Status.WITHDRAWN,
        how=mark.how,
        sure=Sure.SELF,
        made_by=person.id,
        account_id=mark.account_id,
        at=at,
    )
    back_id = await marks.add_once(session, back)
    if back_id is None:
        return False
    await record_mark(session, back, back_id)
    await tallying.refresh(session, meeting, at)
    return True


async def leave_feeling(
    session: AsyncSession, person: Person, meeting: Meeting, feeling: int, at: datetime
) -> bool:
    """Mark a learner as gone, with how it was; once."""
    class_id = await people.class_id_of(session, person.id, Role.LEARNER, at)
    if class_id != meeting.study_class_id:
        return False
    mark = Mark(
        meeting_id=meeting.id,
        person_id=person.id,
        phase=Phase.OUT,
        key="self",
        status=Status.PRESENT,
        how=How.TAP,
        sure=Sure.SELF,
        feeling=feeling,
        made_by=person.id,
        at=at,
    )
    mark_id = await marks.add_once(session, mark)
    if mark_id is None:
        return False
    await record_mark(session, mark, mark_id)
    return True


async def record_mark(session: AsyncSession, mark: Mark, mark_id: int) -> None:
    """Write a mark into the ledger of the person whom it is about."""
    mark.id = mark_id
    await ledger.record(session, mark.person_id, ledger.MARK_MADE, mark.at, **ledger.told_of(mark))


async def waiting_for(session: AsyncSession, person: Person, now: datetime) -> Meeting | None:
    """Find the open meeting that a learner has not answered yet."""
    study_class = await people.class_of(session, person.id, Role.LEARNER, now)
    meeting = await meetings.opened(session, study_class.id) if study_class else None
    if meeting is None or judge(meeting, now)[0] is Outcome.CLOSED:
        return None
    rows = await marks.arrivals(session, meeting.id)
    return None if person.id in tallying.standings(rows) else meeting


async def ask_here(
    session: AsyncSession,
    listener: Listener,
    meeting: Meeting,
    now: datetime,
    way: Way | None = None,
) -> Message:
    """Ask a learner whether they are here."""
    asked = Screen(
        _("Class begins now. Are you here?"),
        picture=picture("here"),
        rows=[[button("✋", f"here:{meeting.id}", GREEN)]],
    )
    return await show(session, listener, asked, now, way)


async def present_meeting(session: AsyncSession, person: Person, now: datetime) -> Meeting | None:
    """Find the meeting that ✋ at home can mean: open, or about to be, or just over."""
    study_class = await people.class_of(session, person.id, Role.LEARNER, now)
    if study_class is None:
        return None
    opened = await meetings.opened(session, study_class.id)
    if opened:
        return opened
    following = await meetings.following(session, study_class.id, now)
    if following and judge(following, now)[0] is not Outcome.TOO_EARLY:
        return following
    last = await meetings.ended_last(session, study_class.id, now)
    if last and now - last.ends_at < timedelta(hours=2):
        return last
    return following


async def answer(session: AsyncSession, listener: Listener, made: CheckIn, now: datetime) -> None:
    """Tell a learner in private what became of their check-in."""
    person = listener.person
    values: dict[str, object] = {}
    slots: dict[str, object] = {}
    rows: Keyboard = []
    match made.outcome:
        case Outcome.EARLY:
            text = _("You are early. I have noted it, and it counts from %(time)s.")
            values["time"] = clock(made.meeting.starts_at)
        case Outcome.PRESENT:
            text = _("You are here: %(time)s.")
            values["time"] = clock(now)
        case Outcome.LATE:
            text = _("You are here, %(minutes)d minutes late. Please come in.")
            values["minutes"] = made.minutes_late
        case Outcome.AGAIN:
            text = _("I have noted you already.")
        case Outcome.CLOSED:
            text = _("Check-in is closed. I have told your class head that you came.")
            if person:
                await tell_late_comer(session, person, made.meeting, now)
        case Outcome.TOO_EARLY:
            text = _("There is no class now. The next one is %(day)s at %(time)s.")
            values["day"] = day_word(made.meeting.starts_at, now, listener.language)
            values["time"] = clock(made.meeting.starts_at)
            slots["day"] = made.meeting.starts_at
        case Outcome.OTHER_CLASS:
            text = _("❌ This is another class.")
    if made.mark_id:
        rows = [[button("↩️", f"undo:{made.mark_id}")]]
    receipt(session, listener, Screen(text, values, rows=rows, slots=slots), now)


async def tell_late_comer(
    session: AsyncSession, person: Person, meeting: Meeting, now: datetime
) -> None:
    """Tell the class head of somebody who came after check-in was closed, once."""
    await ledger.record(session, person.id, "act.refused", now, act="here", meeting=meeting.id)
    await tell_class_heads(
        session,
        meeting.study_class_id,
        _("%(name)s came after check-in was closed: %(lesson)s."),
        now,
        f"after:{meeting.id}:{person.id}",
        name=person.name,
        lesson=meeting.title,
    )


def toast(made: CheckIn) -> str:
    """Return the message id of the short answer over the group's button."""
    match made.outcome:
        case Outcome.EARLY | Outcome.PRESENT | Outcome.AGAIN:
            return _("✅ Noted, %(time)s")
        case Outcome.LATE:
            return _("✅ Noted, %(minutes)d minutes late")
        case Outcome.OTHER_CLASS:
            return _("❌ This is another class.")
        case Outcome.CLOSED | Outcome.TOO_EARLY:
            return _("⏳ Closed. Write to me in private.")


def quiet_receipt(session: AsyncSession, here: Listener, made: CheckIn, now: datetime) -> None:
    """Say a group tap's receipt aloud in private, to who cannot read the toast."""
    way = Way(Priority.CHECKIN, expires_at=now + RECEIPT_LIVES, silent=True)
    if made.outcome is Outcome.LATE:
        text = _("You are here, %(minutes)d minutes late. Please come in.")
        receipt(session, here, Screen(text, {"minutes": made.minutes_late}), now, way)
        return
    said = Screen(_("You are here: %(time)s."), {"time": clock(now)})
    receipt(session, here, said, now, way)


async def say_undone(session: AsyncSession, here: Listener, now: datetime, *, taken: bool) -> None:
    """Tell a learner whether the tap was taken back."""
    text = _("Taken back.") if taken else _("This button is old. Here is the new one.")
    receipt(session, here, Screen(text), now)


async def go_out(
    session: AsyncSession, here: Listener, meeting_id: int, feeling: int, now: datetime
) -> None:
    """Take the feeling with which a learner leaves, and thank them once."""
    meeting = await session.get(Meeting, meeting_id)
    if meeting is None or here.person is None or feeling not in FEELINGS:
        return
    if await leave_feeling(session, here.person, meeting, feeling, now):
        receipt(session, here, Screen(_("Thank you.")), now)
