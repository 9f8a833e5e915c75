import pytest
from sqlalchemy import select

from bot.services.voice_catalogue import number_of
from db.models import (
    ClipState,
    Media,
    Person,
    Review,
    ReviewState,
    Wanted,
)
from tests.handlers.booth_phones import (
    FIRST,
    booth,
    clips,
    keeps,
    played,
    tone,
)
from tests.handlers.room import HEAD, TEACHER, YANG, acts


@pytest.fixture
async def recorded(staffed, tmp_path):
    """The teacher has recorded one clip in Miao and kept it."""
    await booth(staffed, TEACHER)
    await keeps(staffed, TEACHER, tone(tmp_path / "one.ogg", 1.5))
    return staffed


async def test_a_second_tap_on_keep_makes_no_second_version(recorded):
    media = (await recorded.rows(select(Media).order_by(Media.id)))[-1]
    await recorded.forges(TEACHER, f"bkeep:{media.id}:{number_of(FIRST.key)}")
    assert len(await clips(recorded)) == 1


async def test_nobody_keeps_what_somebody_else_recorded(recorded):
    media = (await recorded.rows(select(Media).order_by(Media.id)))[-1]
    await recorded.says(HEAD, "/record")
    answer = await recorded.forges(HEAD, f"bkeep:{media.id}:{number_of(FIRST.key)}")
    assert answer["text"] == "❌"
    assert len(await clips(recorded)) == 1


async def test_a_second_speaker_approves_and_never_the_recorder(recorded):
    clip = (await clips(recorded))[0]
    assert (await recorded.forges(TEACHER, f"bok:{clip.id}"))["text"] == "❌"
    await recorded.says(HEAD, "/record")
    asked = (await recorded.messages(HEAD))[-1]
    assert asked["caption"] == f"“{FIRST.spoken}”对不对、清不清楚？"
    assert "voice" in asked
    await recorded.taps(HEAD, "bok:")

    clip = (await clips(recorded))[0]
    assert (clip.state, clip.decided_by) == (ClipState.APPROVED, 2)
    assert (await recorded.kinds(1))[-1] == "clip.approved"
    assert (await recorded.sees(HEAD))[-1] == "都听完了，谢谢。"
    assert (await recorded.forges(HEAD, f"bok:{clip.id}"))["text"] == "❌"


async def test_a_second_speaker_is_called_once_a_day(recorded, tmp_path):
    called = "有一条录音等第二个人听，请听一听。"
    await keeps(recorded, TEACHER, tone(tmp_path / "two.ogg", 1.3))
    assert (await recorded.sees(HEAD)).count(called) == 1
    await recorded.taps(HEAD, "bqueue:0")
    assert FIRST.spoken in (await recorded.sees(HEAD))[-1]


async def test_a_speaker_of_another_language_approves_nothing(recorded):
    clip = (await clips(recorded))[0]
    async with recorded.house.database.begin() as session:
        (await session.get_one(Person, 2)).speaks = "zh"
    await recorded.says(HEAD, "/record")
    await recorded.taps(HEAD, "btongue:2")
    assert (await recorded.forges(HEAD, f"bok:{clip.id}"))["text"] == "❌"
    assert (await clips(recorded))[0].state is ClipState.RECORDED


async def test_what_is_sent_back_reaches_the_recorder_with_the_spoken_reason(recorded, tmp_path):
    await recorded.says(HEAD, "/record")
    await recorded.taps(HEAD, "bback:")
    assert (await recorded.sees(HEAD))[-1] == "请发语音说说哪里不对。"
    assert (await clips(recorded))[0].state is ClipState.RECORDED
    await recorded.speaks(HEAD)

    clip = (await clips(recorded))[0]
    assert (clip.state, clip.decided_by) == (ClipState.RETURNED, 2)
    assert clip.reason_id is not None
    assert (await recorded.kinds(1))[-1] == "clip.returned"
    *_, told, reason = await recorded.messages(TEACHER)
    assert told["text"] == f"示例龙主任请你再录一遍：“{FIRST.spoken}”"
    assert "voice" in reason
    assert acts(reason) == [f"bredo:{number_of(FIRST.key)}"]

    await recorded.taps(TEACHER, "bredo:")
    await keeps(recorded, TEACHER, tone(tmp_path / "again.ogg", 1.1))
    assert [(one.version, one.state) for one in await clips(recorded)] == [
        (1, ClipState.RETURNED),
        (2, ClipState.RECORDED),
    ]


async def test_two_people_who_record_the_same_clip_both_keep_theirs(recorded, tmp_path):
    await recorded.says(HEAD, "/record")
    await recorded.taps(HEAD, "brecord")
    await recorded.taps(HEAD, "btongue:1")
    await recorded.taps(HEAD, "brecord")
    await recorded.speaks(HEAD)
    assert FIRST.spoken in (await recorded.sees(HEAD))[-1]
    await keeps(recorded, HEAD, tone(tmp_path / "other.ogg", 1.7))
    made = await clips(recorded)
    assert [(one.key, one.version, one.speaker_id) for one in made] == [
        (FIRST.key, 1, 1),
        (FIRST.key, 2, 2),
    ]
    assert made[0].path != made[1].path


async def test_a_reader_approves_corrects_and_refuses_written_miao(staffed):
    await booth(staffed, TEACHER)
    await staffed.taps(TEACHER, "bread:0")
    shown = (await staffed.sees(TEACHER))[-1]
    assert shown.startswith("这样写对吗？“")
    await staffed.taps(TEACHER, "bwok:")
    await staffed.taps(TEACHER, "bwno:")
    await staffed.taps(TEACHER, "btext:")
    await staffed.speaks(TEACHER)
    assert (await staffed.sees(TEACHER))[-1] == "请用一条文字写，最多300个字母。"
    await staffed.says(TEACHER, "Wil %(name)s")
    assert "记号请留着" in (await staffed.sees(TEACHER))[-1]
    await staffed.says(TEACHER, "Wil dax yangx")
    reviews = await staffed.rows(select(Review).order_by(Review.id))
    assert [one.state for one in reviews] == [
        ReviewState.APPROVED,
        ReviewState.REFUSED,
        ReviewState.CORRECTED,
    ]
    assert reviews[2].text == "Wil dax yangx"
    assert len({one.msgid for one in reviews}) == 3
    assert all(one.reviewer_id == 1 for one in reviews)
    assert (await staffed.kinds(1)).count("text.reviewed") == 3


async def test_a_learner_hears_an_approved_clip_from_then_on(staffed, tmp_path):
    key = "1 study, 2 I am here, 3 next class, 4 ask the teacher."
    async with staffed.house.database.begin() as session:
        session.add(Wanted(key=key, language="hea", count=1, last_at=staffed.now))
        yang = await session.get_one(Person, 3)
    await booth(staffed, TEACHER)
    await keeps(staffed, TEACHER, tone(tmp_path / "home.ogg", 1.6))
    await staffed.enrols(YANG, yang)
    (clip,) = await clips(staffed)
    assert not await played(staffed, clip)

    await staffed.taps(HEAD, "bqueue:0")
    await staffed.taps(HEAD, "bok:")
    await staffed.says(YANG, "🏠")
    assert await played(staffed, clip)
