"""A class's own rules of reminding: checked, kept, and followed at once."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import reminding
from bot.services.reminder_rules import OWN, RuleSet, checked, shipped_rules
from db.models import StudyClass


async def set_rules(
    session: AsyncSession, study_class: StudyClass, own: dict[str, Any] | None, now: datetime
) -> RuleSet:
    """Let a class go by its own rules, or by the program's; what is planned follows at once."""
    rules = shipped_rules() if own is None else checked(own)
    others = {
        key: value for key, value in (study_class.reminder_rules or {}).items() if key not in OWN
    }
    study_class.reminder_rules = (others | (own or {})) or None
    await reminding.replan_class(session, study_class, now)
    return rules
