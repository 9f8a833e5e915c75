"""Clips: what the bot says, as sound files that come with the program.

They are a machine's Mandarin until a person has recorded them; without them the bot still works.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Clip:
    """A sound file, what it says, who made it, and which version it is."""

    path: Path
    spoken: str
    made_by: str
    version: int


def clip(msgid: str, language: str = "zh") -> Clip | None:
    """Find the shipped clip of a catalog sentence, None where there is none."""
    return clips(language).get(msgid)


@cache
def clips(language: str = "zh") -> dict[str, Clip]:
    """Give the shipped clips of a language by message id."""
    folder = FOLDER / language
    try:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    found = {
        msgid: Clip(folder / entry["file"], entry["spoken"], entry["made_by"], entry["version"])
        for msgid, entry in index.items()
    }
    return {msgid: one for msgid, one in found.items() if one.path.is_file()}
