"""The date that is meant where a timetable writes a day without its year."""

from datetime import date, timedelta

from bot.language import N_ as _
from bot.services.timetable_rows import TimetableReading
from bot.services.timetable_values import WrittenDay

DAY = timedelta(days=1)
JUST_NOW = 90  # days back: a day that lies no further is past; else next year's is meant
SOON = 180  # days ahead that need no caution
YEAR = "year"
Span = tuple[date, date]


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
