from datetime import timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import select, update

from db.models import (
    Coming,
    How,
    LedgerEntry,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Message,
    Person,
    Phase,
    Reminder,
    ReminderState,
    Role,
    Status,
    StudyClass,
    Sure,
)
from tests.handlers.room import HEAD, TEACHER, WU, YANG, acts

OTHER = 301


@pytest.fixture
async def school(staffed):
    """The class lies in a township with a market on 28 November; Yang has a phone, Wu has none."""
    async with staffed.house.database.begin() as session:
        study_class = await session.get_one(StudyClass, 1)
        study_class.township, study_class.teaching_point = "示例乡", "云上村教学点"
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    await staffed.person(WU, "示例吴二")
    return staffed


@pytest.fixture
async def stranger_teacher(school):
    """A teacher of another class has come in."""
    async with school.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=school.now))
        session.add(
            Person(id=9, county_id=1, number="P000009", name="示例外人", created_at=school.now)
        )
        await session.flush()
        session.add(
            Membership(person_id=9, role=Role.TEACHER, study_class_id=2, starts_at=school.now)
        )
        await session.flush()
        other = await session.get_one(Person, 9)
    await school.person(OTHER, "示例外人")
    await school.starts(OTHER, await school.post(other, Role.TEACHER))
    return school


async def meeting(room, number=2):
    return (await room.rows(select(Meeting).where(Meeting.id == number)))[0]


async def last(room, user, chat=None):
    return (await room.sees(user, chat))[-1]


async def buttons(room, user):
    """Return the acts under the newest message with buttons."""
    return next(found for one in reversed(await room.messages(user)) if (found := acts(one)))


async def news(room, user):
    """Return what a learner was told of changes, oldest first."""
    rows = await room.rows(
        select(Message)
        .where(Message.chat_id == user, Message.purpose.in_(("moved", "moved-voice")))
        .order_by(Message.id)
    )
    return [row.payload.get("caption") or row.method for row in rows]


async def plan(room, user, *taps):
    """Plan a meeting by taps, from the timetable on."""
    await room.says(user, "/timetable")
    await room.taps(user, "plan:1")
    for act in taps:
        await room.taps(user, act)


DAY = "planday:1:739947"  # Friday, 27 November 2026
MARKET = "planday:1:739948"


async def test_the_timetable_shows_two_weeks_a_line_a_meeting(school):
    await school.says(TEACHER, "/timetable")
    seen = await last(school, TEACHER)
    assert "示例班 11-23 – 12-6" in seen
    assert "1. 8:55–10:25 wh01 听、点、说 · 云上村教学点 · 示例石老师" in seen
    assert "周三 11-25" in seen
    assert "shift:2" in await buttons(school, TEACHER)
    assert "2 挪课" in str((await school.messages(TEACHER))[-1]["reply_markup"])
    await school.taps(TEACHER, "tt:1:105708:1")
    assert "12-7 – 12-20" in await last(school, TEACHER)
    assert "没有排课" in await last(school, TEACHER)


async def test_a_teacher_plans_a_meeting_by_taps_and_takes_it_back(school):
    await plan(school, TEACHER, DAY)
    assert "plantime:1:540:630" in (await buttons(school, TEACHER))[0]  # the class's own last time
    await school.taps(TEACHER, "plantime:1:510:600")
    await school.taps(TEACHER, "planplace:1:0")
    seen = await last(school, TEACHER)
    assert "周五 11-27 8:30–10:00" in seen
    assert "wh03" in seen  # the next that is untaught
    assert "⚠" not in seen
    assert (await school.kinds(1)).count("meeting.planned") == 0
    await school.taps(TEACHER, "plansave:")
    made = await meeting(school, 3)
    assert (made.lesson, made.place, made.teacher_id) == ("wh03", "云上村教学点", 1)
    assert "已排：周五 11-27 8:30–10:00" in await last(school, TEACHER)
    await school.taps(TEACHER, "takeback:3:0")
    assert (await meeting(school, 3)).state is MeetingState.CANCELLED
    assert (await school.kinds(1))[-2:] == ["meeting.planned", "meeting.cancelled"]
    assert await news(school, YANG) == []  # nobody had heard of it


