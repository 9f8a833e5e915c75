"""The dates that are meant: of a day without its year, and of a range of days."""

import re
from datetime import date, timedelta

from bot.language import N_ as _
from bot.services.roster_values import narrow
from bot.services.timetable_rows import TimetableReading
from bot.services.timetable_values import LONGEST_TEXT, WrittenDay, as_day

DAY = timedelta(days=1)
JUST_NOW = 90  # days back: a day that lies no further is past; else next year's is meant
SOON = 180  # days ahead that need no caution
YEAR = "year"
MOST_DAYS = 31  # of a range; more are a slip
Span = tuple[date, date]
_TO = re.compile(r" ?(?:至|到|[-–—~～])+ ?")
_WEEKDAY = r"[( ]*(?:(?:星期|礼拜|周)([一二三四五六日天1-7]))?[) ]*"
_DAY_ONLY = re.compile(rf"(\d{{1,2}})[日号]?{_WEEKDAY}")


def date_of(day: WrittenDay, today: date, year: int | None, span: Span | None) -> date | None:
    """Return the date of a day; without a year the one in the span, or else the nearest to come."""
    if day.month is None or day.day is None:
        return None
    years = [day.year or year] if day.year or year else [today.year + add for add in (-1, 0, 1, 2)]
    if span and not day.year:
        years = [span[0].year, span[1].year]
    found = [made for one in years if one and (made := _made(one, day.month, day.day))]
    inside = [one for one in found if span and span[0] <= one <= span[1]]
    if span or len(years) == 1:
        return min(inside or found, key=lambda one: abs(one - today), default=None)
    return next((one for one in found if one >= today - JUST_NOW * DAY), None)


def as_range(text: str) -> tuple[WrittenDay, WrittenDay] | None:
    """Read a first and a last day: 12月7日-11日, 12月7日至12月11日, 12.7-12.11."""
    said = narrow(text)
    found = []
    for to in _TO.finditer(said) if len(said) <= LONGEST_TEXT else ():
        begins, ends = said[: to.start()], said[to.end() :]
        first, last = as_day(begins), as_day(ends)
        if first is None or first.month is None:
            continue
        if last is not None and last.month is not None:
            found.append((first, last))
        elif (only := _DAY_ONLY.fullmatch(ends)) and (
            first.year or "-" not in begins or "-" not in to[0]  # 12-7-11 may be any day
        ):
            named = as_day(f"周{only[2]}") if only[2] else None
            weekday = named.weekday if named else None
            found.append((first, WrittenDay(None, None, int(only[1]), weekday)))
    return found[0] if len(found) == 1 else None


def last_of(first: date, day: WrittenDay) -> date | None:
    """Return the last date of a range; one that lies in an earlier month is the next year's."""
    month = day.month or first.month
    year = day.year or first.year + (month < first.month)
    return _made(year, month, day.day or 0)


def mind_year(reading: TimetableReading, cell: str, written: str, found: date, today: date) -> None:
    """Note which year was taken for a day without one, where another might be meant."""
    away = (found - today).days
    if away > SOON:
        text = _("“%(written)s” has no year; %(day)s was taken, %(count)d days from now.")
        values: dict[str, str | int] = {"count": away}
    elif away < 0:
        text, values = _("“%(written)s” has no year; %(day)s was taken, which is past."), {}
    else:
        return
    reading.assume(YEAR, cell, text, written=written, day=found.isoformat(), **values)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
