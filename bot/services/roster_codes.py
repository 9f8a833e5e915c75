"""The codes of a roster (民族, 学历, 政治面貌 …): one spelling for what is meant."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.services.roster_values import narrow

CODES = Path(__file__).with_name("roster_codes.yaml")
NOISE = re.compile(r"[\s()（）、,，。.]+")
CODED = ("ethnicity", "schooling", "politics", "household")


class Table(BaseModel):
    """Names by their codes, and other spellings of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    status: str
    names: dict[str, str]
    also: dict[str, str]


class Kind(BaseModel):
    """One kind, and the words that tell it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    kind: str
    name: str = ""
    has: tuple[str, ...]
    lacks: tuple[str, ...] = Field((), alias="not")


class Kinds(BaseModel):
    """Kinds in the order in which they are tried."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    status: str
    kinds: tuple[Kind, ...]
    none: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()


class Codes(BaseModel):
    """All tables."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ethnicity: Table
    schooling: Table
    politics: Table
    household: Table
    disability: Kinds
    whereabouts: Kinds
    yes: frozenset[str]
    no: frozenset[str]


@cache
def codes() -> Codes:
    """Return the tables that come with the program."""
    return Codes.model_validate(yaml.safe_load(CODES.read_text("utf-8")))


@cache
def _spellings(field: str) -> dict[str, str]:
    table: Table = getattr(codes(), field)
    found = {name: name for name in table.names.values()}
    for code, name in table.names.items():
        found |= {code: name, code.lstrip("0"): name}
    if field == "ethnicity":
        found |= {
            short: name
            for name in table.names.values()
            if name.endswith("族") and len(short := name.removesuffix("族")) > 0
        }
    return found | table.also


def spelt(field: str, text: str) -> str | None:
    """Return the one spelling of a coded value; None where it is none of them."""
    return _spellings(field).get(NOISE.sub("", narrow(text)))


def disability(text: str) -> str:
    """Return the kind of a disability, its text where the kind is unknown, blank for none."""
    plain = NOISE.sub("", narrow(text))
    table = codes().disability
    if not plain or plain in table.none:
        return ""
    found = [one.kind for one in table.kinds if any(word in plain for word in one.has)]
    if "多重" in found or not found:
        return found[0] if found else plain
    return "、".join(found)


def whereabouts(text: str) -> str:
    """Return the kind of a whereabouts: died, moved, away …; `other` for what nobody foresaw."""
    plain = NOISE.sub("", narrow(text))
    if not plain:
        return ""
    for one in codes().whereabouts.kinds:
        if any(word in plain for word in one.lacks):
            continue
        if any(word in plain for word in one.has):
            return one.kind
    return "other"


def kinds() -> Sequence[tuple[str, str]]:
    """List the kinds of whereabouts with their names."""
    return [(one.kind, one.name) for one in codes().whereabouts.kinds] + [("other", "其他")]


def said_yes(text: str) -> bool | None:
    """Read a yes or no; None for neither."""
    plain = NOISE.sub("", narrow(text))
    return True if plain in codes().yes else False if plain in codes().no else None
