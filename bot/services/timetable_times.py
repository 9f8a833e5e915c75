"""Times of the day and periods, as schools write them: 08:30, 下午2点半, 第1-2节, 上午."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache, lru_cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import Field, model_validator

from bot.services.reminder_rules import Minute, Strict
from bot.services.roster_values import narrow

PERIODS = Path(__file__).with_name("periods.yaml")
MOST_OFFERED = 8
NUMERALS = "零一二三四五六七八九十"
NOON, HALF = 12, 30
_KEPT = 4_096  # heads are read once for each cell beside them
# Parts of the day by what they are called; a 下午 or 晚上 before a time means its second half.
PARTS = {
    "上午": "上午",
    "早上": "上午",
    "早晨": "上午",
    "清晨": "上午",
    "早": "上午",
    "中午": "中午",
    "下午": "下午",
    "晚上": "晚上",
    "晚间": "晚上",
    "傍晚": "晚上",
    "夜间": "晚上",
    "夜校": "晚上",
    "晚自习": "晚上",
    "晚": "晚上",
}
_NAMED = "|".join(sorted(PARTS, key=len, reverse=True))
_LATER = {"中午", "下午", "晚上"}
_MOMENT = rf"(?:({_NAMED}) ?)?(\d{{1,2}}) ?[:点时] ?(\d{{1,2}}|半)?(?::00|分)?"
CLOCK = re.compile(rf"(?:1899-12-3[01] )?{_MOMENT}")
_RANGE = re.compile(rf"(?<![\d:.]){_MOMENT} ?(?:[-–—~～至到]+| ) ?{_MOMENT}(?!\d)")
_LABEL = re.compile(
    r"第? ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?(?:[-–—~、] ?第? ?"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3}) ?)?节课?"
)
_BARE = re.compile(r"(\d{1,2})")
_BETWEEN = r"\s()\[\],，。、:·|"
_OF_DAY = re.compile(rf"(?:^|(?<=[{_BETWEEN}]))({_NAMED})(?=$|[{_BETWEEN}\d第])")
_LAST_PART = re.compile(rf"(?:{_NAMED})$")
_WORDS = re.compile(rf"[{_BETWEEN}]|早读|{_NAMED}|时间|节次|时段|课")


@dataclass(frozen=True)
class Period:
    """A period as a sheet has it: numbers, a part of the day, a time; or a fault in its place."""

    first: int | None = None
    last: int | None = None
    starts: time | None = None
    ends: time | None = None
    fault: str = ""
    part: str = ""  # 上午 where it says no more than that


class Usual(Strict):
    """From when until when, in minutes of the day."""

    starts: Minute = Field(alias="from")
    ends: Minute = Field(alias="until")

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.ends <= self.starts:
            raise ValueError("until lies before from")
        return self


class Periods(Strict):
    """The periods that are offered, best first, and the hours of the parts of a day."""

    periods: tuple[Usual, ...] = Field(min_length=1, max_length=MOST_OFFERED)
    parts: Mapping[str, Usual]
    least: int = Field(strict=True, gt=0)  # minutes of a meeting; others get a caution
    most: int = Field(strict=True, gt=0)
    status: str
    source: str

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := set(self.parts) - set(PARTS.values()):
            raise ValueError(f"no parts of a day: {'、'.join(sorted(unknown))}")
        return self


@cache
def usual_hours() -> Periods:
    """Read the hours that come with the program."""
    return Periods.model_validate(yaml.safe_load(PERIODS.read_text(encoding="utf-8")))


def part_hours(part: str) -> Period | None:
    """Return the hours that are assumed of a part of the day; None where nobody has said any."""
    usual = usual_hours().parts.get(part)
    if usual is None:
        return None
    return Period(starts=_time(usual.starts), ends=_time(usual.ends), part=part)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def as_time(text: str) -> time | None:
    """Read a time of the day."""
    found = CLOCK.fullmatch(narrow(text))
    return moment(found[1], found[2], found[3]) if found else None


def moment(part: str | None, hours: str, minutes: str | None) -> time | None:
    """Return a time of a part of the day; None where there is none such, as 24:00 or 上午14:30."""
    hour, named = int(hours), PARTS.get(part or "")
    if named in _LATER and hour < NOON and not (named == "中午" and hour > NOON - 2):
        hour += NOON
    elif named == "上午" and hour > NOON:
        return None
    try:
        return time(hour, HALF if minutes == "半" else int(minutes or 0))
    except ValueError:
        return None


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
    parts = {PARTS[name] for name in _OF_DAY.findall(rest)}
    rest = _WORDS.sub("", rest)
    if label is None:
        label = _BARE.fullmatch(rest)
        rest = "" if label else rest
    if rest or not (timed or label or len(parts) == 1):
        return None
    numbers = [number(part) for part in label.groups() if part] if label else []
    first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
    part = next(iter(parts)) if len(parts) == 1 else ""
    if timed is None:
        return Period(first, last, part="" if label else part)
    begins, ends = _range(timed, part)
    if begins is None or ends is None:
        return Period(first, last, fault="time")
    fault = "" if begins < ends else "ends_early"
    return Period(first, last, begins, ends, fault, "" if label else part)


def _range(timed: re.Match[str], part: str) -> tuple[time | None, time | None]:
    """Read both ends; the second is in the same part of the day unless it names its own."""
    begins = moment(timed[1] or part, timed[2], timed[3])
    own = timed[4]
    ends = moment(own or timed[1] or part, timed[5], timed[6])
    plain = moment(own, timed[5], timed[6])
    if begins and not own and (ends is None or ends <= begins):
        # 上午10:30-14:00, 上午10:30-2:00: the part of the day is only the first one's.
        later = moment("下午", timed[5], timed[6]) if timed[1] or part else None
        ends = next((one for one in (plain, later) if one and one > begins), plain)
    return begins, ends


def number(text: str) -> int:
    """Read a number in figures or in Chinese, up to 99."""
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return NUMERALS.index(text[-1])
    return (NUMERALS.index(tens[-1]) if tens else 1) * 10 + (NUMERALS.index(ones) if ones else 0)


def split_day(text: str) -> tuple[str, str]:
    """Part a day from the time behind it: 12月14日 上午8:30-11:30, 12月14日下午."""
    rest = narrow(text)
    if timed := _RANGE.search(rest):
        return rest[: timed.start()].strip(), rest[timed.start() :].strip()
    named = _LAST_PART.search(rest)
    return (rest[: named.start()].strip(), named[0]) if named else (rest, "")
