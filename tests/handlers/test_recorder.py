import base64
import hashlib
import io

import av
import pytest
from sqlalchemy import select

from bot.services.voice_catalogue import number_of
from db.models import (
    ClipState,
    Consent,
    ConsentState,
    Media,
    Person,
    Wanted,
)
from tests.handlers.booth_phones import (
    FIRST,
    KEPT,
    LISTED,
    PLAYED,
    booth,
    clips,
    injects,
    keeps,
    sends,
    tone,
    until,
)
from tests.handlers.room import TEACHER, YANG


async def test_consent_is_spoken_once_and_then_the_first_clip_is_asked_for(staffed):
    await staffed.says(TEACHER, "/record")
    assert (await staffed.sees(TEACHER))[-1] == "你用哪种话录？"
    await staffed.taps(TEACHER, "btongue:1")
    assert (await staffed.sees(TEACHER))[-1] == "先说一遍：我同意学校用我的声音教学"
    await staffed.says(TEACHER, "我同意")
    assert (await staffed.sees(TEACHER))[-1] == "请按住话筒说。"
    await staffed.speaks(TEACHER)

    asked = (await staffed.messages(TEACHER))[-1]
    assert asked["caption"] == f"请用苗语录：“{FIRST.spoken}”。用到过0次"
    assert "voice" in asked
    consent = (await staffed.rows(select(Consent).where(Consent.kind == "voice")))[0]
    assert (consent.person_id, consent.state) == (1, ConsentState.GIVEN)
    assert "consent.given" in await staffed.kinds(1)

    await staffed.says(TEACHER, "/record")
    assert "请用苗语录" in (await staffed.sees(TEACHER))[-1]


async def test_a_recording_is_played_back_trimmed_and_kept_as_the_first_version(staffed, tmp_path):
    await booth(staffed, TEACHER)
    await keeps(staffed, TEACHER, tone(tmp_path / "one.ogg", 1.5, before=2, after=2))

    (clip,) = await clips(staffed)
    assert (clip.key, clip.language, clip.version) == (FIRST.key, "hea", 1)
    assert (clip.speaker_id, clip.state) == (1, ClipState.RECORDED)
    assert 1500 <= clip.milliseconds <= 1900
    content = (staffed.house.app.bot_data["data"] / clip.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == clip.sha256
    with av.open(io.BytesIO(content)) as file:
        assert file.streams.audio[0].codec_context.name.endswith("opus")
        assert file.streams.audio[0].codec_context.channels == 1
    assert "clip.recorded" in await staffed.kinds(1)
    said = await staffed.sees(TEACHER)
    assert said[-2] == f"{KEPT}还剩{len(LISTED) - 1}条"
    assert "请用苗语录" in said[-1]
    assert FIRST.spoken not in said[-1]


async def test_what_was_wanted_most_comes_first(staffed):
    key = "Everybody has come."
    async with staffed.house.database.begin() as session:
        session.add(Wanted(key=key, language="hea", count=7, last_at=staffed.now))
        session.add(Wanted(key="number.3", language="zh", count=9, last_at=staffed.now))
    await booth(staffed, TEACHER)
    assert (await staffed.sees(TEACHER))[-1].endswith("用到过7次")
    assert LISTED[key].spoken in (await staffed.sees(TEACHER))[-1]


async def test_skipping_goes_along_the_path_and_comes_back_to_what_was_skipped(staffed):
    await booth(staffed, TEACHER)
    await staffed.taps(TEACHER, f"bskip:{number_of(FIRST.key)}")
    second = list(LISTED.values())[1]
    assert second.spoken in (await staffed.sees(TEACHER))[-1]
    await staffed.says(TEACHER, "/record")
    assert FIRST.spoken in (await staffed.sees(TEACHER))[-1]


async def test_a_redone_recording_leaves_no_clip_behind(staffed, tmp_path):
    await booth(staffed, TEACHER)
    await sends(staffed, TEACHER, tone(tmp_path / "one.ogg", 1.2))
    await until(staffed, TEACHER, PLAYED)
    await staffed.taps(TEACHER, "bredo:")
    assert FIRST.spoken in (await staffed.sees(TEACHER))[-1]
    assert await clips(staffed) == []
    await keeps(staffed, TEACHER, tone(tmp_path / "two.ogg", 1.4))
    assert len(await clips(staffed)) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"MZ this is no sound at all" * 50, "这个不是能播放的声音，请录一条语音。"),
        (b"", "这个不是能播放的声音，请录一条语音。"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "这个不是能播放的声音，请录一条语音。"),
    ],
    ids=["program", "empty", "playlist"],
)
async def test_a_file_that_is_no_sound_is_refused_in_one_sentence(staffed, data, sentence):
    await booth(staffed, TEACHER)
    before = len(await staffed.sees(TEACHER))
    await staffed.do(
        "document",
        user=TEACHER,
        **({"file": base64.b64encode(data).decode()} if data else {"declared_size": 0}),
        file_name="x.ogg",
        mime_type="audio/ogg",
    )
    await until(staffed, TEACHER, sentence)
    assert (await staffed.sees(TEACHER))[before:] == [sentence]
    assert await clips(staffed) == []


async def test_silence_is_refused_in_one_sentence(staffed, tmp_path):
    await booth(staffed, TEACHER)
    await sends(staffed, TEACHER, tone(tmp_path / "quiet.ogg", 3, loud=0.0005))
    await until(staffed, TEACHER, "里面没有声音。请按住话筒，靠近一点说。")
    assert await clips(staffed) == []


async def test_twenty_minutes_and_nineteen_megabytes_are_refused_unfetched(staffed):
    await booth(staffed, TEACHER)
    before = len(await staffed.rows(select(Media)))
    shape = {"file_id": "long", "file_unique_id": "long"}
    for sent, sentence in (
        ({"duration": 1200, "file_size": 900_000}, "太长了，请只说这一句。"),
        ({"duration": 20, "file_size": 19 * 1024 * 1024}, "文件太大了，请发小一点的。"),
    ):
        await injects(staffed, TEACHER, voice=shape | {"mime_type": "audio/ogg"} | sent)
        assert sentence in (await staffed.sees(TEACHER))[-1]
    assert len(await staffed.rows(select(Media))) == before


async def test_a_place_that_learners_wanted_to_hear_can_be_recorded(staffed, tmp_path):
    async with staffed.house.database.begin() as session:
        for language in ("hea", "zh"):
            row = Wanted(key="place.枫香村", language=language, count=3, last_at=staffed.now)
            session.add(row)
    await booth(staffed, TEACHER)
    assert "“枫香村”。用到过3次" in (await staffed.sees(TEACHER))[-1]
    await keeps(staffed, TEACHER, tone(tmp_path / "place.ogg", 1.0))
    assert [one.key for one in await clips(staffed)] == ["place.枫香村"]


async def test_a_voice_outside_the_booth_is_not_the_booths(staffed):
    await booth(staffed, TEACHER)
    await staffed.says(TEACHER, "/today")
    await staffed.speaks(TEACHER)
    assert "今天 11-23" in (await staffed.sees(TEACHER))[-1]
    kinds = [one.kind for one in await staffed.rows(select(Media))]
    assert not [one for one in kinds if one.startswith("record:")]


async def test_a_learner_has_no_booth(room):
    async with room.house.database.read() as session:
        person = await session.get_one(Person, 3)
    await room.enrols(YANG, person)
    assert (await room.forges(YANG, "brecord"))["text"] == "❌"
