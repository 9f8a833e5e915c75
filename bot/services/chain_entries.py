"""The lines of a list typed in a group (接龙): numbered in any way, several on one line too."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_LINES = 200
LONGEST_LINE = 120
HEAD = re.compile(r"^\s*#\s*接龙")
NUMBERED = re.compile(
    r"""^\s*(?:
        [(（【\[]\s*(?P<a>\d{1,3})\s*[)）】\]]      # (1)
        |(?P<b>\d{1,3})\s*[.、)）:：,，．。\]】](?!\d)   # 1.  1、  1)  1：
        |(?P<c>\d{1,3})\s+(?!\d)                  # 1 name
        |(?P<d>\d{1,3})(?=[㐀-鿿])        # 1name, and a number on a key
        |[(（]?[一二三四五六七八九十]{1,3}\s*[、.．:：)）]  # 一、
    )\s*(?P<rest>.*)$""",
    re.VERBOSE,
)
CIRCLED = re.compile(r"[①-⑳]")
ON_A_KEY = re.compile(r"(\d)\ufe0f?\u20e3")


@dataclass(frozen=True)
class Entry:
    """What one line of a list says; in a list some lines may have lost their number."""

    words: str
    numbered: bool = True


def has_head(text: str) -> bool:
    """Say whether a message says of itself that it is a list."""
    return any(HEAD.match(line) for line in text.splitlines())


def plain(text: str) -> str:
    """Write full-width and circled characters plainly; drop what joins and colours emoji."""
    kept = (one for one in unicodedata.normalize("NFKC", text) if one not in "\ufe0f\u20e3\u200d")
    return "".join(one for one in kept if unicodedata.category(one) not in {"Cc", "Cf"}).strip()


def entries(text: str) -> list[Entry]:
    """Return the lines of a list; those without a number only where the message is a list.

    It is one where it says so, or where most of its lines are numbered.
    """
    found: list[list[Entry]] = []
    heads = 0
    for line in text.splitlines():
        if HEAD.match(line):
            heads += 1
        elif words := plain(_numbers(line)):
            found.append(list(_of_line(words)))
    with_number = sum(bool(line) and line[0].numbered for line in found)
    whole = bool(heads) or with_number * 2 > len(found)
    listed = [one for line in found for one in line if (one.numbered or whole) and one.words]
    return listed[:MOST_LINES]


def _numbers(line: str) -> str:
    """Write numbers in circles and on keys as a number and a dot."""
    dotted = CIRCLED.sub(lambda one: f" {unicodedata.normalize('NFKC', one[0])}.", line)
    return ON_A_KEY.sub(r" \1.", dotted)


def _of_line(words: str) -> Iterator[Entry]:
    """Cut a line where the next number follows: 1.甲 到 2.乙 到."""
    match = NUMBERED.match(words)
    if match is None:
        yield Entry(words[:LONGEST_LINE], numbered=False)
        return
    rest = match["rest"].strip()
    digits = next((match[name] for name in "abcd" if match[name]), "")
    number = int(digits) if digits else 0
    while number:
        number += 1
        following = re.search(rf"(?<=\S)[\s,，;；]*(?<!\d){number}\s*[.、)）:：](?!\d)\s*", rest)
        if following is None:
            break
        yield Entry(rest[: following.start()].strip()[:LONGEST_LINE])
        rest = rest[following.end() :]
    yield Entry(rest.strip()[:LONGEST_LINE])
