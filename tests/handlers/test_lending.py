"""A speaker takes the voice back: nobody hears it any more, and what was heard stays on record."""

import pytest
from sqlalchemy import select

from bot.services.voice_catalogue import number_of
from bot.services.voice_coverage import coverage
from db.models import ClipState, Consent, ConsentState, LedgerEntry, Wanted
from tests.handlers.booth_phones import booth, clips, keeps, tone
from tests.handlers.room import HEAD, TEACHER, YANG
from tests.handlers.spoken_room import files, in_class, remind

HOME = "1 study, 2 I am here, 3 next class, 4 ask the teacher."
DONE = "你的录音不再播放了。谢谢你帮过忙。"


@pytest.fixture
async def lent(staffed, tmp_path):
    """The teacher's voice says two things that learners hear, and a third that waits."""
    await in_class(staffed)
    async with staffed.house.database.begin() as session:
        for count, key in enumerate(("Thank you.", "day.tomorrow", HOME)):
            session.add(Wanted(key=key, language="hea", count=count + 7, last_at=staffed.now))
    await booth(staffed, TEACHER)
    for number in range(3):
        await keeps(staffed, TEACHER, tone(tmp_path / f"{number}.ogg", 1.3 + number / 5))
    await staffed.says(HEAD, "/record")
    await staffed.taps(HEAD, "bok:")
    await staffed.taps(HEAD, "bok:")
    await staffed.says(YANG, "🏠")
    await remind(staffed)
    return staffed


async def takes_back(room):
    await room.says(TEACHER, "/record")
    await room.taps(TEACHER, "bvoice:0")
    assert "你录的3条不再播放" in (await room.sees(TEACHER))[-1]
    await room.taps(TEACHER, "bvoice:1")
    assert (await room.sees(TEACHER))[-1] == DONE


async def test_it_is_asked_once_more_and_no_means_no(lent):
    await lent.says(TEACHER, "/record")
    await lent.taps(TEACHER, "bvoice:0")
    await lent.taps(TEACHER, "brecord")
    assert "请用苗语录" in (await lent.sees(TEACHER))[-1]
    assert [one.state.value for one in await clips(lent)] == ["approved", "approved", "recorded"]


async def test_nothing_of_it_is_played_any_more_and_nothing_is_lost(lent):
    before = await clips(lent)
    data = lent.house.app.bot_data["data"]
    assert (await files(lent))[-1].startswith("data:voice/")
    await takes_back(lent)

    for clip in await clips(lent):
        assert (clip.state, clip.decided_by) == (ClipState.RETURNED, 1)
        assert (data / clip.path).is_file()
    assert [one.sha256 for one in await clips(lent)] == [one.sha256 for one in before]
    consent = (await lent.rows(select(Consent).where(Consent.kind == "voice")))[0]
    assert consent.state is ConsentState.WITHDRAWN
    line = (await lent.rows(select(LedgerEntry).where(LedgerEntry.kind == "consent.withdrawn")))[0]
    assert (line.person_id, line.payload["clips"]) == (1, [one.id for one in before])

    await lent.says(YANG, "🏠")
    assert (await files(lent))[-1] == "bot:clips/zh/018.ogg"
    await lent.taps(YANG, f"hear:c{before[0].id}")  # of a card from before
    assert (await files(lent))[-1] == "bot:clips/zh/018.ogg"
    cached = set((data / "voice").glob("*.json"))
    await lent.taps(YANG, "hear:v")  # of the reminder with the voice in it
    told = (await files(lent))[-1]
    assert data / told.removeprefix("data:").replace(".ogg", ".json") not in cached


async def test_what_waits_for_a_second_speaker_waits_no_more(lent):
    await takes_back(lent)
    waiting = (await clips(lent))[2]
    assert (await lent.forges(HEAD, f"bok:{waiting.id}"))["text"] == "❌"
    await lent.says(HEAD, "/record")
    assert "对不对、清不清楚" not in (await lent.sees(HEAD))[-1]


async def test_the_status_counts_what_was_taken_back(lent):
    await takes_back(lent)
    async with lent.house.database.read() as session:
        counted = {one.language: one for one in await coverage(session)}
    hea = counted["hea"].as_json()
    assert (hea["person"], hea["waiting"], hea["withdrawn"]) == (0, 0, 3)
    assert counted["zh"].withdrawn == 0


async def test_without_the_consent_no_old_button_records(lent, tmp_path):
    await takes_back(lent)
    await lent.forges(TEACHER, f"bredo:{number_of(HOME)}")
    assert (await lent.sees(TEACHER))[-1] == "你用哪种话录？"
    assert (await lent.forges(TEACHER, "bvoice:1"))["text"] == "❌"
    await booth(lent, TEACHER)
    await keeps(lent, TEACHER, tone(tmp_path / "new.ogg", 1.9))
    made = await clips(lent)
    assert [(one.key, one.version, one.state.value) for one in made[2:]] == [
        ("Thank you.", 1, "returned"),
        (HOME, 2, "recorded"),
    ]
