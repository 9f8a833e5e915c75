"""A list typed in a group (接龙), read: numbered lines, each with a name and how that one stands.

Pure: words in, lines out. Nobody is guessed at: a line counts only where exactly one known name
stands at its beginning and what follows is understood; everything else is unclear, and a person
looks at it.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.services.chain_words import GAP, read_status, without_state
from db.types import LeaveKind, Status

MOST_LINES = 200
LONGEST_LINE = 120
HEAD = re.compile(r"^\s*#\s*接龙")
NUMBERED = re.compile(
    r"""^\s*(?:
        [(（【\[]\s*\d{1,3}\s*[)）】\]]      # (1)
        |\d{1,3}\s*[.、)）:：,，．。\]】](?!\d)   # 1.  1、  1)  1：
        |\d{1,3}\s+(?!\d)                  # 1 name
        |\d{1,3}(?=[㐀-鿿])        # 1name, and a circled number once it is plain
    )\s*(?P<rest>.*)$""",
    re.VERBOSE,
)
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
    unclear: tuple[str, ...] = ()


def looks_like(text: str) -> bool:
    """Say whether a message may be a list at all: it says so, or has a numbered line."""
    return any(HEAD.match(line) for line in text.splitlines()) or bool(numbered(text))


def numbered(text: str) -> list[str]:
    """Return what stands behind each number, lines without one left out."""
    found = []
    for line in text.splitlines():
        match = NUMBERED.match(plain(line))
        if match and match["rest"].strip():
            found.append(match["rest"].strip()[:LONGEST_LINE])
    return found[:MOST_LINES]


def plain(text: str) -> str:
    """Write full-width and circled characters plainly; drop what joins and colours emoji."""
    kept = (one for one in unicodedata.normalize("NFKC", text) if one not in "\ufe0f\u20e3\u200d")
    return "".join(one for one in kept if unicodedata.category(one) not in {"Cc", "Cf"}).strip()


def bare(name: str) -> str:
    """Write a name the way in which names are compared: no spaces or dots, in one case."""
    return SPACES.sub("", plain(name)).casefold()


def read(text: str, names: Names) -> Chain:
    """Read a list; `names` gives who goes by each bare name, one's own or an alias.

    A person who stands in it twice stands as the later line says. A message in which nobody of
    the class is named is no list, unless it says that it is one.
    """
    lines: dict[int, Line] = {}
    unclear: dict[str, None] = {}
    known = False
    for words in numbered(text):
        line = read_line(words, names)
        if line is not None:
            lines.pop(line.person_id, None)
            lines[line.person_id] = line
            known = True
        else:
            unclear[words] = None
            known = known or bool(named_in(words, names))
    if not known and not any(HEAD.match(line) for line in text.splitlines()):
        return Chain()
    return Chain(tuple(lines.values()), tuple(unclear))


def read_line(words: str, names: Names) -> Line | None:
    """Read what stands behind a number; None where it is not clear."""
    split = cut(words, names)
    if split is None:
        return None
    name, rest = split
    (person_id,) = names[name]
    if named_in(rest, names) - {person_id}:
        return None
    stands = read_status(rest)
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
