"""Marks outside the life of the class, or outside the day of the meeting."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from bot.services.checks.finding import Finding, numbers, stamps
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from bot.services.hours_rules import local_day
from db.models import FlagKind, How, Mark, Meeting


def find(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag meetings before the class existed or after it ended, and marks of another day."""
    for meeting in world.own:
        marks = world.came_to(meeting)
        if not marks:
            continue
        if why := _whole(meeting):
            yield _meeting(world, meeting, why, marks)
        else:
            yield from _marks(world, rules, meeting, marks)
    yield from _gone(world)


def _whole(meeting: Meeting) -> str:
    """Say why a meeting should not be there at all."""
    study_class = meeting.study_class
    if local_day(meeting.starts_at) < local_day(study_class.created_at):
        return "before"
    ended = study_class.ended_at
    return "after" if ended is not None and meeting.starts_at > ended else ""


def _meeting(world: World, meeting: Meeting, why: str, marks: list[Mark]) -> Finding:
    study_class = meeting.study_class
    bound = study_class.created_at if why == "before" else study_class.ended_at
    return Finding(
        FlagKind.OUTSIDE,
        f"outside:{why}:{meeting.id}",
        _detail(world, meeting, why, marks) | {"bound": stamps([bound or meeting.starts_at])[0]},
        study_class_id=meeting.study_class_id,
        meeting_id=meeting.id,
    )


def _marks(world: World, rules: Rules, meeting: Meeting, marks: list[Mark]) -> Iterator[Finding]:
    """Flag what one person marked on one other day, all together."""
    found: dict[tuple[str, int, date], list[Mark]] = defaultdict(list)
    for mark in marks:
        if why := _late(rules, meeting, mark):
            found[why, mark.made_by, local_day(mark.at)].append(mark)
    for (why, by, day), together in found.items():
        yield Finding(
            FlagKind.OUTSIDE,
            f"outside:{why}:{meeting.id}:{by}:{day}",
            _detail(world, meeting, why, together),
            study_class_id=meeting.study_class_id,
            meeting_id=meeting.id,
        )


def _late(rules: Rules, meeting: Meeting, mark: Mark) -> str:
    """Say why a mark should not have been made when it was."""
    first, last, day = (
        local_day(moment) for moment in (meeting.starts_at, meeting.ends_at, mark.at)
    )
    allowed = {
        How.PAPER: rules.outside.late_entry_days,
        How.IMPORT: rules.outside.late_entry_days,
        How.MAKEUP: rules.outside.makeup_days,
    }.get(mark.how, 0)
    if day < first or (day - last).days > allowed:
        return "day"
    ended = meeting.study_class.ended_at
    signed = mark.how in {How.PAPER, How.IMPORT}
    return "ended" if ended and local_day(ended) < day and not signed else ""


def _detail(world: World, meeting: Meeting, why: str, marks: list[Mark]) -> dict[str, object]:
    return {
        "why": why,
        "persons": numbers(world.who(mark.person_id) for mark in marks),
        "meetings": [meeting.id],
        "marks": numbers(mark.id for mark in marks),
        "accounts": numbers(mark.account_id for mark in marks),
        "by": numbers(mark.made_by for mark in marks),
        "count": len({world.who(mark.person_id) for mark in marks}),
        "moments": _ends(stamps(mark.at for mark in marks)),
    }


def _ends(moments: list[str]) -> list[str]:
    return [moments[0], moments[-1]]


def _gone(world: World) -> Iterator[Finding]:
    """Flag people who were marked in a class after they had left it for good.

    Whoever came as a walk-in is welcome anywhere, so only marks under their own name count.
    """
    for number in world.classes:
        stays: dict[int, list[datetime | None]] = defaultdict(list)
        for one in world.members(number):
            stays[one.person_id].append(one.ends_at)
        for person_id, ends in stays.items():
            ended = [moment for moment in ends if moment is not None]
            if len(ended) < len(ends):
                continue
            until = max(ended)
            after = [
                mark
                for meeting_id, marks in world.attended.get(person_id, {}).items()
                if _after(world.meetings[meeting_id], number, until)
                for mark in marks
                if mark.person_id == person_id
            ]
            if after:
                yield _leaver(world, number, person_id, until, after)


def _after(meeting: Meeting, number: int, until: datetime) -> bool:
    there = meeting.study_class_id == number
    return there and local_day(meeting.starts_at) > local_day(until)


def _leaver(
    world: World, number: int, person_id: int, until: datetime, marks: list[Mark]
) -> Finding:
    first = world.meetings[min(mark.meeting_id for mark in marks)]
    detail = _detail(world, first, "left", marks)
    detail["meetings"] = numbers(mark.meeting_id for mark in marks)
    detail["bound"] = stamps([until])[0]
    return Finding(
        FlagKind.OUTSIDE, f"outside:left:{number}:{person_id}", detail, person_id, number
    )
