"""The picture on the teacher's phone: digits that are read from the last row, and a QR."""

from functools import cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from bot.evidence.glyphs import FONT, covered, font_folder, showable

WIDTH, HEIGHT, EDGE = 640, 900, 24
DIGITS_AT, QR_AT = 320, 370
SMALLEST = 16
KEPT = 6  # pictures of a meeting that stay, for what is still on its way
FOLDER = "codes"


def code_picture(data: Path, name: str, code: str, url: str, lines: tuple[str, str]) -> str:
    """Draw a code with its class and lesson; return the file, as the data folder has it."""
    file = f"{FOLDER}/{name}.png"
    if (data / file).is_file():
        return file
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(lines):
        seen = showable(text, covered())
        draw.text((WIDTH // 2, 44 + 52 * number), seen, 0, _fitting(draw, seen, 40), anchor="mm")
    draw.text((WIDTH // 2, DIGITS_AT), " ".join(code), 0, _font(210), anchor="ms")
    image.paste(_qr(url, HEIGHT - QR_AT - EDGE), ((WIDTH - HEIGHT + QR_AT + EDGE) // 2, QR_AT))
    _save(image, data / file)
    _clear(data / file)
    return file


def number_picture(data: Path, number: int) -> str:
    """Draw one number to be held up to a class; return the file, as the data folder has it."""
    file = f"{FOLDER}/number-{number}.png"
    if not (data / file).is_file():
        image = Image.new("L", (WIDTH, WIDTH), 255)
        middle = (WIDTH // 2, WIDTH // 2)
        ImageDraw.Draw(image).text(middle, str(number), 0, _font(520), anchor="mm")
        _save(image, data / file)
    return file


def _save(image: Image.Image, path: Path) -> None:
    """Write a picture whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{id(image)}.part")
    image.quantize(8).save(part, "PNG")
    part.replace(path)


def _qr(url: str, size: int) -> Image.Image:
    """Return a QR code as a square of about this size, each of its dots whole."""
    rows = [bytes(row) for row in segno.make(url, error="m", micro=False).matrix_iter(border=3)]
    dots = b"".join(rows).translate(bytes([255, 0]) + bytes(254))
    small = Image.frombytes("L", (len(rows), len(rows)), dots)
    scale = size // len(rows)
    exact = small.resize((len(rows) * scale,) * 2, Image.Resampling.NEAREST)
    square = Image.new("L", (size, size), 255)
    square.paste(exact, ((size - exact.width) // 2,) * 2)
    return square


def _fitting(draw: ImageDraw.ImageDraw, text: str, size: int) -> ImageFont.FreeTypeFont:
    """Return letters small enough for a line, however long it is."""
    while size > SMALLEST and draw.textlength(text, _font(size)) > WIDTH - 2 * EDGE:
        size -= 4
    return _font(size)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_folder() / FONT, size)


def _clear(path: Path) -> None:
    """Remove the older pictures of a meeting: nobody is to see them again."""
    meeting = path.stem.partition("-")[0]
    drawn = sorted(path.parent.glob(f"{meeting}-*.png"), key=lambda one: one.stat().st_mtime)
    for old in drawn[:-KEPT]:
        old.unlink(missing_ok=True)
