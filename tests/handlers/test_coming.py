import json

import pytest
import yaml
from sqlalchemy import select

from bot.clips import FOLDER
from bot.services import coming_list, reminding
from bot.voice.sentences import sentences
from db.models import (
    Account,
    AccountPerson,
    Coming,
    Meeting,
    MeetingState,
    Message,
    Person,
    Reads,
    Reason,
    Reminder,
    ReminderState,
)
from tests.handlers.room import HEAD, TEACHER, USERNAME, WU, YANG


@pytest.fixture
async def enrolled(staffed):
    """Two learners are in the class; its next meeting is in two days."""
    for user, number in ((YANG, 3), (WU, 4)):
        async with staffed.house.database.read() as session:
            person = await session.get_one(Person, number)
        await staffed.enrols(user, person)
    async with staffed.house.database.begin() as session:
        (await session.get_one(Meeting, 1)).state = MeetingState.CANCELLED
    return staffed


@pytest.fixture
async def eve(enrolled):
    """It is 20:00 on the day before class."""
    enrolled.wait(days=1, hours=11)
    await remind(enrolled)
    return enrolled


async def remind(room):
    """Let the heartbeat plan and queue at this moment."""
    async with room.house.database.begin() as session:
        await reminding.plan(session, room.now)
    due = select(Reminder.id).where(
        Reminder.state == ReminderState.PLANNED, Reminder.due_at <= room.now
    )
    while await room.rows(due):  # the house's own heartbeat may have some of them in hand
        async with room.house.database.begin() as session:
            await reminding.queue_due(session, room.key, USERNAME, room.now)
    room.house.sender.wake()
    await room.settle()


async def said(room, person):
    return [
        (row.comes, row.reason, row.granted)
        for row in await room.rows(select(Coming).where(Coming.person_id == person))
    ]


async def test_the_evening_before_asks_and_the_thumb_answers(eve):
    assert "明天9:00上课，在云上村教学点。" in await eve.sees(YANG)
    await eve.taps(YANG, "come:2:1")
    assert await said(eve, 3) == [(True, None, None)]
    assert (await eve.sees(YANG))[-1] == "好，我告诉老师你来。"
    assert "coming.answered" in await eve.kinds(3)


async def test_one_list_tells_the_teacher_who_comes_and_is_edited_in_place(eve):
    await eve.taps(YANG, "come:2:1")
    eve.wait(seconds=10)
    await eve.taps(WU, "come:2:0")
    eve.wait(seconds=10)
    await eve.settle()
    lists = [words for words in await eve.sees(TEACHER) if words and words.startswith("数一数，")]
    assert lists == ["数一数，明天9:00：来1，假1，未回0"]
    await eve.taps(TEACHER, "list:2")
    assert "来：示例杨一" in (await eve.sees(TEACHER))[-1]
    assert "请假：示例吴二" in (await eve.sees(TEACHER))[-1]


async def test_the_teachers_list_of_today_counts_along(eve):
    eve.wait(hours=9)  # the morning of the class
    await eve.says(TEACHER, "/today")
    assert "来0，假0，未回2" in (await eve.sees(TEACHER))[-1]
    await eve.taps(YANG, "come:2:1")
    eve.wait(seconds=10)
    await eve.settle()
    today = [words for words in await eve.sees(TEACHER) if words and words.startswith("今天")]
    assert "来1，假0，未回1" in today[-1]


async def test_who_cannot_come_says_why_by_picture_and_the_head_agrees(eve):
    await eve.taps(YANG, "come:2:0")
    assert (await eve.sees(YANG))[-1].startswith("为什么来不了？")
    await eve.taps(YANG, "why:2:1")
    assert (await eve.sees(YANG))[-1] == "已经告诉班主任。这一课可以在这里学。"
    assert (await eve.sees(HEAD))[-1] == "示例杨一请假 明天 9:00：生病"
    await eve.taps(HEAD, "leave:")
    assert await said(eve, 3) == [(False, Reason.ILL, True)]
    assert (await eve.sees(YANG))[-1] == "班主任同意了：明天请假。"
    assert {"leave.asked", "leave.granted"} <= set(await eve.kinds(3))


async def test_another_reason_is_spoken_and_the_head_answers_with_a_voice(eve):
    await eve.taps(YANG, "come:2:0")
    await eve.taps(YANG, "why:2:4")
    await eve.speaks(YANG)
    assert (await eve.sees(HEAD))[-1] == "示例杨一请假 明天 9:00：别的"
    leave = (await eve.rows(select(Coming)))[0]
    await eve.taps(HEAD, f"leave:{leave.id}:0")
    await eve.speaks(HEAD)
    assert await said(eve, 3) == [(False, Reason.OTHER, False)]
    seen = await eve.sees(YANG)
    assert seen[-2:] == ["班主任希望你能来，请听。", "<voice>"]
    await eve.taps(YANG, "come:2:1")
    assert await said(eve, 3) == [(True, None, None)]


