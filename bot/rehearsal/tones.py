"""Voices of people who are not there: short tones, each a real OGG/Opus voice note."""

import io
import math
from array import array
from functools import cache

import av

RATE = 48_000
FRAME = 960
LOUDNESS = 6_000


@cache
def tone(number: int) -> bytes:
    """Return a voice note of one to three seconds; each number sounds different."""
    pitch, seconds = 180 + 23 * number, 1 + number % 3
    target = io.BytesIO()
    with av.open(target, "w", format="ogg") as sink:
        stream = sink.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = 24_000
        for start in range(0, seconds * RATE, FRAME):
            frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
            wave = (
                round(LOUDNESS * math.sin(math.tau * pitch * at / RATE))
                for at in range(start, start + FRAME)
            )
            frame.planes[0].update(array("h", wave).tobytes())
            frame.sample_rate, frame.pts = RATE, start
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return target.getvalue()
