"""Opens the bytes of a photo, upright and no larger than is useful; refuses what is none."""

import enum
import io
from typing import Final

from PIL import Image, ImageOps

LARGEST: Final = 20 * 1024 * 1024  # bytes; more, no bot is handed
MOST_PIXELS: Final = int(Image.MAX_IMAGE_PIXELS or 0)  # Pillow's own limit, about 89 million
MOST_DECODED: Final = 40_000_000  # pixels of what can only be decoded in full
LONG_SIDE: Final = 3200  # pixels; more tell no more of a card
FORMATS: Final = ("JPEG", "PNG", "WEBP")


class Fault(enum.StrEnum):
    """Why a photo cannot be kept as a document."""

    TOO_BIG = "too big"  # in bytes or pixels
    NO_PHOTO = "no photo"
    LOST = "lost"  # its bytes did not come
    TOO_SMALL = "too small"
    UNCLEAR = "unclear"  # too dark or blurred
    GLARE = "glare"
    NO_PAPER = "no paper"  # no card or page with four corners is seen
    NO_FACE = "no face"
    FACES = "several faces"


class UnfitError(Exception):
    """A photo that cannot be kept as a document."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def opened(content: bytes) -> Image.Image:
    """Open a photo as its pixels alone: nothing of where and when it was taken stays with it."""
    if len(content) > LARGEST:
        raise UnfitError(Fault.TOO_BIG)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnfitError(Fault.TOO_BIG)
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG need not be decoded in full
            if image.width * image.height > MOST_DECODED:
                raise UnfitError(Fault.TOO_BIG)
            image.load()
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnfitError(Fault.TOO_BIG) from None
    except (OSError, SyntaxError, ValueError):  # what Pillow raises over broken bytes
        raise UnfitError(Fault.NO_PHOTO) from None
    upright.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    return bare


def written(image: Image.Image, quality: int, dpi: int = 0) -> bytes:
    """Write pixels as a JPEG without anything else in it."""
    content = io.BytesIO()
    options = {"dpi": (dpi, dpi)} if dpi else {}
    image.save(content, "JPEG", quality=quality, optimize=True, **options)
    return content.getvalue()
