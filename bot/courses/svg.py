"""Pieces of a card as SVG: pictograms, words, plates; rendered small enough for a weak network."""

import html
import importlib
import io
import re
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image

PICTOGRAMS = Path(__file__).parent / "pictograms"
WIDTH, HEIGHT = 800, 600
INK, PAPER, BLUE, LINE, SOFT = "#1a1a1a", "#fffdf6", "#0b4f9e", "#8a8678", "#eef3fa"
EDGE = 24
LETTERS = "\u2000"  # alphabets lie below it, pictograms above
FOUR = 4
PAIR = 2
GRIDS = {2: (2, 1), 3: (3, 1), 4: (2, 2), 5: (3, 2)}
LEADING = 1.16
SMALLEST = 6
WHOLE_IS_WORTH = 0.6
WHOLE = re.compile(  # a date may break after its year and its month
    r"\s*[0-9]+[年月](?=[0-9])|\s*[^\s，。、：；！？]+[，。、：；！？]*|\s*[，。、：；！？]+"
)
UNBROKEN = re.compile(
    r"\s*[（“]?(?:[0-9A-Za-zÀ-ɏ.:\-/+×%]+[年月日元角分斤点号]?|.)[，。、：；！？）]*"
)
FONT = "Noto Sans CJK SC"
COLOURS = 128
NAMED = re.compile(r'\bid="([^"]+)"|url\(#([^)]+)\)|href="#([^"]+)"')
OUTSIDE = re.compile(r"^.*?<svg[^>]*>|</svg>\s*$", re.DOTALL)
_copies = count()


def is_emoji(text: str) -> bool:
    """Tell a pictogram from a word."""
    return all(letter > LETTERS and not "一" <= letter <= "鿿" for letter in text)


@cache
def _drawn(code: str) -> str:
    """Read a pictogram's drawing without its frame."""
    text = (PICTOGRAMS / f"{code}.svg").read_text(encoding="utf-8")
    return OUTSIDE.sub("", text)


def pictogram(emoji: str, x: float, y: float, size: float) -> str:
    """Draw a pictogram in a square."""
    code = "-".join(f"{ord(letter):x}" for letter in emoji if letter != "\ufe0f")
    return box(_apart(_drawn(code)), x, y, size)


def box(drawing: str, x: float, y: float, size: float) -> str:
    """Place a drawing of 128 by 128 in a square."""
    return (
        f'<svg x="{x}" y="{y}" width="{size}" height="{size}" viewBox="0 0 128 128">{drawing}</svg>'
    )


def words(text: str, x: float, y: float, size: float, colour: str = INK) -> str:
    """Write words centred on a point."""
    return (
        f'<text x="{x}" y="{y + size * 0.36}" font-size="{size}" font-weight="bold" '
        f'font-family="{FONT}" text-anchor="middle" fill="{colour}">{html.escape(text)}</text>'
    )


def plate(
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str = "#ffffff",
    edge: str = LINE,
) -> str:
    """Draw a rounded plate."""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="28" fill="{fill}" '
        f'stroke="{edge}" stroke-width="5"/>'
    )


def badge(number: int, x: float, y: float, size: float = 44) -> str:
    """Draw the number of a choice, as on its button."""
    circle = f'<circle cx="{x}" cy="{y}" r="{size}" fill="{BLUE}"/>'
    return circle + words(str(number), x, y, size * 1.45, "#ffffff")


def fitted(
    text: str,
    x: float,
    y: float,
    width: float,
    height: float,
    colour: str = INK,
    largest: float = 200,
) -> str:
    """Write words as large as a rectangle allows, on as many lines as that takes.

    A word is broken only where it would stand much smaller whole.
    """
    whole = _sized(WHOLE.findall(text), width, height, largest)
    broken = _sized(UNBROKEN.findall(text), width, height, largest)
    size, lines = whole if whole[0] >= broken[0] * WHOLE_IS_WORTH else broken
    middle = y + height / 2 - (len(lines) - 1) * size * LEADING / 2
    return "".join(
        words(line, x + width / 2, middle + i * size * LEADING, size, colour)
        for i, line in enumerate(lines)
    )


def span(text: str) -> float:
    """Give the width of words in heights of a letter."""
    return sum(1.0 if letter > LETTERS else 0.62 for letter in text)


def _sized(
    tokens: list[str], width: float, height: float, largest: float
) -> tuple[float, list[str]]:
    """Find the largest size at which tokens fit a rectangle, and their lines."""
    size = largest
    lines = _lines(tokens, width / size)
    while size > SMALLEST and (
        len(lines) * size * LEADING > height or max(map(span, lines)) * size > width
    ):
        size *= 0.94
        lines = _lines(tokens, width / size)
    return size, lines


def _lines(tokens: list[str], width: float) -> list[str]:
    """Put tokens into lines."""
    lines = [""]
    for token in tokens:
        if lines[-1] and span((lines[-1] + token).rstrip()) > width:
            lines.append("")
        lines[-1] += token if lines[-1] else token.lstrip()
    return [line.rstrip() for line in lines]


def choices(drawings: list[tuple[str, bool]], top: float = 0, *, marked: bool = True) -> str:
    """Draw two to five choices with their numbers; a tall drawing is narrow and may be larger."""
    columns, rows = GRIDS[len(drawings)] if not top or len(drawings) < FOUR else (FOUR, 1)
    width = (WIDTH - EDGE * (columns + 1)) / columns
    space = HEIGHT - top
    height = (space - EDGE * (rows + 1)) / rows
    if rows == 1 and columns > PAIR:
        height = min(height, 440)
    first = top + (space - (rows * height + (rows - 1) * EDGE)) / 2
    crowded = len(drawings) > FOUR
    beside = marked and rows > 1 and not crowded
    parts = []
    for index, (content, tall) in enumerate(drawings):
        x = EDGE + (index % columns) * (width + EDGE)
        y = first + (index // columns) * (height + EDGE)
        room = height - (30 if beside or not marked else 84 if crowded else 110)
        size = room if tall else min(width - (50 if columns < rows + 2 else 20), room)
        left = x + (width - size) / 2 + (44 if beside else 0)
        mark = 34 if crowded else 44
        parts.append(plate(x, y, width, height))
        parts.append(box(content, left, y + height - room - 15 + (room - size) / 2, size))
        if marked:
            parts.append(badge(index + 1, x + mark + 14, y + mark + 14, mark))
    return "".join(parts)


def card(content: str) -> str:
    """Put content on a card."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="100%" height="100%" fill="{PAPER}"/>'
        f"{content}</svg>"
    )


def write_png(path: Path, svg: str) -> int:
    """Render a card to a small PNG; give its bytes."""
    resvg: Any = importlib.import_module("resvg_py")
    drawn = Image.open(io.BytesIO(bytes(resvg.svg_to_bytes(svg_string=svg)))).convert("RGB")
    small = drawn.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    small.save(path, optimize=True)
    return path.stat().st_size


def _apart(drawing: str) -> str:
    """Give the names inside a drawing a mark of their own: one card holds many drawings."""
    mark = f"c{next(_copies)}-"

    def marked(found: re.Match[str]) -> str:
        name = found[found.lastindex or 1]
        return found[0].replace(name, mark + name)

    return NAMED.sub(marked, drawing)
