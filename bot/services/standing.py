"""What counts of the marks of one person at one meeting: computed, never stored.

Marks are never changed, so several may speak of the same arrival. Whose word counts before whose:

1. the teacher's roll call, the latest;
2. the class head as witness, the latest;
3. the signed paper sheet, as it was keyed in last;
4. the learner's own: tap, code, QR, voice, own line of a list, or a tap by a relative on a shared
   phone; the first one that says "I came";
5. the file of an online meeting, the latest;
6. a leave that the class head granted before: it is a permission, not something seen, so whoever
   comes after all has come;
7. a line that somebody else wrote in a list, until somebody of the above says the same;
8. a mark made up after the day (补录): only where nothing else counts, and counted apart.

A withdrawal names the mark that it takes back, and both stay. Whoever has no mark at all is absent
once the meeting is closed.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.language import N_
from bot.services.marking import WITHDRAWN
from bot.services.reasons import Reason
from db.models import How, Mark, Meeting, MeetingState, Phase, Status, StudyClass, Sure
from db.queries.marks import PLACE, Arrival

Kind = TypeVar("Kind", bound=Arrival)

MINUTE = timedelta(minutes=1)
GRACE = 10  # minutes, where a meeting stands without its class
CAME = frozenset({Status.PRESENT, Status.LATE, Status.LEFT_EARLY})


class Word(enum.IntEnum):
    """Whose word a mark is; the smaller counts before the greater."""

    ROLL = 1
    WITNESS = 2
    PAPER = 3
    OWN = 4
    IMPORT = 5
    LEAVE = 6
    LISTED = 7
    MAKEUP = 8


# Of these the first word stays; of all others the last one corrects those before.
FIRST = frozenset({Word.OWN, Word.LISTED})
# These were seen or signed, at whatever moment that was written down: minutes run from the start.
VOUCHED = frozenset({Word.ROLL, Word.WITNESS, Word.PAPER, Word.MAKEUP})
FROM_START = {
    Word.ROLL: N_("present by the teacher's roll call: from the start"),
    Word.WITNESS: N_("the class head saw it: from the start"),
    Word.PAPER: N_("by the signed sheet: from the start"),
    Word.MAKEUP: N_("made up afterwards: from the start"),
}
OVERRULED = {
    Word.ROLL: N_("the teacher's roll call counts, not the learner's own mark"),
    Word.WITNESS: N_("the class head's word counts, not the learner's own mark"),
    Word.PAPER: N_("the signed sheet counts, not the learner's own mark"),
}
_WORDS: dict[str, Word] = {
    Sure.TEACHER: Word.ROLL,
    Sure.WITNESS: Word.WITNESS,
    Sure.PAPER: Word.PAPER,
    Sure.IMPORT: Word.IMPORT,
    Sure.MAKEUP: Word.MAKEUP,
}


def word_of(mark: Arrival) -> Word:
    """Say whose word a mark is."""
    if mark.sure == Sure.WITNESS and mark.status == Status.LEAVE and mark.how != How.WITNESS:
        return Word.LEAVE
    if mark.sure == Sure.HELPER and mark.how == How.LIST:
        return Word.LISTED
    return _WORDS.get(mark.sure, Word.OWN)


def when(mark: Mark) -> tuple[datetime, int]:
    """Put marks in order, those of one moment as they were written."""
    return mark.at, mark.id


def written(mark: Arrival) -> int:
    """Put marks in the order in which they were written."""
    return mark.id


def counting(arrivals: Sequence[Kind], order: Callable[[Kind], Any]) -> Kind:
    """Choose which of one person's valid marks of coming in counts; their order is no matter."""
    strongest = min(map(word_of, arrivals))
    said = [mark for mark in arrivals if word_of(mark) is strongest]
    if strongest not in FIRST:
        return max(said, key=order)
    return min(said, key=lambda mark: (mark.status not in CAME, order(mark)))


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
    leaving = _leaving(kept)
    if not arrivals:
        return _without(meeting, leaving)
    counted = counting(arrivals, when)
    reasons = _overruling(counted, arrivals)
    if counted.status not in CAME:
        return Standing(counted.status, how=counted.how, sure=counted.sure, reasons=tuple(reasons))
    came, why_then = _came(counted, arrivals, meeting)
    left, why_until = _left(leaving, counted, meeting)
    early = _early(leaving, counted, meeting)
    return Standing(
        status=Status.LEFT_EARLY if early else counted.status,
        minutes=_minutes(came, left, meeting),
        came=came,
        left=left,
        how=counted.how,
        sure=counted.sure,
        reasons=(*reasons, *why_then, *why_until, *early),
    )


