"""Choices: what they are called, in what order a card shows them, what their buttons say."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Slot = Literal["姓名", "姓", "名", "县", "乡镇", "村", "组", "今天", "下次课"]
NUMERAL = re.compile(r"[0-9]+([.:-][0-9]+)*")


class Frozen(BaseModel):
    """A value that does not change and has no fields that nobody asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(Frozen):
    """One choice of a question: what it is called, how it is drawn, whether it is right."""

    label: Text
    drawing: Text | None = None
    right: bool = False
    clip: Path | None = None
    slot: Slot | None = None


def numerals(options: Sequence[Option]) -> bool:
    """Tell whether all choices are numerals: then they are their own buttons."""
    return all(NUMERAL.fullmatch(option.label) for option in options)


def named(options: Sequence[Option]) -> tuple[str, ...]:
    """Give the buttons of choices as they stand on the card: their numerals, or their places.

    A second number beside a numeral would mislead whoever reads numerals only.
    """
    if numerals(options):
        return tuple(option.label for option in options)
    return tuple(str(place) for place in range(1, len(options) + 1))


def shuffled(*words: str) -> tuple[int, ...]:
    """Mix the places of all words after the first; the same words are mixed the same way.

    The card shows the result, so it may not depend on the card. It is never the written order.
    """
    seed = "\n".join(words)
    places = range(len(words) - 1)

    def weight(place: int) -> bytes:
        return hashlib.sha256(f"{place}\n{seed}".encode()).digest()

    mixed = sorted(places, key=weight)
    if mixed == list(places):
        mixed = [*mixed[1:], *mixed[:1]]
    return tuple(mixed)
