"""The almanac: market days, feasts, holidays and farm seasons, each township's own, as data."""

from bot.almanac.days import (
    Kind,
    Notice,
    gaps,
    holidays_known_until,
    notices_between,
    warnings_on,
)
from bot.almanac.rules import OWN, SHIPPED, Almanac, AlmanacError, current, read, use

__all__ = [
    "OWN",
    "SHIPPED",
    "Almanac",
    "AlmanacError",
    "Kind",
    "Notice",
    "current",
    "gaps",
    "holidays_known_until",
    "notices_between",
    "read",
    "use",
    "warnings_on",
]
