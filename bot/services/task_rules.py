"""When somebody is asked to look after a learner, as data."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

RULES = Path(__file__).with_name("task_rules.yaml")


class Rules(BaseModel):
    """When somebody is asked to look after a learner."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    silent_meetings: int = Field(ge=1, le=20)
    raise_after_days: int = Field(ge=1, le=60)
    look_back_days: int = Field(ge=1, le=366)
    status: str
    source: str


@cache
def rules() -> Rules:
    """Return the rules that come with the program."""
    return Rules.model_validate(yaml.safe_load(RULES.read_text(encoding="utf-8")))
