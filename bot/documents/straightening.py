"""Finds the card or page in a photo by its four corners, and lays it straight."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.paper.plane import Points, fit, scaled

LOOKED_AT: Final = 800  # pixels of the longer side, in which corners are looked for
CARD: Final = (1284, 810)  # 85.6 × 54 mm at 15 pixels a millimetre
CARD_RATIO: Final = (1.25, 2.0)  # of its sides, as a slanted photo may show them
MOST: Final = 0.985  # of the photo; what fills more is the photo's own edge
BENDS: Final = (0.02, 0.03, 0.045, 0.06)  # of its length that an outline may be smoothed by
CORNERS: Final = 4
LEAST_ANGLE, MOST_ANGLE = 50.0, 130.0
CONTRAST: Final = 15.0  # grey values by which paper differs from what it lies on
NEAR: Final = 24.0  # pixels between corners that are one
Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Seen:
    """An outline with four corners, and in which way to look it was seen."""

    corners: Points
    area: float
    mask: int


def find(photo: Image.Image, part: float, *, card: bool) -> Points | None:
    """Return the corners of the flat thing in a photo, clockwise from its top left.

    What is large, and is seen in several ways to look at the photo, is more likely it.
    """
    scale = LOOKED_AT / max(photo.size)
    small = photo.resize((round(photo.width * scale), round(photo.height * scale)))
    pixels = np.asarray(small)
    seen = [
        one
        for number, mask in enumerate(_masks(pixels))
        for one in _seen(mask, number, part, card=card)
        if _stands_out(pixels, one.corners)
    ]
    kin = [[other for other in seen if _same(one, other)] for one in seen]
    best = max(kin, key=lambda group: group[0].area * (_ways(group) + 1), default=None)
    if not best:
        return None
    count = len(best)
    return [
        (
            sum(one.corners[place][0] for one in best) / count / scale,
            sum(one.corners[place][1] for one in best) / count / scale,
        )
        for place in range(CORNERS)
    ]


def _seen(mask: Grey, number: int, part: float, *, card: bool) -> Iterator[Seen]:
    """Yield every outline with four corners that a card or page may have."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        area = cv2.contourArea(outline)
        if part * mask.size <= area <= MOST * mask.size:
            corners = _four(outline)
            if corners and _plausible(corners, area, card=card):
                yield Seen(corners, area, number)


def _stands_out(pixels: NDArray[np.uint8], corners: Points) -> bool:
    """Say whether an outline is an edge of paper: around a printed frame the paper goes on."""
    inside = _ring(pixels, corners, 0.88, 0.97)
    outside = _ring(pixels, corners, 1.03, 1.12)
    if inside is None or outside is None:
        return True
    return float(np.abs(inside - outside).max()) >= CONTRAST


def _ring(
    pixels: NDArray[np.uint8], corners: Points, inner: float, outer: float
) -> NDArray[np.float64] | None:
    """Return the mean colour of a band along an outline; None where the photo ends before it."""
    middle = np.mean(corners, axis=0)
    band = np.zeros(pixels.shape[:2], np.uint8)
    for size, level in ((outer, 1), (inner, 0)):
        shape = (middle + (np.array(corners) - middle) * size).round().astype(np.int32)
        cv2.fillConvexPoly(band, shape, level)
    picked = pixels[band == 1]
    return picked.mean(axis=0) if len(picked) else None


def _same(one: Seen, other: Seen) -> bool:
    """Say whether two outlines are of one thing."""
    pairs = zip(one.corners, other.corners, strict=True)
    return all(math.dist(here, there) <= NEAR for here, there in pairs)


def _ways(group: Sequence[Seen]) -> int:
    """Count in how many ways to look a thing was seen."""
    return len({one.mask for one in group})


def lay(photo: Image.Image, corners: Points, long_side: int, *, card: bool) -> Image.Image:
    """Lay what has these corners straight; a card lies on its longer side."""
    wide, high = _sides(corners)
    if card:
        size = CARD
        if high > wide:
            corners = [*corners[1:], corners[0]]
    else:
        scale = min(1.0, long_side / max(wide, high))
        size = (round(wide * scale), round(high * scale))
    flat = [(0, 0), (size[0], 0), size, (0, size[1])]
    plane = scaled(fit([(float(x), float(y)) for x, y in flat], corners))
    return photo.transform(
        size,
        Image.Transform.PERSPECTIVE,
        tuple(float(number) for number in plane.flat[:8]),
        Image.Resampling.BICUBIC,
    )


def _masks(pixels: NDArray[np.uint8]) -> Iterator[Grey]:
    """Yield pictures in which a card's outline may stand out: by edges, by light, by colour."""
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (5, 5), 0)
    kernel = np.ones((5, 5), np.uint8)
    for low, high in ((20, 60), (50, 150), (90, 220)):
        edges = cv2.dilate(cv2.Canny(grey, low, high), kernel)
        yield np.asarray(edges, np.uint8)
    _level, light = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield np.asarray(cv2.morphologyEx(light, cv2.MORPH_CLOSE, kernel), np.uint8)
    strength = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)[:, :, 1], (5, 5), 0)
    _level, pale = cv2.threshold(strength, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    yield np.asarray(cv2.morphologyEx(pale, cv2.MORPH_CLOSE, kernel), np.uint8)


def _four(outline: NDArray[Any]) -> Points | None:
    """Return an outline's four corners, clockwise from its top left; None where it has others."""
    hull = cv2.convexHull(outline)
    around = cv2.arcLength(hull, closed=True)
    for bend in BENDS:
        shape = cv2.approxPolyDP(hull, bend * around, closed=True).reshape(-1, 2)
        if len(shape) == CORNERS:
            return _in_order([(float(x), float(y)) for x, y in shape])
        if len(shape) < CORNERS:
            return None
    return None


def _in_order(points: Points) -> Points:
    """Order corners clockwise, beginning with the one nearest to the photo's top left."""
    middle = sum(x for x, _ in points) / CORNERS, sum(y for _, y in points) / CORNERS
    around = sorted(points, key=lambda one: math.atan2(one[1] - middle[1], one[0] - middle[0]))
    first = min(range(CORNERS), key=lambda place: sum(around[place]))
    return [*around[first:], *around[:first]]


def _sides(corners: Points) -> tuple[float, float]:
    """Return how wide and how high what has these corners is."""
    top, right, bottom, left = (
        math.dist(corners[place], corners[(place + 1) % CORNERS]) for place in range(CORNERS)
    )
    return (top + bottom) / 2, (left + right) / 2


def _plausible(corners: Points, area: float, *, card: bool) -> bool:
    """Say whether four corners can be those of a card or page seen from above."""
    for place in range(CORNERS):
        before, here, after = (corners[(place + step) % CORNERS] for step in (-1, 0, 1))
        one = math.atan2(before[1] - here[1], before[0] - here[0])
        other = math.atan2(after[1] - here[1], after[0] - here[0])
        angle = abs(math.degrees(one - other))
        if not LEAST_ANGLE <= min(angle, 360 - angle) <= MOST_ANGLE:
            return False
    wide, high = _sides(corners)
    ratio = max(wide, high) / max(min(wide, high), 1)
    if area < 0.85 * wide * high:  # its outline bends in, or it is no rectangle
        return False
    return CARD_RATIO[0] <= ratio <= CARD_RATIO[1] if card else ratio <= CARD_RATIO[1] + 1
