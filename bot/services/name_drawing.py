"""Cards that show a learner's own name: to read it, to find it among others, to write it.

They lie in the data folder under the digest of what they show, so that each is drawn once.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.evidence.glyphs import FONT, covered, font_folder

WIDTH, HEIGHT, EDGE = 800, 600, 24
PAPER, INK, BLUE, LINE, WHITE = "#fffdf6", "#1a1a1a", "#0b4f9e", "#8a8678", "#ffffff"
BADGE = 40
COLOURS = 64


def showable(name: str) -> bool:
    """Say whether the font has every character: a name is shown whole and right, or not at all."""
    return bool(name) and all(ord(character) in covered() for character in name)


def to_read(data: Path, name: str) -> str:
    """Draw a name large; return the file, as the data folder has it."""
    file, image = _sheet("read", name)
    if not (data / file).is_file():
        draw = ImageDraw.Draw(image)
        _plate(draw, (EDGE, EDGE, WIDTH - EDGE, HEIGHT - EDGE))
        _write(draw, name, (WIDTH / 2, HEIGHT / 2), WIDTH - 4 * EDGE, 260)
        _save(image, data / file)
    return file


def to_trace(data: Path, written: str) -> str:
    """Draw characters in the squares in which writing is learnt."""
    file, image = _sheet("trace", written)
    if not (data / file).is_file():
        draw = ImageDraw.Draw(image)
        side = min(HEIGHT - 2 * EDGE, (WIDTH - 2 * EDGE) / len(written))
        left, top = (WIDTH - side * len(written)) / 2, (HEIGHT - side) / 2
        for place, character in enumerate(written):
            x = left + place * side
            _square(draw, x, top, side)
            middle = (x + side / 2, top + side / 2)
            _write(draw, character, middle, side * 0.84, int(side * 0.84))
        _save(image, data / file)
    return file


def to_choose(data: Path, labels: Sequence[str]) -> str:
    """Draw names side by side under the numbers of their buttons."""
    file, image = _sheet("choose", *labels)
    if not (data / file).is_file():
        draw = ImageDraw.Draw(image)
        tall = (HEIGHT - EDGE * (len(labels) + 1)) / len(labels)
        for place, label in enumerate(labels):
            top = EDGE + place * (tall + EDGE)
            _plate(draw, (EDGE, top, WIDTH - EDGE, top + tall))
            x, y = EDGE + BADGE + 20, top + tall / 2
            draw.ellipse((x - BADGE, y - BADGE, x + BADGE, y + BADGE), BLUE)
            draw.text((x, y), str(place + 1), WHITE, _font(52), anchor="mm")
            middle = ((WIDTH + 2 * BADGE) / 2, y)
            _write(draw, label, middle, WIDTH - 6 * BADGE, int(tall * 0.7))
        _save(image, data / file)
    return file


def _sheet(kind: str, *shown: str) -> tuple[str, Image.Image]:
    digest = hashlib.sha256("\x1f".join(shown).encode()).hexdigest()
    return f"drawn/name-{kind}-{digest[:32]}.png", Image.new("RGB", (WIDTH, HEIGHT), PAPER)


def _plate(draw: ImageDraw.ImageDraw, place: tuple[float, float, float, float]) -> None:
    draw.rounded_rectangle(place, 20, WHITE, LINE, 4)


def _square(draw: ImageDraw.ImageDraw, x: float, y: float, side: float) -> None:
    draw.rectangle((x + 4, y + 4, x + side - 4, y + side - 4), WHITE, LINE, 4)
    for step in range(8, int(side) - 8, 24):
        draw.line((x + step, y + side / 2, x + step + 10, y + side / 2), LINE, 2)
        draw.line((x + side / 2, y + step, x + side / 2, y + step + 10), LINE, 2)


def _write(
    draw: ImageDraw.ImageDraw, text: str, middle: tuple[float, float], width: float, largest: int
) -> None:
    size = min(largest, int(width / len(text)))
    draw.text(middle, text, INK, _font(size), anchor="mm")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_folder() / FONT, size)


def _save(image: Image.Image, path: Path) -> None:
    """Write a picture whole or not at all: another process may draw the very same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{id(image)}.part")
    image.quantize(COLOURS).save(part, "PNG", optimize=True)
    part.replace(path)
