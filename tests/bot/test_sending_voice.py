import pytest
from sqlalchemy import select

from bot.clips import FOLDER
from bot.voice.choosing_clips import Voices
from bot.voice.composing import plan
from db.models import Message, OutboxState, Upload

VOICE = {"voice": {"file": "bot:clips/zh/016.ogg"}, "caption": "你好", "parse_mode": "HTML"}


@pytest.fixture
def composed(tmp_path):
    """A sentence that was planned and that nobody has heard yet."""
    voices = Voices()
    found = (voices.find(key, "zh") for key in ("day.tomorrow", "daypart.early", "hour.8"))
    parts = [one for one in found if one]
    return {"voice": {"file": plan(tmp_path, parts).file}}


async def drain(sending):
    async with sending() as sender:
        await sender.drained()


async def forbids(town):
    (user,) = await town.people(1)
    await town.act("people/#", user, forbids_voice=True)
    return user


async def test_who_forbids_voice_notes_gets_the_same_row_as_an_audio_file(town, post, row, sending):
    user = await forbids(town)
    rows = [await post(user, method="sendVoice", payload=VOICE) for _ in range(3)]
    await drain(sending)

    seen = await town.seen(user)
    assert [(one["caption"], one["audio"]["title"]) for one in seen] == [("你好", "🔊")] * 3
    assert len({one["audio"]["file_id"] for one in seen}) == 1
    assert len(town.calls("sendVoice")) == 1  # from then on nobody tries
    for number in rows:
        found = await row(number)
        assert (found.state, found.method) == (OutboxState.SENT, "sendAudio")
        assert found.payload["audio"] == VOICE["voice"]
        assert "voice" not in found.payload


async def test_it_is_remembered_by_the_sender_that_comes_after(town, post, sending):
    user = await forbids(town)
    await post(user, method="sendVoice", payload=VOICE)
    await drain(sending)
    await post(user, method="sendVoice", payload=VOICE)
    await drain(sending)
    assert len(await town.seen(user)) == 2
    assert len(town.calls("sendVoice")) == 1


async def test_others_still_hear_voice_notes(town, post, sending):
    user, other = await forbids(town), (await town.people(1))[0]
    await post(user, method="sendVoice", payload=VOICE)
    await post(other, method="sendVoice", payload=VOICE)
    await drain(sending)
    assert [("audio" in one, "voice" in one) for one in await town.seen(user)] == [(True, False)]
    assert [("audio" in one, "voice" in one) for one in await town.seen(other)] == [(False, True)]


async def test_a_composed_sentence_goes_as_an_audio_file_too(town, post, sending, composed):
    user = await forbids(town)
    await post(user, method="sendVoice", payload=composed)
    await drain(sending)
    (heard,) = await town.seen(user)
    assert heard["audio"]["duration"] >= 1


async def test_somebodys_voice_that_is_passed_on_goes_as_an_audio_file_too(town, post, sending):
    user, teacher = await forbids(town), (await town.people(1))[0]
    await post(teacher, method="sendVoice", payload=VOICE)
    await drain(sending)
    file_id = (await town.seen(teacher))[0]["voice"]["file_id"]

    await post(user, method="sendVoice", payload={"voice": file_id, "caption": "老师回答你"})
    await drain(sending)
    (heard,) = await town.seen(user)
    assert heard["caption"] == "老师回答你"
    kept = town.world.files.by_id[heard["audio"]["file_id"]]
    assert town.world.files.read(kept) == (FOLDER / "zh" / "016.ogg").read_bytes()


@pytest.mark.parametrize("kind", ["shipped", "composed"])
async def test_a_voice_goes_up_once_and_again_when_its_id_is_forgotten(
    town, post, row, sending, database, composed, kind
):
    payload = composed if kind == "composed" else VOICE
    users = await town.people(3)
    for user in users[:2]:
        await post(user, method="sendVoice", payload=payload)
    await drain(sending)
    files = town.world.files
    (first,) = files.by_id

    stale = files.by_id.pop(first)
    number = await post(users[2], method="sendVoice", payload=payload)
    await drain(sending)
    (message,) = await town.seen(users[2])
    assert (await row(number)).state is OutboxState.SENT
    assert files.read(files.by_id[message["voice"]["file_id"]]) == stale.data
    async with database.read() as session:
        uploads = list(await session.scalars(select(Upload)))
        sent = list(await session.scalars(select(Message.attempts)))
    assert [one.file_id for one in uploads] == [message["voice"]["file_id"]]
    assert sent == [1, 1, 1]
