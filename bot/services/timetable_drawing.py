"""What the pictures of times are drawn with: fonts, icons, the sign that something changed."""

from datetime import datetime
from functools import cache
from math import cos, radians, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.evidence.glyphs import FONT, font_folder
from bot.language import SHANGHAI
from bot.screens import screen
from db.models import Mode

PAPER, INK, GREY, BLUE, WHITE = "#fffdf6", "#1a1a1a", "#c9c4b4", "#0b4f9e", "#ffffff"
ORANGE, RED = "#e07b00", "#c62828"
MOST_BYTES = 100_000
COLOURS = (64, 32, 16)
NOON, EVENING = 12, 18
SMALLEST = 16
PLACES = {Mode.OFFLINE: "icons/room", Mode.ONLINE: "icons/online", Mode.PRACTICE: "icons/practice"}


def light(moment: datetime) -> Path:
    """Return the picture of a time of the day: morning, noon and after, evening."""
    hour = moment.astimezone(SHANGHAI).hour
    part = "morning" if hour < NOON else "day" if hour < EVENING else "evening"
    return screen(f"icons/{part}")


def fitted(
    pen: ImageDraw.ImageDraw,
    words: str,
    at: tuple[int, int],
    width: int,
    size: int,
    colour: str,
) -> int:
    """Write words from the left, smaller where they would not fit; return their width."""
    while size > SMALLEST and pen.textlength(words, font(size)) > width:
        size -= 2
    pen.text(at, words, colour, font(size), anchor="lm")
    return int(pen.textlength(words, font(size)))


def paste(image: Image.Image, path: Path, at: tuple[int, int], size: int) -> None:
    """Paste an icon."""
    icon = _icon(path, size)
    image.paste(icon, at, icon)


def changed_sign(pen: ImageDraw.ImageDraw, middle: tuple[int, int], radius: int) -> None:
    """Draw the sign that something changed: two arrows round each other on an orange disc."""
    x, y = middle
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), ORANGE)
    ring, width = radius * 0.56, max(radius // 6, 3)
    box = (x - ring, y - ring, x + ring, y + ring)
    for begins in (200, 20):
        pen.arc(box, begins, begins + 115, WHITE, width)
        end = radians(begins + 115)
        tip = radians(begins + 160)
        head = radius * 0.3
        middle_of = ring - width / 2
        pen.polygon(
            [
                (x + (middle_of + head) * cos(end), y + (middle_of + head) * sin(end)),
                (x + (middle_of - head) * cos(end), y + (middle_of - head) * sin(end)),
                (x + middle_of * cos(tip), y + middle_of * sin(tip)),
            ],
            WHITE,
        )


def save(image: Image.Image, path: Path) -> None:
    """Write a picture whole or not at all, with as many colours as its size allows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{id(image)}.part")
    for colours in COLOURS:
        method = Image.Quantize.MEDIANCUT
        image.quantize(colours, method, dither=Image.Dither.NONE).save(part, "PNG", optimize=True)
        if part.stat().st_size <= MOST_BYTES:
            break
    part.replace(path)


@cache
def _icon(path: Path, size: int) -> Image.Image:
    with Image.open(path) as opened:
        return opened.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font of all pictures in a size."""
    return ImageFont.truetype(font_folder() / FONT, size)
