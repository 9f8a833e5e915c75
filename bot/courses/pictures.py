"""Pictograms as a lesson names them: one, several side by side, so many, or with words below."""

import re

from bot.courses.measures import calendar, name_card
from bot.courses.svg import PICTOGRAMS, box, fitted, is_emoji
from bot.courses.svg import pictogram as drawn

SKIN = "[\U0001f3fb-\U0001f3ff]"
BASE = r"(?:(?![\u3000-\u303f\uff00-\uffef])[\u2100-\U0001faff](?<![\u4e00-\u9fff]))"
CLUSTER = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3"
    rf"|{BASE}\ufe0f?{SKIN}?(?:\u200d{BASE}\ufe0f?{SKIN}?)*"
)
RUN = re.compile(rf"(?:(?:{CLUSTER.pattern})(?:×[0-9]{{1,2}})?)+")
TIMES = re.compile(rf"({CLUSTER.pattern})(?:×([0-9]{{1,2}}))?")
MOST = 40
SAME = 42.0  # things of a kind are of a size, however few they are
SIGNS = {"➕", "➖"}
OURS = {"📅": calendar, "📆": calendar, "📛": name_card}
FAMILY = {"👨‍👩‍👧": (("👨", -2, 2, 70), ("👩", 60, 2, 70), ("👧", 36, 62, 62))}
SIDE = 128.0


def code(emoji: str) -> str:
    """Give the name of a pictogram's file: its code points."""
    return "-".join(f"{ord(letter):x}" for letter in emoji if letter != "\ufe0f")


def is_there(emoji: str) -> bool:
    """Tell whether a pictogram has its file."""
    return (PICTOGRAMS / f"{code(emoji)}.svg").is_file()


def pictogram(emoji: str, x: float, y: float, size: float) -> str:
    """Draw a pictogram; ours where the font's shows a date, a child's badge or a grey sign."""
    if emoji in OURS:
        return box(OURS[emoji](), x, y, size)
    if emoji in FAMILY:
        return box("".join(drawn(*one) for one in FAMILY[emoji]), x, y, size)
    return drawn(emoji, x, y, size)


def split(name: str) -> tuple[list[str], str]:
    """Take a drawing's name apart: its pictograms, each as often as it is meant, and its words."""
    rest = name.strip()
    found: list[str] = []
    while rest:
        token, _, after = rest.partition(" ")
        if RUN.fullmatch(token) is None:
            break
        for emoji, times in TIMES.findall(token):
            found += [emoji] * min(int(times or 1), MOST)
        rest = after.strip()
    return found, rest


def run(
    emoji: list[str], x: float, y: float, width: float, height: float, largest: float = 400
) -> str:
    """Draw pictograms in rows, as large as a rectangle allows; a sum as its parts."""
    if SIGNS.intersection(emoji) and len(emoji) > len("1+1"):
        return _sum(emoji, x, y, width, height)
    count = len(emoji)

    def size_in(columns: int) -> float:
        return min(width / columns, height / -(-count // columns), largest)

    columns = max(range(1, count + 1), key=lambda n: (size_in(n), n))
    size = size_in(columns)
    rows = -(-count // columns)
    columns = -(-count // rows)
    top = y + (height - rows * size) / 2
    parts = []
    for index, one in enumerate(emoji):
        row, column = divmod(index, columns)
        here = min(columns, count - row * columns)
        left = x + (width - here * size) / 2 + column * size
        parts.append(pictogram(one, left + size * 0.04, top + row * size, size * 0.92))
    return "".join(parts)


def _sum(emoji: list[str], x: float, y: float, width: float, height: float) -> str:
    """Draw the parts of a sum side by side with the signs between them."""
    parts: list[list[str]] = [[]]
    for one in emoji:
        parts += [[one], []] if one in SIGNS else []
        parts[-1] += [] if one in SIGNS else [one]
    weights = [0.5 if part[0] in SIGNS else 1.5 for part in parts if part]
    left, drawings = x, []
    for part, weight in zip((part for part in parts if part), weights, strict=True):
        wide = width * weight / sum(weights)
        drawings.append(run(part, left, y, wide * 0.96, height, width / 6))
        left += wide
    return "".join(drawings)


def picture(name: str) -> str:
    """Draw pictograms in a square of 128, with their words below them if there are any."""
    emoji, text = split(name)
    if len(emoji) > 1 and len(set(emoji)) == 1 and not text:
        return run(emoji, 0, 0, SIDE, SIDE, SAME)
    if not text:
        return pair(*emoji) if len(emoji) == len("ab") else run(emoji, 0, 0, SIDE, SIDE)
    foot = 36 if len(text) <= len("四个字的") else 46
    shown = run(emoji, 0, 0, SIDE, SIDE - foot - 4)
    return shown + fitted(text, 0, SIDE - foot, SIDE, foot, largest=40)


def pair(first: str, second: str) -> str:
    """Draw two pictograms, the second a little in front of the first."""
    return pictogram(first, 0, 2, 78) + pictogram(second, 52, 50, 76)


def alphabet_only(text: str) -> bool:
    """Tell a name in letters, as of an own drawing, from words that are shown."""
    return bool(text) and all(letter.isascii() for letter in text) and not is_emoji(text)
