"""What is special about a day in a township."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar

from bot.almanac.reckoning import ANIMALS, BRANCHES, branch, days_back, lunar, nth_of_branch
from bot.almanac.rules import Almanac, Feast, Market, Season, current
from bot.language import N_ as _

DAY = timedelta(days=1)
HOLIDAYS = {
    one.value: {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}.get(one.chinese, one.chinese)
    for one in chinese_calendar.Holiday
}


class Kind(enum.StrEnum):
    """Why people may not come."""

    MARKET = "market"
    FEAST = "feast"
    HOLIDAY = "holiday"
    WORKDAY = "workday"  # a weekend day that is worked in place of another
    SEASON = "season"
    UNKNOWN = "unknown"  # the holidays of the year are not announced yet


@dataclass(frozen=True)
class Notice:
    """One special thing of a day: a sentence for the catalogs with its values."""

    kind: Kind
    name: str
    text: str
    values: dict[str, str | int] = field(default_factory=dict)
    verify: bool = False
    source: str = ""

    @property
    def avoid(self) -> bool:
        """Say whether another day would be better; what nobody knows yet is no reason."""
        return self.kind is not Kind.UNKNOWN


def warnings_on(day: date, township: str) -> list[Notice]:
    """List what stands against a meeting on a day in a township; it is never forbidden."""
    almanac = current()
    return [
        *_markets(almanac, day, township),
        *_feasts(almanac, day, township),
        *_holidays(day),
        *_seasons(almanac, day, township),
    ]


def notices_between(first: date, last: date, township: str) -> list[tuple[date, list[Notice]]]:
    """List the special days of a span, its last day counted."""
    days = (first + at * DAY for at in range((last - first).days + 1))
    listed = ((day, warnings_on(day, township)) for day in days)
    return [(day, notices) for day, notices in listed if notices]


def gaps(township: str) -> list[str]:
    """List the townships of the rules, or the one asked for, whose market days nobody filled in."""
    almanac = current()
    filled = [rule for rule in almanac.markets if not rule.unknown]
    asked = (township,) if township else almanac.townships
    return [name for name in asked if not any(rule.holds_in(name) for rule in filled)]


def holidays_known_until() -> int:
    """Return the last year whose public holidays and make-up days are known."""
    years: set[int] = {day.year for day in chinese_calendar.holidays}
    return max(years)


def _markets(almanac: Almanac, day: date, township: str) -> Iterator[Notice]:
    for rule in almanac.markets:
        if rule.holds_in(township) and _is_market(rule, day):
            yield Notice(
                Kind.MARKET,
                _name_of_market(rule, day),
                _("Market day in %(township)s."),
                {"township": township},
                rule.verify,
                rule.source,
            )


def _is_market(rule: Market, day: date) -> bool:
    if rule.branches:
        return branch(day) in rule.branches
    if rule.every and rule.since:
        return (day - rule.since).days % rule.every == 0
    return day.isoweekday() in rule.weekdays or lunar(day)[2] % 10 in rule.lunar_ends


def _name_of_market(rule: Market, day: date) -> str:
    sign = branch(day)
    animal = ANIMALS[BRANCHES.index(sign)]
    return f"赶场（{sign}日，{animal}场）" if rule.branches else "赶场"


def _feasts(almanac: Almanac, day: date, township: str) -> Iterator[Notice]:
    for rule in almanac.feasts:
        if rule.holds_in(township) and _is_feast(rule, day):
            yield Notice(
                Kind.FEAST,
                rule.name,
                _("Feast: %(name)s."),
                {"name": rule.name},
                rule.verify,
                rule.source,
            )


def _is_feast(rule: Feast, day: date) -> bool:
    if any(span.first <= day <= span.last for span in rule.announced):
        return True
    # A feast of the tenth month is no other year's than its own: Gregorian years tell them apart.
    announced = {span.first.year for span in rule.announced}
    return any(
        first.year not in announced and _begins(rule, first) for first in days_back(day, rule.days)
    )


def _begins(rule: Feast, day: date) -> bool:
    if rule.month is None:
        return False
    _year, month, of_month = lunar(day)
    if month != rule.month:
        return False
    if rule.day:
        return of_month == rule.day
    return branch(day) == rule.branch and nth_of_branch(day) == rule.nth


def _holidays(day: date) -> Iterator[Notice]:
    try:
        off, named = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # its data ends before this year
        yield Notice(
            Kind.UNKNOWN,
            str(day.year),
            _("The public holidays of %(year)s are not known to the program yet."),
            {"year": str(day.year)},
            verify=True,
        )
        return
    if named is None:
        return
    name = HOLIDAYS[named]
    if off:
        yield Notice(Kind.HOLIDAY, name, _("Public holiday: %(name)s."), {"name": name})
    else:
        text = _("A working day that makes up for %(name)s.")
        yield Notice(Kind.WORKDAY, name, text, {"name": name})


def _seasons(almanac: Almanac, day: date, township: str) -> Iterator[Notice]:
    for rule in almanac.seasons:
        if rule.holds_in(township) and _in_season(rule, day):
            yield Notice(
                Kind.SEASON,
                rule.name,
                _("Busy time in the fields: %(name)s."),
                {"name": rule.name},
                rule.verify,
                rule.source,
            )


def _in_season(rule: Season, day: date) -> bool:
    at = f"{day:%m-%d}"
    if rule.first <= rule.last:
        return rule.first <= at <= rule.last
    return at >= rule.first or at <= rule.last  # over the turn of the year
