"""The words of the county's forms, and how dates, times and names stand in them."""

import re
import unicodedata
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.language import SHANGHAI

TEMPLATES = Path(__file__).parent / "templates"
SHORT = 12  # digits of a digest that people compare by eye
UNSAFE = re.compile(r"[^\w\-]+")
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")
LONGEST = 60
WEEKDAYS = "一二三四五六日"


@cache
def words() -> dict[str, Any]:
    """Read the words of the forms."""
    loaded: dict[str, Any] = yaml.safe_load((TEMPLATES / "words.yaml").read_text("utf-8"))
    return loaded


def word(group: str, key: str) -> str:
    """Say what a form calls something; what it does not know keeps its own name."""
    return str(words()[group].get(key, key))


def day(moment: datetime | date | None) -> str:
    """Write a day as forms do: 2026-11-23."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(SHANGHAI).date()
    return moment.isoformat() if moment else ""


def long_day(moment: datetime) -> str:
    """Write a day in words, as 2026年11月23日."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def weekday(moment: datetime) -> str:
    """Name the day of the week, as 周一."""
    return "周" + WEEKDAYS[moment.astimezone(SHANGHAI).weekday()]


def time(moment: datetime | None) -> str:
    """Write a time of day, as 09:05."""
    return moment.astimezone(SHANGHAI).strftime("%H:%M") if moment else ""


def exact(moment: datetime | None) -> str:
    """Write a day and a time to the second."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def span(start: datetime, end: datetime) -> str:
    """Write from when until when."""
    return f"{time(start)}–{time(end)}"


def length(seconds: int) -> str:
    """Write how long something took, as 12′05″."""
    return f"{seconds // 60}′{seconds % 60:02}″"


def short(digest: str) -> str:
    """Shorten a digest to what people compare by eye."""
    return digest[:SHORT]


def file_safe(text: str, otherwise: str) -> str:
    """Turn a name into one that any system takes for a file."""
    safe = UNSAFE.sub("_", unicodedata.normalize("NFC", text)).strip("_")[:LONGEST]
    return otherwise if not safe or RESERVED.match(safe) else safe
