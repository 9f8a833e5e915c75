"""Check-in: who is at a meeting, and since when."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import tallying
from bot.services.marking import WITHDRAWN, make_mark, withdraw
from bot.services.windows import late_from, opens_at, windows_of
from bot.voice.buttons import GREEN, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, receipt, show
from db.models import (
    How,
    Mark,
    Meeting,
    MeetingState,
    Message,
    Person,
    Phase,
    Role,
    Status,
    Sure,
)
from db.queries import marks, people

MINUTE = timedelta(minutes=1)
UNDO_LIVES = timedelta(minutes=10)
OWN = frozenset({Sure.SELF, Sure.HELPER})


class Outcome(enum.Enum):
    """What became of a check-in."""

    EARLY = "early"
    PRESENT = "present"
    LATE = "late"
    AGAIN = "again"
    CLOSED = "closed"
    TOO_EARLY = "too early"
    OTHER_CLASS = "other class"
    CODE = "code"


SHUT = frozenset({Outcome.CLOSED, Outcome.TOO_EARLY})
PROVED = frozenset({How.CODE, How.QR})  # only who is in the room could make such a mark


@dataclass(frozen=True)
class CheckIn:
    """What became of a check-in, with what is needed to say so."""

    outcome: Outcome
    meeting: Meeting
    mark_id: int | None = None
    minutes_late: int = 0


def judge(meeting: Meeting, at: datetime) -> tuple[Outcome, int]:
    """Decide how a check-in at this moment counts, and how many minutes late it is.

    The windows are the class's own, as they held then: it opens `opens_before` minutes before the
    start, is on time until `grace` minutes after it, and late until `late_until` minutes after it,
    if that is set, else until the end; and never after the teacher closed it. Where the teacher
    opened it only after the start, both run from the opening: it was not the learner who was late.
    """
    if meeting.state in (MeetingState.CLOSED, MeetingState.CANCELLED) or at > meeting.ends_at:
        return Outcome.CLOSED, 0
    windows = windows_of(meeting)
    if at < opens_at(meeting) and meeting.state is not MeetingState.OPEN:
        return Outcome.TOO_EARLY, 0
    if at < meeting.starts_at:
        return Outcome.EARLY, 0
    late = max((at - late_from(meeting, at)) // MINUTE, 0)
    if late <= windows.grace:
        return Outcome.PRESENT, 0
    if windows.late_until is not None and late > windows.late_until:
        return Outcome.CLOSED, 0
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
    if not await people.is_in(session, person.id, Role.LEARNER, meeting.study_class_id, at):
        return CheckIn(Outcome.OTHER_CLASS, meeting)
    outcome, late = judge(meeting, at)
    if outcome in SHUT:
        return CheckIn(outcome, meeting)
    earlier = await marks.keys(session, meeting.id, person.id, Phase.IN)
    taken_back = sum(f"{WITHDRAWN}{number}" in earlier for number in own_taps(earlier))
    key = f"self:{taken_back}" if taken_back else "self"
    if meeting.study_class.asks_code and how not in PROVED and key not in earlier:
        proved = helper and await marks.made_by(session, meeting.id, helper.id, PROVED)
        if not proved:
            return CheckIn(Outcome.CODE, meeting)
    mark = await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.IN,
        status=Status.LATE if outcome is Outcome.LATE else Status.PRESENT,
        how=how,
        sure=Sure.HELPER if helper else Sure.SELF,
        by=helper or person,
        at=at,
        key=key,
        account_id=account_id,
        voice_id=voice_id,
        minutes_late=late,
    )
    if mark is None:
        return CheckIn(Outcome.AGAIN, meeting)
    await tallying.refresh(session, meeting, at)
    return CheckIn(outcome, meeting, mark.id, late)


def own_taps(earlier: Mapping[str, int]) -> list[int]:
    """Return which of somebody's marks of coming in are their own, by keys and numbers."""
    return [number for key, number in earlier.items() if key.partition(":")[0] == "self"]


async def undo(session: AsyncSession, person: Person, mark_id: int, at: datetime) -> bool:
    """Take a tap back within ten minutes; the tap and its withdrawal both stay."""
    mark = await session.get(Mark, mark_id)
    if mark is None or mark.person_id != person.id or mark.sure not in OWN:
        return False
    meeting = await session.get_one(Meeting, mark.meeting_id)
    if at - mark.at > UNDO_LIVES or meeting.state is MeetingState.CLOSED:
        return False
    if not await withdraw(session, mark, person=person, meeting=meeting, by=person, at=at):
        return False
    await tallying.refresh(session, meeting, at)
    return True


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


async def say_undone(session: AsyncSession, here: Listener, now: datetime, *, taken: bool) -> None:
    """Tell a learner whether the tap was taken back."""
    text = _("Taken back.") if taken else _("This button is old. Here is the new one.")
    receipt(session, here, Screen(text), now)
