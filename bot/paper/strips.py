"""Rows cut from a straightened page, a few at a time, large enough to see a signature.

Their light is made even for the eye that keys them in; the page that is filed keeps its own.
"""

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from bot.paper import layout
from bot.paper.reading import SCALE

AT_ONCE: Final = 9  # rows; a page is two strips
EDGE: Final = 1.5  # millimetres around
SHRINK: Final = 8
AROUND: Final = 5  # millimetres, which are pixels of the shrunk picture
WHITE: Final = 245


def strips() -> int:
    """Return how many strips a page makes."""
    return -(-layout.ROWS // AT_ONCE)


def places(strip: int) -> range:
    """Return the places on the page that a strip shows, by its number from 0."""
    return range(strip * AT_ONCE, min((strip + 1) * AT_ONCE, layout.ROWS))


def cut(page: Image.Image, strip: int) -> Image.Image:
    """Cut a strip from a straightened page, with the table's head above it."""
    shown = places(strip)
    left, top, right, _bottom = layout.row_box(shown.start)
    bottom = layout.row_box(shown.stop - 1)[3]
    rows = _crop(page, left, top, right, bottom + EDGE)
    head = _crop(page, left, layout.TOP - layout.HEAD - EDGE, right, layout.TOP)
    cut_out = Image.new("RGB", (rows.width, head.height + rows.height))
    cut_out.paste(head, (0, 0))
    cut_out.paste(rows, (0, head.height))
    return _evened(cut_out)


def _evened(picture: Image.Image) -> Image.Image:
    """Take away shadows and the colour of the lamp: what is around becomes white."""
    # The brightest nearby is paper, as a signature covers little of it.
    paper = picture.resize((picture.width // SHRINK, picture.height // SHRINK))
    paper = paper.filter(ImageFilter.MaxFilter(2 * AROUND + 1))
    paper = paper.filter(ImageFilter.GaussianBlur(AROUND)).resize(picture.size)
    light = np.maximum(np.asarray(paper, dtype=np.float32), 1)
    pixels = np.asarray(picture, dtype=np.float32) / light * WHITE
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _crop(page: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    return page.crop(
        (
            round((left - EDGE) * SCALE),
            round(top * SCALE),
            round((right + EDGE) * SCALE),
            round(bottom * SCALE),
        )
    )
