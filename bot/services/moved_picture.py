"""The card of a meeting that has moved: the old time struck through, an arrow, the new one."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageDraw

from bot.evidence.glyphs import covered, showable
from bot.language import SHANGHAI, clock
from bot.screens import screen
from bot.services.timetable_drawing import (
    BLUE,
    GREY,
    INK,
    PAPER,
    PLACES,
    RED,
    WHITE,
    changed_sign,
    fitted,
    font,
    light,
    paste,
    save,
)
from bot.services.timetable_values import WEEKDAYS
from db.models import Meeting, Mode

WIDTH, HEIGHT, EDGE = 800, 600, 24
OLD, NEW = (24, 170, 330, 560), (420, 110, 776, 576)  # boxes of the two times
FADED = "#7d7868"
SMALL, LARGE = (52, 56, 34), (84, 84, 44)  # sizes of the day, the time, the place


@dataclass(frozen=True)
class Spot:
    """When and where a meeting was, or is now."""

    starts_at: datetime
    place: str
    mode: Mode


def moved_picture(data: Path, old: tuple[datetime, str], meeting: Meeting) -> str:
    """Draw what a meeting has moved from and to; return the file, as the data folder has it."""
    before, after = Spot(*old, meeting.mode), Spot(meeting.starts_at, meeting.place, meeting.mode)
    told = "\x1f".join(
        f"{one.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {one.place} {one.mode}"
        for one in (before, after)
    )
    name = f"drawn/moved-{hashlib.sha256(f'1 {told}'.encode()).hexdigest()[:32]}.png"
    if not (data / name).is_file():
        save(draw(before, after), data / name)
    return name


def draw(before: Spot, after: Spot) -> Image.Image:
    """Draw the card: the sign that something changed stands above all."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    changed_sign(pen, (EDGE + 60, 84), 60)
    timed, placed = before.starts_at != after.starts_at, before.place != after.place
    _spot(image, before, OLD, SMALL, (GREY, FADED), struck=(timed, placed))
    _spot(image, after, NEW, LARGE, (BLUE, INK), struck=(False, False))
    middle = (OLD[1] + OLD[3]) // 2
    pen.line((342, middle, 388, middle), BLUE, 18)
    pen.polygon([(380, middle - 32), (380, middle + 32), (412, middle)], BLUE)
    return image


def _spot(
    image: Image.Image,
    spot: Spot,
    box: tuple[int, int, int, int],
    sizes: tuple[int, int, int],
    colours: tuple[str, str],
    *,
    struck: tuple[bool, bool],
) -> None:
    """Fill a box with a day, a time and a place; what no longer holds is struck through."""
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = box
    edge, ink = colours
    pen.rounded_rectangle(box, 24, WHITE, edge, 6)
    day, time, place = sizes
    inner, width = left + 24, right - left - 48
    rows = [top + (bottom - top) * part // 100 for part in (20, 51, 82)]
    local = spot.starts_at.astimezone(SHANGHAI)
    named = f"周{WEEKDAYS[local.weekday()]} {local.month}-{local.day}"
    long = fitted(pen, named, (inner, rows[0]), width, day, ink)
    icon = time + 4
    paste(image, light(spot.starts_at), (inner, rows[1] - icon // 2), icon)
    beside = inner + icon + 14
    timed = fitted(pen, clock(local), (beside, rows[1]), right - beside - 16, time, ink)
    sign = place + 24
    paste(image, screen(PLACES[spot.mode]), (inner, rows[2] - sign // 2), sign)
    where = inner + sign + 12
    words = _clipped(pen, showable(spot.place, covered()), right - where - 16, place)
    placed = fitted(pen, words, (where, rows[2]), right - where - 16, place, ink)
    if struck[0]:
        _strike(pen, inner, rows[0], long)
        _strike(pen, beside, rows[1], timed)
    if struck[1]:
        _strike(pen, where, rows[2], placed)


def _clipped(pen: ImageDraw.ImageDraw, words: str, width: int, size: int) -> str:
    """Cut words that even at two thirds of their size would not fit."""
    small = font(size * 2 // 3)
    if pen.textlength(words, small) <= width:
        return words
    while words and pen.textlength(words + "…", small) > width:
        words = words[:-1]
    return words + "…"


def _strike(pen: ImageDraw.ImageDraw, left: int, middle: int, width: int) -> None:
    pen.line((left - 10, middle + 14, left + width + 10, middle - 14), RED, 9)
