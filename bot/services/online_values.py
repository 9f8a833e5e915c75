"""Read what stands in the cells of an online meeting's file: moments, lengths and labels."""

import re
from datetime import datetime, time, timedelta

from bot.language import SHANGHAI
from bot.services.roster_values import INVISIBLE, narrow, tidy

NOTHING = {"", "-", "--", "—", "/", "无", "未离开", "会议中", "进行中"}
HALF_A_DAY = timedelta(hours=12)

MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[分秒]?)?"
)
CLOCK = re.compile(r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[分秒]?")
LENGTH_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2})(?:\.\d+)?")
LENGTH_WORDS = re.compile(
    r"(?:(\d+)天)?(?:(\d+)(?:个?小时|时|h))?(?:(\d+(?:\.\d+)?)(?:分钟|分|min|m))?(?:(\d+)(?:秒钟|秒|s))?"
)
# An office program keeps a length of time as a date since 1899 or 1900.
LENGTH_DATE = re.compile(r"(?:1899-12-3[01]|1900-01-0(\d)) (\d\d):(\d\d):(\d\d)")
UNITS = {"秒": "seconds", "s": "seconds", "小时": "hours", "时": "hours", "h": "hours"}
NUMBER = re.compile(r"\d+(\.\d+)?")

PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
PERSON = re.compile(r"(?<![A-Za-z0-9])P(\d{6,})(?!\d)", re.IGNORECASE)
BRACKETED = re.compile(r"(.*)\(([^()]*)\)")
BETWEEN = re.compile(r"[\s\-_+/\\,，、;；|@:：()（）【】\[\]<>《》~～*#.。]+")


def read_moment(text: str) -> datetime | time | None:
    """Read when somebody came or went, in the county's time; a time alone leaves the day open."""
    said = narrow(text)
    if found := MOMENT.match(said):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
        except ValueError:
            return None
    if found := CLOCK.fullmatch(said):
        hour, minute, second = (int(part or 0) for part in found.groups())
        try:
            return time(hour, minute, second)
        except ValueError:
            return None
    return None


def placed(said: datetime | time, near: datetime | None) -> datetime | None:
    """Put a time on its day: that which brings it closest to a moment that is known."""
    if isinstance(said, datetime):
        return said
    if near is None:
        return None
    local = near.astimezone(SHANGHAI)
    at = datetime.combine(local.date(), said, SHANGHAI)
    if at < local - HALF_A_DAY:
        return at + timedelta(days=1)
    return at - timedelta(days=1) if at > local + HALF_A_DAY else at


def after(joined: datetime, said: datetime | time) -> datetime:
    """Put the time of going on its day: the next one, where midnight lies between."""
    if isinstance(said, datetime):
        return said
    left = datetime.combine(joined.astimezone(SHANGHAI).date(), said, SHANGHAI)
    return left if left >= joined else left + timedelta(days=1)


def read_length(text: str, unit: str = "") -> timedelta | None:
    """Read how long somebody was there: 1小时2分, 62分钟, 01:02:03, or minutes as a number."""
    said = narrow(text).replace(" ", "")
    if found := LENGTH_DATE.fullmatch(narrow(text)):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if found := LENGTH_CLOCK.fullmatch(said):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if NUMBER.fullmatch(said):
        return timedelta(**{UNITS.get(unit, "minutes"): min(float(said), 1e5)})
    found = LENGTH_WORDS.fullmatch(said.lower())
    if not said or found is None:
        return None
    part = [float(one or 0) for one in found.groups()]
    return timedelta(days=part[0], hours=part[1], minutes=part[2], seconds=part[3])


def phones_in(text: str) -> tuple[str, ...]:
    """Find the mobile numbers that stand in a label."""
    return tuple("".join(found.groups()) for found in PHONE.finditer(narrow(text)))


def numbers_in(text: str) -> tuple[str, ...]:
    """Find the person numbers that stand in a label."""
    return tuple(f"P{found[1]}" for found in PERSON.finditer(narrow(text)))


def called(label: str) -> str:
    """Return a label as it may be shown and learnt: what it says besides numbers."""
    said = INVISIBLE.sub("", narrow(label))
    said = PERSON.sub(" ", PHONE.sub(" ", said)).replace("()", " ")
    said = re.sub(r"\(\s*\)|\[\s*\]|【\s*】", " ", said)
    said = tidy(said).strip(" -_+/,，、;；|:：")
    # An account of the same name as the one in the meeting says it twice.
    found = BRACKETED.fullmatch(said)
    return found[2].strip() if found and found[1].strip() == found[2].strip() else said


def parts_of(label: str) -> tuple[str, ...]:
    """Return the names that a label may hold: the whole first, then each of its parts."""
    said = called(label)
    found = BRACKETED.fullmatch(said)
    # The name inside the brackets is the one that was chosen for this meeting.
    whole = (found[2], found[1]) if found else (said,)
    parts = [part.strip() for part in whole]
    parts += [part for one in whole for part in BETWEEN.split(one)]
    return tuple(dict.fromkeys(part for part in parts if part))
