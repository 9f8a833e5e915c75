"""Pictures into photo sizes, sound into voice notes; slow work, done in threads."""

import asyncio
import hashlib
import io
import warnings
from typing import Any

import av
from av.audio.resampler import AudioResampler
from PIL import Image, ImageOps, UnidentifiedImageError

from bot.localchat.media import Files, Kept
from bot.localchat.refusals import ControlError, bad

PHOTO_LIMIT = 10 * 1024 * 1024
SIDES_LIMIT = 10_000
RATIO_LIMIT = 20
SIDES = (320, 1280)
VOICE_RATE = 48_000
VOICE_BITS = 24_000

JSON = dict[str, Any]


async def keep_photo(files: Files, data: bytes) -> Kept:
    """Keep a photo in two sizes; the biggest stands for all."""
    if len(data) > PHOTO_LIMIT:
        raise bad(
            f"file of size {len(data)} bytes is too big for a photo; "
            f"the maximum size is {PHOTO_LIMIT} bytes"
        )
    key = "photo:" + hashlib.sha256(data).hexdigest()
    if key not in files.made:
        sizes = await asyncio.to_thread(photo_sizes, data)
        shown = []
        for width, height, jpeg in sizes:
            kept = files.keep("photo", jpeg, name="photo.jpg", mime="image/jpeg")
            shown.append(kept.json() | {"width": width, "height": height})
            kept.media = shown
        files.made[key] = kept
    photo: Kept = files.made[key]
    return photo


def photo_sizes(data: bytes) -> list[tuple[int, int, bytes]]:
    """Return width, height and JPEG of each size, the smallest first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(data))
            width, height = picture.size
            if width + height > SIDES_LIMIT or max(width, height) > RATIO_LIMIT * min(
                width, height
            ):
                raise bad("PHOTO_INVALID_DIMENSIONS")
            picture = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise bad("IMAGE_PROCESS_FAILED") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise bad("PHOTO_INVALID_DIMENSIONS") from error
    made = []
    for side in SIDES:
        if side > SIDES[0] and max(picture.size) <= SIDES[0]:
            break
        smaller = picture.copy()
        smaller.thumbnail((side, side))
        file = io.BytesIO()
        smaller.save(file, "JPEG", quality=87)
        made.append((*smaller.size, file.getvalue()))
    return made


def is_opus(data: bytes) -> bool:
    """Say whether this is OGG with Opus in it."""
    return data[:4] == b"OggS" and b"OpusHead" in data[:128]


def opus_seconds(data: bytes) -> int:
    """Return the length of an OGG/Opus file by its last page."""
    last = data.rfind(b"OggS")
    head = data.find(b"OpusHead")
    skipped = int.from_bytes(data[head + 10 : head + 12], "little")
    samples = int.from_bytes(data[last + 6 : last + 14], "little", signed=True)
    return max(0, round((samples - skipped) / VOICE_RATE))


def measure(data: bytes) -> JSON:
    """Return duration, width and height of a sound or film, as far as it has them."""
    try:
        with av.open(io.BytesIO(data), "r") as container:
            shown: JSON = {"duration": round((container.duration or 0) / 1_000_000)}
            if container.streams.video:
                video = container.streams.video[0]
                shown |= {"width": video.width, "height": video.height}
            return shown
    except (av.FFmpegError, ValueError):
        return {"duration": 0}


async def keep_voice(files: Files, data: bytes) -> Kept:
    """Keep spoken sound as a voice note: OGG/Opus, mono, 48 kHz, 24 kbit/s."""
    key = "voice:" + hashlib.sha256(data).hexdigest()
    if key not in files.made:
        opus = await asyncio.to_thread(to_opus, data)
        kept = files.keep("voice", opus, mime="audio/ogg")
        kept.media = kept.json() | {"duration": opus_seconds(opus), "mime_type": "audio/ogg"}
        files.made[key] = kept
    voice: Kept = files.made[key]
    return voice


def to_opus(data: bytes) -> bytes:
    """Turn any sound that can be read into a voice note."""
    target = io.BytesIO()
    try:
        with av.open(io.BytesIO(data), "r") as source, av.open(target, "w", format="ogg") as sink:
            if not source.streams.audio:
                raise ControlError("there is no sound in this file")
            stream = sink.add_stream("libopus", rate=VOICE_RATE, layout="mono")
            stream.bit_rate = VOICE_BITS
            stream.options = {"application": "voip", "vbr": "constrained"}
            resampler = AudioResampler(format="s16", layout="mono", rate=VOICE_RATE)
            for frame in source.decode(audio=0):
                # A recording may start late or have gaps; the samples alone tell the time.
                frame.pts = None
                for part in resampler.resample(frame):
                    sink.mux(stream.encode(part))
            for part in resampler.resample(None):
                sink.mux(stream.encode(part))
            sink.mux(stream.encode(None))
    except (av.FFmpegError, ValueError) as error:
        raise ControlError("this sound cannot be read") from error
    return target.getvalue()
