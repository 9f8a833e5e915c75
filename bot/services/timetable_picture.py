"""The timetable as a picture: seen at one glance on a small phone, by who reads nothing too.

A row a meeting: the day as a dot among seven and as a numeral, sun or moon for the time of the
day, the time in large numerals, the place, and the card of the lesson with its number. No names.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw

from bot.evidence.glyphs import covered, showable
from bot.language import clock
from bot.screens import screen
from bot.services.taught import course
from bot.services.timetable_drawing import (
    BLUE,
    GREY,
    INK,
    PAPER,
    PLACES,
    WHITE,
    changed_sign,
    fitted,
    font,
    light,
    paste,
    save,
)
from bot.services.timetable_values import WEEKDAYS
from bot.services.weighing import day_of
from db.models import Meeting, Mode

WIDTH, EDGE, ROW, HEAD = 720, 16, 168, 116
DAY_WIDTH, CARD = 150, 148
BREAK = 56  # between two weeks
BANDS = ("#eef3fa", "#fdf3e1")  # every other day
A_DAY = 2  # more meetings on one day stand in one row
MANY = 12  # more rows are no glance: then every day takes one
LONGEST_PLACE = 9
LONGEST_TITLE = 7


@dataclass(frozen=True)
class Row:
    """One line of the picture: a meeting, or a day full of them."""

    day: date
    starts_at: datetime
    ends_at: datetime
    place: str
    mode: Mode
    lessons: tuple[str, ...]  # by key; a title of the school's own by itself
    changed: bool = False


def timetable_picture(data: Path, title: str, span: str, meetings: Sequence[Meeting]) -> str:
    """Draw the meetings of a class; return the file, as the data folder has it."""
    rows = rows_of(meetings)
    told = "\x1f".join(map(repr, (2, title, span, *rows)))
    name = f"drawn/timetable-{hashlib.sha256(told.encode()).hexdigest()[:32]}.png"
    if not (data / name).is_file():
        save(draw(title, span, rows), data / name)
    return name


def rows_of(meetings: Sequence[Meeting]) -> list[Row]:
    """Return the lines: days of a block, with many meetings each, take one line a day."""
    rows = _rows(meetings, A_DAY)
    return rows if len(rows) <= MANY else _rows(meetings, 1)


def _rows(meetings: Sequence[Meeting], most: int) -> list[Row]:
    rows = []
    for day, group in groupby(meetings, key=lambda meeting: day_of(meeting.starts_at)):
        of_day = list(group)
        parts = [of_day] if len(of_day) > most else [[one] for one in of_day]
        rows += [
            Row(
                day,
                part[0].starts_at,
                max(one.ends_at for one in part),
                part[0].place,
                part[0].mode,
                tuple(dict.fromkeys(one.lesson or one.title for one in part)),
                any(one.revision for one in part),
            )
            for part in parts
        ]
    return rows


def draw(title: str, span: str, rows: Sequence[Row]) -> Image.Image:
    """Draw a title and lines, the weeks apart."""
    breaks = [_week(row.day) != _week(rows[max(at - 1, 0)].day) for at, row in enumerate(rows)]
    height = HEAD + max(len(rows), 1) * ROW + sum(breaks) * BREAK + EDGE
    image = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(image)
    fitted(pen, title, (EDGE, 34), WIDTH - 2 * EDGE, 40, INK)
    fitted(pen, span, (EDGE, 84), WIDTH - 2 * EDGE, 38, BLUE)
    days = list(dict.fromkeys(row.day for row in rows))
    top = HEAD
    for number, row in enumerate(rows):
        if breaks[number]:
            _break(pen, row.day, top)
            top += BREAK
        pen.rectangle((0, top, WIDTH, top + ROW - 4), BANDS[days.index(row.day) % len(BANDS)])
        first = number == 0 or rows[number - 1].day != row.day
        _day(pen, row.day, top, dimmed=not first)
        _time(image, pen, row, top)
        _lessons(image, pen, row, top)
        top += ROW
    return image


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def _break(pen: ImageDraw.ImageDraw, day: date, top: int) -> None:
    """Part two weeks by a bar with the days of the one that follows."""
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    pen.rectangle((0, top + 2, WIDTH, top + BREAK - 8), BLUE)
    middle = top + BREAK // 2 - 3
    words = f"{monday.month}月{monday.day}日 – {sunday.month}月{sunday.day}日"
    pen.text((WIDTH // 2, middle), words, WHITE, font(32), anchor="mm")
    for side in (EDGE + 20, WIDTH - EDGE - 44):
        pen.polygon(
            [(side, middle - 12), (side + 24, middle - 12), (side + 12, middle + 12)], WHITE
        )


def _day(pen: ImageDraw.ImageDraw, day: date, top: int, *, dimmed: bool) -> None:
    """Write a day: its weekday, its number in the month, and its dot among seven."""
    colour = GREY if dimmed else INK
    middle = EDGE + DAY_WIDTH // 2
    pen.text((middle - 34, top + 62), WEEKDAYS[day.weekday()], colour, font(72), anchor="mm")
    pen.text((middle + 40, top + 62), str(day.day), colour, font(56), anchor="mm")
    for at in range(7):
        x, y = EDGE + 10 + at * 21, top + 132
        here = at == day.weekday()
        radius = 10 if here else 6
        fill = (GREY if dimmed else BLUE) if here else WHITE
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill, GREY)


def _time(image: Image.Image, pen: ImageDraw.ImageDraw, row: Row, top: int) -> None:
    """Write when and where, with the sun or the moon and a picture of the place."""
    left = EDGE + DAY_WIDTH + 20
    width = WIDTH - EDGE - CARD - left - 12
    paste(image, light(row.starts_at), (left, top + 18), 68)
    pen.text((left + 80, top + 50), clock(row.starts_at), INK, font(72), anchor="lm")
    after = left + 80 + int(pen.textlength(clock(row.starts_at), font(72))) + 10
    end = f"–{clock(row.ends_at)}"
    fitted(pen, end, (after, top + 58), left + width - after, 40, INK)
    if row.changed:
        changed_sign(pen, (left - 8, top + 24), 22)
    paste(image, screen(PLACES[row.mode]), (left + 6, top + 96), 56)
    place = showable(row.place, covered())
    if len(place) > LONGEST_PLACE:
        place = place[: LONGEST_PLACE - 1] + "…"
    fitted(pen, place, (left + 80, top + 124), width - 80, 40, INK)


def _lessons(image: Image.Image, pen: ImageDraw.ImageDraw, row: Row, top: int) -> None:
    """Show the card of the first lesson with its number; a plus says that there are more."""
    left = WIDTH - EDGE - CARD
    lesson = course().lesson(row.lessons[0])
    pictures = [course().path(step.picture) for step in lesson.steps] if lesson else []
    shown = next((path for path in pictures if path.is_file()), screen("icons/book"))
    height = CARD * 3 // 4 - 4
    with Image.open(shown) as opened:
        card = opened.convert("RGBA")
    card.thumbnail((CARD, height))
    spot = left + (CARD - card.width) // 2, top + 6 + (height - card.height) // 2
    pen.rectangle((left, top + 6, left + CARD, top + 6 + height), WHITE)
    image.paste(card, spot, card)
    pen.rectangle((left, top + 6, left + CARD, top + 6 + height), outline=GREY, width=2)
    more = "+" if len(row.lessons) > 1 else ""
    x, y, radius = left + CARD // 2, top + 138, 24
    if lesson is None:
        _own(pen, showable(row.lessons[0], covered()), more, (left, y))
        return
    number = str(lesson.number) + more
    half = max(radius, int(pen.textlength(number, font(40))) // 2 + 12)
    pen.rounded_rectangle((x - half, y - radius, x + half, y + radius), radius, BLUE)
    pen.text((x, y), number, WHITE, font(40), anchor="mm")


def _own(pen: ImageDraw.ImageDraw, title: str, more: str, at: tuple[int, int]) -> None:
    """Write a title of the school's own under its card, short."""
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1] + "…"
    fitted(pen, title + more, at, CARD, 34, BLUE)
