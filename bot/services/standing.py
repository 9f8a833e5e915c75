"""How one person stands at one meeting, by the marks made of them: computed, never stored.

Marks are never changed, so several may speak of the same arrival; `whose_word` says whose counts
before whose. Whoever has no mark at all is absent once the meeting is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.language import N_
from bot.services.going import away, left_early, left_until, way_out
from bot.services.reasons import Reason
from bot.services.whose_word import (
    CAME,
    FIRST,
    VOUCHED,
    Word,
    counting,
    is_decision,
    valid,
    when,
    word_of,
    written,
)
from bot.services.windows import opened_late, windows_of
from db.models import How, Mark, Meeting, MeetingState, Phase, Status, Sure
from db.queries.marks import PLACE

__all__ = [
    "CAME",
    "FIRST",
    "VOUCHED",
    "Standing",
    "Word",
    "counting",
    "standing",
    "valid",
    "when",
    "word_of",
    "written",
]

MINUTE = timedelta(minutes=1)
FROM_START = {
    Word.ROLL: N_("present by the teacher's roll call: from the start"),
    Word.WITNESS: N_("the class head saw it: from the start"),
    Word.PAPER: N_("by the signed sheet: from the start"),
    Word.MAKEUP: N_("made up afterwards: from the start"),
}
DECIDED_FROM = N_("decided after a contest: from the start")
DECIDED_OVER = N_("what was decided after the contest counts, not what was marked before")
OPENED_LATE_AT_ONCE = N_("check-in was opened %(opened)d min after the start: on time")
OPENED_LATE = N_(
    "check-in was opened %(opened)d min after the start, tapped %(minutes)d min later: on time"
)
OPENED_LATE_TOO = N_(
    "check-in was opened %(opened)d min after the start, tapped %(minutes)d min later: "
    "late by %(minutes)d min"
)
OVERRULED = {
    Word.ROLL: N_("the teacher's roll call counts, not the learner's own mark"),
    Word.WITNESS: N_("the class head's word counts, not the learner's own mark"),
    Word.PAPER: N_("the signed sheet counts, not the learner's own mark"),
}


@dataclass(frozen=True)
class Standing:
    """How one person stands in one meeting; status is None while that is open."""

    status: Status | None
    minutes: int = 0
    came: datetime | None = None
    left: datetime | None = None
    how: How | None = None
    sure: Sure | None = None
    reasons: tuple[Reason, ...] = ()


def standing(marks: Sequence[Mark], meeting: Meeting) -> Standing:
    """Say how the person who has these marks stands in the meeting; their order is no matter."""
    if meeting.state is MeetingState.CANCELLED:
        return Standing(None, reasons=(Reason(N_("the meeting was cancelled")),))
    kept = valid(marks)
    arrivals = [mark for mark in kept if mark.phase is Phase.IN and mark.key != PLACE]
    leaving = way_out(kept)
    if not arrivals:
        return _without(meeting, leaving)
    counted = counting(arrivals, when)
    reasons = _overruling(counted, arrivals)
    if counted.status not in CAME:
        return Standing(counted.status, how=counted.how, sure=counted.sure, reasons=tuple(reasons))
    came, why_then = _came(counted, arrivals, meeting)
    left, why_until = left_until(leaving, counted, meeting)
    early = left_early(leaving, counted, meeting)
    gaps, why_fewer = away(leaving, counted, arrivals, meeting)
    return Standing(
        status=Status.LEFT_EARLY if early else counted.status,
        minutes=_minutes(came, left, gaps, meeting),
        came=came,
        left=left,
        how=counted.how,
        sure=counted.sure,
        reasons=(*reasons, *why_then, *why_until, *early, *why_fewer),
    )


def _overruling(counted: Mark, arrivals: Sequence[Mark]) -> list[Reason]:
    """Say why the learner's own mark does not count, where it says something else."""
    word = word_of(counted)
    own = [mark for mark in arrivals if word_of(mark) in FIRST]
    if word in OVERRULED and any(mark.status is not counted.status for mark in own):
        return [Reason(DECIDED_OVER if is_decision(counted) else OVERRULED[word])]
    return []


