"""Kinds of documents as data: what they are called, who is asked for them, what a photo must be."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.language import ENGLISH

KINDS = Path(__file__).with_name("kinds.yaml")


class Strict(BaseModel):
    """What is read from the file is checked whole and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(Strict):
    """One kind of document."""

    key: str = Field(pattern=r"^[a-z_]{1,20}$")
    chinese: str
    english: str
    item: str  # of the dossier's list
    number: int = Field(default=0, ge=0, le=4)  # on a learner's picture of four; 0 for staff only
    sign: str = "📄"
    shape: Literal["card", "page", "portrait"]
    pages: tuple[str, ...] = ()  # what each page is, where there are several
    required: bool = False
    sensitive: bool = False  # needs a consent of its own
    face: bool = False
    keys_number: bool = False
    retention: str

    def name(self, language: str, page: int = 1) -> str:
        """Return what it is called, with its page where it has several."""
        if language == ENGLISH:
            return f"{self.english}, page {page}" if self.pages else self.english
        return f"{self.chinese}（{self.pages[page - 1]}）" if self.pages else self.chinese

    @property
    def all_pages(self) -> range:
        """The numbers of its pages."""
        return range(1, max(len(self.pages), 1) + 1)


class Checks(Strict):
    """What a photo must be like."""

    smallest: int = Field(ge=100, le=4000)
    face_smallest: int = Field(ge=40, le=1000)
    part: float = Field(gt=0, lt=1)
    dark: float = Field(ge=0, le=255)
    sharp: float = Field(ge=0)
    sharp_portrait: float = Field(ge=0)
    blind: float = Field(ge=0)
    glare_card: float = Field(gt=0, le=1)
    glare_page: float = Field(gt=0, le=1)
    glare_white: int = Field(ge=200, le=255)
    long_side: int = Field(ge=600, le=4000)
    quality: int = Field(ge=50, le=95)


class Portrait(Strict):
    """The size of a portrait (标准像)."""

    width: int = Field(ge=100, le=2000)
    height: int = Field(ge=100, le=2000)
    dpi: int = Field(ge=72, le=1200)
    most_bytes: int = Field(ge=10_000)
    head: float = Field(gt=0.3, le=0.9)


class Rules(Strict):
    """All of it."""

    version: str
    status: str
    source: str
    kinds: tuple[Kind, ...]
    checks: Checks
    portrait: Portrait


@cache
def rules() -> Rules:
    """Return the rules that come with the program."""
    return Rules.model_validate(yaml.safe_load(KINDS.read_text(encoding="utf-8")))


def kind_of(key: str) -> Kind | None:
    """Find a kind by its key."""
    return next((one for one in rules().kinds if one.key == key), None)


def named(key: str) -> Kind:
    """Return the kind of this key; raises `KeyError` where there is none."""
    if found := kind_of(key):
        return found
    raise KeyError(key)


def place_of(kind: Kind) -> int:
    """Return the place of a kind in the list, by which buttons name it."""
    return rules().kinds.index(kind)


def kind_at(place: int) -> Kind | None:
    """Find a kind by its place in the list."""
    return rules().kinds[place] if place < len(rules().kinds) else None


def required() -> list[tuple[Kind, int]]:
    """List the kinds that every learner owes, page by page."""
    return [(kind, page) for kind in rules().kinds if kind.required for page in kind.all_pages]
