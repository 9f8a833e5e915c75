"""What a class hour (学时) is, from which day on, and how many each register asks for."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_DOWN, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.language import SHANGHAI
from db.models import Track

RULES = Path(__file__).with_name("hours_rules.yaml")
TENTH = Decimal("0.1")


class Thresholds(BaseModel):
    """From which share, in percent, somebody is on course, and from which it is close."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on_course: int = Field(100, ge=0)
    close: int = Field(90, ge=0)
    attendance_on_course: int = Field(80, ge=0, le=100)
    attendance_close: int = Field(60, ge=0, le=100)


class TrackRule(BaseModel):
    """What is different for one register; what it does not name is as for all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Defaults stand for "not named": only what the file names is taken over.
    unit_minutes: int = Field(1, gt=0)
    max_per_day: int = Field(1, gt=0)
    online_cap: int | None = Field(None, ge=0)
    phone_counts: bool = True
    makeup_counts: bool = True
    required: int | None = Field(None, ge=0)
    practice_required: int | None = Field(None, ge=0)
    thresholds: Thresholds = Thresholds()
    status: str = ""
    source: str = ""


class Tracks(BaseModel):
    """The two registers, which run apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificate: TrackRule = TrackRule()
    register_: TrackRule = Field(TrackRule(), alias="register")


class HoursRule(BaseModel):
    """What a class hour is, from a day on, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effective_from: date
    unit_minutes: int = Field(gt=0)
    max_per_day: int = Field(gt=0)
    online_cap: int | None = Field(None, ge=0)
    phone_counts: bool = True
    makeup_counts: bool = True
    required: int | None = Field(None, ge=0)
    practice_required: int | None = Field(None, ge=0)
    thresholds: Thresholds = Thresholds()
    tracks: Tracks = Tracks()
    status: str
    source: str


@cache
def load_rules(path: Path = RULES) -> tuple[HoursRule, ...]:
    """Read the hours rules, the newest first."""
    rules = TypeAdapter(tuple[HoursRule, ...]).validate_python(
        yaml.safe_load(path.read_text("utf-8"))
    )
    return tuple(sorted(rules, key=lambda rule: rule.effective_from, reverse=True))


def rule_on(day: date, rules: Sequence[HoursRule] = (), track: Track | None = None) -> HoursRule:
    """Return the rule that holds on a day, for a register; before the first, the first."""
    known = rules or load_rules()
    rule = next((rule for rule in known if rule.effective_from <= day), known[-1])
    return _of_track(rule, track) if track else rule


@cache
def _of_track(rule: HoursRule, track: Track) -> HoursRule:
    """Put what a register has of its own in place of what holds for all."""
    own = rule.tracks.register_ if track is Track.REGISTER else rule.tracks.certificate
    return rule.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


def local_day(moment: datetime) -> date:
    """Name the day that a moment is in, where the school is."""
    return moment.astimezone(SHANGHAI).date()


def hours(minutes: int, rule: HoursRule) -> Fraction:
    """Turn minutes into class hours (学时), exactly."""
    return Fraction(minutes, rule.unit_minutes)


def shown(value: Fraction) -> Decimal:
    """Round class hours to a tenth for people to read, a half down."""
    # A tie in tenths is a finite decimal, so the division leaves it exact.
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(TENTH, ROUND_HALF_DOWN)
