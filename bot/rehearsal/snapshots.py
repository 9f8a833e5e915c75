"""Photos of things that are not there: plain sheets, each a real JPEG."""

import io
from functools import cache

from PIL import Image, ImageDraw

SIDE = 96
PAPER = "#f4f1e4"


@cache
def snapshot(number: int) -> bytes:
    """Return a photo of a sheet of paper with a stroke on it; each number looks different."""
    image = Image.new("RGB", (SIDE, SIDE), PAPER)
    start, end = divmod(number * 37 % (SIDE * SIDE), SIDE)
    ImageDraw.Draw(image).line((start, 8, end, SIDE - 8), "#222222", 3)
    target = io.BytesIO()
    image.save(target, "JPEG")
    return target.getvalue()
