"""Voices of which nothing can be made: one kind sentence each, nothing lost, the way goes on."""

import base64

import pytest
from sqlalchemy import select

from db.models import Consent, ConsentState, Media, Person, Question
from tests.handlers.booth_phones import (
    FIRST,
    PLAYED,
    booth,
    clips,
    injects,
    keeps,
    sends,
    tone,
    until,
)
from tests.handlers.room import TEACHER, WU, YANG

CUT = "录音不完整，请再说一遍。"
NO_SOUND = "这个不是能播放的声音，请录一条语音。"
SILENT = "里面没有声音。请按住话筒，靠近一点说。"
TOO_LONG = "太长了，请只说这一句。"
TOO_BIG = "文件太大了，请发小一点的。"
MB = 1024 * 1024
LONG = {"file_id": "long", "file_unique_id": "long", "mime_type": "audio/ogg"}


async def uploaded(room, data):
    """Return the id under which a file lies in the chat, without the booth having seen it."""
    await room.person(WU, "吴")
    await room.starts(WU)
    said = await room.do(
        "document",
        user=WU,
        file=base64.b64encode(data).decode(),
        file_name="x.ogg",
        mime_type="audio/ogg",
    )
    await room.settle()
    shown = said["document"]
    return {one: shown[one] for one in ("file_id", "file_unique_id", "file_size")}


async def test_a_recording_that_broke_off_is_asked_for_again(staffed, tmp_path):
    await booth(staffed, TEACHER)
    whole = tone(tmp_path / "whole.ogg", 8)
    half = await uploaded(staffed, whole[: len(whole) // 2])
    voice = half | {"duration": 8, "mime_type": "audio/ogg"}
    await injects(staffed, TEACHER, voice=voice)
    await until(staffed, TEACHER, CUT)
    assert await clips(staffed) == []
    await keeps(staffed, TEACHER, whole)
    assert [one.key for one in await clips(staffed)] == [FIRST.key]


@pytest.mark.parametrize("name", ["song.mp3", "song.wav", "song.m4a"])
async def test_an_audio_file_that_is_no_audio_is_refused_in_one_sentence(staffed, name):
    await booth(staffed, TEACHER)
    before = len(await staffed.sees(TEACHER))
    junk = await uploaded(staffed, b"\x00\x01RIFFID3junk" * 99)
    audio = junk | {"duration": 3, "mime_type": "audio/mpeg", "file_name": name}
    await injects(staffed, TEACHER, audio=audio)
    await until(staffed, TEACHER, NO_SOUND)
    assert (await staffed.sees(TEACHER))[before:] == [NO_SOUND]
    assert await clips(staffed) == []


async def test_pure_silence_is_heard_as_silence_and_the_next_try_counts(staffed, tmp_path):
    await booth(staffed, TEACHER)
    await sends(staffed, TEACHER, tone(tmp_path / "none.ogg", 2, loud=0))
    await until(staffed, TEACHER, SILENT)
    await sends(staffed, TEACHER, tone(tmp_path / "some.ogg", 2))
    await until(staffed, TEACHER, PLAYED)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"duration": 1200, "file_size": MB}, TOO_LONG),
        ({"duration": 9, "file_size": 19 * MB}, TOO_BIG),
        ({"duration": 0, "file_size": 90}, SILENT),
    ],
    ids=["20 minutes", "19 MB", "silent"],
)
async def test_a_speakers_consent_must_be_a_voice_that_can_be_kept(staffed, more, sentence):
    await staffed.says(TEACHER, "/record")
    await staffed.taps(TEACHER, "btongue:1")
    await injects(staffed, TEACHER, voice=LONG | more)
    assert (await staffed.sees(TEACHER))[-1] == sentence
    consents = await staffed.rows(select(Consent).where(Consent.kind == "voice"))
    assert [one.state for one in consents] == [ConsentState.ASKED]
    await staffed.speaks(TEACHER)
    assert "请用苗语录" in (await staffed.sees(TEACHER))[-1]


@pytest.fixture
async def enrolled(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    return staffed


@pytest.mark.parametrize(
    ("more", "sentence", "kept"),
    [
        ({"duration": 1200, "file_size": MB}, "太长了，请在5分钟以内说完。", 1),
        ({"duration": 9, "file_size": 21 * MB}, TOO_BIG, 0),
        ({"duration": 0, "file_size": 90}, SILENT, 0),
    ],
    ids=["20 minutes", "21 MB", "silent"],
)
async def test_a_learner_hears_what_is_wrong_and_sees_the_screen_again(
    enrolled, more, sentence, kept
):
    files = len(await enrolled.rows(select(Media)))
    await injects(enrolled, YANG, voice=LONG | more)
    seen = await enrolled.messages(YANG)
    (told,) = [one for one in seen if one.get("caption") == sentence]
    assert "voice" in told  # it is said as well
    assert seen[-1]["caption"].startswith("1 读书")
    assert len(await enrolled.rows(select(Media))) == files + kept
    assert await enrolled.rows(select(Question)) == []


async def test_a_learners_nineteen_megabytes_reach_the_teacher(enrolled):
    await enrolled.says(YANG, "/ask")
    await injects(enrolled, YANG, voice=LONG | {"duration": 200, "file_size": 19 * MB})
    (asked,) = await enrolled.rows(select(Question))
    assert asked.person_id == 3
    assert (await enrolled.rows(select(Media).where(Media.id == asked.media_id)))[0].size == 19 * MB