async def test_a_market_day_warns_and_offers_the_next_free_day_but_does_not_refuse(school):
    await plan(school, HEAD)
    assert "周六 11-28 ⚠赶" in [
        one["text"]
        for row in (await school.messages(HEAD))[-1]["reply_markup"]["inline_keyboard"]
        for one in row
    ]
    await school.taps(HEAD, MARKET)
    assert "赶场" in await last(school, HEAD)
    await school.taps(HEAD, "plantime:1:510:600")
    await school.says(HEAD, "  银铃村   鼓楼 ")
    seen = await last(school, HEAD)
    assert "银铃村 鼓楼" in seen
    assert "赶场" in seen
    assert "planday:1:739949" in await buttons(school, HEAD)  # Sunday
    await school.taps(HEAD, "plansave:")
    assert (await meeting(school, 3)).place == "银铃村 鼓楼"
    assert "银铃村 鼓楼：示例龙主任给你排了课" in await last(school, TEACHER)
    await school.taps(HEAD, "takeback:3:0")
    assert "示例龙主任取消了" in await last(school, TEACHER)
    assert await news(school, YANG) == []


async def test_a_time_that_is_taken_is_not_offered_for_saving(school):
    await plan(school, TEACHER, "planday:1:739945", "plantime:1:535:625", "planplace:1:0")
    assert "⛔ 这个班 周三 11-25 9:00–10:30 已有课" in await last(school, TEACHER)
    assert not any(act.startswith("plansave") for act in await buttons(school, TEACHER))
    await school.taps(TEACHER, "planday:1:")  # the next free day
    await school.taps(TEACHER, "plansave:")
    assert (await meeting(school, 3)).starts_at.day == 26


async def test_lesson_mode_and_teacher_are_changed_on_the_preview(school):
    await plan(school, HEAD, DAY, "plantime:1:510:600", "planplace:1:0")
    await school.taps(HEAD, "planask:1:4")
    await school.taps(HEAD, "planpage:1:2")
    await school.taps(HEAD, "planpage:1:1")
    await school.taps(HEAD, "planless:1:4")
    await school.taps(HEAD, "planask:1:5")
    await school.taps(HEAD, "planmode:1:1")
    await school.taps(HEAD, "planask:1:6")
    await school.taps(HEAD, "planwho:1:2")
    assert "wh05" in await last(school, HEAD)
    assert "线上 · 示例龙主任" in await last(school, HEAD)
    await school.taps(HEAD, "plansave:")
    made = await meeting(school, 3)
    assert (made.lesson, made.mode.value, made.teacher_id) == ("wh05", "online", 2)


async def test_saving_twice_plans_once_and_an_old_preview_saves_nothing(school):
    await plan(school, TEACHER, DAY, "plantime:1:510:600", "planplace:1:0")
    old = next(act for act in await buttons(school, TEACHER) if act.startswith("plansave"))
    await school.taps(TEACHER, "planask:1:1")
    await school.taps(TEACHER, DAY)
    assert (await school.forges(TEACHER, old))["text"] == "…"
    assert len(await school.rows(select(Meeting))) == 2
    new = next(act for act in await buttons(school, TEACHER) if act.startswith("plansave"))
    await school.taps(TEACHER, new)
    assert (await school.forges(TEACHER, new))["text"] == "…"
    assert len(await school.rows(select(Meeting))) == 3


async def test_what_was_planned_can_be_dropped(school):
    await plan(school, TEACHER, DAY, "plantime:1:510:600", "planplace:1:0", "plandrop:1")
    assert "示例班 11-23" in await last(school, TEACHER)
    assert len(await school.rows(select(Meeting))) == 2


