"""A learner's hours as a picture: one bar a register, numerals beside it, nothing to read.

A tick stands at what is there, an empty ring at what is still needed, a flag at the end. What was
made up afterwards is striped, so that it stays to be seen.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.evidence.glyphs import FONT, font_folder

WIDTH, EDGE, ROW = 720, 28, 360
PAPER, INK, GREY, LINE, WHITE = "#fffdf6", "#1a1a1a", "#6d6a60", "#8a8678", "#ffffff"
GREEN, PALE, BLUE = "#1b7f3b", "#9fd3ae", "#0b4f9e"
BAR_TOP, BAR_HIGH, STRIPE = 66, 110, 14
COLOURS = 64
LONGEST = 200  # hours, up to which every ten have a notch
UNKNOWN = 20  # where no end is known, the bar grows by so many


@dataclass(frozen=True)
class Bar:
    """What one register has: whole hours, of which some were made up, and how many it asks for."""

    have: int
    made_up: int = 0
    required: int | None = None
    name: str = ""  # of the register, where there are two

    @property
    def left(self) -> int:
        """How many are still needed."""
        return max((self.required or 0) - self.have, 0)


def hours_picture(data: Path, bars: Sequence[Bar]) -> str:
    """Draw a learner's bars; return the file, as the data folder has it."""
    told = "\x1f".join(map(repr, (1, *bars)))
    name = f"drawn/hours-{hashlib.sha256(told.encode()).hexdigest()[:32]}.png"
    if not (data / name).is_file():
        save(draw(bars), data / name, COLOURS)
    return name


def draw(bars: Sequence[Bar]) -> Image.Image:
    """Draw bars one under the other."""
    image = Image.new("RGB", (WIDTH, ROW * len(bars)), PAPER)
    pen = ImageDraw.Draw(image)
    for number, bar in enumerate(bars):
        _bar(pen, bar, number * ROW)
    return image


def _bar(pen: ImageDraw.ImageDraw, bar: Bar, top: int) -> None:
    if bar.name:
        pen.text((EDGE, top + 34), bar.name, BLUE, font(40), anchor="lm")
    left, right = EDGE, WIDTH - EDGE - (60 if bar.required else 0)
    upper, lower = top + BAR_TOP, top + BAR_TOP + BAR_HIGH
    whole = max(bar.required or (bar.have // UNKNOWN + 1) * UNKNOWN, 1)
    if bar.required:
        pen.rounded_rectangle((left, upper, right, lower), 18, WHITE, LINE, 4)
    else:
        right -= 100
        for x in range(right + 20, right + 100, 30):  # nobody has said how far it goes
            pen.ellipse((x, upper + BAR_HIGH // 2 - 8, x + 16, upper + BAR_HIGH // 2 + 8), LINE)
    filled = left + (right - left) * min(bar.have, whole) // whole
    solid = left + (right - left) * min(max(bar.have - bar.made_up, 0), whole) // whole
    if filled > left:
        pen.rounded_rectangle((left, upper, filled, lower), min(18, (filled - left) // 2), GREEN)
    for x in range(solid + STRIPE, filled - STRIPE // 2, 2 * STRIPE):
        pen.rectangle((x, upper + 8, x + STRIPE // 2, lower - 8), PALE)
    if bar.required:
        for hours in range(10, bar.required if bar.required <= LONGEST else 0, 10):
            x = left + (right - left) * hours // whole
            pen.line((x, lower - 22, x, lower), WHITE if x < filled else LINE, 4)
        flag(pen, right + 16, upper, lower)
    _numerals(pen, bar, top + BAR_TOP + BAR_HIGH + 90)


def _numerals(pen: ImageDraw.ImageDraw, bar: Bar, middle: int) -> None:
    """Write how many are there, and to the right how many are still needed."""
    tick(pen, EDGE + 6, middle - 36, 72, GREEN)
    pen.text((EDGE + 100, middle), str(bar.have), GREEN, font(130), anchor="lm")
    if bar.required is None:
        return
    if not bar.left:
        flag(pen, WIDTH - EDGE - 90, middle - 60, middle + 60)
        tick(pen, WIDTH - EDGE - 190, middle - 36, 72, GREEN)
        return
    written = str(bar.left)
    start = WIDTH - EDGE - int(pen.textlength(written, font(130)))
    pen.text((start, middle), written, GREY, font(130), anchor="lm")
    pen.ellipse((start - 96, middle - 36, start - 24, middle + 36), WHITE, LINE, 8)


def tick(pen: ImageDraw.ImageDraw, x: int, y: int, size: int, colour: str) -> None:
    """Draw a tick into a square."""
    points = [(0.08, 0.55), (0.38, 0.85), (0.95, 0.15)]
    line = [(x + size * right, y + size * down) for right, down in points]
    pen.line(line, colour, max(size // 6, 3), joint="curve")


def cross(pen: ImageDraw.ImageDraw, x: int, y: int, size: int, colour: str) -> None:
    """Draw a cross into a square."""
    wide = max(size // 6, 3)
    pen.line((x, y, x + size, y + size), colour, wide)
    pen.line((x, y + size, x + size, y), colour, wide)


def flag(pen: ImageDraw.ImageDraw, x: int, upper: int, lower: int) -> None:
    """Draw the flag that stands at the end."""
    high = (lower - upper) * 6 // 10
    pen.line((x, upper - 6, x, lower), INK, 8)
    pen.polygon(
        ((x + 4, upper - 6), (x + 44, upper - 6 + high // 2), (x + 4, upper - 6 + high)), BLUE
    )


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the Chinese font in a size."""
    return ImageFont.truetype(font_folder() / FONT, size)


def save(image: Image.Image, path: Path, colours: int) -> None:
    """Write a picture whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{id(image)}.part")
    method = Image.Quantize.MAXCOVERAGE
    image.quantize(colours, method, dither=Image.Dither.NONE).save(part, "PNG", optimize=True)
    part.replace(path)
