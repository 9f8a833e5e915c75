"""Quiet hours: in them the bot begins nothing; what was begun waits for their end."""

from datetime import datetime

from bot.services.reminder_rules import rules_of, shipped_rules
from bot.services.reminder_times import quiet_at, quiet_of
from db.models import Person, StudyClass


def awake(
    now: datetime, study_class: StudyClass | None = None, person: Person | None = None
) -> datetime:
    """Return when somebody, or a class's group, may be spoken to: now, or after quiet hours."""
    rules = rules_of(study_class)[0] if study_class else shipped_rules()
    span = quiet_at(now, quiet_of(person, rules))
    return span[1] if span else now