async def test_a_reason_may_be_written_and_a_bottom_button_still_is_one(eve):
    await eve.taps(YANG, "come:2:0")
    await eve.taps(YANG, "why:2:4")
    await eve.says(YANG, "🏠")
    await eve.taps(YANG, "why:2:4")
    await eve.says(YANG, "家里老人病了")
    assert (await eve.sees(HEAD))[-1] == "示例杨一请假 明天 9:00：家里老人病了"


async def test_after_half_a_day_words_are_a_question_again(eve):
    await eve.taps(YANG, "come:2:0")
    await eve.taps(YANG, "why:2:4")
    eve.wait(hours=12, minutes=1)
    await eve.speaks(YANG)
    assert await said(eve, 3) == [(False, None, None)]
    assert "question.asked" in await eve.kinds(3)


async def test_who_cannot_come_is_not_reminded_again_and_who_comes_is(eve):
    await eve.taps(YANG, "come:2:1")
    await eve.taps(WU, "come:2:0")
    eve.wait(hours=12)
    await remind(eve)
    hour = select(Reminder.person_id, Reminder.reason).where(Reminder.rule == "hour")
    async with eve.house.database.read() as session:
        found = {row.person_id: row.reason for row in await session.execute(hour)}
    assert (found[3], found[4]) == ("", "cannot come")


async def test_the_next_class_asks_as_well(enrolled):
    await enrolled.says(YANG, "/next")
    await enrolled.taps(YANG, "come:2:1")
    assert await said(enrolled, 3) == [(True, None, None)]


async def test_an_answer_to_a_class_that_is_over_changes_nothing(eve):
    eve.wait(days=2)
    await eve.taps(YANG, "come:2:1")
    assert await said(eve, 3) == []
    assert "这个按钮旧了，请按新的。" in await eve.sees(YANG)


async def test_nobody_answers_for_another_or_decides_for_another_class(eve):
    await eve.forges(YANG, "come:2:1:4")
    assert await said(eve, 4) == []
    await eve.taps(YANG, "come:2:0")
    await eve.taps(YANG, "why:2:1")
    leave = (await eve.rows(select(Coming)))[0]
    await eve.forges(YANG, f"leave:{leave.id}:1")
    await eve.forges(TEACHER, f"leave:{leave.id}:1")
    assert await said(eve, 3) == [(False, Reason.ILL, None)]


async def test_a_head_sees_the_leaves_that_wait_and_decides_once(eve):
    await eve.taps(YANG, "come:2:0")
    await eve.taps(YANG, "why:2:3")
    await eve.says(HEAD, "/leave")
    assert (await eve.sees(HEAD))[-1] == "示例杨一请假 明天 9:00：农活忙"
    await eve.taps(HEAD, "leave:")
    await eve.says(HEAD, "/leave")
    assert (await eve.sees(HEAD))[-1] == "没有人请假。"
    leave = (await eve.rows(select(Coming)))[0]
    await eve.forges(HEAD, f"leave:{leave.id}:0")
    assert await said(eve, 3) == [(False, Reason.FARM, True)]


async def test_a_learner_chooses_the_hour_by_picture_and_is_reminded_then(enrolled):
    await remind(enrolled)
    await enrolled.says(YANG, "/me")
    await enrolled.taps(YANG, "setwhen")
    await enrolled.taps(YANG, "when:2")
    assert (await enrolled.sees(YANG))[-1] == "好了，以后就这样。"
    enrolled.wait(days=1, hours=3, minutes=31)  # 12:31 on the day before
    await remind(enrolled)
    assert "明天9:00上课，在云上村教学点。" in await enrolled.sees(YANG)
    assert "明天9:00上课，在云上村教学点。" not in await enrolled.sees(WU)


async def test_two_on_one_phone_are_named_and_each_answers_for_themselves(staffed):
    async with staffed.house.database.begin() as session:
        session.add(Account(id=9, user_id=YANG))
        await session.flush()
        session.add_all(
            AccountPerson(account_id=9, person_id=person, linked_at=staffed.now)
            for person in (3, 4)
        )
        for person in (3, 4):
            (await session.get_one(Person, person)).reads = Reads.SOME
    await staffed.person(YANG, "杨吴两家")
    await staffed.starts(YANG)
    staffed.wait(days=1, hours=11)
    await remind(staffed)
    assert {
        "示例杨一，明天9:00上课，在云上村教学点。",
        "示例吴二，明天9:00上课，在云上村教学点。",
    } <= set(await staffed.sees(YANG))
    await staffed.forges(YANG, "come:2:1:4")
    await staffed.taps(YANG, "who:")
    assert await said(staffed, 4) == [(True, None, None)]


