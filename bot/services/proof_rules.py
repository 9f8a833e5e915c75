"""What proves that a class was held, and when it is asked for, as data."""

from datetime import time
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

RULES = Path(__file__).with_name("proof_rules.yaml")


class Rules(BaseModel):
    """What proves that a class was held, and when it is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    near: int = Field(ge=0, le=24)
    alone: int = Field(ge=0, le=10)
    copy_: float = Field(alias="copy", gt=0.5, le=1)
    copy_in_meeting: float = Field(gt=0.5, le=1)
    most: int = Field(ge=1, le=1000)
    smallest: int = Field(ge=1, le=4000)
    detail: float = Field(ge=0, le=100)
    known_days: int = Field(ge=0, le=4000)
    known_most: int = Field(ge=0, le=2000)
    points_quick: int = Field(ge=20, le=300)
    points_agree: int = Field(ge=1, le=300)
    points_compared: int = Field(ge=0, le=400)
    laid_over: int = Field(ge=0, le=100)
    shared: float = Field(gt=0, le=1)
    same: float = Field(gt=0.5, le=1)
    alike: float = Field(gt=0.5, le=1)
    ask_at: time
    days_after: int = Field(ge=0, le=31)
    ask_minutes: int = Field(ge=1, le=720)
    status: str
    source: str


@cache
def rules() -> Rules:
    """Return the rules that come with the program."""
    return Rules.model_validate(yaml.safe_load(RULES.read_text(encoding="utf-8")))
