"""Parts of spoken sentences: words, numbers and frames that are joined into one voice note."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

import yaml

from bot.clips import FOLDER, Clip

ZH = FOLDER / "zh"
PARTS = ZH / "parts"


@cache
def spoken() -> dict[str, str]:
    """Give what each part says in Mandarin, by its key, such as `number.3`."""
    found: dict[str, str] = yaml.safe_load((ZH / "parts.yaml").read_text(encoding="utf-8"))
    return found


@cache
def readings() -> dict[str, str]:
    """Give how a machine must spell the parts that it would read wrongly."""
    found: dict[str, str] = yaml.safe_load((ZH / "readings.yaml").read_text(encoding="utf-8"))
    return found


@cache
def keys() -> dict[str, str]:
    """Give the key of what is said; of two that sound alike, the first."""
    found: dict[str, str] = {}
    for key, words in spoken().items():
        found.setdefault(words, key)
    return found


@cache
def parts() -> dict[str, Clip]:
    """Give the machine's recordings of parts by key; none where they were taken out."""
    try:
        index = json.loads((PARTS / "index.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    found = {
        key: Clip(PARTS / entry["file"], entry["spoken"], entry["made_by"], entry["version"])
        for key, entry in index.items()
    }
    return {key: one for key, one in found.items() if one.path.is_file()}


def path(key: str) -> Path:
    """Return where the machine's recording of a part lies; names that leave ASCII are hashed."""
    kind = key.partition(".")[0]
    name = key if key.isascii() else f"{kind}.{sha256(key.encode()).hexdigest()[:10]}"
    return PARTS / f"{name}.ogg"