async def test_a_word_on_leave_waits_for_the_end_of_quiet_hours(eve):
    await eve.taps(YANG, "come:2:0")
    await eve.taps(YANG, "why:2:1")
    eve.wait(hours=3)  # 23:00
    await eve.taps(HEAD, "leave:")
    assert "班主任同意了" not in (await eve.sees(YANG))[-1]
    eve.wait(hours=8, minutes=31)
    await eve.settle()
    assert (await eve.sees(YANG))[-1] == "班主任同意了：今天请假。"


async def test_the_list_counts_each_learner_once(eve, now):
    await eve.taps(YANG, "come:2:1")
    async with eve.house.database.read() as session:
        meeting = await session.get_one(Meeting, 2)
        found = await coming_list.listed(session, meeting, eve.now)
        accounts = list(await session.scalars(select(Account)))
    assert found.counts == {"come": 1, "leave": 0, "silent": 1}
    assert len(accounts) == 4


async def voices(room, user):
    """Return what each voice message to somebody says: its sentence, or the file of its clip."""
    data = room.house.app.bot_data["data"]
    rows = await room.rows(
        select(Message).where(Message.chat_id == user, Message.method == "sendVoice")
    )
    said = []
    for row in rows:
        place, _colon, name = row.payload["voice"]["file"].partition(":")
        recipe = (data / name).with_suffix(".json")
        lines = json.loads(recipe.read_text()) if place == "data" else {}
        pieces = [one if isinstance(one, str) else one["file"] for one in lines.get("pieces", [])]
        said.append((lines.get("says") or {}).get("key") or name or pieces)
    return said


async def test_the_voice_that_grants_a_leave_asks_for_no_thumb(eve):
    await eve.taps(YANG, "come:2:0")
    await eve.taps(YANG, "why:2:1")
    await eve.taps(HEAD, "leave:")
    *_earlier, said = await voices(eve, YANG)
    assert said == "Your class head agrees: you are on leave %(day)s."
    own = yaml.safe_load((FOLDER / "zh" / "sentences.yaml").read_text(encoding="utf-8"))
    (clip,) = [one["spoken"] for one in own if one["english"] == said]
    ways = ["".join(map(str, way)) for way in sentences()[said]]
    assert not [words for words in (clip, *ways) if "拇指" in words]


async def two_families(room):
    """Let Yang and Wu share Yang's phone, and have been asked the evening before."""
    async with room.house.database.begin() as session:
        session.add(Account(id=9, user_id=YANG))
        await session.flush()
        session.add_all(
            AccountPerson(account_id=9, person_id=person, linked_at=room.now) for person in (3, 4)
        )
    await room.person(YANG, "杨吴两家")
    await room.starts(YANG)
    room.wait(days=1, hours=11)
    await remind(room)


@pytest.mark.parametrize("act", ["come:2:1", "come:2:0"])
async def test_a_tap_of_nobody_in_particular_asks_first_who_it_is(staffed, act):
    await two_families(staffed)
    await staffed.forges(YANG, act)  # a card from before the phone was shared names nobody
    assert (await staffed.sees(YANG))[-1] == "现在是谁？按照片。"
    assert await said(staffed, 3) == await said(staffed, 4) == []
    await staffed.taps(YANG, "who:4")
    assert await said(staffed, 3) == []
    assert [comes for comes, *_rest in await said(staffed, 4)] == [act == "come:2:1"]


async def test_a_reason_is_of_who_was_chosen_last(staffed):
    await two_families(staffed)
    await staffed.forges(YANG, "come:2:0")
    await staffed.taps(YANG, "who:3")
    await staffed.taps(YANG, "why:2:1")
    assert await said(staffed, 3) == [(False, Reason.ILL, None)]
    staffed.wait(minutes=31)  # somebody else may hold the phone by now
    await staffed.forges(YANG, "come:2:0")
    assert (await staffed.sees(YANG))[-1] == "现在是谁？按照片。"
    await staffed.taps(YANG, "who:4")
    await staffed.taps(YANG, "why:2:3")
    assert await said(staffed, 4) == [(False, Reason.FARM, None)]
    assert await said(staffed, 3) == [(False, Reason.ILL, None)]


async def test_the_reason_after_a_named_card_is_of_whom_it_names(staffed):
    await two_families(staffed)
    await staffed.forges(YANG, "come:2:1")
    await staffed.taps(YANG, "who:3")  # Yang is at the phone
    await staffed.forges(YANG, "come:2:0:4")  # and Wu takes it
    await staffed.taps(YANG, "why:2:3")
    assert await said(staffed, 3) == [(True, None, None)]
    assert await said(staffed, 4) == [(False, Reason.FARM, None)]


async def test_the_hour_is_chosen_by_a_picture_of_its_own(enrolled):
    await enrolled.forges(YANG, "setwhen")
    asked = select(Message.payload).where(Message.method == "sendPhoto").order_by(Message.id)
    assert (await enrolled.rows(asked))[-1]["photo"] == {"file": "bot:screens/when.png"}
    await enrolled.taps(YANG, "when:2")
    assert (await enrolled.rows(select(Person.remind_at).where(Person.id == 3))) == [750]
