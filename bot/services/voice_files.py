"""Recordings as files: heard by a real decoder, trimmed, evened, laid where clips lie."""

import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from bot.clips.sound import Samples, tidy, write_opus
from bot.language import N_ as _

RATE = 48_000
MOST_SECONDS = 60
MOST_BYTES = 2 * 1024 * 1024
LEAST_SECONDS = 0.3
MISSING_SECONDS = 1.6  # a phone counts whole seconds
QUIETEST = 10 ** (-46 / 20)  # peak; a room's hiss lies below
# Recordings only: a playlist would make the decoder open what it names.
FORMATS = "ogg,matroska,webm,mov,mp4,m4a,mp3,wav,flac,aac,amr"
DRAFTS_KEPT = timedelta(days=2)

NO_SOUND = _("This is not a sound that I can play. Please record a voice message.")
CUT = _("The recording broke off on its way. Please say it again.")
SILENT = _("I hear nothing in it. Hold the microphone and speak close to it.")
TOO_LONG = _("That is too long for one clip. Please say only these words.")
TOO_BIG = _("This file is too big for me. Please send a smaller one.")


class UnusableError(Exception):
    """A recording of which no clip can be made; its message says why."""

    def __init__(self, msgid: str) -> None:
        super().__init__(msgid)
        self.msgid = msgid


def decoded(data: bytes) -> Samples:
    """Decode a recording, at most a minute of it."""
    parts: list[Samples] = []
    size = 0
    options = {"format_whitelist": FORMATS}
    try:
        with av.open(BytesIO(data), "r", container_options=options) as file:
            if not file.streams.audio:
                raise UnusableError(NO_SOUND)
            resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in file.decode(audio=0):
                frame.pts = None  # a recording may have gaps; the samples alone tell the time
                for part in resampler.resample(frame):
                    parts.append(part.to_ndarray().astype(np.float32).reshape(-1))
                    size += parts[-1].size
                if size > MOST_SECONDS * RATE:
                    raise UnusableError(TOO_LONG)
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise UnusableError(NO_SOUND) from error
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def cleaned(data: bytes, told_seconds: int = 0) -> Samples:
    """Return the speech of a recording, trimmed and evened, or say why there is none."""
    if len(data) > MOST_BYTES:
        raise UnusableError(TOO_BIG)
    samples = decoded(data)
    if samples.size / RATE + MISSING_SECONDS < told_seconds:
        raise UnusableError(CUT)
    if samples.size < LEAST_SECONDS * RATE or float(np.abs(samples).max()) < QUIETEST:
        raise UnusableError(SILENT)
    try:
        return tidy(samples, RATE)
    except ValueError as error:
        raise UnusableError(SILENT) from error


def draft(data: Path, media_id: int) -> Path:
    """Return where the trimmed sound of a recording waits for its speaker's word."""
    return data / "clips" / "drafts" / f"{media_id}.ogg"


def write_draft(data: Path, media_id: int, path: str, told_seconds: int) -> None:
    """Make the trimmed sound of a recording that has come."""
    source = data / path
    if source.stat().st_size > MOST_BYTES:
        raise UnusableError(TOO_BIG)
    write_whole(draft(data, media_id), cleaned(source.read_bytes(), told_seconds))


def write_whole(path: Path, samples: Samples) -> None:
    """Write a clip; it appears in its place whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".coming-")
    os.close(handle)
    coming = Path(name)
    try:
        write_opus(coming, samples, RATE)
        coming.replace(path)
    finally:
        coming.unlink(missing_ok=True)


def opus(samples: Samples) -> bytes:
    """Return a clip's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clip.ogg")
        write_opus(path, samples, RATE)
        return path.read_bytes()


def lay(data: Path, content: bytes) -> tuple[str, str]:
    """Lay a clip by its digest under the data folder; return its place there, and the digest."""
    digest = hashlib.sha256(content).hexdigest()
    place = Path("clips", digest[:2], f"{digest}.ogg")
    path = data / place
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".coming-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    return place.as_posix(), digest


def milliseconds(content: bytes) -> int:
    """Return how long a clip sounds."""
    return round(decoded(content).size * 1000 / RATE)


def sweep(data: Path, now: datetime) -> None:
    """Throw away trimmed sounds that nobody kept."""
    for path in (data / "clips" / "drafts").glob("*.ogg"):
        if path.stat().st_mtime < (now - DRAFTS_KEPT).timestamp():
            path.unlink(missing_ok=True)
