"""Whom a roster may hold, as data."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

RULES = Path(__file__).with_name("roster_rules.yaml")


class Rules(BaseModel):
    """The ages between which one learns here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    youngest: int = Field(ge=0, le=120)
    oldest: int = Field(ge=0, le=120)
    status: str
    source: str


@cache
def rules() -> Rules:
    """Return the rules that come with the program."""
    return Rules.model_validate(yaml.safe_load(RULES.read_text("utf-8")))
