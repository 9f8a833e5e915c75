"""The windows of check-in: the class's own, and of a meeting those that held when it was.

A class may have other windows from one day to the next. What was judged by the former ones stays:
meetings that had begun by then keep them.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from db.models import Meeting, MeetingState, StudyClass

OPENS_BEFORE, GRACE = 30, 10  # minutes, where a meeting stands without its class
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Windows:
    """Minutes around a meeting: what is early, on time, late, and too early to go."""

    opens_before: int = OPENS_BEFORE
    grace: int = GRACE
    late_until: int | None = None  # after the start; None: until the end
    leave_grace: int | None = None  # before the end; None: as many as `grace`

    @property
    def leaves(self) -> int:
        """How many minutes before the end are no early leaving."""
        return self.grace if self.leave_grace is None else self.leave_grace


def of_class(study_class: StudyClass) -> Windows:
    """Return a class's windows as they are now."""
    # A class that was never stored has none of its own yet.
    opens: int | None = study_class.opens_before
    grace: int | None = study_class.grace
    return Windows(
        OPENS_BEFORE if opens is None else opens,
        GRACE if grace is None else grace,
        study_class.late_until,
        study_class.leave_grace,
    )


def windows_of(meeting: Meeting) -> Windows:
    """Return the windows of a meeting."""
    if meeting.windows is not None:
        return Windows(**meeting.windows)
    study_class: StudyClass | None = meeting.study_class
    return Windows() if study_class is None else of_class(study_class)


def opens_at(meeting: Meeting) -> datetime:
    """Say from when early taps are taken, though the teacher has not opened check-in yet."""
    return meeting.starts_at - windows_of(meeting).opens_before * MINUTE


def opened_late(meeting: Meeting) -> int:
    """Say how many minutes after the start check-in was opened; 0 where it was in time."""
    if meeting.opened_at is None:
        return 0
    return max((meeting.opened_at - meeting.starts_at) // MINUTE, 0)


def late_from(meeting: Meeting, at: datetime) -> datetime:
    """Say from when the minutes of being late run for who taps at a moment.

    Nobody is late for a check-in that is not open: they run from its opening where that was after
    the start, and not at all before it.
    """
    if meeting.opened_at is not None and opened_late(meeting):
        return meeting.opened_at
    waits = meeting.opened_at is None and meeting.state is MeetingState.PLANNED
    return max(meeting.starts_at, at) if waits else meeting.starts_at


def keep(meetings: Iterable[Meeting]) -> None:
    """Let meetings keep the windows that they have, whatever the class has from now on."""
    for meeting in meetings:
        if meeting.windows is None:
            meeting.windows = asdict(windows_of(meeting))
