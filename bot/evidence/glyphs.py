"""Which characters the font can show; a rare one is written as its code, never left out."""

import struct
import unicodedata
from collections.abc import Container
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FONT = "NotoSansSC-Regular.ttf"
KEPT = "\n"


def font_folder() -> Path:
    """Find the folder of the Chinese font, which a package brings."""
    spec = find_spec("zhplot")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package “zhplot”, which brings the Chinese font, is missing")
    return Path(spec.submodule_search_locations[0]) / "fonts"


@cache
def covered() -> frozenset[int]:
    """Read the code points of the font from its character map (OpenType `cmap`, format 12)."""
    font = (font_folder() / FONT).read_bytes()
    start = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, start + 8 + 8 * number)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 12:  # noqa: PLR2004 - the format's own number
            return frozenset(_groups(font, start + offset))
    raise ValueError(f"{FONT} has no character map of format 12")


def _table(font: bytes, wanted: bytes) -> int:
    (tables,) = struct.unpack_from(">H", font, 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == wanted:
            return int(offset)
    raise ValueError(f"{FONT} has no table {wanted.decode()}")


def _groups(font: bytes, start: int) -> set[int]:
    (groups,) = struct.unpack_from(">I", font, start + 12)
    found: set[int] = set()
    for number in range(groups):
        first, last, _ = struct.unpack_from(">III", font, start + 16 + 12 * number)
        found.update(range(first, last + 1))
    return found


def showable(text: str, font: Container[int]) -> str:
    """Write what the font lacks, or what would only act unseen, as 〔U+…〕."""
    return "".join(
        character
        if character in KEPT
        or (ord(character) in font and unicodedata.category(character) not in {"Cc", "Cf"})
        else f"〔U+{ord(character):04X}〕"
        for character in text
    )


def all_showable(value: Any, font: Container[int]) -> Any:  # noqa: ANN401 - any JSON
    """Do so with every text in a JSON value."""
    if isinstance(value, str):
        return showable(value, font)
    if isinstance(value, dict):
        return {key: all_showable(each, font) for key, each in value.items()}
    if isinstance(value, list):
        return [all_showable(each, font) for each in value]
    return value
