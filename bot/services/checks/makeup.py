"""Marks made up in bulk (补录), or without a second person's word."""

from collections import defaultdict
from collections.abc import Iterator

from bot.services.checks.finding import Finding, numbers, stamps
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from bot.services.hours_rules import local_day
from db.models import FlagKind, Makeup

WHOLE = 100


def find(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag who asks for many, meetings largely made up, and who agreed with themselves."""
    monthly: dict[tuple[int, int, str], list[Makeup]] = defaultdict(list)
    of_meeting: dict[int, list[Makeup]] = defaultdict(list)
    for one in world.makeups:
        meeting = world.meetings.get(one.meeting_id)
        if meeting is None or not world.looks(meeting):
            continue
        number = meeting.study_class_id
        monthly[number, one.asked_by, f"{local_day(one.asked_at):%Y-%m}"].append(one)
        of_meeting[meeting.id].append(one)
        if one.granted and one.decided_by == one.asked_by:
            yield _flag(world, f"makeup:own:{one.id}", "own", number, [one])
    for (number, by, month), asked in monthly.items():
        if len(asked) >= rules.makeup.month:
            yield _flag(world, f"makeup:month:{number}:{by}:{month}", "month", number, asked)
    for meeting_id, asked in of_meeting.items():
        meeting = world.meetings[meeting_id]
        came = len({world.who(mark.person_id) for mark in world.came_to(meeting)})
        persons = len({one.person_id for one in asked})
        share = persons * WHOLE >= rules.makeup.meeting_percent * max(came, persons)
        if persons >= rules.makeup.meeting and share:
            key = f"makeup:meeting:{meeting_id}"
            yield _flag(world, key, "meeting", meeting.study_class_id, asked, came)


def _flag(
    world: World, key: str, why: str, number: int, asked: list[Makeup], came: int = 0
) -> Finding:
    meetings = numbers(one.meeting_id for one in asked)
    moments = stamps(one.asked_at for one in asked)
    return Finding(
        FlagKind.MAKEUP,
        key,
        {
            "why": why,
            "persons": numbers(world.who(one.person_id) for one in asked),
            "count": len(asked),
            "came": came,
            "makeups": numbers(one.id for one in asked),
            "meetings": meetings,
            "by": numbers(one.asked_by for one in asked),
            "agreed": numbers(one.decided_by for one in asked),
            "moments": [moments[0], moments[-1]],
        },
        study_class_id=number,
        meeting_id=meetings[0] if len(meetings) == 1 else None,
    )
