"""A language's grammar of spoken sentences, read as data: what is said how, by which source."""

import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.clips.parts import keys

FOLDER = Path(__file__).parent / "grammar"
STOPS = "，。？！；：、"
PRIVATE = frozenset({"person"})  # a person's name is nobody's to record for all
SLOT = re.compile(r"\{(?P<name>\w+):(?P<kind>\w+)\}")


@dataclass(frozen=True)
class Slot:
    """A gap of a sentence: which value fills it, and as what it is said."""

    name: str
    kind: str


@dataclass(frozen=True)
class Grammar:
    """What a language says of its own; the rest is said in Mandarin."""

    language: str
    mandarin: frozenset[str] = frozenset()  # kinds of part that are never said in it
    counted: dict[str, dict[int, str]] = field(default_factory=dict)
    attested: dict[str, str] = field(default_factory=dict)

    def says(self, key: str) -> bool:
        """Say whether a part may be said in this language, where it has been recorded."""
        return key.partition(".")[0] not in self.mandarin


@cache
def grammar(language: str) -> Grammar:
    """Read a language's grammar; one without a file of its own says whatever was recorded.

    A village's own pack, such as hea-x-leishan, follows the grammar of its language.
    """
    path = FOLDER / f"{language}.yaml"
    if not path.is_file():
        base = language.partition("-")[0]
        return Grammar(language) if base == language else replace(grammar(base), language=language)
    data = rules(language)
    counted: dict[str, dict[int, dict[str, str]]] = data.get("counted", {})
    attested: dict[str, dict[str, str]] = data.get("attested", {})
    texts = {key: one["text"] for key, one in attested.items()}
    for forms in counted.values():
        texts |= {form["key"]: form["text"] for form in forms.values()}
    return Grammar(
        language,
        frozenset(data.get("mandarin", ())),
        {
            counter: {number: form["key"] for number, form in forms.items()}
            for counter, forms in counted.items()
        },
        texts,
    )


@cache
def rules(language: str) -> dict[str, Any]:
    """Read the file of a language's grammar."""
    found: dict[str, Any] = yaml.safe_load(
        (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    )
    return found


@cache
def sentences() -> dict[str, tuple[tuple[str | Slot, ...], ...]]:
    """Give the ways to say each sentence with slots, by its message id, best first."""
    data = yaml.safe_load((FOLDER / "sentences.zh.yaml").read_text(encoding="utf-8"))
    return {msgid: tuple(parsed(way) for way in ways) for msgid, ways in data.items()}


def parsed(way: str) -> tuple[str | Slot, ...]:
    """Split a sentence into keys of parts, stops and slots."""
    found: list[str | Slot] = []
    at = 0
    for match in SLOT.finditer(way):
        found += _literal(way[at : match.start()])
        found.append(Slot(match["name"], match["kind"]))
        at = match.end()
    return (*found, *_literal(way[at:]))


def _literal(text: str) -> list[str]:
    """Split words into the longest parts there are."""
    found = []
    at = 0
    while at < len(text):
        if text[at] in STOPS:
            found.append(text[at])
            at += 1
            continue
        known = (end for end in range(len(text), at, -1) if text[at:end] in keys())
        end = next(known, None)
        if end is None:
            raise ValueError(f"“{text[at:]}” begins with no part of bot/clips/zh/parts.yaml")
        found.append(keys()[text[at:end]])
        at = end
    return found
