"""Days, times, periods and lessons, as schools write them in a timetable."""

import re
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import lru_cache

from bot.services.roster_values import narrow, tidy
from bot.services.taught import PACKS, course, pack
from db.models import Mode

MOST_DAYS_AWAY = 366
LONGEST_TEXT = 80
MODES = {
    "": Mode.OFFLINE,
    "线下": Mode.OFFLINE,
    "线上": Mode.ONLINE,
    "实训": Mode.PRACTICE,
    "实操": Mode.PRACTICE,
}
WEEKDAYS = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMERALS = "零一二三四五六七八九十"
KNOWN_LESSONS = 3
_KEPT = 4_096  # heads are read once for each cell beside them
DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})日?(?: 0?0:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
CLOCK = re.compile(r"(?:1899-12-3[01] )?(\d{1,2})(?:[:点时](\d{1,2})?(?::00|分)?)")
_DATE = re.compile(r"(\d{4}) ?[年/.-] ?(\d{1,2}) ?[月/.-] ?(\d{1,2})[日号]?(?: 00:00(?::00)?)?")
_EIGHT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2}) ?[月/.-] ?(\d{1,2})[日号]?(?!\d)")
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)([一二三四五六日天1-7])")
_NOISE = re.compile(r"第.{1,3}周|[\s()\[\],.:;，。、·|/]")
_MOMENT = r"(\d{1,2}) ?[:点时] ?(\d{1,2})?(?::00|分)?"
_RANGE = re.compile(rf"(?<![\d:.]){_MOMENT} ?(?:[-–—~～至到]+| ) ?{_MOMENT}(?!\d)")
_LABEL = re.compile(
    r"第? ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?(?:[-–—~、] ?第? ?"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3}) ?)?节课?"
)
_BARE = re.compile(r"(\d{1,2})")
_WORDS = re.compile(r"[\s()\[\],，。、:·|]|早读|早上|上午|中午|下午|晚上|夜校|晚自习|时间|节次|课")


@dataclass(frozen=True)
class WrittenDay:
    """A day as a sheet has it: a date, perhaps without its year, or a day of the week."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None  # Monday is 0


@dataclass(frozen=True)
class Period:
    """A period as a sheet has it: its numbers, its time, or both; a fault in place of a time."""

    first: int | None = None
    last: int | None = None
    starts: time | None = None
    ends: time | None = None
    fault: str = ""


def as_date(text: str) -> date | None:
    """Read a date that is written whole."""
    found = DAY.fullmatch(narrow(text))
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError:
        return None


def as_time(text: str) -> time | None:
    """Read a time of the day."""
    found = CLOCK.fullmatch(narrow(text))
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else None
    except ValueError:
        return None  # as 24:00


@lru_cache(maxsize=_KEPT)
def as_day(text: str) -> WrittenDay | None:
    """Read a head that is a day and nothing else."""
    rest = narrow(text)
    year = month = day = weekday = None
    if found := _DATE.search(rest) or _EIGHT.search(rest):
        year, month, day = (int(part) for part in found.groups())
    elif found := _MONTH_DAY.search(rest):
        month, day = (int(part) for part in found.groups())
    if found:
        rest = rest.replace(found[0], " ", 1)
    if named := _WEEKDAY.search(rest):
        rest = rest.replace(named[0], " ", 1)
        sign = named[1].replace("天", "日")
        weekday = int(sign) - 1 if sign.isdigit() else WEEKDAYS.index(sign)
    if _NOISE.sub("", rest) or (found is None and named is None):
        return None
    return WrittenDay(year, month, day, weekday)


@lru_cache(maxsize=_KEPT)
def as_period(text: str) -> Period | None:
    """Read a head that is a period and nothing else; its times may be wrong."""
    rest = narrow(text)
    timed = _RANGE.search(rest)
    if timed:
        rest = rest.replace(timed[0], " ", 1).strip()
    label = _LABEL.search(rest)
    if label:
        rest = rest.replace(label[0], " ", 1)
    rest = _WORDS.sub("", rest)
    if label is None:
        label = _BARE.fullmatch(rest)
        rest = "" if label else rest
    if rest or (timed is None and label is None):
        return None
    numbers = [_number(part) for part in label.groups() if part] if label else []
    first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
    if timed is None:
        return Period(first, last)
    try:
        starts = time(int(timed[1]), int(timed[2] or 0))
        ends = time(int(timed[3]), int(timed[4] or 0))
    except ValueError:
        return Period(first, last, fault="time")
    return Period(first, last, starts, ends, "" if starts < ends else "ends_early")


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return NUMERALS.index(text[-1])
    return (NUMERALS.index(tens[-1]) if tens else 1) * 10 + (NUMERALS.index(ones) if ones else 0)


def lesson_of(text: str) -> str | None:
    """Find a lesson by its key, its title, both, or its number (第3课)."""
    named = tidy(text)
    numbered = re.fullmatch(r"第 ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?课", narrow(text))
    for lesson in course().lessons:
        if named.lower() == lesson.key or named == lesson.title:
            return lesson.key
        if named.lower().startswith(f"{lesson.key} ") and named.endswith(lesson.title):
            return lesson.key
        if numbered and lesson.number == _number(numbered[1]):
            return lesson.key
    return None


def course_of(text: str) -> str | None:
    """Find a course by its title: its next lesson is meant."""
    named = tidy(text)
    return next((name for name in PACKS if named in {name, pack(name).title}), None)


def known_lessons(text: str) -> str:
    """Name the lessons that are most like what was written, or where the list begins and ends."""
    lessons = course().lessons
    titles = {title: lesson.key for lesson in lessons for title in (lesson.key, lesson.title)}
    close = get_close_matches(tidy(text), titles, KNOWN_LESSONS, 0.4)
    keys = dict.fromkeys(titles[title] for title in close)
    return "、".join(keys) or f"{lessons[0].key} … {lessons[-1].key}"
