"""Reads the photo of a sign-in sheet: which page it is, and the page itself, laid straight.

The codes in the corners say what the page is and where it lies. What is found is looked for once
more on the straightened page, where codes that were too slanted, small or dark come out.
"""

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

from bot.paper import layout
from bot.paper.codes import ForgedError, Printed, opened
from bot.paper.plane import Plane, Points, fit, move, scaled
from db.sealing import Key

SCALE: Final = 8  # pixels a millimetre of the straightened page
SIZE: Final = (int(layout.PAGE[0] * SCALE), int(layout.PAGE[1] * SCALE))
LARGEST: Final = 50 * 1024 * 1024  # bytes of a file
MOST_PIXELS: Final = int(Image.MAX_IMAGE_PIXELS or 0)  # Pillow's own limit, about 89 million
MOST_DECODED: Final = 40_000_000  # pixels of what can only be decoded in full
LONG_SIDE: Final = 4000  # pixels; more tell no more of a page
FORMATS: Final = ("JPEG", "PNG", "WEBP")
ENOUGH: Final = 2  # codes: eight points, of which four would do
PASSES: Final = 2
SLACK: Final = 0.01  # of the photo's side, by which a row may seem to leave it
GREY: Final = (200, 200, 200)  # where the photo ends
QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
Spots = dict[int, Points]  # by corner, in pixels


class Fault(enum.Enum):
    """Why a photo cannot be filed."""

    TOO_LARGE = "too large"
    NO_PICTURE = "no picture"
    NO_CODE = "no code"
    FORGED = "forged"
    SEVERAL = "several"
    CUT = "cut"


class UnreadableError(Exception):
    """A photo that cannot be filed."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Straight:
    """A page as it was printed and filled in, seen from straight above."""

    printed: Printed
    picture: Image.Image
    codes: int  # how many corners were found


def read(path: Path, key: Key) -> Straight:
    """Read and straighten the photo in a file."""
    photo = load(path)
    grey = photo.convert("L")
    seen = _Seen(key)
    spots = seen.look(grey) or seen.look(_flattened(grey))
    if len(spots) < len(layout.CORNERS):
        spots = seen.look(_flattened(grey)) | spots
    if not spots:
        raise UnreadableError(Fault.FORGED if seen.forged else Fault.NO_CODE)
    plane = _plane(spots)
    for _pass in range(PASSES):
        spots = spots | _closer(grey, plane, seen)
        plane = _plane(spots)
    _check(photo, plane, spots)
    return Straight(seen.one(), _lay(photo, plane), len(spots))


def load(path: Path) -> Image.Image:
    """Load a photo, no larger than it is useful."""
    if path.stat().st_size > LARGEST:
        raise UnreadableError(Fault.TOO_LARGE)
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnreadableError(Fault.TOO_LARGE)
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG need not be decoded in full
            if image.width * image.height > MOST_DECODED:
                raise UnreadableError(Fault.TOO_LARGE)
            loaded = image.convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableError(Fault.TOO_LARGE) from None
    except (OSError, SyntaxError, ValueError):  # what Pillow raises over broken bytes
        raise UnreadableError(Fault.NO_PICTURE) from None
    loaded.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.BOX)
    return loaded


class _Seen:
    """The codes that were read so far, all of one page."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._pages: set[Printed] = set()
        self.forged = False

    def look(self, grey: Image.Image) -> Spots:
        """Find the corner codes of a page in a picture."""
        found: Spots = {}
        for code in zxingcpp.read_barcodes(grey, formats=QR, try_invert=False):
            try:
                named = opened(self._key, code.text)
            except ForgedError:
                self.forged = True
                continue
            if named is None:
                continue
            self._pages.add(named[0])
            at = code.position
            found[named[1]] = [
                (float(point.x), float(point.y))
                for point in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            ]
        if len(self._pages) > 1:
            raise UnreadableError(Fault.SEVERAL)
        return found

    def one(self) -> Printed:
        """Return the page that all codes name."""
        return next(iter(self._pages))


def _flattened(grey: Image.Image) -> Image.Image:
    """Even out the light: what is darker than what is around it stays dark."""
    around = grey.filter(ImageFilter.BoxBlur(max(grey.size) / 40))
    lit = ImageChops.subtract(grey, around, scale=0.5, offset=170)
    return ImageOps.autocontrast(lit, cutoff=1)


def _plane(spots: Spots) -> Plane:
    """Return the mapping of the page's millimetres to the photo's pixels."""
    here = [point for corner in spots for point in layout.code_points(corner)]
    return fit(here, [point for points in spots.values() for point in points])


def _closer(grey: Image.Image, plane: Plane, seen: _Seen) -> Spots:
    """Look once more on the page as it lies straight so far; return spots on the photo."""
    again = seen.look(_lay(grey, plane))
    return {
        corner: move(plane, [(x / SCALE, y / SCALE) for x, y in points])
        for corner, points in again.items()
    }


def _check(photo: Image.Image, plane: Plane, spots: Spots) -> None:
    """Refuse a photo on which not every row is seen, or that too few corners hold."""
    left, top, _right, _bottom = layout.row_box(0)
    _left, _top, right, bottom = layout.row_box(layout.ROWS - 1)
    table = move(plane, [(left, top), (right, top), (right, bottom), (left, bottom)])
    inside = all(
        -SLACK <= x / photo.width <= 1 + SLACK and -SLACK <= y / photo.height <= 1 + SLACK
        for x, y in table
    )
    if len(spots) < ENOUGH or not inside:
        raise UnreadableError(Fault.CUT)


def _lay(photo: Image.Image, plane: Plane) -> Image.Image:
    """Lay the page straight."""
    way = scaled(plane @ np.diag([1 / SCALE, 1 / SCALE, 1.0]))
    return photo.transform(
        SIZE,
        Image.Transform.PERSPECTIVE,
        tuple(float(number) for number in way.flat[:8]),
        Image.Resampling.BICUBIC,
        fillcolor=GREY if photo.mode == "RGB" else GREY[0],
    )
