"""A picture of class days for somebody who reads nothing: number, date, and how they stood."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.evidence.glyphs import FONT, font_folder
from bot.language import SHANGHAI
from db.models import Status

WIDTH, ROW, EDGE = 800, 150, 20
PAPER, INK, GREEN, RED, GREY = "#fffdf5", "#1b1b1b", "#1a7f37", "#b3261e", "#8a8a8a"
WEEKDAYS = "一二三四五六日"
COLOURS = 32


@dataclass(frozen=True)
class Day:
    """One class: when it began, and how somebody stands in it."""

    starts_at: datetime
    status: Status | None


def days_picture(data: Path, days: Sequence[Day]) -> str:
    """Draw class days, numbered from one; return the file, as the data folder has it."""
    shown = [(day.starts_at.astimezone(SHANGHAI), day.status) for day in days]
    told = "\x1f".join(f"{moment:%Y%m%d%H%M}{status}" for moment, status in shown)
    name = f"drawn/days-{hashlib.sha256(told.encode()).hexdigest()[:32]}.png"
    if (data / name).is_file():
        return name
    image = Image.new("RGB", (WIDTH, 2 * EDGE + ROW * max(len(shown), 1)), PAPER)
    draw = ImageDraw.Draw(image)
    for row, (moment, status) in enumerate(shown):
        top = EDGE + row * ROW
        middle = top + ROW // 2
        if row:
            draw.line((EDGE, top, WIDTH - EDGE, top), GREY, 2)
        draw.ellipse((EDGE, middle - 48, EDGE + 96, middle + 48), INK)
        draw.text((EDGE + 48, middle), str(row + 1), PAPER, _font(64), anchor="mm")
        date = f"{moment.month}-{moment.day}"
        draw.text((170, middle), date, INK, _font(76), anchor="lm")
        draw.text((410, middle), WEEKDAYS[moment.weekday()], INK, _font(60), anchor="lm")
        draw.text((490, middle), f"{moment.hour}:{moment.minute:02}", GREY, _font(48), anchor="lm")
        _sign(draw, WIDTH - 90, middle, status)
    path = data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{id(image)}.part")
    image.quantize(COLOURS).save(part, "PNG", optimize=True)
    part.replace(path)
    return name


def _sign(draw: ImageDraw.ImageDraw, x: int, y: int, status: Status | None) -> None:
    """Draw a tick for who came, a circle for who was excused, a cross for who was not there."""
    if status in {Status.PRESENT, Status.LATE, Status.LEFT_EARLY}:
        draw.line((x - 45, y, x - 12, y + 36, x + 48, y - 40), GREEN, 16, joint="curve")
    elif status in {Status.LEAVE, Status.EXCUSED}:
        draw.ellipse((x - 40, y - 40, x + 40, y + 40), outline=GREY, width=14)
    else:
        draw.line((x - 38, y - 38, x + 38, y + 38), RED, 16)
        draw.line((x - 38, y + 38, x + 38, y - 38), RED, 16)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_folder() / FONT, size)
