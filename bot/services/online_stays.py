"""How long somebody was in an online meeting: every stay once, within the meeting's own time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from bot.services.windows import windows_of
from db.models import Meeting, MeetingState, Status

MINUTE = timedelta(minutes=1)
Stay = tuple[datetime, datetime]


class Entry(BaseModel):
    """One label of a file: its stays, and whom it was taken for."""

    name: str  # as it may be shown; numbers are left out
    stays: list[Stay]
    seconds: int | None = None  # where the platform counted less than from first to last
    person: int | None = None
    by: str = ""  # what told: number, phone, alias, name, tap
    candidates: list[int] = []
    ours: bool = True

    @property
    def settled(self) -> bool:
        """Whether it is known who this is."""
        return self.person is not None or not self.ours


class Draft(BaseModel):
    """What was read in a file, and what became of it."""

    entries: list[Entry]
    left_out: int = 0  # hosts and teachers
    unreadable: int = 0


@dataclass(frozen=True)
class Attended:
    """One learner's part in a meeting."""

    joined: datetime
    left: datetime
    seconds: int  # of the meeting's own time, nothing twice

    @property
    def minutes(self) -> int:
        """Whole minutes."""
        return self.seconds // 60


def window(meeting: Meeting) -> Stay:
    """Return the time that can count: from the start to the end, or to an earlier closing."""
    end = meeting.ends_at
    if meeting.state is MeetingState.CLOSED and meeting.closed_at:
        end = max(min(end, meeting.closed_at), meeting.starts_at)
    return meeting.starts_at, end


def clipped(stays: Iterable[Stay], within: Stay) -> list[Stay]:
    """Keep of stays what lies within a span."""
    parts = [(max(start, within[0]), min(end, within[1])) for start, end in stays]
    return [(start, end) for start, end in parts if end > start]


def union(stays: Iterable[Stay]) -> list[Stay]:
    """Join what overlaps or touches."""
    joined: list[Stay] = []
    for start, end in sorted(stays):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def seconds(stays: Iterable[Stay]) -> int:
    """Add up stays that do not overlap."""
    return int(sum((end - start for start, end in stays), timedelta()).total_seconds())


def attended(entries: Sequence[Entry], meeting: Meeting) -> Attended | None:
    """Say how one person, under one label or several, attended; None if not in its time at all.

    Where a platform tells only first and last with a sum, nobody knows where the gaps lay: never
    more than the sum counts, nor more than from first to last within the meeting.
    """
    within = window(meeting)
    there = union(clipped((stay for one in entries for stay in one.stays), within))
    if not there:
        return None
    said = sum(
        part if one.seconds is None else min(part, one.seconds)
        for one in entries
        if (part := seconds(union(clipped(one.stays, within))))
    )
    ends = [end for one in entries for start, end in one.stays if start < within[1]]
    starts = [start for one in entries for start, end in one.stays if end > within[0]]
    counted = min(seconds(there), said)
    return Attended(min(starts), max(ends), counted) if counted else None


def judged(joined: datetime, meeting: Meeting) -> tuple[Status | None, int]:
    """Say by the class's windows how a coming counts, and how late it is; None where too late."""
    late = max((joined - meeting.starts_at) // MINUTE, 0)
    windows = windows_of(meeting)
    if late <= windows.grace:
        return Status.PRESENT, 0
    if windows.late_until is not None and late > windows.late_until:
        return None, late
    return Status.LATE, late
