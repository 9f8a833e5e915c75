"""Attendance without any work: no answer, no homework, no test."""

from collections.abc import Iterator

from bot.services.checks.finding import Finding, numbers
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from db.models import FlagKind, How

WHOLE = 100


def find(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag who came often and did nothing; a class in which hardly anybody did, as a whole.

    Who uses no phone works on paper, which is filed later or by others: softly flagged.
    """
    rule = rules.no_work
    for number in world.classes:
        often: dict[int, list[int]] = {}
        for person_id in {one.person_id for one in world.members(number)}:
            attended = [
                meeting_id
                for meeting_id, marks in world.attended.get(person_id, {}).items()
                if world.meetings[meeting_id].study_class_id == number
                and any(mark.how is not How.MAKEUP for mark in marks)
            ]
            if len(attended) >= rule.meetings:
                often[person_id] = attended
        idle = {one: came for one, came in often.items() if one not in world.worked}
        worked = len(often) - len(idle)
        if len(often) >= rule.class_persons and worked * WHOLE < rule.class_percent * len(often):
            yield _class(number, len(often), worked)
            continue
        for person_id, attended in sorted(idle.items()):
            yield Finding(
                FlagKind.NO_WORK,
                f"no_work:{number}:{person_id}",
                {
                    "why": "person" if person_id in world.phones else "no_phone",
                    "persons": [person_id],
                    "count": len(attended),
                    "meetings": numbers(attended),
                },
                person_id,
                number,
                soft=person_id not in world.phones,
            )


def _class(number: int, often: int, worked: int) -> Finding:
    detail = {"why": "class", "count": often, "worked": worked}
    return Finding(FlagKind.NO_WORK, f"no_work:class:{number}", detail, study_class_id=number)
