"""How the learners of a class stand in its meetings, and by which rule that makes hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.evidence.words import day
from bot.services.counting import Standing, hours, local_day, rule_on, shown, standing
from db.models import Mark, Meeting, MeetingState, StudyClass
from db.queries.evidence import Learner


@dataclass(frozen=True)
class ClassFacts:
    """What all dossiers of a class share."""

    study_class: StudyClass
    head: str
    meetings: Sequence[Meeting]
    names: Mapping[int, str]
    titles: Mapping[str, str]
    now: datetime

    def title(self, lesson: str, version: str = "") -> str:
        """Name a lesson, as its version was called; or a question of one."""
        return self.titles.get(f"{lesson} {version}") or self.titles.get(lesson) or lesson

    def name(self, person_id: int | None) -> str:
        """Name a person."""
        return self.names.get(person_id, "") if person_id is not None else ""


def belongs(meeting: Meeting, learner: Learner, marks: Sequence[Mark]) -> bool:
    """Say whether a meeting is one of this learner's: held while in the class, or marked."""
    inside = meeting.ends_at > learner.since and (
        learner.until is None or meeting.starts_at < learner.until
    )
    return inside or bool(marks)


def standings(
    about: ClassFacts, learner: Learner, marks: Sequence[Mark]
) -> list[tuple[Meeting, Standing]]:
    """Say how a learner stands in each meeting of theirs."""
    by_meeting: dict[int, list[Mark]] = {}
    for mark in marks:
        by_meeting.setdefault(mark.meeting_id, []).append(mark)
    return [
        (meeting, standing(own, meeting))
        for meeting in about.meetings
        if belongs(meeting, learner, own := by_meeting.get(meeting.id, []))
    ]


def status_key(meeting: Meeting, stand: Standing) -> str:
    """Name how somebody stands, or why that cannot be said."""
    if stand.status is not None:
        return stand.status.value
    return "cancelled" if meeting.state is MeetingState.CANCELLED else "open"


def rule_facts(now: datetime) -> dict[str, Any]:
    """Say which hours rule holds."""
    rule = rule_on(local_day(now))
    return {
        "unit": rule.unit_minutes,
        "day": rule.max_per_day,
        "online": rule.online_cap,
        "required": rule.required,
        "status": rule.status,
        "source": rule.source,
        "from": day(rule.effective_from),
    }


def hours_of(meeting: Meeting, stand: Standing) -> str:
    """Write the class hours of one meeting, before any cap of the day."""
    return str(shown(hours(stand.minutes, rule_on(local_day(meeting.starts_at)))))
