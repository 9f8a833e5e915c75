import json
import subprocess
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clips.parts import parts, spoken
from bot.clips.sound import LEAD_SECONDS, TAIL_SECONDS
from bot.voice import numbers
from bot.voice.choosing_clips import Heard, Voices
from bot.voice.composing import BREATH, PAUSES, RATE, decode, joined, make, part, plan

VOICES = Voices()


def pieces(*reading):
    found = [key if key in PAUSES else VOICES.find(key, "zh") for key in reading]
    assert all(found), reading
    return found


def compose(folder, made, instead=None):
    heard = plan(folder, made, instead=instead)
    make(folder, heard.path)
    return heard


def files(made):
    return [one if isinstance(one, str) else (one.path, one.digest) for one in made]


def seconds(made):
    """Add up what a sentence ought to last, part by part."""
    sounds = sum(part(one.path, one.digest).size for one in made if not isinstance(one, str))
    stops = sum(PAUSES[one] for one in made if isinstance(one, str))
    breaths = sum(
        BREATH
        for one, two in pairwise(made)
        if not isinstance(one, str) and not isinstance(two, str)
    )
    return LEAD_SECONDS + sounds / RATE + stops + breaths + TAIL_SECONDS


def test_parts_become_one_short_mono_opus_voice_note(tmp_path):
    made = pieces("day.tomorrow", "daypart.early", "hour.8", "minute.half", "，", "frame.class")
    heard = compose(tmp_path, made)
    assert heard.file == f"data:voice/{heard.path.name}"
    assert heard.ref == f"v{heard.path.stem}"
    with av.open(str(heard.path)) as file:
        stream = file.streams.audio[0]
        assert (stream.codec_context.name, stream.channels) == ("opus", 1)
        lasted = sum(frame.samples for frame in file.decode(stream)) / 48_000
    assert lasted == pytest.approx(seconds(made), abs=0.1)
    assert heard.path.stat().st_size <= 3200 * lasted + 1500


def test_another_program_reads_the_same_sound(tmp_path, ffprobe):
    made = pieces("number.3", "money.kuai.unit", "number.5")
    found = ffprobe(compose(tmp_path, made).path)
    assert found[:2] == ["opus", "1"]
    assert float(found[2]) == pytest.approx(seconds(made), abs=0.1)


@pytest.fixture
def ffprobe():
    shown = "stream=codec_name,channels:format=duration"

    def probe(path):
        try:
            told = subprocess.run(
                ["ffprobe", "-v", "error", "-show_entries", shown, "-of", "csv=p=0", path],
                capture_output=True,
                check=True,
                text=True,
            )
        except FileNotFoundError:
            pytest.skip("ffprobe is not installed")
        return told.stdout.replace("\n", ",").strip(",").split(",")

    return probe


def test_the_same_sentence_is_made_once_and_another_part_makes_another(tmp_path):
    first = compose(tmp_path, pieces("number.1"))
    written = first.path.stat().st_mtime_ns
    assert compose(tmp_path, pieces("number.1")) == first
    assert first.path.stat().st_mtime_ns == written
    assert compose(tmp_path, pieces("number.2")).path != first.path
    assert len(list((tmp_path / "voice").glob("*.ogg"))) == 2
    assert not list((tmp_path / "voice").glob("*.tmp"))


def test_twenty_seconds_are_the_most_and_stay_under_60_kb(tmp_path):
    long = next(one for one in range(1, 60) if joined_seconds(one + 1) > 20)
    heard = compose(tmp_path, pieces(*["lesson.我的村，我的地址", "，"] * long))
    assert 17 < decode(heard.path).size / RATE <= 20.1
    assert heard.path.stat().st_size <= 60_000
    with pytest.raises(ValueError, match="too long"):
        compose(tmp_path, pieces(*["lesson.我的村，我的地址", "，"] * (long + 1)))
    assert len(list((tmp_path / "voice").glob("*.ogg"))) == 1


def joined_seconds(count):
    return seconds(pieces(*["lesson.我的村，我的地址", "，"] * count))


def test_the_recipe_says_exactly_what_is_heard(tmp_path):
    heard = plan(tmp_path, pieces("hour.8", "，", "number.3"))
    assert not heard.path.exists()
    recipe = json.loads(heard.path.with_suffix(".json").read_text(encoding="utf-8"))
    assert [one if isinstance(one, str) else one["file"] for one in recipe["pieces"]] == [
        "bot:clips/zh/parts/hour.8.ogg",
        "，",
        "bot:clips/zh/parts/number.3.ogg",
    ]
    assert {one["made_by"] for one in recipe["pieces"] if one != "，"} == {"machine"}


def test_a_damaged_part_gives_way_to_the_clip_without_slots(tmp_path, caplog):
    (tmp_path / "broken.ogg").write_bytes(b"OggS but no sound")
    broken = Heard(tmp_path / "broken.ogg", "data:broken.ogg", "c1", digest="broken")
    whole = VOICES.find("Thank you.", "zh")
    heard = compose(tmp_path, [*pieces("number.3"), broken], whole)
    assert whole
    assert heard.path.read_bytes() == whole.path.read_bytes()
    assert "was not joined" in caplog.text
    with pytest.raises(av.FFmpegError):
        compose(tmp_path, [*pieces("number.4"), broken])


def test_nothing_is_made_outside_its_folder(tmp_path):
    make(tmp_path, tmp_path / "elsewhere" / "v1.ogg")
    assert not list(tmp_path.rglob("*.ogg"))


def test_parts_of_any_loudness_and_rate_come_out_even(tmp_path):
    quiet = tmp_path / "quiet.wav"
    moments = np.arange(48_000) / 48_000
    tone = (0.01 * np.sin(2 * np.pi * 220 * moments) * 32_767).astype(np.int16)
    with av.open(str(quiet), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(
            np.repeat(tone, 2).reshape(1, -1), format="s16", layout="stereo"
        )
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    sound = part(quiet, "quiet")
    assert sound.size / RATE == pytest.approx(1.0, abs=0.05)
    assert 20 * np.log10(np.sqrt((sound**2).mean())) == pytest.approx(-16, abs=2)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(parts())), min_size=1, max_size=8))
def test_durations_add_up(reading):
    made = pieces(*reading)
    assert joined(files(made)).size / RATE == pytest.approx(seconds(made), abs=0.01)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=st.integers(0, 9999))
def test_every_number_is_a_voice_note_under_60_kb(tmp_path_factory, value):
    heard = compose(tmp_path_factory.mktemp("said"), pieces(*numbers.number(value)))
    assert 0 < heard.path.stat().st_size <= 60_000


def test_every_part_has_been_rendered_as_it_is_written():
    assert {key: one.spoken for key, one in parts().items()} == spoken()
    assert {one.made_by for one in parts().values()} == {"machine"}


def test_parts_are_small_altogether():
    assert sum(one.path.stat().st_size for one in parts().values()) < 2_000_000
