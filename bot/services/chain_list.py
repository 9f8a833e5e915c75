"""A list typed in a group (接龙), read: lines that each hold a name and how that one stands.

Pure: words in, lines out. Nobody is guessed at: a line counts only where exactly one known name
stands at its beginning and what follows is understood; everything else is unclear, and a person
looks at it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.services.chain_entries import LONGEST_LINE, Entry, entries, has_head, plain
from bot.services.chain_sentences import is_plain, on_the_way, read_state, stands_apart
from bot.services.chain_words import GAP, without_state
from db.types import LeaveKind, Status

SPACES = re.compile(r"[\s·•・]+")
Names = Mapping[str, Collection[int]]  # who goes by each bare name


@dataclass(frozen=True)
class Line:
    """One line: whom it names, and how that one stands; without a status nobody is marked."""

    text: str
    person_id: int
    status: Status | None
    minutes: int = 0
    leave: LeaveKind | None = None


@dataclass(frozen=True)
class Chain:
    """What a message holds: lines that are clear, lines that a person has to look at."""

    lines: tuple[Line, ...] = ()
    unclear: tuple[str, ...] = ()  # nobody knows who is meant
    doubts: tuple[tuple[str, int], ...] = ()  # it is known who, but not how that one stands
    coming: frozenset[int] = frozenset()  # still on the way: no mark of them yet

    @property
    def is_list(self) -> bool:
        """Say whether there is anything in it."""
        return bool(self.lines or self.unclear or self.doubts or self.coming)


def looks_like(text: str) -> bool:
    """Say whether a message may be a list at all: it says so, or has a numbered line."""
    return has_head(text) or bool(numbered(text))


def numbered(text: str) -> list[str]:
    """Return the words of each line of a list, without its number."""
    return [entry.words for entry in entries(text)]


def bare(name: str) -> str:
    """Write a name the way in which names are compared: no spaces or dots, in one case."""
    return SPACES.sub("", plain(name)).casefold()


def read(text: str, names: Names, given: Names | None = None) -> Chain:
    """Read a list; `names` gives who goes by each bare name, one's own or an alias.

    `given` are names without the surname, where one of the class alone has it. A person who stands
    in the list twice stands as the later line says. A message in which nobody of the class is named
    is no list, unless it says that it is one.
    """
    lines: dict[int, Line] = {}
    doubts: dict[int, str] = {}
    unclear: dict[str, None] = {}
    coming = set[int]()
    known = False
    for entry in entries(text):
        words = entry.words
        line = _line(entry, names, given or {})
        if line is not None:
            for found in (lines, doubts):
                found.pop(line.person_id, None)
            coming.discard(line.person_id)
            lines[line.person_id] = line
            known = True
            continue
        meant = _meant(entry, names)
        known = known or bool(named_in(words, names))
        if meant is None:
            if entry.numbered:
                unclear[words] = None
        elif meant[1]:
            lines.pop(meant[0], None)
            coming.add(meant[0])
        elif meant[0] not in lines:
            doubts[meant[0]] = words
    if not known and not has_head(text):
        return Chain()
    asked = tuple((words, person_id) for person_id, words in doubts.items())
    return Chain(tuple(lines.values()), tuple(unclear), asked, frozenset(coming))


def _line(entry: Entry, names: Names, given: Names) -> Line | None:
    """Read a line; one without a number counts only where each of its words is known."""
    line = read_line(entry.words, names, given)
    if line is None or entry.numbered:
        return line
    split = cut(entry.words, names) or cut(entry.words, given)
    return line if split and is_plain(split[1]) else None


def _meant(entry: Entry, names: Names) -> tuple[int, bool] | None:
    """Say of whom an unclear line is, and whether it says that this one is on the way."""
    split = cut(entry.words, names)
    if split is None:
        return None
    name, rest = split
    (person_id,) = names[name]
    if named_in(rest, names) - {person_id} or not stands_apart(rest):
        return None
    if not entry.numbered and not on_the_way(rest) and len(rest) > len("，，请假一次谢谢"):
        return None  # talk about the list, or in it
    return person_id, on_the_way(rest)


def read_line(words: str, names: Names, given: Names | None = None) -> Line | None:
    """Read what stands behind a number; None where it is not clear."""
    split, of = cut(words, names), names
    if split is None and given:
        split, of = cut(words, given), given
    if split is None:
        return None
    name, rest = split
    (person_id,) = of[name]
    if named_in(rest, names) - {person_id}:
        return None
    stands = read_state(rest)
    return Line(words, person_id, *stands) if stands else None


def cut(words: str, names: Names) -> tuple[str, str] | None:
    """Split a line after the longest known name at its beginning; None where nobody is meant.

    A name that two of the class bear means nobody, and so does one that goes on in another
    character than those of a state: 王小 is not in 王小明.
    """
    start = GAP.match(words)
    text = words[start.end() :] if start else words
    best: tuple[str, int] | None = None
    built = ""
    for at, character in enumerate(text):
        built += bare(character)
        if built in names and not SPACES.fullmatch(character):
            best = built, at + 1
        if len(built) > LONGEST_LINE:
            break
    if best is None or len(names[best[0]]) != 1:
        return None
    return best[0], text[best[1] :]


def named_in(words: str, names: Names) -> frozenset[int]:
    """Return everybody whose name, or whose alias, stands anywhere in these words.

    Of names that lie within each other only the longest counts.
    """
    text, found = bare(words), set[int]()
    for name in sorted(names, key=len, reverse=True):
        if name and name in text:
            found |= set(names[name])
            text = text.replace(name, "\n")
    return frozenset(found)


def name_of(words: str) -> str:
    """Return what stands where a name would, up to the first gap or word of state."""
    start = GAP.match(words)
    text = words[start.end() :] if start else words
    stop = re.search(r"[\s,，、:：()（）。.!！?？]", text)
    found = text[: stop.start()] if stop else text
    return without_state(found)
