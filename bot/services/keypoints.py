"""Points of a photo that are known again after it was cropped, turned, shrunk or framed.

Corners at several sizes, each with 256 comparisons of the brightness around it, taken along the
direction in which it grows lighter. A photo keeps at most 300 of them, which is under 11 KB.
"""

import random
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from bot.services.likeness import DRAFT, opened

SIDE: Final = 400  # pixels of the longer side of what is looked at
EVEN: Final = 6.0  # a row or column that spreads less is a frame, a bar, or the edge of a screen
SIZES: Final = 5
STEP: Final = 1.25  # from one size to the next
MOST: Final = 300  # points of a photo
ROUND: Final = 14  # pixels around a corner that are compared
APART: Final = 4  # pixels between two corners of one size
WEAK: Final = 6.0  # grey values squared; what is hardly a corner
BITS: Final = 256
SPOT: Final = 4  # bytes of a place
FINE: Final = 8  # parts of a pixel that are kept
_dice = random.Random(1919)  # noqa: S311 - the same comparisons for ever: they are kept in files
PAIRS: Final = np.array(
    [
        [max(-ROUND + 1.0, min(ROUND - 1.0, _dice.gauss(0, 5.6))) for _axis in range(4)]
        for _bit in range(BITS)
    ]
)
_across, _down = np.meshgrid(np.arange(-ROUND, ROUND + 1), np.arange(-ROUND, ROUND + 1))
_WITHIN = _across**2 + _down**2 <= ROUND**2

Grey = NDArray[np.float32]
Spots = NDArray[np.float32]  # across and down, in pixels of what is looked at
Bits = NDArray[np.uint8]  # 32 bytes each


@dataclass(frozen=True)
class Points:
    """Where the points of a photo are and how it looks there, the clearest first."""

    spots: Spots
    bits: Bits

    @cached_property
    def signs(self) -> NDArray[np.float32]:
        """The comparisons as numbers, of which a product counts how many agree."""
        return signs(self.bits)


def grey(path: Path) -> Image.Image:
    """Load a photo as its points are looked for: grey, upright, without bars at its edges."""
    with opened(path, "L", DRAFT) as image:
        return unframed(ImageOps.exif_transpose(image).convert("L"))


def unframed(image: Image.Image) -> Image.Image:
    """Cut even bars away at the edges and bring a picture to the size that is looked at."""
    image.thumbnail((2 * SIDE, 2 * SIDE), Image.Resampling.BOX)
    pixels = np.asarray(image, dtype=np.float32)
    rows = np.flatnonzero(pixels.std(axis=1) > EVEN)
    columns = np.flatnonzero(pixels.std(axis=0) > EVEN)
    if rows.size and columns.size:
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        image = image.crop(box)
    scale = SIDE / max(image.size)
    width, height = (max(round(side * scale), 1) for side in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)


def points(image: Image.Image) -> Points:
    """Find the points of a photo."""
    spots, bits, clear = [], [], []
    scale = 1.0
    for _size in range(SIZES):
        width, height = round(image.width / scale), round(image.height / scale)
        if min(width, height) <= 3 * ROUND:
            break
        small = image.resize((width, height), Image.Resampling.BILINEAR)
        soft = _pixels(small.filter(ImageFilter.GaussianBlur(1.6)))
        across, down, strength = _corners(_pixels(small.filter(ImageFilter.GaussianBlur(0.8))))
        spots.append(np.stack((across, down), axis=1).astype(np.float32) * np.float32(scale))
        bits.append(_compared(soft, across, down))
        clear.append(strength)
        scale *= STEP
    if not spots:
        return Points(np.zeros((0, 2), np.float32), np.zeros((0, BITS // 8), np.uint8))
    strengths = np.concatenate(clear)
    order = np.argsort(-strengths, kind="stable")[:MOST]
    return Points(np.concatenate(spots)[order], np.concatenate(bits)[order])


def _pixels(image: Image.Image) -> Grey:
    return np.asarray(image, dtype=np.float32)


def _corners(pixels: Grey) -> tuple[NDArray[np.intp], NDArray[np.intp], Grey]:
    """Find where brightness changes both ways, spread over the picture."""
    down, across = (np.asarray(one, dtype=np.float32) for one in np.gradient(pixels))
    xx, yy, xy = _summed(across * across), _summed(down * down), _summed(across * down)
    weaker = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    edge = ROUND + 1
    inner = np.zeros_like(weaker)
    inner[edge:-edge, edge:-edge] = weaker[edge:-edge, edge:-edge]
    best = inner
    for axis in (0, 1):
        best = np.max([np.roll(best, shift, axis) for shift in range(-APART, APART + 1)], axis=0)
    rows, columns = np.nonzero((inner == best) & (inner > WEAK))
    strength = np.asarray(inner[rows, columns], dtype=np.float32)
    most = np.argsort(-strength, kind="stable")[:MOST]
    return columns[most], rows[most], strength[most]


def _summed(values: Grey) -> Grey:
    """Sum what is in five by five pixels around each."""
    for axis in (0, 1):
        values = np.sum([np.roll(values, shift, axis) for shift in range(-2, 3)], axis=0)
    return values / np.float32(25)


def _compared(soft: Grey, across: NDArray[np.intp], down: NDArray[np.intp]) -> Bits:
    """Compare brightness around each point, along the way in which it grows lighter."""
    patch = soft[down[:, None, None] + _down, across[:, None, None] + _across] * _WITHIN
    angle = np.arctan2((patch * _down).sum(axis=(1, 2)), (patch * _across).sum(axis=(1, 2)))
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    height, width = soft.shape
    seen = []
    for x, y in ((PAIRS[:, 0], PAIRS[:, 1]), (PAIRS[:, 2], PAIRS[:, 3])):
        column = np.rint(across[:, None] + x * cos - y * sin).astype(np.intp)
        row = np.rint(down[:, None] + x * sin + y * cos).astype(np.intp)
        seen.append(soft[row.clip(0, height - 1), column.clip(0, width - 1)])
    return np.packbits(seen[0] > seen[1], axis=1)


def packed(found: Points) -> bytes:
    """Write points down, 36 bytes each."""
    spots = np.rint(found.spots * FINE).astype("<i2").view(np.uint8).reshape(-1, SPOT)
    return np.hstack((spots, found.bits)).tobytes()


def unpacked(content: bytes) -> Points | None:
    """Read points that were written down; None where that broke off."""
    if len(content) % (SPOT + BITS // 8):
        return None
    rows = np.frombuffer(content, np.uint8).reshape(-1, SPOT + BITS // 8)
    spots = np.ascontiguousarray(rows[:, :SPOT]).view("<i2").astype(np.float32)
    return Points(spots * np.float32(1 / FINE), rows[:, SPOT:])


def signs(bits: Bits) -> NDArray[np.float32]:
    """Return comparisons as numbers, of which a product counts how many agree."""
    return np.unpackbits(bits, axis=1).astype(np.float32) * 2 - 1


def turned(image: Image.Image) -> Image.Image:
    """Return a photo as seen in a mirror; any other turn does not change its points."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