async def test_a_meeting_moves_in_one_tap_and_all_concerned_hear_of_it(school):
    await school.has_group()
    await school.house.heartbeat.plan(school.now)
    async with school.house.database.begin() as session:
        session.add(Coming(meeting_id=2, person_id=3, comes=False, at=school.now))
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    offered = [act for act in await buttons(school, TEACHER) if act.startswith("moveto:2:0:")]
    assert len(offered) >= 3
    await school.taps(TEACHER, offered[1])
    moved = await meeting(school)
    assert (moved.revision, moved.starts_at.day, moved.state) == (1, 26, MeetingState.PLANNED)
    seen = await last(school, TEACHER)
    assert "已挪：数一数，周三 11-25 9:00–10:30 → 周四 11-26 9:00–10:30" in seen
    assert "已通知1名学员；1人没有绑定手机或收不到消息" in seen
    assert await news(school, YANG) == [
        "sendVoice",
        "上课改时间：原来星期三 9:00，现在星期四 9:00，在云上村教学点。",
    ]
    assert {"come:2:1", "come:2:0"} <= set(await buttons(school, YANG))
    assert "示例班 数一数：示例石老师把星期三 9:00的课挪到星期四 9:00" in await last(school, HEAD)
    posts = await school.sees(HEAD, school.group)
    assert "现在星期四 9:00，在云上村教学点" in posts[-1]
    assert posts[-1].endswith("📅 11月26日周四 9:00")
    assert not any(name in post for post in posts for name in ("示例杨", "示例石"))
    assert await school.rows(select(Coming)) == []  # said of a time that no longer holds
    await school.taps(YANG, "come:2:1")
    heard = (await school.messages(YANG))[-1]["caption"]
    assert heard == "星期四9:00上课，在云上村教学点：数一数。"
    old = select(Reminder).where(Reminder.key.like("%:2:0:%"))
    assert {row.state for row in await school.rows(old)} == {ReminderState.SKIPPED}
    new = select(Reminder).where(Reminder.key.like("%:2:1:%"))
    assert ReminderState.PLANNED in {row.state for row in await school.rows(new)}


async def test_a_second_move_takes_the_first_pin_down(school):
    await school.has_group()
    for act in ("moveto:2:0:", "moveto:2:1:"):
        await school.says(TEACHER, "/timetable")
        await school.taps(TEACHER, "shift:2")
        await school.taps(TEACHER, act)
    pins = await school.rows(
        select(Message)
        .where(Message.chat_id == school.group, Message.method.like("%pinChatMessage"))
        .where(Message.purpose == "moved")
        .order_by(Message.id)
    )
    assert [row.method for row in pins] == [
        "pinChatMessage",
        "pinChatMessage",
        "unpinChatMessage",
    ]
    assert pins[2].target_id == pins[0].target_id


async def test_a_move_is_taken_back_by_a_move(school):
    before = (await meeting(school)).starts_at
    await school.says(HEAD, "/timetable")
    await school.taps(HEAD, "shift:2")
    await school.taps(HEAD, "moveto:2:0:")
    await school.taps(HEAD, "takeback:2:1")
    back = await meeting(school)
    assert (back.starts_at, back.revision) == (before, 2)
    assert (await school.kinds(2)).count("meeting.moved") == 2
    assert len(await news(school, YANG)) == 4
    assert (await school.forges(HEAD, "takeback:2:1"))["text"] == "❌"
    assert (await meeting(school)).revision == 2


async def test_after_ten_minutes_nothing_is_taken_back(school):
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "moveto:2:0:")
    school.wait(minutes=11)
    assert (await school.taps(TEACHER, "takeback:2:1"))["text"] == "❌"
    assert await last(school, TEACHER) == "过了10分钟，撤不回了。"
    assert (await meeting(school)).revision == 1


async def test_a_cancelled_meeting_is_told_at_once_and_held_after_all_if_taken_back(school):
    await school.has_group()
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    assert (await school.taps(TEACHER, "calloff:2:0:1"))["text"] == "✔"
    assert (await meeting(school)).state is MeetingState.CANCELLED
    assert (await news(school, YANG))[-1] == "星期三9:00不上课。"
    assert "天气、路不通" in await last(school, HEAD)
    assert (await school.sees(HEAD, school.group))[-1] == "星期三9:00不上课。\n📅 11月25日周三 9:00"
    assert (await school.forges(TEACHER, "calloff:2:0:1"))["text"] == "✔"  # the second tap of two
    assert (await school.kinds(1)).count("meeting.cancelled") == 1
    await school.taps(TEACHER, "takeback:2:1")
    held = await meeting(school)
    assert (held.state, held.revision) == (MeetingState.PLANNED, 2)
    assert "星期三9:00上课，在云上村教学点：数一数。" in (await news(school, YANG))[-1]


