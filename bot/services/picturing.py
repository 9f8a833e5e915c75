"""Pictures that are drawn while the program runs: what one can read now, and a card of praise.

They lie in the data folder under the digest of what they show, so that each is drawn once.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.evidence.glyphs import FONT, covered, font_folder, showable

PAPER, INK, RED = "#fffdf5", "#1b1b1b", "#b3261e"
WIDTH, EDGE = 800, 40
COLUMNS = (4, 5, 6, 8, 10, 12, 15)
COLOURS = 16  # enough for smooth strokes, and the picture stays small


def words_picture(data: Path, characters: Sequence[str]) -> str:
    """Draw the characters that somebody can read now; return the file, as the data folder has it.

    The more there are the smaller they stand, so that all fit on the screen of a phone.
    """
    name = _name("words", *characters)
    if (data / name).is_file():
        return name
    columns = next((one for one in COLUMNS if one * one >= len(characters)), COLUMNS[-1])
    cell = (WIDTH - 2 * EDGE) // columns
    rows = -(-len(characters) // columns)
    image = Image.new("RGB", (WIDTH, 2 * EDGE + rows * cell), PAPER)
    draw = ImageDraw.Draw(image)
    for place, character in enumerate(characters):
        row, column = divmod(place, columns)
        middle = (EDGE + column * cell + cell // 2, EDGE + row * cell + cell // 2)
        draw.text(middle, character, INK, _font(int(cell * 0.8)), anchor="mm")
    return _save(image, data, name)


def praise_picture(data: Path, title: str, name: str, words: str) -> str:
    """Draw a card that praises somebody; return the file, as the data folder has it."""
    file = _name("praise", title, name, words)
    if (data / file).is_file():
        return file
    name, words = (showable(text, covered()) for text in (name, words))
    lines = re.findall(r".{1,13}[，。、！？；：]?", words)  # no line begins with a comma
    image = Image.new("RGB", (WIDTH, 360 + 64 * len(lines)), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((12, 12, WIDTH - 13, image.height - 13), outline=RED, width=6)
    middle = WIDTH // 2
    draw.text((middle, 90), title, RED, _font(56), anchor="mm")
    size = min(96, (WIDTH - 2 * EDGE) // max(len(name), 1))
    draw.text((middle, 210), name, INK, _font(size), anchor="mm")
    for number, line in enumerate(lines):
        draw.text((middle, 320 + 64 * number), line, INK, _font(48), anchor="mm")
    return _save(image, data, file)


def digest_of(file: str) -> str:
    """Return the digest under which a drawn picture lies."""
    return Path(file).stem


def _name(kind: str, *shown: str) -> str:
    digest = hashlib.sha256("\x1f".join(shown).encode()).hexdigest()
    return f"drawn/{kind}-{digest[:32]}.png"


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_folder() / FONT, size)


def _save(image: Image.Image, data: Path, name: str) -> str:
    """Write a picture whole or not at all: another process may draw the very same one."""
    path = data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{id(image)}.part")
    image.quantize(COLOURS).save(part, "PNG", optimize=True)
    part.replace(path)
    return name
