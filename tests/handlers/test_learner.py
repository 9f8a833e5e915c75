import pytest
from sqlalchemy import select

from bot.services import linking
from bot.services.teaching import course
from db.models import (
    Answer,
    Consent,
    Invite,
    Media,
    Meeting,
    MeetingState,
    Person,
    Question,
    Role,
    Sitting,
    Update,
)
from tests.handlers.room import HEAD, STRANGER, TEACHER, YANG
from tests.handlers.taking import take


@pytest.fixture
async def enrolled(staffed):
    """Yang is in the class and at home, and reads nothing."""
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    return staffed


async def test_a_learner_comes_in_by_a_card_and_agrees_by_voice(enrolled):
    assert (await enrolled.sees(YANG))[-1] == "1 读书　2 我来了　3 下次课　4 问老师"
    consent = (await enrolled.rows(select(Consent)))[0]
    assert (consent.state.value, consent.voice_id is not None) == ("given", True)
    assert [kind for kind in await enrolled.kinds(3) if kind != "voice.fallback"] == [
        "account.linked",
        "voice.wanted",
        "reading.chosen",
        "notice.heard",
        "notice.heard",
        "notice.heard",
        "consent.given",
    ]
    assert "示例杨一说“我同意”。你在场吗？本人听懂了吗？" in await enrolled.sees(HEAD)


async def test_the_class_head_bears_witness(enrolled):
    await enrolled.taps(HEAD, "witness:")
    assert [one.witness_id for one in await enrolled.rows(select(Consent))] == [2]


async def test_who_reads_nothing_hears_each_screen_before_the_picture(enrolled):
    seen = [one for one in await enrolled.messages(YANG) if one["from"]["is_bot"]]
    card = seen[-1]
    assert "photo" in card
    assert "voice" in seen[-2]
    assert card["reply_markup"]["inline_keyboard"][-1][-1]["text"] == "🔊"


