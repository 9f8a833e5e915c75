"""One person in two places: at once, or sooner than the way between them takes."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from bot.services.checks.finding import Finding, numbers, stamps
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from bot.services.hours_rules import local_day
from bot.services.standing import CAME
from db.models import FlagKind, Meeting, MeetingState, Mode

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Stay:
    """From when until when somebody was in a meeting."""

    meeting: Meeting
    came: datetime
    left: datetime


def find(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag learners who were in two places, and teachers who taught in two."""
    for person_id, attended in world.attended.items():
        meetings = [world.meetings[number] for number in attended]
        for together in _same_day(meetings):
            stays = [stay for one in together if (stay := _stay(world, person_id, one))]
            for first, second in combinations(sorted(stays, key=_begin), 2):
                yield from _clash(world, rules, person_id, first, second)
    yield from _teachers(world, rules)


def _begin(stay: Stay) -> tuple[datetime, int]:
    return stay.came, stay.meeting.id


def _same_day(meetings: list[Meeting]) -> Iterator[list[Meeting]]:
    """Put meetings of one day together, where there are several."""
    if len(meetings) > 1:
        days = defaultdict(list)
        for meeting in meetings:
            days[local_day(meeting.starts_at)].append(meeting)
        yield from (together for together in days.values() if len(together) > 1)


def _stay(world: World, person_id: int, meeting: Meeting) -> Stay | None:
    stand = world.standing(person_id, meeting)
    if stand.status not in CAME or stand.came is None:
        return None
    left = stand.left or meeting.ends_at
    return Stay(meeting, stand.came, left) if left > stand.came else None


def _clash(
    world: World, rules: Rules, person_id: int, first: Stay, second: Stay
) -> Iterator[Finding]:
    """Compare two stays, the earlier first."""
    if not (world.looks(first.meeting) or world.looks(second.meeting)):
        return
    overlap = (min(first.left, second.left) - second.came) // MINUTE
    gap = (second.came - first.left) // MINUTE
    if overlap > rules.two_places.overlap_minutes:
        why, minutes = "overlap", overlap
    elif 0 <= gap < rules.two_places.travel_minutes and _apart(first.meeting, second.meeting):
        why, minutes = "travel", gap
    else:
        return
    ids = numbers((first.meeting.id, second.meeting.id))
    marks = [mark for number in ids for mark in world.attended[person_id][number]]
    yield Finding(
        FlagKind.TWO_PLACES,
        f"two_places:{person_id}:{ids[0]}:{ids[1]}",
        {
            "why": why,
            "persons": [person_id],
            "meetings": ids,
            "minutes": minutes,
            "marks": numbers(mark.id for mark in marks),
            "accounts": numbers(mark.account_id for mark in marks),
            "by": numbers(mark.made_by for mark in marks),
            "moments": stamps(mark.at for mark in marks),
        },
        person_id,
        _class_of(world, first.meeting, second.meeting),
    )


def _apart(first: Meeting, second: Meeting) -> bool:
    """Say whether one has to travel from one meeting to the other."""
    return first.place != second.place and Mode.ONLINE not in {first.mode, second.mode}


def _class_of(world: World, first: Meeting, second: Meeting) -> int:
    """Choose whose class head is asked: the one where it was seen last."""
    own = second if world.looks(second) else first
    return own.study_class_id


def _teachers(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag two meetings at once that one teacher held."""
    held = defaultdict(list)
    for meeting in world.meetings.values():
        if meeting.state is MeetingState.CLOSED:
            held[meeting.teacher_id].append(meeting)
    for teacher_id, meetings in held.items():
        for together in _same_day(meetings):
            for first, second in combinations(sorted(together, key=lambda one: one.starts_at), 2):
                shared = (min(_over(first), _over(second)) - second.starts_at) // MINUTE
                if shared <= rules.two_places.overlap_minutes:
                    continue
                if not (world.looks(first) or world.looks(second)):
                    continue
                ids = numbers((first.id, second.id))
                yield Finding(
                    FlagKind.TWO_PLACES,
                    f"two_places:teacher:{teacher_id}:{ids[0]}:{ids[1]}",
                    {
                        "why": "teacher",
                        "by": [teacher_id],
                        "meetings": ids,
                        "minutes": shared,
                        "moments": stamps((first.starts_at, second.starts_at)),
                    },
                    study_class_id=_class_of(world, first, second),
                )


def _over(meeting: Meeting) -> datetime:
    return min(meeting.ends_at, meeting.closed_at or meeting.ends_at)
