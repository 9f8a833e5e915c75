"""What a learner hears in a chat: sentences with slots, joined from parts that people recorded."""

from io import BytesIO
from itertools import pairwise

import av
import numpy as np
import pytest
from sqlalchemy import select

from bot.clips.parts import parts
from bot.voice.choosing_clips import reference
from bot.voice.composing import BREATH, PAUSES, RATE, decode, part
from db.models import Wanted
from tests.handlers.booth_phones import booth, clips, keeps, tone
from tests.handlers.room import HEAD, TEACHER, YANG
from tests.handlers.spoken_room import (
    heard_by_others,
    in_class,
    last_voice,
    lines,
    record,
    remind,
    voices,
)

LEAD_AND_TAIL = 0.28


@pytest.fixture
async def reminded(staffed):
    return await in_class(staffed)


def lasts(sound):
    with av.open(BytesIO(sound), "r") as file:
        stream = file.streams.audio[0]
        assert (stream.codec_context.name, stream.channels) == ("opus", 1)
        return sum(frame.samples for frame in file.decode(stream)) / 48_000


async def test_the_reminder_says_when_and_where(reminded):
    await remind(reminded)
    sound, pieces = await last_voice(reminded)
    files = [one if isinstance(one, str) else one["file"].split("/")[-1] for one in pieces]
    assert files[:5] == [
        "day.tomorrow.ogg",
        "daypart.morning.ogg",
        "hour.9.ogg",
        "frame.class_at.ogg",
        parts()["place.学校"].path.name,
    ]
    sounds = {path.name: path for path in (one.path for one in parts().values())}
    whole = sum(part(sounds[one], one).size / RATE for one in files if one in sounds)
    stops = sum(PAUSES[one] for one in files if one in PAUSES)
    assert lasts(sound) == pytest.approx(0.28 + whole + stops + 4 * BREATH, abs=0.15)
    assert "voice.fallback" in await reminded.kinds(3)


async def test_a_miao_recording_plays_inside_the_next_reminder(reminded):
    path = await record(reminded, "day.tomorrow")
    before = (await reminded.kinds(3)).count("voice.fallback")
    await remind(reminded)
    sound, pieces = await last_voice(reminded)
    assert (pieces[0]["file"], pieces[0]["language"]) == ("data:clips/hea.ogg", "hea")
    assert {one["language"] for one in pieces[1:] if not isinstance(one, str)} == {"zh"}
    assert lasts(sound) > part(path, "miao").size / RATE + 2
    assert (await reminded.kinds(3)).count("voice.fallback") == before
    wanted = {one.key for one in await reminded.rows(select(Wanted))}
    assert "frame.class_at" in wanted
    assert "day.tomorrow" not in wanted


async def test_a_joined_sentence_is_heard_again_from_its_button(reminded):
    await remind(reminded)
    sound, _pieces = await last_voice(reminded)
    data = reminded.house.app.bot_data["data"]
    for path in (data / "voice").glob("*.ogg"):  # a cache may be emptied at any time
        path.unlink()
    await reminded.taps(YANG, "hear:v")
    again, _pieces = await last_voice(reminded)
    assert again == sound
    assert (await reminded.kinds(3))[-1] == "clip.replayed"


async def test_the_same_sentence_is_uploaded_once(reminded):
    await remind(reminded)
    uploaded = {one["voice"]["file_id"] for one in await voices(reminded)}
    await reminded.taps(YANG, "hear:v")
    assert {one["voice"]["file_id"] for one in await voices(reminded)} == uploaded


async def recorded(room, keys, tmp_path):
    """Let the teacher record in the booth what is wanted, and the class head approve all of it."""
    async with room.house.database.begin() as session:
        for place, key in enumerate(keys):
            count = 100 - place  # in this order
            session.add(Wanted(key=key, language="hea", count=count, last_at=room.now))
    await booth(room, TEACHER)
    for place in range(len(keys)):
        await keeps(room, TEACHER, tone(tmp_path / f"{place}.ogg", 1.5 + place / 2, before=1))
    await room.says(HEAD, "/record")
    for _key in keys:
        await room.taps(HEAD, "bok:")
    made = await clips(room)
    assert [(one.key, one.state.value, one.decided_by) for one in made] == [
        (key, "approved", 2) for key in keys
    ]
    return made


def expected(room, pieces):
    """Add up what a sentence ought to last, part by part."""
    data = room.house.app.bot_data["data"]
    at_home = {one.path.name: one.path for one in parts().values()}
    whole = LEAD_AND_TAIL + sum(PAUSES[one] for one in pieces if isinstance(one, str))
    for one in pieces:
        if not isinstance(one, str):
            place, _colon, name = one["file"].partition(":")
            path = data / name if place == "data" else at_home[name.split("/")[-1]]
            whole += part(path, one["sha256"]).size / RATE
    said = [not isinstance(one, str) for one in pieces]
    return whole + BREATH * sum(one and two for one, two in pairwise(said))


def pitch(samples):
    """Return the strongest tone of a sound."""
    return np.fft.rfftfreq(samples.size, 1 / RATE)[np.argmax(np.abs(np.fft.rfft(samples)))]


async def test_what_two_people_recorded_and_approved_is_heard_in_the_next_reminder(
    reminded, tmp_path
):
    made = await recorded(reminded, ["day.tomorrow", "frame.class_at"], tmp_path)
    await remind(reminded)
    sound, pieces = await last_voice(reminded)
    spoken = [one for one in pieces if not isinstance(one, str)]
    assert [(one["ref"], one["language"]) for one in spoken] == [
        (f"c{made[0].id}", "hea"),
        ("daypart:morning", "zh"),
        ("hour:9", "zh"),
        (f"c{made[1].id}", "hea"),
        (reference(parts()["place.学校"].path), "zh"),
    ]
    path = tmp_path / "reminder.ogg"
    path.write_bytes(sound)
    seconds = expected(reminded, pieces)
    assert lasts(sound) == pytest.approx(seconds, abs=0.15)
    assert len(sound) <= 3000 * seconds + 1500  # 60 kB for 20 s
    first = decode(path)[int(0.3 * RATE) : int(1.3 * RATE)]
    assert pitch(first) == pytest.approx(220, abs=5)  # it is the recording that is heard
    others = heard_by_others(path)
    if not others:
        pytest.skip("neither ffprobe nor opusinfo is installed")
    for codec, channels, lasted in others:
        assert (codec, channels) == ("opus", 1)
        assert lasted == pytest.approx(seconds, abs=0.2)


async def test_the_ledger_tells_which_parts_were_said_in_mandarin(reminded, tmp_path):
    made = await recorded(reminded, ["frame.class_at"], tmp_path)
    await remind(reminded)
    _sound, pieces = await last_voice(reminded)
    told = (await lines(reminded, "voice.heard"))[-1]
    assert told["key"] == "Class tomorrow at %(time)s, %(place)s."
    assert (told["wanted"], told["given"]) == ("hea", "hea")
    assert told["reason"] == "some parts are not said in it"
    assert [(one["clip"], one["language"]) for one in told["parts"]] == [
        (one["ref"], one["language"]) for one in pieces if not isinstance(one, str)
    ]
    mine = {"clip": f"c{made[0].id}", "language": "hea", "version": 1}
    assert mine in told["parts"]
    hour = {"clip": "hour:9", "language": "zh", "version": 1}
    assert hour in told["parts"]  # clock hours are not attested in Miao
