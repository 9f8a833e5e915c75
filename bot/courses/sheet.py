"""One picture of every card of a pack, to be looked at."""

from pathlib import Path

from PIL import Image, ImageDraw

from bot.courses.listing import cards_of
from bot.courses.models import Course

COLUMNS, WIDTH, HEIGHT, FOOT, GAP = 8, 240, 180, 16, 6
PAPER, INK = "#ffffff", "#000000"


def contact_sheet(course: Course) -> Image.Image:
    """Put every card with its name under it; a card that is not there leaves its place empty."""
    paths = [p for lesson in course.lessons for step in lesson.steps for p in cards_of(step)]
    rows = -(-len(paths) // COLUMNS)
    size = (COLUMNS * (WIDTH + GAP) + GAP, rows * (HEIGHT + FOOT + GAP) + GAP)
    sheet = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    for index, path in enumerate(paths):
        x = GAP + index % COLUMNS * (WIDTH + GAP)
        y = GAP + index // COLUMNS * (HEIGHT + FOOT + GAP)
        pen.rectangle((x, y, x + WIDTH - 1, y + HEIGHT - 1), outline=INK)
        pen.text((x + 2, y + HEIGHT + 2), path.stem, fill=INK)
        _paste(sheet, course.path(path), (x, y))
    return sheet


def _paste(sheet: Image.Image, path: Path, at: tuple[int, int]) -> None:
    """Put one card on the sheet if it is there."""
    if path.is_file():
        with Image.open(path) as picture:
            sheet.paste(picture.convert("RGB").resize((WIDTH, HEIGHT)), at)
