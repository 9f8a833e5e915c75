"""When somebody went, and how long they were away in between."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.language import N_
from bot.services.reasons import Reason
from bot.services.whose_word import VOUCHED, Word, when, word_of
from bot.services.windows import windows_of
from db.models import Mark, Meeting, MeetingState, Phase, Status

MINUTE = timedelta(minutes=1)
OWN = frozenset({Word.OWN, Word.LEAVE})  # what a learner said of the going, and what was granted


def end_of(meeting: Meeting) -> datetime:
    """Say when a meeting was over: as planned, or when the teacher closed it before."""
    return min(meeting.ends_at, meeting.closed_at or meeting.ends_at)


def way_out(marks: Sequence[Mark]) -> Mark | None:
    """Choose the mark of going out that counts: the strongest word, and of that the latest.

    A learner's own comes with the smile after class; whoever else saw the going knows better.
    """
    gone = [mark for mark in marks if mark.phase is Phase.OUT]
    gone = [mark for mark in gone if word_of(mark) not in OWN] or gone
    strongest = min(map(word_of, gone), default=None)
    return max((mark for mark in gone if word_of(mark) is strongest), key=when, default=None)


def left_until(
    leaving: Mark | None, counted: Mark, meeting: Meeting
) -> tuple[datetime | None, list[Reason]]:
    """Say until when the minutes count, None where nobody can tell."""
    end = end_of(meeting)
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


def left_early(leaving: Mark | None, counted: Mark, meeting: Meeting) -> tuple[Reason, ...]:
    """Say how many minutes before the end somebody left, where that is more than the grace."""
    gone = leaving or (counted if counted.status is Status.LEFT_EARLY else None)
    if gone is None:
        return ()
    missed = (end_of(meeting) - gone.at) // MINUTE
    if missed <= windows_of(meeting).leaves and gone.status is not Status.LEFT_EARLY:
        return ()
    return (Reason(N_("left %(minutes)d min before the end"), (("minutes", max(missed, 0)),)),)


def away(
    leaving: Mark | None, counted: Mark, arrivals: Sequence[Mark], meeting: Meeting
) -> tuple[int, tuple[Reason, ...]]:
    """Say how many minutes between coming and going are no minutes of class.

    Only a platform's file tells them: who dropped out and came back was away in between. Who tapped
    is believed no more minutes than the file has; who is vouched for loses the gaps alone.
    """
    if leaving is None or leaving.minutes is None:
        return 0, ()
    joins = [mark for mark in arrivals if word_of(mark) is Word.IMPORT]
    vouched = word_of(counted) in VOUCHED
    came = max(joins, key=when) if vouched and joins else counted
    start, end = max(came.at, meeting.starts_at), min(leaving.at, end_of(meeting))
    missed = max((end - start) // MINUTE - leaving.minutes, 0)
    if not missed:
        return 0, ()
    text = N_("%(minutes)d min not in the meeting in between, by its file")
    return missed, (Reason(text, (("minutes", missed),)),)
