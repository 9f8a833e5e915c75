"""Where the pictures, clips and animations of a step lie when its YAML does not say."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.courses.steps import LETTERS
from bot.courses.yamlfile import Place

SOUND_ID = re.compile(r"[a-z]{2,9}[0-9]{1,3}\.[0-9]{1,2}")
RIGHT_SIDE = 4  # the clips of a match: its left things are a to d, its right ones e to h

Values = dict[str, Any]
Medium = tuple[str, Place, object]


def fill(step: Values, folder: Path, *, media: bool) -> None:
    """Write the picture and clips that a step leaves out: they are named by its id.

    A clip that was never made is no fault: the step is then read by its caption. Without media
    every clip is named, so that it can be made.
    """
    name = str(step.get("id", ""))
    sound = SOUND_ID.fullmatch(name) is not None
    step.setdefault("picture", f"cards/{name if sound else 'none'}.png")
    for holder, suffix, _ in _spoken(step) if sound else ():
        clip = f"clips/{name}{suffix}.ogg"
        if "clip" not in holder and (not media or (folder / clip).is_file()):
            holder["clip"] = clip


def media_of(step: Values) -> Iterator[Medium]:
    """Give every file that a step uses: its kind, the place where it is named, its name."""
    name = str(step.get("id", ""))
    picture = step.get("picture")
    if picture != "cards/none.png":
        yield "picture", ("picture",), picture
    for holder, _, place in _spoken(step):
        yield "clip", (*place, "clip"), holder.get("clip")
    if SOUND_ID.fullmatch(name) is None:
        return
    if step.get("kind") == "match" and isinstance(picture, str):
        for letter, _ in zip(LETTERS, _listed(step, "pairs"), strict=False):
            stem = picture.removesuffix(".png")
            yield "picture", ("pairs",), f"{stem}.{letter}.png"
    if step.get("kind") == "trace" and step.get("slot") is None:
        yield "animation", ("characters",), f"strokes/{name}.gif"


def _spoken(step: Values) -> Iterator[tuple[Values, str, Place]]:
    """Give everything of a step that has a clip: its values, its suffix and its place."""
    yield step, "", ()
    for index, option in _listed(step, "options"):
        yield option, f".{LETTERS[index]}", ("options", index)
    for index, pair in _listed(step, "pairs"):
        for first, side in enumerate(("left", "right")):
            thing = pair.get(side)
            if isinstance(thing, dict) and index < RIGHT_SIDE:
                suffix = f".{LETTERS[index + first * RIGHT_SIDE]}"
                yield thing, suffix, ("pairs", index, side)


def _listed(step: Values, name: str) -> list[tuple[int, Values]]:
    """Give the sound entries of a list with their places."""
    written = step.get(name)
    entries = written[: len(LETTERS)] if isinstance(written, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, dict)]
