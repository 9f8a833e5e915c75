"""Sound for a phone: trimmed, evened, written as OGG/Opus."""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

BIT_RATE = 24_000
FRAME_SECONDS = 0.02
SILENT = 10 ** (-42 / 20)  # below the loudest frame
LOUDNESS = 10 ** (-16 / 20)  # of the speech alone: about -18 LUFS
PEAK = 10 ** (-1.5 / 20)
LEAD_SECONDS = 0.08
TAIL_SECONDS = 0.2


def tidy(
    samples: Samples, rate: int, lead: float = LEAD_SECONDS, tail: float = TAIL_SECONDS
) -> Samples:
    """Trim the silences at both ends to `lead` and `tail` seconds, and even the loudness."""
    samples = samples - samples.mean(dtype=np.float32)
    loud = _loudness(samples, rate)
    heard = np.flatnonzero(loud > SILENT * loud.max(initial=0.0))
    if heard.size == 0:
        raise ValueError("there is no sound in it")
    frame = int(FRAME_SECONDS * rate)
    start = max(0, int(heard[0]) * frame - int(lead * rate))
    end = min(samples.size, (int(heard[-1]) + 1) * frame + int(tail * rate))
    return _fade(_even(samples[start:end], rate), rate)


def write_opus(path: Path, samples: Samples, rate: int) -> float:
    """Write mono OGG/Opus; give its seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="ogg", container_options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("libopus", rate=rate, layout="mono")
        stream.bit_rate = BIT_RATE
        stream.codec_context.options = {"application": "voip", "frame_duration": "60"}
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = rate
        frame.pts = 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return samples.size / rate


def _loudness(samples: Samples, rate: int) -> Samples:
    """Give the root mean square of each short frame."""
    frame = int(FRAME_SECONDS * rate)
    whole = samples[: samples.size // frame * frame].reshape(-1, frame)
    result: Samples = np.sqrt((whole**2).mean(axis=1)).astype(np.float32)
    return result


def _even(samples: Samples, rate: int) -> Samples:
    """Bring speech (not its pauses) to the common loudness, peaks bent softly."""
    loud = _loudness(samples, rate)
    speech = loud[loud > loud.max() / 10]
    gained = samples * (LOUDNESS / np.sqrt((speech**2).mean()))
    size = np.abs(gained)
    knee = PEAK * 0.7
    bent = knee + (PEAK - knee) * np.tanh((size - knee) / (PEAK - knee))
    result: Samples = np.where(size > knee, np.sign(gained) * bent, gained).astype(np.float32)
    return result


def _fade(samples: Samples, rate: int) -> Samples:
    """Begin and end without a click."""
    ramp = np.linspace(0, 1, int(0.01 * rate), dtype=np.float32)
    faded = samples.copy()
    faded[: ramp.size] *= ramp
    faded[-ramp.size :] *= ramp[::-1]
    return faded
