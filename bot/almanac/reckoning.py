"""Days as villages count them: the twelve branches, and the moon's months."""

from datetime import date, timedelta
from functools import lru_cache

from lunar_python import Solar

BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
ANIMALS = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
# The count of sixty days has never been broken: 24 November 2026 is 壬寅, and divides by twelve.
_BRANCH_OF_DAY_ZERO = 2
_KEPT = 4_096


def branch(day: date) -> str:
    """Return the branch (地支) of a day."""
    return BRANCHES[(day.toordinal() + _BRANCH_OF_DAY_ZERO) % len(BRANCHES)]


@lru_cache(maxsize=_KEPT)
def lunar(day: date) -> tuple[int, int, int]:
    """Return the lunar year, month and day; the month that is put in for a leap is negative."""
    found = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    return int(found.getYear()), int(found.getMonth()), int(found.getDay())


def nth_of_branch(day: date) -> int:
    """Return how many days of this day's branch its lunar month has had, itself counted."""
    return (lunar(day)[2] - 1) // len(BRANCHES) + 1


def days_back(day: date, count: int) -> list[date]:
    """List a day and those before it, so many in all."""
    return [day - timedelta(days=back) for back in range(count)]
