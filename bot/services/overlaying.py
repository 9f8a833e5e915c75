"""Lays one photo over another by the points they share, and sees what of them is the same.

A room is met again every week: its walls fit, its people do not. Only where everything that both
photos show fits, people and all, are they one and the same.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.services.keypoints import BITS, Points, signs

SURELY: Final = 220  # of 256 comparisons, that count a point as there at a glance
AGREE: Final = 190  # of 256 comparisons, that make two points one
TRIES: Final = 400
NEAR: Final = 5.0  # pixels between where a point should be and is
SCALES: Final = (0.3, 3.3)
FEWEST: Final = 10  # points that lie as they should
BLOCK: Final = 16  # pixels
SHIFT: Final = 1  # pixels by which a block may lie beside its place
PLAIN: Final = 5.0  # a block that spreads less shows nothing
FIT: Final = 0.75  # correlation of a block with the same one
BLOCKS: Final = 16  # that must show something

Mapping = NDArray[np.float64]  # 2 x 3
Places = NDArray[np.float64]  # across and down


@dataclass(frozen=True)
class Fit:
    """What was seen of two photos laid over each other."""

    shared: float = 0.0  # of the smaller of the two pictures, that both show
    same: float = 0.0  # of what both show, that is the same


def votes(one: Points, others: list[Points], strongest: int) -> list[int]:
    """Count for each of many photos how many of its clearest points one photo seems to have."""
    if not others or not len(one.bits):
        return [0] * len(others)
    own = signs(one.bits[:strongest])
    lengths = [len(other.bits[:strongest]) for other in others]
    theirs = signs(np.concatenate([other.bits[:strongest] for other in others]))
    if not len(theirs):
        return [0] * len(others)
    agree = (own @ theirs.T + BITS) / 2 >= SURELY
    ends = np.cumsum(lengths)
    return [
        int(agree[:, end - length : end].any(axis=1).sum())
        for end, length in zip(ends, lengths, strict=True)
    ]


def align(own: Points, theirs: Points) -> tuple[int, Mapping] | None:
    """Find how points of one photo must be moved to lie on those of the other, and how many do."""
    here, there = _pairs(own, theirs)
    if len(here) < FEWEST:
        return None
    mapping, most = _guessed(here, there), 0
    for near in (NEAR, NEAR, NEAR / 2):
        lies = np.linalg.norm(_moved(mapping, here) - there, axis=1) <= near
        most = int(lies.sum())
        if most < FEWEST:
            return None
        flat = np.column_stack((here[lies], np.ones(most)))
        mapping = np.linalg.lstsq(flat, there[lies], rcond=None)[0].T
    return most, mapping


def _pairs(own: Points, theirs: Points) -> tuple[Places, Places]:
    """Pair the points that are each other's best."""
    if min(len(own.bits), len(theirs.bits)) < FEWEST:
        return np.zeros((0, 2)), np.zeros((0, 2))
    agree = (own.signs @ theirs.signs.T + BITS) / 2
    best = agree.argmax(axis=1)
    rows = np.arange(len(best))
    mutual = agree.argmax(axis=0)[best] == rows
    kept = rows[mutual & (agree[rows, best] >= AGREE)]
    return own.spots[kept].astype(np.float64), theirs.spots[best[kept]].astype(np.float64)


def _guessed(here: Places, there: Places) -> Mapping:
    """Return the turn, size and shift that most pairs agree on."""
    dice = np.random.RandomState(7)  # the same answer for the same photos
    first, second = dice.randint(0, len(here), (2, TRIES))
    before = here[:, 0] + 1j * here[:, 1]
    after = there[:, 0] + 1j * there[:, 1]
    span = before[second] - before[first]
    far = np.abs(span) > BLOCK
    turn = np.where(far, (after[second] - after[first]) / np.where(far, span, 1), 0)
    shift = after[first] - turn * before[first]
    off = np.abs(turn[:, None] * before + shift[:, None] - after)
    size = np.abs(turn)
    agree = (off <= NEAR).sum(axis=1) * ((size > SCALES[0]) & (size < SCALES[1]))
    most = int(agree.argmax())
    cos, sin = turn[most].real, turn[most].imag
    return np.array([[cos, -sin, shift[most].real], [sin, cos, shift[most].imag]])


def _moved(mapping: Mapping, spots: Places) -> Places:
    return spots @ mapping[:, :2].T + mapping[:, 2]


def compare(one: Image.Image, other: Image.Image, mapping: Mapping) -> Fit:
    """Say how much of what both photos show is the same, block by block."""
    back = np.linalg.inv(np.vstack((mapping, (0, 0, 1))))[:2]
    size = abs(float(np.linalg.det(mapping[:, :2])))
    if not SCALES[0] ** 2 < size < SCALES[1] ** 2:
        return Fit()
    laid = one.transform(
        other.size, Image.Transform.AFFINE, tuple(back.ravel()), Image.Resampling.BILINEAR
    )
    there = Image.new("L", one.size, 255).transform(
        other.size, Image.Transform.AFFINE, tuple(back.ravel())
    )
    mask = _blocks(np.asarray(there, dtype=np.float32)).min(axis=(2, 3)) > 0
    inside = float(np.asarray(there, dtype=np.float32).mean()) / 255 * other.width * other.height
    shared = inside / min(other.width * other.height, one.width * one.height * size)
    upper = np.asarray(laid, dtype=np.float32)
    lower = _blocks(np.asarray(other, dtype=np.float32))
    spread = lower.std(axis=(2, 3))
    best = np.full(spread.shape, -1.0, dtype=np.float32)
    detail = spread
    for down in range(-SHIFT, SHIFT + 1):
        for across in range(-SHIFT, SHIFT + 1):
            blocks = _blocks(np.roll(upper, (down, across), (0, 1)))
            if not (down or across):
                detail = np.maximum(spread, blocks.std(axis=(2, 3)))
            best = np.maximum(best, _alike(blocks, lower))
    shows = mask & (detail > PLAIN)
    if shows.sum() < BLOCKS:
        return Fit()
    return Fit(min(shared, 1.0), float((best[shows] >= FIT).mean()))


def _blocks(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut a picture into blocks."""
    height, width = (side // BLOCK for side in pixels.shape)
    cut = pixels[: height * BLOCK, : width * BLOCK].reshape(height, BLOCK, width, BLOCK)
    return cut.transpose(0, 2, 1, 3)


def _alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Say how well each block fits the one under it."""
    one = one - one.mean(axis=(2, 3), keepdims=True)
    other = other - other.mean(axis=(2, 3), keepdims=True)
    length = np.sqrt((one**2).sum(axis=(2, 3)) * (other**2).sum(axis=(2, 3)))
    fits: NDArray[np.float32] = (one * other).sum(axis=(2, 3)) / np.maximum(length, 1e-6)
    return fits
