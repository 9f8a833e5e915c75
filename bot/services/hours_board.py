"""A class as a picture: fifty tiles at one glance, who is on course and who will miss it.

For the private chats of staff only: names stand on it. Colour and sign say the outlook, the large
numeral the hours that count. A bar at the foot says what is there (violet: made up afterwards) and
what it will come to.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from bot.evidence.glyphs import covered, showable
from bot.services.hours_outlook import Outlook
from bot.services.hours_picture import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PAPER,
    WHITE,
    cross,
    flag,
    font,
    save,
    tick,
)

WIDTH, EDGE, HEAD, GAP = 720, 8, 132, 6
COLUMNS, TALL = 5, 108
PAGE = 50
WIDE = (WIDTH - 2 * EDGE - (COLUMNS - 1) * GAP) // COLUMNS
RED, AMBER, VIOLET = "#b3261e", "#8a5a00", "#7a4fb5"
INKS = {
    Outlook.MISSES: RED,
    Outlook.CLOSE: AMBER,
    Outlook.ON_COURSE: GREEN,
    Outlook.DONE: GREEN,
    Outlook.OPEN: GREY,
}
GROUNDS = {
    Outlook.MISSES: "#fbdcd9",
    Outlook.CLOSE: "#fff0c9",
    Outlook.ON_COURSE: "#e3f4e7",
    Outlook.DONE: "#b9e2c4",
    Outlook.OPEN: "#efece2",
}
COLOURS = 64
LONGEST_NAME = 4


@dataclass(frozen=True)
class Tile:
    """One learner: what is there and will be, in hours or percent of what is asked."""

    name: str
    hours: str
    outlook: Outlook
    done: int = 0  # percent
    made_up: int = 0  # of that, percent
    expected: int = 0  # percent


def board_picture(data: Path, title: str, told: str, tiles: Sequence[Tile]) -> str:
    """Draw a class; return the file, as the data folder has it."""
    said = "\x1f".join(map(repr, (2, title, told, *tiles)))
    name = f"drawn/class-hours-{hashlib.sha256(said.encode()).hexdigest()[:32]}.png"
    if not (data / name).is_file():
        save(draw(title, told, tiles), data / name, COLOURS)
    return name


def draw(title: str, told: str, tiles: Sequence[Tile]) -> Image.Image:
    """Draw the head with its counts, and the tiles in the order given."""
    rows = max(-(-len(tiles) // COLUMNS), 1)
    image = Image.new("RGB", (WIDTH, HEAD + rows * (TALL + GAP) + EDGE), PAPER)
    pen = ImageDraw.Draw(image)
    right = WIDTH - EDGE - int(pen.textlength(told, font(44)))
    if told:
        pen.text((right, 34), told, BLUE, font(44), anchor="lm")
        flag(pen, right - 52, 18, 56)
    room = right - 64 - EDGE if told else WIDTH - 2 * EDGE
    _fitted(pen, showable(title, covered()), (EDGE, 34), room, 38, INK)
    _counts(pen, tiles)
    for number, tile in enumerate(tiles):
        down, right = divmod(number, COLUMNS)
        _tile(pen, tile, EDGE + right * (WIDE + GAP), HEAD + down * (TALL + GAP))
    return image


def _counts(pen: ImageDraw.ImageDraw, tiles: Sequence[Tile]) -> None:
    """Write how many there are of each, with their signs."""
    x = EDGE
    for outlook in (Outlook.MISSES, Outlook.CLOSE, Outlook.ON_COURSE, Outlook.DONE, Outlook.OPEN):
        count = sum(tile.outlook is outlook for tile in tiles)
        if not count:
            continue
        wide = 62 + int(pen.textlength(str(count), font(48))) + 16
        pen.rounded_rectangle((x, 66, x + wide, 122), 12, GROUNDS[outlook])
        _sign(pen, outlook, x + 12, 76, 36)
        pen.text((x + 58, 94), str(count), INKS[outlook], font(48), anchor="lm")
        x += wide + 8


def _tile(pen: ImageDraw.ImageDraw, tile: Tile, x: int, y: int) -> None:
    ink = INKS[tile.outlook]
    pen.rounded_rectangle((x, y, x + WIDE, y + TALL), 10, GROUNDS[tile.outlook])
    name = showable(tile.name, covered())
    if len(name) > LONGEST_NAME + 1:
        name = name[:LONGEST_NAME] + "…"
    _fitted(pen, name, (x + 8, y + 24), WIDE - 14, 34, INK)
    pen.text((x + 8, y + 68), tile.hours, ink, font(50), anchor="lm")
    _sign(pen, tile.outlook, x + WIDE - 40, y + 52, 32)
    foot, full = y + TALL - 12, WIDE - 16
    pen.rectangle((x + 8, foot, x + 8 + full, foot + 6), WHITE)
    pen.rectangle((x + 8, foot, x + 8 + full * min(tile.expected, 100) // 100, foot + 6), "#c9c4b4")
    pen.rectangle((x + 8, foot, x + 8 + full * min(tile.done, 100) // 100, foot + 6), ink)
    if tile.made_up:
        solid = full * max(min(tile.done, 100) - tile.made_up, 0) // 100
        end = x + 8 + full * min(tile.done, 100) // 100
        pen.rectangle((x + 8 + solid, foot, end, foot + 6), VIOLET)


def _sign(pen: ImageDraw.ImageDraw, outlook: Outlook, x: int, y: int, size: int) -> None:
    """Draw a tick, two, an exclamation mark, a cross or a ring: colour is not all there is."""
    ink = INKS[outlook]
    match outlook:
        case Outlook.MISSES:
            cross(pen, x + 4, y + 4, size - 8, ink)
        case Outlook.CLOSE:
            pen.text((x + size // 2, y + size // 2), "!", ink, font(size + 10), anchor="mm")
        case Outlook.ON_COURSE:
            tick(pen, x, y, size, ink)
        case Outlook.DONE:
            tick(pen, x - 4, y + 8, size - 10, ink)
            tick(pen, x + 12, y + 8, size - 10, ink)
        case Outlook.OPEN:
            pen.ellipse((x + 4, y + 4, x + size - 4, y + size - 4), None, ink, 4)


def _fitted(
    pen: ImageDraw.ImageDraw, words: str, at: tuple[int, int], width: int, size: int, colour: str
) -> None:
    """Write words from the left, smaller where they would not fit."""
    while size > 16 and pen.textlength(words, font(size)) > width:  # noqa: PLR2004 - still read
        size -= 2
    pen.text(at, words, colour, font(size), anchor="lm")