def valid(marks: Sequence[Mark]) -> list[Mark]:
    """Leave out the marks that were withdrawn, and the withdrawals."""
    cancelled = {
        mark.key.removeprefix(WITHDRAWN) for mark in marks if mark.status is Status.WITHDRAWN
    }
    return [
        mark
        for mark in marks
        if mark.status is not Status.WITHDRAWN and str(mark.id) not in cancelled
    ]


def _leaving(marks: Sequence[Mark]) -> Mark | None:
    """Choose the mark of going out that counts: the strongest word, and of that the latest.

    A learner's own comes with the smile after class; whoever else saw the going knows better.
    """
    gone = [mark for mark in marks if mark.phase is Phase.OUT]
    gone = [mark for mark in gone if word_of(mark) is not Word.OWN] or gone
    strongest = min(map(word_of, gone), default=None)
    return max((mark for mark in gone if word_of(mark) is strongest), key=when, default=None)


def _overruling(counted: Mark, arrivals: Sequence[Mark]) -> list[Reason]:
    """Say why the learner's own mark does not count, where it says something else."""
    word = word_of(counted)
    own = [mark for mark in arrivals if word_of(mark) in FIRST]
    if word in OVERRULED and any(mark.status is not counted.status for mark in own):
        return [Reason(OVERRULED[word])]
    return []


def _came(
    counted: Mark, arrivals: Sequence[Mark], meeting: Meeting
) -> tuple[datetime, list[Reason]]:
    """Say from when minutes count; for who came early or is vouched for, from the start."""
    word = word_of(counted)
    if counted.status is Status.LATE:
        came = _late(counted, arrivals, meeting)
        late = max(came - meeting.starts_at, timedelta()) // MINUTE
        return max(came, meeting.starts_at), [
            Reason(N_("late by %(minutes)d min"), (("minutes", late),))
        ]
    if word in VOUCHED:
        return meeting.starts_at, [Reason(FROM_START[word])]
    return max(counted.at, meeting.starts_at), []


def _late(counted: Mark, arrivals: Sequence[Mark], meeting: Meeting) -> datetime:
    """Say when a late one came: at the tap; by who vouches, as they said it."""
    if word_of(counted) not in VOUCHED:
        return counted.at
    if counted.minutes_late:
        return meeting.starts_at + counted.minutes_late * MINUTE
    taps = [mark for mark in arrivals if word_of(mark) not in VOUCHED and mark.status in CAME]
    return min((*taps, counted), key=when).at


def _end(meeting: Meeting) -> datetime:
    """Say when a meeting was over: as planned, or when the teacher closed it before."""
    return min(meeting.ends_at, meeting.closed_at or meeting.ends_at)


def _left(
    leaving: Mark | None, counted: Mark, meeting: Meeting
) -> tuple[datetime | None, list[Reason]]:
    """Say until when the minutes count, None where nobody can tell."""
    end = _end(meeting)
    if leaving is not None:
        return min(leaving.at, end), []
    if counted.status is Status.LEFT_EARLY:
        return min(counted.at, end), []
    if meeting.state is not MeetingState.CLOSED:
        return None, [
            Reason(N_("not closed yet: minutes count once the learner or the class ends"))
        ]
    if meeting.closed_by is None:
        return None, [Reason(N_("no mark on the way out, and no teacher closed the meeting"))]
    if end < meeting.ends_at:
        return end, [Reason(N_("no mark on the way out: until the teacher closed early"))]
    return end, [Reason(N_("no mark on the way out: until the end, as the teacher closed it"))]


def _early(leaving: Mark | None, counted: Mark, meeting: Meeting) -> tuple[Reason, ...]:
    """Say how many minutes before the end somebody left, where that is more than the grace."""
    gone = leaving or (counted if counted.status is Status.LEFT_EARLY else None)
    if gone is None:
        return ()
    missed = (_end(meeting) - gone.at) // MINUTE
    study_class: StudyClass | None = meeting.study_class
    grace = GRACE if study_class is None else study_class.grace
    if missed <= grace and gone.status is not Status.LEFT_EARLY:
        return ()
    return (Reason(N_("left %(minutes)d min before the end"), (("minutes", max(missed, 0)),)),)


def _minutes(came: datetime, left: datetime | None, meeting: Meeting) -> int:
    """Count whole minutes, never more than the timetable has."""
    if left is None:
        return 0
    planned = (meeting.ends_at - meeting.starts_at) // MINUTE
    return min(max((left - came) // MINUTE, 0), max(planned, 0))


def _without(meeting: Meeting, leaving: Mark | None) -> Standing:
    """Judge somebody whose arrival nobody marked."""
    if meeting.state is not MeetingState.CLOSED:
        return Standing(None)
    if leaving is not None:
        reason = Reason(N_("a mark on the way out, but none of the arrival"))
    else:
        reason = Reason(N_("the meeting was closed without a mark"))
    return Standing(Status.ABSENT, reasons=(reason,))
