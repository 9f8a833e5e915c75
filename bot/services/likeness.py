"""Finds one photo in another: turned, mirrored, smaller, compressed again or a little cropped.

A difference hash of 64 bits finds what may be the same among thousands. Rooms and people return
from class to class, so photos that come near are laid over each other, and how well they fit
decides.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

BITS: Final = 64
WIDE: Final = 9  # pixels of which eight neighbours are compared, in eight rows
THUMB: Final = 192  # side of what is laid over another
SMALL: Final = 48
TRIMS: Final = (0.0, 0.03, 0.06)  # of a side, that may have been cut away
MOST_PIXELS: Final = int(Image.MAX_IMAGE_PIXELS or 0)  # Pillow's own limit, about 89 million
MOST_DECODED: Final = 40_000_000  # pixels of what can only be decoded in full
LARGEST: Final = 50 * 1024 * 1024  # bytes of a file
DRAFT: Final = 768  # a JPEG need not be decoded in full
FORMATS: Final = ("JPEG", "PNG", "WEBP")
TURNS: Final = (None, *Image.Transpose)  # as it is, turned, mirrored

Layers = NDArray[np.float32]


class NoPhotoError(Exception):
    """A file that is no picture."""


class TooLargeError(Exception):
    """A picture that is larger than it is useful."""


@dataclass(frozen=True)
class Known:
    """A photo that was filed before."""

    id: int
    meeting_id: int
    likeness: int
    sha256: str
    path: str  # under the data folder
    same_as: int | None = None
    kin: bool = False  # of the same class or teacher
    remembered: bool = True  # young enough to be found again in a crop


@dataclass(frozen=True)
class Limits:
    """How near is near, and how well copies fit."""

    near: int
    alone: int
    copy: float
    copy_in_meeting: float
    most: int


def load(path: Path) -> Image.Image:
    """Load a photo as it is looked at, grey and small."""
    with opened(path, "L", DRAFT) as image:
        upright = ImageOps.exif_transpose(image)
        return upright.convert("L").resize((THUMB, THUMB), Image.Resampling.BOX)


def opened(path: Path, mode: str, side: int | None = None) -> Image.Image:
    """Open a picture whose size can be borne, decoded no finer than asked for."""
    if path.stat().st_size > LARGEST:
        raise TooLargeError
    try:
        with closing_on_error(Image.open(path, formats=FORMATS)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooLargeError
            if side:
                image.draft(mode, (side, side))
            if image.width * image.height > MOST_DECODED:
                raise TooLargeError
            image.load()
            return image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooLargeError from None
    except FileNotFoundError:
        raise
    except (OSError, SyntaxError, ValueError):  # what Pillow raises over broken bytes
        raise NoPhotoError from None


@contextmanager
def closing_on_error(image: Image.Image) -> Iterator[Image.Image]:
    """Close a picture that turns out to be of no use."""
    try:
        yield image
    except BaseException:
        image.close()
        raise


def likeness(thumb: Image.Image) -> int:
    """Return a photo's difference hash: where it grows lighter to the right."""
    tiny = np.asarray(thumb.resize((WIDE, WIDE - 1), Image.Resampling.BOX), dtype=np.int16)
    lighter = (tiny[:, 1:] > tiny[:, :-1]).ravel()
    return int("".join("1" if bit else "0" for bit in lighter), 2)


def written(value: int) -> str:
    """Write a hash as it is kept."""
    return f"{value:0{BITS // 4}x}"


def find(
    data: Path,
    thumb: Image.Image,
    sha256: str,
    meeting_id: int,
    known: Sequence[Known],
    limits: Limits,
) -> Known | None:
    """Return the photo of which this one is a copy."""
    for one in known:
        if one.sha256 == sha256:
            return one
    turned = [thumb if turn is None else thumb.transpose(turn) for turn in TURNS]
    hashes = [likeness(one) for one in turned]
    layers: dict[int, Layers] = {}
    for distance, turn, one in _nearest(hashes, known, limits):
        if turn not in layers:
            layers[turn] = _layers(turned[turn])
        fit = limits.copy_in_meeting if one.meeting_id == meeting_id else limits.copy
        try:
            other = load(data / one.path)
        except (OSError, NoPhotoError, TooLargeError):
            if distance <= limits.alone:
                return one
            continue
        if _fits(layers[turn], _layers(other)) >= fit:
            return one
    return None


def _nearest(
    hashes: Sequence[int], known: Sequence[Known], limits: Limits
) -> Iterator[tuple[int, int, Known]]:
    """List which photos come near, and in which turn, the nearest first."""
    near = [
        (distance, turn, place)
        for place, one in enumerate(known)
        for turn, own in enumerate(hashes)
        if (distance := (own ^ one.likeness).bit_count()) <= limits.near
    ]
    for distance, turn, place in sorted(near)[: limits.most]:
        yield distance, turn, known[place]


def _layers(thumb: Image.Image) -> Layers:
    """Return a photo whole and cropped in every small way, each of length one."""
    width, height = thumb.size
    rows = []
    for left, top, right, bottom in product(TRIMS, repeat=4):
        box = (width * left, height * top, width * (1 - right), height * (1 - bottom))
        small = thumb.resize((SMALL, SMALL), Image.Resampling.BILINEAR, box=box)
        rows.append(np.asarray(small, dtype=np.float32).ravel())
    layers = np.stack(rows)
    layers -= layers.mean(axis=1, keepdims=True)
    length = np.linalg.norm(layers, axis=1, keepdims=True)
    return np.asarray(layers / np.where(length == 0, 1, length), dtype=np.float32)


def _fits(one: Layers, other: Layers) -> float:
    """Say how well one photo fits a part of the other, or the other a part of it."""
    return float(max((one @ other[0]).max(), (other @ one[0]).max()))
