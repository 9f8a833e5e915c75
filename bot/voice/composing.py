"""Joins recorded parts into one voice note, once for each sentence that is said."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
import numpy as np

from bot.clips.sound import LEAD_SECONDS, TAIL_SECONDS, Samples, tidy, write_opus
from bot.voice.choosing_clips import MACHINE, PACKAGE, PERSON, SPOKEN, Heard, composed_path

logger = logging.getLogger(__name__)

RATE = 24_000
MADE = "1"  # another way of joining makes another file
PAUSES = {"，": 0.25, "、": 0.18, "：": 0.3, "；": 0.38, "。": 0.45, "？": 0.5, "！": 0.45}
BREATH = 0.02  # between parts that are said in one go
LONGEST = 20.0  # seconds
NAMED = 24  # hexadecimal digits of the digest in its name

Piece = Heard | str  # a part, or a stop


def plan(
    data: Path,
    pieces: Sequence[Piece],
    language: str = SPOKEN,
    instead: Heard | None = None,
    says: Mapping[str, object] | None = None,
) -> Heard:
    """Return the voice note of a sentence; what it is joined from is written down beside it.

    Beside it stands what it `says`, so that the same can be said in another language.

    Nothing is joined yet: that takes a tenth of a second and waits until it is sent.
    """
    said = [MADE, *(piece if isinstance(piece, str) else piece.digest for piece in pieces)]
    ref = f"v{sha256(' '.join(said).encode()).hexdigest()[:NAMED]}"
    path = composed_path(data, ref)
    recipe = path.with_suffix(".json")
    if not recipe.is_file():
        told = [piece if isinstance(piece, str) else _line(piece) for piece in pieces]
        lines = {
            "language": language,
            "pieces": told,
            "instead": instead.file if instead else None,
            "says": says,
        }
        put(recipe, lambda file: _write_recipe(file, lines))
    parts = tuple(piece for piece in pieces if isinstance(piece, Heard))
    made_by = PERSON if all(part.made_by == PERSON for part in parts) else MACHINE
    return Heard(path, f"data:voice/{path.name}", ref, language, 0, made_by, parts=parts)


def _line(piece: Heard) -> dict[str, object]:
    """Return what a recipe keeps of a part: enough to say later exactly what was heard."""
    return {
        "file": piece.file,
        "ref": piece.ref,
        "language": piece.language,
        "version": piece.version,
        "made_by": piece.made_by,
        "sha256": piece.digest,
    }


def _write_recipe(path: Path, lines: Mapping[str, object]) -> None:
    path.write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")


def make(data: Path, path: Path) -> None:
    """Join the parts of a recipe, unless that was done; a damaged one gives way."""
    recipe = path.with_suffix(".json")
    if path.is_file() or path.parent != data / "voice" or not recipe.is_file():
        return
    lines = json.loads(recipe.read_text(encoding="utf-8"))
    try:
        sound = joined(
            [
                one if isinstance(one, str) else (located(data, one["file"]), one["sha256"])
                for one in lines["pieces"]
            ]
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        logger.warning("%s was not joined: %s", path.stem, error)
        if lines["instead"] is None:
            raise
        put(path, lambda file: file.write_bytes(located(data, lines["instead"]).read_bytes()))
        return
    put(path, lambda file: write_opus(file, sound, RATE))


def located(data: Path, name: str) -> Path:
    """Return where a file lies that the sender would find under this name."""
    place, _colon, rest = name.partition(":")
    return {"bot": PACKAGE, "data": data}[place] / rest


def joined(pieces: Sequence[tuple[Path, str] | str]) -> Samples:
    """Join parts, each a file and its digest, with the pauses of the stops between them."""
    sound = [quiet(LEAD_SECONDS)]
    for place, piece in enumerate(pieces):
        if isinstance(piece, str):
            sound.append(quiet(PAUSES[piece]))
            continue
        if place and not isinstance(pieces[place - 1], str):
            sound.append(quiet(BREATH))
        sound.append(part(*piece))
    result: Samples = np.concatenate([*sound, quiet(TAIL_SECONDS)])
    if result.size > LONGEST * RATE:
        raise ValueError(f"{result.size / RATE:.1f} s are too long for one voice note")
    return result


@lru_cache(512)
def part(path: Path, digest: str) -> Samples:  # noqa: ARG001 - other bytes are another part
    """Return a part's sound: what is heard of it, evened."""
    return tidy(decode(path), RATE, lead=0.03, tail=0.05)


def decode(path: Path) -> Samples:
    """Read any recording as mono samples of our rate."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as file:
        frames = [
            made.to_ndarray()[0]
            for frame in (*file.decode(audio=0), None)
            for made in resampler.resample(frame)
        ]
    if not frames:
        raise ValueError("there is no sound in it")
    return np.concatenate(frames)


def quiet(seconds: float) -> Samples:
    """Return silence."""
    return np.zeros(int(seconds * RATE), np.float32)


def put(path: Path, fill: Callable[[Path], object]) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as made:
        halfway = Path(made.name)
    try:
        fill(halfway)
        halfway.replace(path)
    finally:
        halfway.unlink(missing_ok=True)