async def test_a_card_pressed_no_is_given_back(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.person(YANG, "谁")
    await staffed.starts(YANG, await staffed.card(yang))
    message = (await staffed.messages(YANG))[-1]
    data = message["reply_markup"]["inline_keyboard"][0][1]["callback_data"]
    await staffed.taps(YANG, data)
    assert (await staffed.sees(YANG))[-1] == "好的。请把这张卡还给班主任。"
    assert await staffed.kinds(3) == ["invite.declined"]


@pytest.mark.parametrize("payload", ["e-1-AAAAAAAAAAAAAAAAAAAAAA", "e-99999", "e-"])
async def test_a_forged_card_is_refused_kindly(staffed, payload):
    await staffed.person(STRANGER, "谁")
    await staffed.starts(STRANGER, payload)
    assert (await staffed.sees(STRANGER))[-1] == "这张卡不能用了，请找班主任换一张。"


async def test_a_used_card_is_refused_to_another_phone(enrolled):
    cards = await enrolled.rows(select(Invite).where(Invite.role == Role.LEARNER))
    await enrolled.person(STRANGER, "谁")
    await enrolled.starts(STRANGER, linking.payload(enrolled.key, "e", cards[0].id))
    assert (await enrolled.sees(STRANGER))[-1] == "这张卡不能用了，请找班主任换一张。"
    assert (await enrolled.sees(HEAD))[-1] == "示例杨一的入班卡又被扫了一次，已不能用"


async def test_an_expired_card_is_refused(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    card = await staffed.card(yang)
    staffed.wait(days=61)
    await staffed.person(YANG, "谁")
    await staffed.starts(YANG, card)
    assert (await staffed.sees(YANG))[-1] == "这张卡不能用了，请找班主任换一张。"


async def test_a_lesson_is_taken_step_by_step(enrolled):
    await enrolled.taps(YANG, "study")
    assert "第1课：听、点、说，大约8分钟。" in (await enrolled.sees(YANG))[-1]
    await enrolled.taps(YANG, "go:")
    for _step in range(30):
        sitting = (await enrolled.rows(select(Sitting)))[0]
        if sitting.finished_at:
            break
        lesson = course().lesson(sitting.lesson)
        assert lesson
        await take(enrolled, YANG, sitting, lesson.steps[sitting.step])
    assert (await enrolled.sees(YANG))[-1] == "第1课学完了：听、点、说。"
    answers = await enrolled.rows(select(Answer).order_by(Answer.id))
    assert {one.kind for one in answers} >= {"tap_picture", "count", "say_after"}
    assert all(one.right is not False for one in answers)
    assert "lesson.finished" in await enrolled.kinds(3)


async def test_a_wrong_tap_is_heard_again_with_fewer_choices(enrolled):
    await enrolled.taps(YANG, "study")
    await enrolled.taps(YANG, "go:")
    sitting = (await enrolled.rows(select(Sitting)))[0]
    await enrolled.taps(YANG, f"step:{sitting.id}:0:0")
    await enrolled.taps(YANG, f"step:{sitting.id}:1:1")
    assert "再听一遍。" in await enrolled.sees(YANG)
    answers = await enrolled.rows(select(Answer))
    assert [(one.choice, one.right) for one in answers] == [(1, False)]
    assert (await enrolled.rows(select(Sitting)))[0].step == 1


async def test_a_lesson_goes_on_where_it_was_left(enrolled):
    await enrolled.taps(YANG, "study")
    await enrolled.taps(YANG, "go:")
    await enrolled.taps(YANG, "step:1:0:0")
    enrolled.wait(days=3)
    await enrolled.says(YANG, "🏠")
    await enrolled.taps(YANG, "study")
    assert (await enrolled.sees(YANG))[-1] == "上次学到这里。1 接着学　2 从头学"
    await enrolled.says(YANG, "1")
    assert (await enrolled.rows(select(Sitting)))[0].step == 1


async def test_a_second_tap_on_an_old_step_changes_nothing(enrolled):
    await enrolled.taps(YANG, "study")
    await enrolled.taps(YANG, "go:")
    await enrolled.taps(YANG, "step:1:0:0")
    before = await enrolled.sees(YANG)
    await enrolled.taps(YANG, "step:1:0:0")
    assert await enrolled.sees(YANG) == before


async def test_a_question_reaches_the_teacher_and_the_answer_comes_back(enrolled):
    await enrolled.taps(YANG, "ask")
    await enrolled.speaks(YANG)
    assert (await enrolled.sees(YANG))[-1] == "已经转给老师，回答会发到这里。"
    assert (await enrolled.sees(TEACHER))[-1] == "有学员提问"
    await enrolled.taps(TEACHER, "questions")
    assert "示例杨一提问" in (await enrolled.sees(TEACHER))[-1]
    await enrolled.speaks(TEACHER)
    assert (await enrolled.sees(TEACHER))[-1] == "已发给示例杨一"
    assert "现在懂了吗？" in (await enrolled.sees(YANG))[-1]
    await enrolled.taps(YANG, "clear:1:1")
    question = (await enrolled.rows(select(Question)))[0]
    assert (question.answered_by, question.clear) == (1, True)


async def test_a_voice_that_nobody_asked_for_is_kept_and_reaches_the_teacher(enrolled):
    await enrolled.says(YANG, "🏠")
    await enrolled.taps(YANG, "study")
    await enrolled.speaks(YANG)
    assert "存好了，会转给老师。" in await enrolled.sees(YANG)
    assert len(await enrolled.rows(select(Question))) == 1


async def test_a_voice_where_a_tap_was_asked_is_presence(enrolled):
    await enrolled.taps(TEACHER, "open:1")
    await enrolled.speaks(YANG)
    assert await enrolled.marks() == [(3, "in", "present", "voice")]


async def test_the_files_bytes_come_into_our_keeping(enrolled):
    await enrolled.taps(YANG, "ask")
    await enrolled.speaks(YANG)
    for _turn in range(50):
        await enrolled.house.heartbeat.fetch(enrolled.now)
        media = await enrolled.rows(select(Media))
        if all(one.state.value == "stored" for one in media):
            break
    for one in media:
        kept = enrolled.house.app.bot_data["data"] / one.path
        assert kept.read_bytes()[:4] == b"OggS"


async def test_checking_in_by_the_hand_at_home(enrolled):
    await enrolled.says(YANG, "/here")
    assert (await enrolled.sees(YANG))[-1] == "你到了：9:00。"
    assert await enrolled.marks() == [(3, "in", "present", "tap")]


async def test_a_tap_is_taken_back(enrolled):
    await enrolled.says(YANG, "/here")
    await enrolled.taps(YANG, "undo:")
    assert (await enrolled.sees(YANG))[-1] == "撤回了。"
    await enrolled.says(YANG, "/here")
    assert await enrolled.marks() == [
        (3, "in", "present", "tap"),
        (3, "in", "withdrawn", "tap"),
        (3, "in", "present", "tap"),
    ]


async def test_who_comes_late_is_told_so_kindly(enrolled):
    async with enrolled.house.database.begin() as session:
        meeting = await session.get_one(Meeting, 1)
        meeting.state, meeting.opened_at = MeetingState.OPEN, meeting.starts_at
    enrolled.wait(minutes=20)
    await enrolled.says(YANG, "/here")
    assert (await enrolled.sees(YANG))[-1] == "你到了，晚了25分钟。请进来坐。"


async def test_an_id_number_is_deleted_and_not_kept(enrolled):
    said = "我的号是999999199001010010"
    await enrolled.says(YANG, said)
    assert "请不要在这里写身份证号" in (await enrolled.sees(YANG))[-1]
    assert not [one for one in await enrolled.messages(YANG) if one.get("text") == said]
    assert not [row for row in await enrolled.rows(select(Update)) if "999999" in row.payload]


async def test_hear_again_plays_the_very_clip(enrolled):
    await enrolled.taps(YANG, "study")
    await enrolled.taps(YANG, "hear:")
    assert (await enrolled.sees(YANG))[-1] == "<voice>"
    assert "clip.replayed" in await enrolled.kinds(3)
