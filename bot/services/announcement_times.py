"""When an announcement leaves: the usual times, and those that somebody writes."""

import re
from datetime import datetime, time, timedelta

from bot.language import SHANGHAI

EVENING, MORNING, WRITTEN = 1, 2, 3  # as the buttons count
USUAL = {EVENING: (time(19, 30), 0), MORNING: (time(8), 1)}  # and how many days ahead
AHEAD = timedelta(days=60)
WHEN = re.compile(
    r"^(?:(?P<word>今天|今晚|明天|后天)"
    r"|(?:(?P<year>20\d\d)[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?)?"
    r"\s*(?P<part>早上|上午|中午|下午|晚上)?"
    r"\s*(?P<hour>\d{1,2})\s*[:：点时]\s*(?P<minute>\d{1,2}|半)?分?$"
)
DAYS = {"今天": 0, "今晚": 0, "明天": 1, "后天": 2}
NOON = 12


def usual_time(choice: int, now: datetime) -> datetime | None:
    """Return the time of a button; None where it is over or there is no such."""
    if choice not in USUAL:
        return None
    moment, days = USUAL[choice]
    local = now.astimezone(SHANGHAI) + timedelta(days=days)
    found = local.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)
    return found if found > now else None


def read_time(text: str, now: datetime) -> datetime | None:
    """Return the moment that somebody wrote; None where it is none, over, or too far ahead."""
    found = WHEN.match(" ".join(text.split()))
    if found is None:
        return None
    local = now.astimezone(SHANGHAI)
    hour = int(found["hour"])
    minute = 30 if found["minute"] == "半" else int(found["minute"] or 0)
    late = found["part"] in {"下午", "晚上"} or found["word"] == "今晚"
    hour += NOON if late and hour < NOON else 0
    try:
        moment = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if found["month"]:
            year = int(found["year"] or local.year)
            moment = moment.replace(year=year, month=int(found["month"]), day=int(found["day"]))
            if not found["year"] and moment < local - AHEAD:
                moment = moment.replace(year=year + 1)  # January, written in December
    except ValueError:
        return None
    moment += timedelta(days=DAYS.get(found["word"] or "", 0))
    if not (found["word"] or found["month"]) and moment <= now:
        moment += timedelta(days=1)
    return moment if now < moment <= now + AHEAD else None
