"""What a learner hears in a chat: sentences with slots, joined from parts that people recorded."""

import json
from hashlib import sha256
from io import BytesIO

import av
import pytest
from sqlalchemy import delete, select

from bot.clips.parts import parts
from bot.voice.composing import BREATH, PAUSES, RATE, part
from db.models import Clip, ClipState, Meeting, Message, Person, Wanted
from tests.handlers.room import TOKEN, YANG


@pytest.fixture
async def reminded(staffed):
    """Yang, who speaks Miao and reads nothing, is in the class; it is the eve of the second one."""
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    async with staffed.house.database.begin() as session:
        (await session.get_one(Meeting, 2)).place = "学校"
        (await session.get_one(Person, 3)).speaks = "hea"
        await session.execute(delete(Wanted))
    await staffed.house.heartbeat.plan(staffed.now)
    staffed.wait(days=1)
    return staffed


async def remind(room):
    await room.house.heartbeat.remind(room.now)
    await room.settle()


async def record(room, key):
    """Let a Miao speaker's recording of a part have been approved."""
    data = room.house.app.bot_data["data"]
    sound = parts()["lesson.防骗"].path.read_bytes()
    path = data / "clips" / "miao.ogg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound)
    async with room.house.database.begin() as session:
        session.add(
            Clip(
                key=key,
                language="hea",
                version=1,
                path="clips/miao.ogg",
                sha256=sha256(sound).hexdigest(),
                milliseconds=800,
                state=ClipState.APPROVED,
                recorded_at=room.now,
                decided_at=room.now,
            )
        )
    return path


async def last_voice(room):
    """Return the bytes of the newest voice note in Yang's chat, and what was said to be in it."""
    rows = await room.rows(
        select(Message)
        .where(Message.chat_id == YANG, Message.method == "sendVoice")
        .order_by(Message.id)
    )
    name = rows[-1].payload["voice"]["file"].removeprefix("data:")
    recipe = (room.house.app.bot_data["data"] / name).with_suffix(".json")
    voice = [one["voice"] for one in await room.messages(YANG) if "voice" in one][-1]
    kept = await room.house.api.call("getFile", {"file_id": voice["file_id"]})
    async with room.http.get(f"/file/bot{TOKEN}/{kept['file_path']}") as answer:
        return await answer.read(), json.loads(recipe.read_text(encoding="utf-8"))["pieces"]


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
    assert (pieces[0]["file"], pieces[0]["language"]) == ("data:clips/miao.ogg", "hea")
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


async def voices(room):
    return [one for one in await room.messages(YANG) if "voice" in one]