async def test_two_taps_on_a_time_move_once(school):
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    act = next(one for one in await buttons(school, TEACHER) if one.startswith("moveto:"))
    await school.taps(TEACHER, act)
    assert (await school.forges(TEACHER, act))["text"] == "✔"
    assert (await meeting(school)).revision == 1
    assert len(await news(school, YANG)) == 2


async def test_an_old_button_does_not_undo_what_another_has_changed(school):
    for user in (TEACHER, HEAD):
        await school.says(user, "/timetable")
        await school.taps(user, "shift:2")
    offered = [one for one in await buttons(school, HEAD) if one.startswith("moveto:")]
    await school.taps(TEACHER, offered[0])
    assert (await school.taps(HEAD, offered[1]))["text"] == "❌"
    assert await last(school, HEAD) == "这次课刚才已经改过，请看最新的课程表。"
    assert (await meeting(school)).revision == 1


async def test_typed_times_are_read_and_nonsense_is_asked_for_again(school):
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "movewhen:2")
    for words in ("32号 25:00", "什么时候都行", "2月30日 9:00", "=1+1", "0"):
        await school.says(TEACHER, words)
        assert (await meeting(school)).revision == 0
    assert "没看懂" in await last(school, TEACHER)
    await school.says(TEACHER, "今天 8:00")
    assert await last(school, TEACHER) == "这个时间已经过了，请换一个。"
    await school.says(TEACHER, "2026-11-20 9:00")
    assert await last(school, TEACHER) == "这个时间已经过了，请换一个。"
    await school.says(TEACHER, "周五下午3点半")
    moved = await meeting(school)
    assert (moved.starts_at.day, moved.starts_at.hour, moved.starts_at.minute) == (27, 7, 30)
    assert (moved.ends_at - moved.starts_at).total_seconds() == 90 * 60


async def test_a_place_is_changed_by_a_tap_or_in_words(school):
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "movewhere:2")
    await school.says(TEACHER, "x" * 81)
    assert "最多 80 个字" in await last(school, TEACHER)
    await school.says(TEACHER, "银铃村鼓楼")
    assert (await meeting(school)).place == "银铃村鼓楼"
    await school.taps(TEACHER, "tt:1")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "movewhere:2")
    await school.taps(TEACHER, "moveplace:2:1:0")
    assert (await meeting(school)).place == "云上村教学点"


async def test_a_move_onto_another_meeting_is_refused(school):
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "movewhen:2")
    await school.says(TEACHER, "今天 9:30")
    assert "这个班 周一 11-23 8:55–10:25 已有课" in await last(school, TEACHER)
    assert (await meeting(school)).revision == 0


async def test_what_has_begun_is_neither_moved_nor_cancelled(school):
    sentence = "这次课已经签到，不能再挪，也不能取消。"
    await school.says(TEACHER, "/today")
    await school.taps(TEACHER, "shift:1")
    act = next(one for one in await buttons(school, TEACHER) if one.startswith("calloff:"))
    async with school.house.database.begin() as session:
        session.add(
            Mark(
                meeting_id=1,
                person_id=3,
                phase=Phase.IN,
                key="self",
                status=Status.PRESENT,
                how=How.TAP,
                sure=Sure.SELF,
                made_by=3,
                at=school.now,
            )
        )
    assert (await school.taps(TEACHER, act))["text"] == "❌"
    assert await last(school, TEACHER) == sentence
    await school.says(TEACHER, "/today")
    await school.taps(TEACHER, "open:1")
    await school.forges(TEACHER, "shift:1")
    assert await last(school, TEACHER) == sentence
    assert (await meeting(school, 1)).state is MeetingState.OPEN


