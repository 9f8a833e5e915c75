"""Days and times as people type them in a chat: 明天 9:00, 周五下午3点, 11-27 14:30."""

import re
from datetime import date, datetime, time, timedelta

from bot.language import SHANGHAI
from bot.services.roster_values import narrow
from bot.services.timetable_values import WEEKDAYS

DAY = timedelta(days=1)
WEEK = 7
NOON = 12
MOST_AHEAD = 366 * DAY
_NAMED = {"大后天": 3, "后天": 2, "明天": 1, "明": 1, "今天": 0, "今晚": 0, "今": 0}
_AFTER_NOON = ("下午", "晚上", "晚", "傍晚")
_DATE = re.compile(
    r"(?:(?P<year>\d{4}) ?[年/.-] ?)?(?P<month>\d{1,2}) ?[月/.-] ?(?P<day>\d{1,2}) ?[日号]?"
)
_WEEKDAY = re.compile(r"(?P<next>下)?(?:个)?(?:星期|礼拜|周)(?P<sign>[一二三四五六日天1-7])")
_RELATIVE = re.compile("|".join(sorted(_NAMED, key=len, reverse=True)))
_PART = re.compile(r"早上|上午|中午|下午|傍晚|晚上|晚|早")
_TIME = re.compile(r"(?P<hour>\d{1,2}) ?(?:[:点时] ?(?P<minute>\d{1,2}|半)?分?)")


def typed_moment(text: str, usual: datetime, now: datetime) -> datetime | None:
    """Read a day, a time or both; what is not said is as usual. None where it makes no sense.

    A day without a year is the next one that is called so.
    """
    rest = narrow(text).strip()
    local, today = usual.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    try:
        day, rest = _day(rest, today)
        at, rest = _time(rest)
    except ValueError:
        return None
    if re.sub(r"[\s,，。、的到改挪]", "", rest) or (day is None and at is None):
        return None
    found = datetime.combine(day or local.date(), at or local.time(), SHANGHAI)
    return found if found - now <= MOST_AHEAD else None


def _day(text: str, today: date) -> tuple[date | None, str]:
    """Read a day; return it with what is left of the text."""
    if found := _RELATIVE.search(text):
        day = today + _NAMED[found[0]] * DAY
        # 今晚 says a part of the day as well.
        return day, _without(text, found[0]) + ("晚上" if found[0] == "今晚" else "")
    if found := _WEEKDAY.search(text):
        sign = found["sign"].replace("天", "日")
        weekday = int(sign) - 1 if sign.isdigit() else WEEKDAYS.index(sign)
        if found["next"]:
            return today + (WEEK - today.weekday() + weekday) * DAY, _without(text, found[0])
        return today + ((weekday - today.weekday()) % WEEK) * DAY, _without(text, found[0])
    if found := _DATE.search(text):
        month, of_month = int(found["month"]), int(found["day"])
        if found["year"]:
            return date(int(found["year"]), month, of_month), _without(text, found[0])
        day = date(today.year, month, of_month)
        if day < today:
            day = date(today.year + 1, month, of_month)
        return day, _without(text, found[0])
    return None, text


def _time(text: str) -> tuple[time | None, str]:
    """Read a time of the day; return it with what is left of the text."""
    found = _TIME.search(text)
    if found is None:
        return None, text
    hour = int(found["hour"])
    minute = 30 if found["minute"] == "半" else int(found["minute"] or 0)
    rest = _without(text, found[0])
    part = _PART.search(rest)
    if part:
        rest = _without(rest, part[0])
        if part[0] in _AFTER_NOON and hour < NOON:
            hour += NOON
    return time(hour, minute), rest


def _without(text: str, part: str) -> str:
    return text.replace(part, " ", 1)
