"""Whether the pictures and clips of a pack can go to a phone as they are."""

import warnings
from pathlib import Path

from PIL import Image

MAX_PICTURE_BYTES = 10_000_000
MAX_PICTURE_SIDES = 10_000
MAX_CLIP_BYTES = 1_000_000
MAX_ANIMATION_BYTES = 200_000
FIRST_PAGE = 64
PAGE, FLAGS, ENDS = b"OggS", 5, 4  # a page of OGG, where its flags lie, the flag of the last
HEAD = 27  # bytes before the lengths of its segments; the last of them is their number
LONGEST_PAGE = 65_307  # RFC 3533


def picture_problem(path: Path) -> str | None:
    """Say in one sentence what is wrong with a picture, if anything."""
    size = _size(path)
    if size is None:
        return f"the picture “{path.name}” is missing"
    if size > MAX_PICTURE_BYTES:
        return f"the picture “{path.name}” is larger than {MAX_PICTURE_BYTES // 1_000_000} MB"
    too_big = (
        f"the picture “{path.name}” is too big: "
        f"width and height together may be {MAX_PICTURE_SIDES} pixels at most"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG")) as picture:
                width, height = picture.size
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return too_big
    except (OSError, SyntaxError, ValueError):
        return f"“{path.name}” is not a whole PNG or JPEG picture"
    return too_big if width + height > MAX_PICTURE_SIDES else None


def clip_problem(path: Path) -> str | None:
    """Say in one sentence what is wrong with a clip, if anything."""
    size = _size(path)
    if size is None:
        return f"the clip “{path.name}” is missing"
    if size > MAX_CLIP_BYTES:
        return f"the clip “{path.name}” is larger than {MAX_CLIP_BYTES // 1_000_000} MB"
    with path.open("rb") as file:
        start = file.read(FIRST_PAGE)
        file.seek(max(size - LONGEST_PAGE, 0))
        end = file.read()
    if not start.startswith(PAGE) or b"OpusHead" not in start:
        return f"“{path.name}” is not an OGG/Opus clip"
    if not _ends(end[end.rfind(PAGE) :]):
        return f"“{path.name}” is cut off before its end"
    return None


def _ends(page: bytes) -> bool:
    """Say whether this is a whole page of OGG, and the last one of its stream."""
    if len(page) < HEAD or not page.startswith(PAGE) or not page[FLAGS] & ENDS:
        return False
    lengths = page[HEAD : HEAD + page[HEAD - 1]]
    return len(page) >= HEAD + len(lengths) + sum(lengths)


def animation_problem(path: Path) -> str | None:
    """Say in one sentence what is wrong with an animation of strokes, if anything."""
    size = _size(path)
    if size is None:
        return f"the animation “{path.name}” is missing"
    if size > MAX_ANIMATION_BYTES:
        return f"the animation “{path.name}” is larger than {MAX_ANIMATION_BYTES // 1000} kB"
    with path.open("rb") as file:
        start = file.read(6)
    return None if start in {b"GIF87a", b"GIF89a"} else f"“{path.name}” is not a GIF"


def _size(path: Path) -> int | None:
    """Give the size of a file, None where there is none."""
    return path.stat().st_size if path.is_file() else None
