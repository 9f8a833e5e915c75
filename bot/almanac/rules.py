"""The rules of the almanac, read from YAML and checked; a county may lay its own file beside."""

import re
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.almanac.reckoning import ANIMALS, BRANCHES

SHIPPED = Path(__file__).with_name("almanac.yaml")
OWN = "almanac.yaml"  # its name in the data folder
UNATTESTED = "待核"
_LEAP_YEAR = 2000
_KIND_OF_TOWNSHIP = re.compile(r"(?:街道|镇|(?:[苗侗水瑶壮]族)?乡)$")

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class AlmanacError(Exception):
    """A county's file cannot be read; says where and why."""


def _month_day(text: str) -> str:
    month, day = (int(part) for part in text.split("-"))
    date(_LEAP_YEAR, month, day)
    return f"{month:02}-{day:02}"


def _branches(text: str) -> str:
    named = "".join(BRANCHES[ANIMALS.index(sign)] if sign in ANIMALS else sign for sign in text)
    if not named or set(named) - set(BRANCHES) or len(set(named)) < len(named):
        raise ValueError(f"must name days by 子丑寅… or 鼠牛虎…: {text}")
    return named


MonthDay = Annotated[
    str, StringConstraints(pattern=r"^\d{1,2}-\d{1,2}$"), AfterValidator(_month_day)
]
Branches = Annotated[str, AfterValidator(_branches)]


class _Rule(BaseModel):
    """What every rule says: for whom it holds, and where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    townships: tuple[Name, ...] = ()  # none: the whole county
    source: str = Field(min_length=1)
    status: Literal["已核", "待核"]

    @property
    def verify(self) -> bool:
        """Say whether somebody still has to check it."""
        return self.status == UNATTESTED

    def holds_in(self, township: str) -> bool:
        """Say whether the rule is for a township, with or without 镇 or 乡 after its name."""
        given = "".join(township.split())
        return not self.townships or any(given in {name, short(name)} for name in self.townships)


class Market(_Rule):
    """Market days (赶场) by branch, by a cycle, by weekday or by the day of the lunar month."""

    townships: tuple[Name, ...] = Field(min_length=1)
    branches: Branches | None = None
    every: int | None = Field(default=None, ge=2, le=15)
    since: date | None = None  # a day on which a market of the cycle was held
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    lunar_ends: tuple[Annotated[int, Field(ge=0, le=9)], ...] = ()  # 逢四、九: the last figure
    unknown: bool = False  # the township is the county's, its market days are still to be filled in

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.branches, self.every, self.weekdays, self.lunar_ends, self.unknown)
        if sum(map(bool, ways)) != 1:
            raise ValueError("give one of: branches, every, weekdays, lunar_ends, unknown")
        if bool(self.every) != bool(self.since):
            raise ValueError("every and since go together")
        return self


class Span(BaseModel):
    """A feast's days in one year, as they were announced."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    first: date = Field(alias="from")
    last: date = Field(alias="until")

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last < self.first:
            raise ValueError("until lies before from")
        return self


class Feast(_Rule):
    """A feast by the moon, or on days that were announced; announced years overrule the moon."""

    name: Name
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=30)
    branch: Branches | None = None  # begins on a day of this branch …
    nth: int = Field(default=1, ge=1, le=3)  # … the first, second or third one of the month
    days: int = Field(default=1, ge=1, le=15)
    announced: tuple[Span, ...] = ()

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.month and bool(self.day) == bool(self.branch):
            raise ValueError("a month goes with a day or with a branch")
        if not self.month and (self.day or self.branch or not self.announced):
            raise ValueError("give a month of the moon, or announced days")
        return self


class Season(_Rule):
    """A time when everybody is in the fields (农忙), every year between two days."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: Name
    first: MonthDay = Field(alias="from")
    last: MonthDay = Field(alias="until")


class Almanac(BaseModel):
    """All rules of a county."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    county: Name
    markets: tuple[Market, ...] = ()
    feasts: tuple[Feast, ...] = ()
    seasons: tuple[Season, ...] = ()

    @property
    def townships(self) -> tuple[str, ...]:
        """List the townships that any rule names, in the file's order."""
        rules = (*self.markets, *self.feasts, *self.seasons)
        return tuple(dict.fromkeys(name for rule in rules for name in rule.townships))


@cache
def short(township: str) -> str:
    """Return a township's name without what kind of place it is."""
    return _KIND_OF_TOWNSHIP.sub("", township) or township


def read(path: Path) -> Almanac:
    """Read a file of rules, or say what is wrong with it."""
    try:
        return Almanac.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AlmanacError(f"{path.name}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise AlmanacError(f"{path.name}: {where}: {first['msg']}") from error


@cache
def _shipped() -> Almanac:
    return read(SHIPPED)


_CHOSEN: ContextVar[Almanac | None] = ContextVar("almanac", default=None)


def use(folder: Path) -> Almanac:
    """Go by the county's own file from now on, if one lies in the data folder."""
    own = folder / OWN
    _CHOSEN.set(read(own) if own.is_file() else None)
    return current()


def current() -> Almanac:
    """Return the rules that hold."""
    return _CHOSEN.get() or _shipped()
