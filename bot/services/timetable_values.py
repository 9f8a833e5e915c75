"""Days, times, periods and lessons, as schools write them in a timetable."""

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from bot.services.roster_values import narrow, tidy
from bot.services.taught import PACKS, course, pack
from bot.services.timetable_times import number
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
KNOWN_LESSONS = 3
ALL_BUT = 0.7
_KEPT = 4_096  # heads are read once for each cell beside them
DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})日?(?: 0?0:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
_DATE = re.compile(r"(\d{4}) ?[年/.-] ?(\d{1,2}) ?[月/.-] ?(\d{1,2})[日号]?(?: 00:00(?::00)?)?")
_EIGHT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2}) ?[月/.-] ?(\d{1,2})[日号]?(?!\d)")
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)([一二三四五六日天1-7])")
_NUMBERED = re.compile(r"第 ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?课")
_KEY = re.compile(r"([a-z]+)\d{1,3}(?!\w)")
_DIVIDES = re.compile(r" ?[|/／]+ ?")
_NOISE = re.compile(r"第.{1,3}周|[\s()\[\],.:;，。、·|/]")


@dataclass(frozen=True)
class WrittenDay:
    """A day as a sheet has it: a date, perhaps without its year, or a day of the week."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None  # Monday is 0


def as_date(text: str) -> date | None:
    """Read a date that is written whole."""
    found = DAY.fullmatch(narrow(text))
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError:
        return None


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


def lesson_of(text: str) -> str | None:
    """Find a lesson by its key, its title, both, or its number (第3课)."""
    named = tidy(text)
    numbered = _NUMBERED.fullmatch(narrow(text))
    for lesson in course().lessons:
        if named.lower() == lesson.key or named == lesson.title:
            return lesson.key
        if named.lower().startswith(f"{lesson.key} ") and named.endswith(lesson.title):
            return lesson.key
        if numbered and lesson.number == number(numbered[1]):
            return lesson.key
    return None


def own_title(text: str) -> str:
    """Return a school's own title as it is kept: in one line, without what divides a cell."""
    return tidy(_DIVIDES.sub("、", " ".join(text.split())))


def is_ours(text: str) -> bool:
    """Say whether a text can only mean a lesson of ours, be there one or not: wh77, 第99课."""
    named = narrow(text).lower()
    keys = {lesson.key.rstrip("0123456789") for lesson in course().lessons}
    keyed = _KEY.match(named)
    return bool(_NUMBERED.fullmatch(named)) or bool(keyed and keyed[1] in keys)


def course_of(text: str) -> str | None:
    """Find a course by its title: its next lesson is meant."""
    named = tidy(text)
    return next((name for name in PACKS if named in {name, pack(name).title}), None)


def near_lesson(text: str) -> str:
    """Return the lesson whose title is all but the same; empty where there is none."""
    titles = {lesson.title: lesson.key for lesson in course().lessons}
    close = get_close_matches(tidy(text), titles, 1, ALL_BUT)
    return f"{titles[close[0]]} {close[0]}" if close else ""


def known_lessons(text: str) -> str:
    """Name the lessons that are most like what was written, or where the list begins and ends."""
    lessons = course().lessons
    titles = {title: lesson.key for lesson in lessons for title in (lesson.key, lesson.title)}
    close = get_close_matches(tidy(text), titles, KNOWN_LESSONS, 0.4)
    keys = dict.fromkeys(titles[title] for title in close)
    return "、".join(keys) or f"{lessons[0].key} … {lessons[-1].key}"