def _came(
    counted: Mark, arrivals: Sequence[Mark], meeting: Meeting
) -> tuple[datetime, list[Reason]]:
    """Say from when minutes count; for who came early or is vouched for, from the start."""
    word = word_of(counted)
    if counted.how is How.LIST and _announced(counted, meeting) > counted.at:
        came = _came_as_written(counted, arrivals, meeting)
        late = (came - meeting.starts_at) // MINUTE
        return came, [Reason(N_("late by %(minutes)d min"), (("minutes", late),))]
    if word in FIRST and opened_late(meeting):
        return _since_opening(counted, meeting)
    if counted.status is Status.LATE:
        came = _late(counted, arrivals, meeting)
        late = max(came - meeting.starts_at, timedelta()) // MINUTE
        return max(came, meeting.starts_at), [
            Reason(N_("late by %(minutes)d min"), (("minutes", late),))
        ]
    if word in VOUCHED:
        text = DECIDED_FROM if is_decision(counted) else FROM_START[word]
        return meeting.starts_at, [Reason(text)]
    return max(counted.at, meeting.starts_at), []


def _since_opening(counted: Mark, meeting: Meeting) -> tuple[datetime, list[Reason]]:
    """Say from when minutes count where the teacher opened check-in after the start.

    Who tapped in the class's grace after the opening was there from the start, for all that anybody
    can tell; who tapped later was as late as that was after the opening, and not later.
    """
    opened = opened_late(meeting)
    waited = max((counted.at - (meeting.opened_at or counted.at)) // MINUTE, 0)
    slots = (("opened", opened), ("minutes", waited))
    if counted.status is Status.LATE and waited > windows_of(meeting).grace:
        return meeting.starts_at + waited * MINUTE, [Reason(OPENED_LATE_TOO, slots)]
    if waited > windows_of(meeting).grace:
        return max(counted.at, meeting.starts_at), []
    text = OPENED_LATE if waited else OPENED_LATE_AT_ONCE
    return meeting.starts_at, [Reason(text, slots if waited else slots[:1])]


def _announced(counted: Mark, meeting: Meeting) -> datetime:
    """Say when somebody will come who writes that they come so many minutes late."""
    late = counted.minutes_late if counted.status is Status.LATE else 0
    return meeting.starts_at + late * MINUTE if late else counted.at


def _came_as_written(counted: Mark, arrivals: Sequence[Mark], meeting: Meeting) -> datetime:
    """Say when somebody came who wrote so before: their own tap since then knows better."""
    own = [mark for mark in arrivals if word_of(mark) is Word.OWN and mark.how is not How.LIST]
    taps = [mark.at for mark in own if mark.at >= counted.at]
    return max(min(taps, default=_announced(counted, meeting)), meeting.starts_at)


def _late(counted: Mark, arrivals: Sequence[Mark], meeting: Meeting) -> datetime:
    """Say when a late one came: at the tap; by who vouches, as they said it."""
    if word_of(counted) not in VOUCHED:
        return counted.at
    if counted.minutes_late:
        return meeting.starts_at + counted.minutes_late * MINUTE
    taps = [mark for mark in arrivals if word_of(mark) not in VOUCHED and mark.status in CAME]
    return min((*taps, counted), key=when).at


def _minutes(came: datetime, left: datetime | None, gaps: int, meeting: Meeting) -> int:
    """Count whole minutes without the gaps, never more than the timetable has."""
    if left is None:
        return 0
    planned = (meeting.ends_at - meeting.starts_at) // MINUTE
    return min(max((left - came) // MINUTE - gaps, 0), max(planned, 0))


def _without(meeting: Meeting, leaving: Mark | None) -> Standing:
    """Judge somebody whose arrival nobody marked."""
    if meeting.state is not MeetingState.CLOSED:
        return Standing(None)
    if leaving is not None:
        reason = Reason(N_("a mark on the way out, but none of the arrival"))
    else:
        reason = Reason(N_("the meeting was closed without a mark"))
    return Standing(Status.ABSENT, reasons=(reason,))
