"""What all dossiers of a class share, and by which rule marks made hours.

How somebody stands and what that gave is reckoned in one place for the register, the learner's own
hours and the evidence: `bot.services.hours_of_class`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.evidence.words import day
from bot.services.counting import Standing, shown
from bot.services.hours import Credit
from bot.services.hours_rules import HoursRule
from db.models import Meeting, MeetingState, StudyClass


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


def status_key(meeting: Meeting, stand: Standing) -> str:
    """Name how somebody stands, or why that cannot be said."""
    if stand.status is not None:
        return stand.status.value
    return "cancelled" if meeting.state is MeetingState.CANCELLED else "open"


def rule_facts(rule: HoursRule) -> dict[str, Any]:
    """Say what an hours rule holds."""
    return {
        "unit": rule.unit_minutes,
        "day": rule.max_per_day,
        "online": rule.online_cap,
        "required": rule.required,
        "phone": rule.phone_counts,
        "makeup": rule.makeup_counts,
        "status": rule.status,
        "source": rule.source,
        "from": day(rule.effective_from),
    }


def hours_of(credit: Credit) -> str:
    """Write the class hours of one meeting, before any cap of the day."""
    return str(shown(credit.uncapped))
