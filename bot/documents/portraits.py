"""One face in a portrait, found by a classic detector that comes with OpenCV; nothing of it stays.

It only says that a face is there and where, so that the picture can be cut to size; it knows
nobody, and what it saw is not kept.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image

from bot.documents.kinds import Checks, Portrait
from bot.documents.opening import Fault, UnfitError, written

CASCADES: Final = ("haarcascade_frontalface_alt2.xml", "haarcascade_frontalface_default.xml")
LOOKED_AT: Final = 900  # pixels of the longer side
STEP: Final = 1.1
AGREED: Final = 6  # neighbours that must see a face too
LEAST: Final = 0.07  # of the shorter side
AS_LARGE: Final = 0.4  # of the largest; smaller things are patterns in the wall
HEAD: Final = 1.25  # a head, hair and chin, is so much higher than the box around its face
ABOVE: Final = 0.22  # of that box, the hair above it
OVER: Final = 0.10  # of the picture, the wall above the hair
NEAREST: Final = 1.2  # a picture must be so much wider than its face
QUALITIES: Final = (92, 88, 84, 80, 75, 70, 65, 60, 50, 40)

Box = tuple[float, float, float]  # left, top, side


def faces(photo: Image.Image) -> list[Box]:
    """List the faces in a photo, the largest first."""
    scale = min(1.0, LOOKED_AT / max(photo.size))
    small = photo.resize((round(photo.width * scale), round(photo.height * scale)))
    grey = np.asarray(small.convert("L"), np.uint8)
    least = round(min(small.size) * LEAST)
    for name in CASCADES:
        cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
        found = cascade.detectMultiScale(grey, STEP, AGREED, minSize=(least, least))
        boxes = sorted(((int(one[2]), int(one[0]), int(one[1])) for one in found), reverse=True)
        if boxes:
            large = [one for one in boxes if one[0] >= AS_LARGE * boxes[0][0]]
            return [(left / scale, top / scale, side / scale) for side, left, top in large]
    return []


def cut(photo: Image.Image, checks: Checks, rule: Portrait) -> Image.Image:
    """Cut a portrait to size around its one face."""
    found = faces(photo)
    if not found:
        raise UnfitError(Fault.NO_FACE)
    if len(found) > 1:
        raise UnfitError(Fault.FACES)
    left, top, side = found[0]
    if side < checks.face_smallest:
        raise UnfitError(Fault.TOO_SMALL)
    ratio = rule.width / rule.height
    high = min(HEAD * side / rule.head, photo.height, photo.width / ratio)
    wide = high * ratio
    if wide < NEAREST * side:
        raise UnfitError(Fault.NO_FACE)
    start = left + side / 2 - wide / 2, top - ABOVE * side - OVER * high
    x = min(max(start[0], 0), photo.width - wide)
    y = min(max(start[1], 0), photo.height - high)
    size = rule.width, rule.height
    return photo.resize(size, Image.Resampling.LANCZOS, (x, y, x + wide, y + high))


def small_enough(portrait: Image.Image, rule: Portrait) -> bytes:
    """Write a portrait as well as its greatest size in bytes allows."""
    for quality in QUALITIES:
        content = written(portrait, quality, rule.dpi)
        if len(content) <= rule.most_bytes:
            return content
    return content
