"""Whether what a photo shows can be read: bright enough, sharp, and not burnt out by a lamp."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.documents.kinds import Checks
from bot.documents.opening import Fault

WIDE: Final = 1000  # pixels at which sharpness is measured, of what is not smaller
EDGE: Final = 0.04  # of each side, left out: what lies beside the paper


def fault_of(picture: Image.Image, checks: Checks, *, sharp: float, glare: float) -> Fault | None:
    """Say why a straightened picture cannot be read; None where it can."""
    grey = _measured(picture)
    if float(grey.mean()) < checks.dark or sharpness(grey) < sharp:
        return Fault.UNCLEAR
    if burnt_out(picture, checks.glare_white) > glare:
        return Fault.GLARE
    return None


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Return how much a picture's edges stand out from its noise."""
    calm = cv2.GaussianBlur(grey, (3, 3), 0)
    return float(cv2.Laplacian(calm, cv2.CV_64F).var())


def burnt_out(picture: Image.Image, white: int) -> float:
    """Return the share of a picture that its largest burnt-out patch covers."""
    pixels = np.asarray(picture.resize((400, max(1, round(400 * picture.height / picture.width)))))
    burnt = (pixels.min(axis=2) >= white).astype(np.uint8)
    burnt = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, _labels, patches, _middles = cv2.connectedComponentsWithStats(burnt)
    if count < 2:  # noqa: PLR2004 - the first is what is not burnt out
        return 0.0
    return float(patches[1:, cv2.CC_STAT_AREA].max()) / burnt.size


def _measured(picture: Image.Image) -> NDArray[np.uint8]:
    """Return a picture's inner part, grey, as wide as sharpness is measured at."""
    across, down = round(picture.width * EDGE), round(picture.height * EDGE)
    inner = picture.crop((across, down, picture.width - across, picture.height - down))
    wide = min(WIDE, inner.width)
    high = max(1, round(wide * inner.height / inner.width))
    return np.asarray(inner.convert("L").resize((wide, high)), np.uint8)
