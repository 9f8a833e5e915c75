"""More class hours in one day than the rules give for one."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from bot.services.checks.finding import Finding, numbers, stamps
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from bot.services.hours import held_minutes
from bot.services.hours_rules import hours, local_day, rule_on, shown
from db.models import FlagKind, Meeting

MINUTE = timedelta(minutes=1)


def find(world: World, rules: Rules) -> Iterator[Finding]:  # noqa: ARG001 - as every check
    """Flag people with too long a day; where the class itself was that long, the class."""
    long_days = set()
    for number in world.classes:
        for day, meetings in _by_day(one for one in world.own if one.study_class_id == number):
            if _over(day, sum(map(held_minutes, meetings))):
                long_days.add((number, day))
                yield _class(number, day, meetings)
    for person_id, attended in world.attended.items():
        for day, meetings in _by_day(world.meetings[number] for number in attended):
            if not _over(day, sum(map(_planned, meetings))):
                continue
            classes = {one.study_class_id for one in meetings}
            if len(classes) == 1 and (*classes, day) in long_days:
                continue
            minutes = sum(world.standing(person_id, one).minutes for one in meetings)
            if _over(day, minutes) and any(map(world.looks, meetings)):
                yield _person(world, person_id, day, meetings, minutes)


def _by_day(meetings: Iterator[Meeting]) -> Iterator[tuple[date, list[Meeting]]]:
    days: dict[date, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        days[local_day(meeting.starts_at)].append(meeting)
    return iter(days.items())


def _planned(meeting: Meeting) -> int:
    return (meeting.ends_at - meeting.starts_at) // MINUTE


def _over(day: date, minutes: int) -> bool:
    rule = rule_on(day)
    return hours(minutes, rule) > rule.max_per_day


def _detail(day: date, meetings: list[Meeting], minutes: int) -> dict[str, object]:
    rule = rule_on(day)
    return {
        "meetings": numbers(one.id for one in meetings),
        "day": day.isoformat(),
        "minutes": minutes,
        "hours": str(shown(hours(minutes, rule))),
        "cap": rule.max_per_day,
        "moments": stamps(one.starts_at for one in meetings),
    }


def _class(number: int, day: date, meetings: list[Meeting]) -> Finding:
    minutes = sum(map(held_minutes, meetings))
    detail = {"why": "class"} | _detail(day, meetings, minutes)
    detail["by"] = numbers(one.closed_by for one in meetings)
    return Finding(FlagKind.DAY_CAP, f"day_cap:class:{number}:{day}", detail, study_class_id=number)


def _person(
    world: World, person_id: int, day: date, meetings: list[Meeting], minutes: int
) -> Finding:
    marks = [mark for one in meetings for mark in world.attended[person_id][one.id]]
    detail = {"why": "person", "persons": [person_id]} | _detail(day, meetings, minutes)
    detail["marks"] = numbers(mark.id for mark in marks)
    detail["by"] = numbers(mark.made_by for mark in marks)
    detail["accounts"] = numbers(mark.account_id for mark in marks)
    own = [one for one in sorted(meetings, key=lambda one: one.starts_at) if world.looks(one)]
    return Finding(
        FlagKind.DAY_CAP,
        f"day_cap:{person_id}:{day}",
        detail,
        person_id,
        own[-1].study_class_id,
    )
