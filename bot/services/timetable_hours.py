"""The hours of a period: written with it, in a table of periods, or assumed for 上午 and 下午."""

from collections.abc import Callable, Mapping
from datetime import time

from bot.language import N_ as _
from bot.services.timetable_rows import TimetableReading
from bot.services.timetable_times import Period, as_period, part_hours

HOURS = "hours"
Known = Callable[[], Mapping[int | str, Period]]


def hours_of(
    text: str, known: Known, reading: TimetableReading, cell: str
) -> tuple[time, time] | str:
    """Return from when until when a text says; or the code of what is wrong with it."""
    read = as_period(text)
    if read is None:
        return "time"
    found = timed(read, known, reading, cell)
    if isinstance(found, str):
        return found
    return (found.starts, found.ends) if found.starts and found.ends else "no_time"


def timed(read: Period, known: Known, reading: TimetableReading, cell: str) -> Period | str:
    """Return a period with its time; or the code of what is wrong with it."""
    if read.fault or read.starts:
        return read.fault or read
    name = read.part or read.first or ""
    if name in (periods := known()) and (read.last or name) in periods:
        first, last = periods[name], periods[read.last or name]
        return (
            first.fault
            or last.fault
            or Period(read.first, read.last, first.starts, last.ends, part=read.part)
        )
    usual = part_hours(read.part)
    if usual is None or not (usual.starts and usual.ends):
        return "no_time"
    reading.assume(
        HOURS,
        cell,
        _("%(part)s has no hours; %(starts)s–%(ends)s was taken."),
        part=read.part,
        starts=f"{usual.starts:%H:%M}",
        ends=f"{usual.ends:%H:%M}",
    )
    return usual
