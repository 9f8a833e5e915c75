"""From where on a self-check asks, as data."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

RULES = Path(__file__).with_name("flag_rules.yaml")


class Strict(BaseModel):
    """Data in which nothing is unknown and nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TwoPlaces(Strict):
    """How long one may seem to be in two places."""

    overlap_minutes: int = Field(ge=0)
    travel_minutes: int = Field(ge=0)


class Outside(Strict):
    """How many days after a meeting it may still be written down."""

    late_entry_days: int = Field(ge=0)
    makeup_days: int = Field(ge=0)


class Batch(Strict):
    """How many people within how many seconds are a batch, and how many at any speed."""

    persons: int = Field(ge=2)
    seconds: int = Field(ge=1)
    persons_at_any_speed: int = Field(ge=2)
    witness_persons: int = Field(ge=2)
    witness_seconds: int = Field(ge=1)


class SharedPhone(Strict):
    """How many people at one meeting share a phone."""

    persons: int = Field(ge=2)


class Age(Strict):
    """Whom the programme is for, on the day of enrolment."""

    youngest: int = Field(ge=0)
    oldest: int = Field(ge=0)


class Photo(Strict):
    """How alike two pictures are that are worth a look."""

    distance: int = Field(ge=0, le=64)


class NoWork(Strict):
    """How many meetings without any work."""

    meetings: int = Field(ge=1)
    class_percent: int = Field(ge=0, le=100)
    class_persons: int = Field(ge=1)


class Makeups(Strict):
    """How many marks made up are many."""

    month: int = Field(ge=1)
    meeting: int = Field(ge=1)
    meeting_percent: int = Field(ge=0, le=100)


class Rules(Strict):
    """From where on each kind of flag is raised, and who says so."""

    status: str
    source: str
    two_places: TwoPlaces
    outside: Outside
    batch: Batch
    shared_phone: SharedPhone
    age: Age
    photo: Photo
    no_work: NoWork
    makeup: Makeups


@cache
def rules(path: Path = RULES) -> Rules:
    """Return the rules that come with the program, or those of a file."""
    return Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