async def test_a_teacher_of_another_class_can_do_nothing_to_it(stranger_teacher):
    room = stranger_teacher
    await room.says(OTHER, "/timetable")
    assert "别的班" in await last(room, OTHER)
    for act in (
        "tt:1:0:1",
        "ttpic:1:0",
        "ttfile:1:0",
        "plan:1",
        DAY,
        "plantime:1:510:600",
        "planplace:1:2",
        "planwho:1:9",
        "plansave:1:1",
        "shift:2",
        "movewhen:2",
        "moveto:2:0:29937060",
        "moveplace:2:0:1",
        "calloff:2:0:0",
        "takeback:2:0",
    ):
        assert (await room.forges(OTHER, act))["text"] == "❌", act
    unchanged = await meeting(room)
    assert (unchanged.revision, unchanged.state) == (0, MeetingState.PLANNED)


async def test_a_second_teacher_of_the_class_does_not_move_anothers_meeting(stranger_teacher):
    async with stranger_teacher.house.database.begin() as session:
        await session.execute(
            update(Membership).where(Membership.person_id == 9).values(study_class_id=1)
        )
    assert (await stranger_teacher.forges(OTHER, "calloff:2:0:0"))["text"] == "❌"
    assert (await meeting(stranger_teacher)).state is MeetingState.PLANNED


async def test_a_learner_can_do_nothing_to_a_timetable(school):
    for act in ("plan:1", "shift:2", "calloff:2:0:0", "tt:1:0:1"):
        assert (await school.forges(YANG, act))["text"] == "❌"
    assert (await meeting(school)).revision == 0


async def test_numbers_that_no_button_has_are_refused(school):
    await school.says(TEACHER, "/timetable")
    for act in (
        "tt:1:9999999999999:1",
        "planday:1:9999999999999",
        "planday:1:739000",
        "plantime:1:600:510",
        "planless:1:9999",
        "planmode:1:7",
        "planwho:1:3",
        "planask:1:9",
        "planplace:1:999",
        "moveto:2:0:9999999999999",
        "calloff:2:0:99",
        "shift:999",
        "takeback:999:0",
    ):
        said = await school.forges(TEACHER, act)
        assert said.get("text") == "❌" or act == "planask:1:9", act
    assert (await meeting(school)).revision == 0


async def test_news_at_night_makes_no_sound(school):
    school.wait(hours=14)  # 23:00
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "calloff:2:0:0")
    told = await school.rows(select(Message).where(Message.chat_id == YANG).order_by(Message.id))
    assert all(row.payload["disable_notification"] for row in told[-2:])
    assert (await news(school, YANG))[-1] == "星期三9:00不上课。"


async def test_on_a_shared_phone_the_news_says_whom_it_means(school):
    wu = (await school.rows(select(Person).where(Person.id == 4)))[0]
    await school.starts(YANG, await school.card(wu))
    await school.taps(YANG, "join:")
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "calloff:2:0:0")
    assert [one for one in await news(school, YANG) if one != "sendVoice"] == [
        "示例杨一，星期三9:00不上课。",
        "示例吴二，星期三9:00不上课。",
    ]


async def test_the_picture_goes_to_the_group_once_a_day_and_the_sheet_to_who_asks(school):
    await school.says(TEACHER, "/timetable")
    assert (await school.taps(TEACHER, "ttpic:1"))["text"] == "还没有绑定群，图发给你了"
    assert "photo" in (await school.messages(TEACHER))[-1]
    await school.has_group()
    assert (await school.taps(TEACHER, "ttpic:1"))["text"] == "✔ 已发到群里"
    assert (await school.taps(TEACHER, "ttpic:1"))["text"] == "今天已经发到群里了"
    posted = [one for one in await school.messages(HEAD, school.group) if "photo" in one]
    assert len(posted) == 1
    assert posted[0]["caption"] == "课程表：看图上的日子、太阳或月亮、几点钟。"
    await school.taps(TEACHER, "ttfile:1")
    sent = (await school.messages(TEACHER))[-1]
    assert unquote(sent["document"]["file_name"]) == "示例班 11月23日.xlsx"


