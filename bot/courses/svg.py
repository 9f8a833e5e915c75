"""Pieces of a card as SVG: pictograms, words, plates; rendered small enough for a weak network."""

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
        f'font-family="{FONT}" text-anchor="middle" fill="{colour}">{text}</text>'
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


def choices(drawings: list[tuple[str, bool]]) -> str:
    """Draw two to four numbered choices; a tall drawing is narrow and may be larger."""
    columns, rows = (2, 2) if len(drawings) == FOUR else (len(drawings), 1)
    width = (WIDTH - EDGE * (columns + 1)) / columns
    height = (HEIGHT - EDGE * (rows + 1)) / rows if columns <= rows * 2 else 440
    top = (HEIGHT - (rows * height + (rows - 1) * EDGE)) / 2
    parts = []
    for index, (content, tall) in enumerate(drawings):
        x = EDGE + (index % columns) * (width + EDGE)
        y = top + (index // columns) * (height + EDGE)
        room = height - 110 if rows == 1 else height - 30
        size = room if tall else min(width - (50 if columns < rows + 2 else 20), room)
        left = x + (width - size) / 2 + (44 if rows > 1 else 0)
        parts += [
            plate(x, y, width, height),
            box(content, left, y + height - room - 15 + (room - size) / 2, size),
            badge(index + 1, x + 58, y + 58),
        ]
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
