"""What counts: how people stand in meetings, and the class hours that makes (names of both)."""

from bot.services.hours import Totals, totals
from bot.services.hours_rules import HoursRule, hours, load_rules, local_day, rule_on, shown
from bot.services.reasons import Reason
from bot.services.standing import Standing, standing

__all__ = [
    "HoursRule",
    "Reason",
    "Standing",
    "Totals",
    "hours",
    "load_rules",
    "local_day",
    "rule_on",
    "shown",
    "standing",
    "totals",
]