async def test_the_ledger_says_who_moved_what_from_when_to_when(school):
    await school.says(HEAD, "/timetable")
    await school.taps(HEAD, "shift:2")
    await school.taps(HEAD, "moveto:2:0:")
    line = (await school.rows(select(LedgerEntry).where(LedgerEntry.kind == "meeting.moved")))[0]
    assert line.person_id == 2


async def test_the_day_says_that_it_is_a_market_day_and_moves_from_there(school):
    async with school.house.database.begin() as session:
        planned = await session.get_one(Meeting, 2)
        planned.starts_at += timedelta(days=3)
        planned.ends_at += timedelta(days=3)
    school.wait(days=5)
    await school.says(HEAD, "/today")
    seen = await last(school, HEAD)
    assert "今天 11-28：1节课" in seen
    assert "⚠ 示例乡赶场" in seen
    await school.taps(HEAD, "shift:2")
    assert "moveto:2:0:" in " ".join(await buttons(school, HEAD))
    await school.taps(HEAD, "calloff:2:0:2")
    await school.says(HEAD, "/today")
    assert "shift:2" not in await buttons(school, HEAD)


async def test_one_who_heads_two_classes_chooses_first(stranger_teacher):
    async with stranger_teacher.house.database.begin() as session:
        session.add(
            Membership(
                person_id=2,
                role=Role.CLASS_HEAD,
                study_class_id=2,
                starts_at=stranger_teacher.now,
            )
        )
    await stranger_teacher.says(HEAD, "/timetable")
    assert await last(stranger_teacher, HEAD) == "看哪个班的课程表？"
    await stranger_teacher.taps(HEAD, "tt:2:0:1")
    assert "没有排课" in await last(stranger_teacher, HEAD)
    await stranger_teacher.taps(HEAD, "plan:2")
    assert "给别的班排课" in await last(stranger_teacher, HEAD)


async def test_the_card_of_a_move_shows_the_old_time_struck_through_and_the_new_one(school):
    await school.has_group()
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "moveto:2:0:")
    cards = await school.rows(
        select(Message).where(Message.purpose == "moved", Message.method == "sendPhoto")
    )
    assert {row.chat_id for row in cards} == {YANG, school.group}
    (drawn,) = {row.payload["photo"]["file"] for row in cards}
    assert drawn.startswith("data:drawn/moved-")
    for chat in (None, school.group):
        assert any("photo" in one for one in (await school.messages(YANG, chat))[-3:])


async def test_the_picture_in_the_group_is_replaced_when_what_it_shows_is_changed(school):
    await school.has_group()
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "ttpic:1")
    (posted,) = await school.rows(
        select(Message).where(Message.purpose == "timetable", Message.method == "sendPhoto")
    )
    before = [one for one in await school.messages(HEAD, school.group) if "photo" in one]
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "moveto:2:0:")
    (edit,) = await school.rows(select(Message).where(Message.method == "editMessageMedia"))
    assert edit.target_id == posted.id
    assert edit.payload["media"]["media"] != posted.payload["photo"]
    after = {one["message_id"]: one for one in await school.messages(HEAD, school.group)}
    shown = after[before[-1]["message_id"]]
    assert shown["caption"] == "课程表改了：看图上的日子、太阳或月亮、几点钟。"
    await school.taps(TEACHER, "takeback:2:1")
    edits = await school.rows(select(Message).where(Message.method == "editMessageMedia"))
    assert {one.target_id for one in edits} == {posted.id}


async def test_a_picture_of_other_weeks_is_left_as_it_is(school):
    await school.has_group()
    async with school.house.database.begin() as session:
        later = update(Meeting).where(Meeting.id == 1)
        ahead = school.now + timedelta(days=42)
        await session.execute(later.values(starts_at=ahead, ends_at=ahead + timedelta(hours=1)))
    await school.forges(TEACHER, f"ttpic:1:{105706 + 6}")
    await school.says(TEACHER, "/timetable")
    await school.taps(TEACHER, "shift:2")
    await school.taps(TEACHER, "moveto:2:0:")
    posts = await school.rows(select(Message).where(Message.purpose == "timetable"))
    assert "editMessageMedia" not in {row.method for row in posts}
    assert "sendPhoto" in {row.method for row in posts}
