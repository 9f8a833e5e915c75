"""When staff are told what the day brought, and what is thrown away when, as data."""

from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.language import SHANGHAI

RULES = Path(__file__).with_name("daily_rules.yaml")


class Keep(BaseModel):
    """For how many days what can go is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    drafts: int = Field(ge=1, le=366)
    announcements: int = Field(ge=1, le=366)
    temporary: int = Field(ge=1, le=366)
    codes: int = Field(ge=1, le=366)
    phone_lists: int = Field(ge=1, le=366)
    pictures: int = Field(ge=1, le=366)


class Rules(BaseModel):
    """When staff are told what the day brought."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    teacher_at: time
    head_at: time
    missing_after: int = Field(ge=1, le=120)
    monthly_day: int = Field(ge=1, le=28)
    monthly_at: time
    monthly_days: int = Field(ge=1, le=27)
    root_at: time
    patience: int = Field(ge=1, le=720)
    keep: Keep
    status: str
    source: str


@cache
def rules() -> Rules:
    """Return the rules that come with the program."""
    return Rules.model_validate(yaml.safe_load(RULES.read_text(encoding="utf-8")))


def at(now: datetime, hour: time) -> datetime:
    """Return an hour of this day in the county."""
    local = now.astimezone(SHANGHAI)
    return local.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)


def until(now: datetime, hour: time) -> datetime | None:
    """Return until when the thing of this hour may be told, None where it may not be told now."""
    begins = at(now, hour)
    ends = begins + timedelta(minutes=rules().patience)
    return ends if begins <= now < ends else None
