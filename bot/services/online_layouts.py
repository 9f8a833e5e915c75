"""Which column of an online meeting's attendance file says what; the layouts are data."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

LAYOUTS = Path(__file__).with_name("online_layouts.yaml")
UNIT = re.compile(r"\((?:单位:?)?(分钟|分|秒|小时|时|min|s|h)\)$")
What = Literal["name", "join", "leave", "length", "replay", "role", "phone", "number"]


class Heads(BaseModel):
    """The heads that a column goes by: those that were met, and those that are only likely."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seen: tuple[str, ...] = ()
    unverified: tuple[str, ...] = Field((), alias="待核")


class Layout(BaseModel):
    """One kind of file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    platform: str
    file: str
    status: Literal["已见", "待核"]
    source: str
    needs: tuple[What, ...]
    columns: dict[What, Heads]


class Above(BaseModel):
    """What the rows above a header may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    starts: tuple[str, ...]
    host: tuple[str, ...]


class Roles(BaseModel):
    """Roles that are no learner's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    never: frozenset[str]
    perhaps: frozenset[str]


class Layouts(BaseModel):
    """Every layout that is known, in the order in which they are tried."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    date: dt.date
    above: Above
    roles: Roles
    replay: frozenset[str]
    layouts: dict[str, Layout]


@dataclass(frozen=True)
class Header:
    """A header row: the layout that it is of, and where each column stands."""

    origin: str
    columns: Mapping[str, int]
    unit: str = ""  # of the lengths, where the head says one


@cache
def load_layouts() -> Layouts:
    """Read the layouts that come with the program."""
    return Layouts.model_validate(yaml.safe_load(LAYOUTS.read_text("utf-8")))


def plain(head: str) -> str:
    """Write a head the one way in which heads are compared."""
    return UNIT.sub("", _narrow(head))


def _narrow(head: str) -> str:
    return "".join(unicodedata.normalize("NFKC", head).split()).rstrip(":").casefold()


def header_of(cells: Sequence[str], origin: str) -> Header | None:
    """Say where the columns of a layout stand in this row; None if it is not its header."""
    layout = load_layouts().layouts[origin]
    heads: dict[str, int] = {}
    for place, cell in enumerate(cells):
        heads.setdefault(plain(cell), place)
    columns: dict[str, int] = {}
    for what, known in layout.columns.items():
        for head in (*known.seen, *known.unverified):
            found = heads.get(plain(head))
            if found is not None and found not in columns.values():
                columns[what] = found
                break
    if any(what not in columns for what in layout.needs):
        return None
    unit = UNIT.search(_narrow(cells[columns["length"]])) if "length" in columns else None
    return Header(origin, columns, unit[1] if unit else "")


def platform_of(origin: str) -> str:
    """Name the platform of a layout."""
    layout = load_layouts().layouts.get(origin)
    return layout.platform if layout else origin
