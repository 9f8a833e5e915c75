"""The rules of the calendar that hold for a class: markets, feasts, seasons, holidays, sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot import almanac
from bot.almanac.rules import Feast, Market, Season
from bot.services.timetable_values import WEEKDAYS, WEEKDAYS_EN

DAYS = timedelta(days=366)  # in which the next day of a rule is looked for
SHOWN = 3
KINDS = {
    almanac.Kind.MARKET: "赶场 market",
    almanac.Kind.FEAST: "节日 feast",
    almanac.Kind.SEASON: "农忙 fields",
    almanac.Kind.HOLIDAY: "放假 holiday",
    almanac.Kind.WORKDAY: "调休上班 worked",
}


@dataclass(frozen=True)
class Held:
    """One rule as people read it: what, when, where it comes from, whether it was checked."""

    kind: almanac.Kind
    name: str
    when: str
    when_en: str
    source: str
    verify: bool
    next_days: tuple[date, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Shape it for `--json`."""
        return {
            "kind": self.kind,
            "name": self.name,
            "when": self.when,
            "when_en": self.when_en,
            "source": self.source,
            "verify": self.verify,
            "next_days": [day.isoformat() for day in self.next_days],
        }


def calendar_rules(township: str, today: date) -> list[Held]:
    """List every rule that holds in a township, each with its next days."""
    days = _next_days(township, today)
    found = list(_rules(township))
    calendar = "国务院放假通知（chinese-calendar）"
    known = almanac.holidays_known_until()
    for kind, words, english in (
        (almanac.Kind.HOLIDAY, f"按国家放假安排，到{known}年", f"as announced, until {known}"),
        (almanac.Kind.WORKDAY, f"按国家调休安排，到{known}年", f"as announced, until {known}"),
    ):
        found.append(Held(kind, KINDS[kind].split()[0], words, english, calendar, verify=False))
    return [
        Held(
            one.kind,
            one.name,
            one.when,
            one.when_en,
            one.source,
            one.verify,
            tuple(_of(one, days))[:SHOWN],
        )
        for one in found
    ]


def _rules(township: str) -> Iterator[Held]:
    rules = almanac.current()
    for market in rules.markets:
        if market.holds_in(township) and not market.unknown:
            when, english = _market(market)
            yield Held(almanac.Kind.MARKET, "赶场", when, english, market.source, market.verify)
    for feast in rules.feasts:
        if feast.holds_in(township):
            when, english = _feast(feast)
            yield Held(almanac.Kind.FEAST, feast.name, when, english, feast.source, feast.verify)
    for season in rules.seasons:
        if season.holds_in(township):
            yield Held(
                almanac.Kind.SEASON, season.name, *_season(season), season.source, season.verify
            )


def _market(rule: Market) -> tuple[str, str]:
    if rule.branches:
        return f"逢{'、'.join(rule.branches)}日", f"days of {rule.branches}"
    if rule.every and rule.since:
        return f"每{rule.every}天（从{rule.since}起）", f"every {rule.every} days from {rule.since}"
    if rule.weekdays:
        days = "、".join(f"星期{WEEKDAYS[day - 1]}" for day in rule.weekdays)
        return f"每{days}", ", ".join(WEEKDAYS_EN[day - 1] for day in rule.weekdays)
    ends = "、".join(map(str, rule.lunar_ends))
    return f"农历逢{ends}", f"lunar days ending in {ends}"


def _feast(rule: Feast) -> tuple[str, str]:
    lasts = f"，{rule.days}天" if rule.days > 1 else ""
    lasts_en = f", {rule.days} days" if rule.days > 1 else ""
    announced = "、".join(f"{one.first}至{one.last}" for one in rule.announced)
    told = f"已公布：{announced}" if announced else ""
    told_en = f"announced: {announced}" if announced else ""
    if rule.month is None:
        return told, told_en
    if rule.day:
        when, english = f"农历{rule.month}月{rule.day}日", f"lunar {rule.month}-{rule.day}"
    else:
        when = f"农历{rule.month}月第{rule.nth}个{rule.branch}日"
        english = f"day {rule.nth} of {rule.branch} in lunar month {rule.month}"
    return (
        "；".join(filter(None, (when + lasts, told))),
        "; ".join(filter(None, (english + lasts_en, told_en))),
    )


def _season(rule: Season) -> tuple[str, str]:
    return f"每年{rule.first}至{rule.last}", f"every year {rule.first} to {rule.last}"


def _next_days(township: str, today: date) -> list[tuple[date, almanac.Notice]]:
    listed = almanac.notices_between(today, today + DAYS, township)
    return [(day, notice) for day, notices in listed for notice in notices]


def _of(rule: Held, days: list[tuple[date, almanac.Notice]]) -> Iterator[date]:
    """Yield the days of a rule; those of a span only by its first."""
    named = {almanac.Kind.FEAST, almanac.Kind.SEASON}
    before: date | None = None
    for day, notice in days:
        if notice.kind is rule.kind and (rule.kind not in named or notice.name == rule.name):
            if rule.kind not in named or before is None or (day - before).days > 1:
                yield day
            before = day
