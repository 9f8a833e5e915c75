from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services import linking
from db.models import Meeting, MeetingState, Person, StudyClass, Update
from tests.handlers.room import HEAD, STRANGER, TEACHER, WU, YANG


@pytest.fixture
async def group(staffed):
    """Both learners are on phones, and the class has its group."""
    yang, wu = await staffed.rows(select(Person).where(Person.id.in_([3, 4])).order_by(Person.id))
    await staffed.enrols(YANG, yang)
    await staffed.enrols(WU, wu)
    await staffed.has_group()
    return staffed


async def test_a_class_head_binds_the_group(group):
    assert "大家好。我在群里提醒上课、签到。" in (await group.sees(YANG, group.group))[-1]
    assert "已绑定：示例班和“示例班级群”" in (await group.sees(HEAD))[-1]
    assert (await group.rows(select(StudyClass)))[0].group_chat_id == group.group


async def test_taps_in_the_group_change_both_tallies(group):
    await group.taps(TEACHER, "open:1")
    assert "2人，已到0人" in (await group.sees(YANG, group.group))[-1]
    assert (await group.taps(YANG, "here:1", group.group))["text"] == "✅ 已签到 9:00"
    assert "2人，已到1人" in (await group.sees(YANG, group.group))[-1]
    assert "到1，迟0，假0，未到1，共2" in (await group.sees(TEACHER))[-1]
    group.wait(seconds=3)
    await group.taps(WU, "here:1", group.group)
    group.house.sender.wake()
    await group.settle()
    assert "大家都来了。" in (await group.sees(YANG, group.group))[-1]


async def test_a_double_tap_marks_once(group):
    await group.taps(TEACHER, "open:1")
    for _tap in range(3):
        assert (await group.taps(YANG, "here:1", group.group))["text"] == "✅ 已签到 9:00"
    assert await group.marks() == [(3, "in", "present", "group")]


async def test_a_tap_after_closing_is_refused_and_the_head_is_told(group):
    await group.taps(TEACHER, "open:1")
    await group.taps(TEACHER, "close:1")
    await group.taps(TEACHER, "closed:1")
    toast = await group.forges(YANG, "here:1", chat=group.group)
    assert toast["text"] == "⏳ 已结束，请私聊我"
    assert "示例杨一" in (await group.sees(HEAD))[-1]
    assert await group.marks() == []


async def test_a_stranger_in_the_group_is_led_into_private(group):
    await group.person(STRANGER, "路人")
    await group.do(f"groups/{group.group}/members", user=STRANGER)
    await group.taps(TEACHER, "open:1")
    answer = await group.taps(STRANGER, "here:1", group.group)
    assert "?start=w-1-" in answer["url"]
    await group.starts(STRANGER, answer["url"].partition("start=")[2])
    assert "成人学校" in (await group.sees(STRANGER))[-1]


async def test_talk_in_the_group_is_dropped_unread(group):
    before = await group.sees(YANG, group.group)
    await group.says(YANG, "今天吃什么", chat=group.group)
    assert await group.sees(YANG, group.group) == before
    assert not [one for one in await group.rows(select(Update)) if "吃什么" in one.payload]


async def test_an_anonymous_administrator_gets_no_answer(group):
    before = await group.sees(YANG, group.group)
    await group.do(f"groups/{group.group}/admin", user=HEAD)
    await group.says(HEAD, "/checkin", chat=group.group, anonymous=True)
    assert await group.sees(YANG, group.group) == before
    assert (await group.rows(select(Meeting)))[0].state is MeetingState.PLANNED


async def test_a_channel_post_changes_nothing(group):
    await group.do("channel_post", title="频道", text="广告")
    await group.settle()
    assert not [one for one in await group.rows(select(Update)) if "广告" in one.payload]


async def test_a_group_that_becomes_a_supergroup_is_followed(group):
    made = await group.do(
        "groups", title="小群", type="group", owner=HEAD, members=[HEAD, TEACHER, YANG, WU]
    )
    payload = linking.payload(group.key, "g", 1)
    await group.do("startgroup", user=HEAD, group=made["id"], payload=payload)
    await group.settle()
    assert (await group.rows(select(StudyClass)))[0].group_chat_id == made["id"]
    new = await group.do(f"groups/{made['id']}/migrate")
    await group.settle()
    assert (await group.rows(select(StudyClass)))[0].group_chat_id == new["id"]
    await group.taps(TEACHER, "open:1")
    assert "已到0人" in (await group.sees(YANG, new["id"]))[-1]


async def test_a_group_that_nobody_bound_is_left(room):
    await room.person(STRANGER, "路人")
    made = await room.do(
        "groups", title="别的群", type="supergroup", owner=STRANGER, members=[STRANGER]
    )
    await room.do("startgroup", user=STRANGER, group=made["id"], payload="g-1-xx")
    await room.settle()
    room.wait(minutes=1)
    room.house.sender.wake()
    await room.settle()
    assert "这个群还没有绑定教学班" in (await room.sees(STRANGER, made["id"]))[-1]
    room.wait(minutes=11)
    room.house.sender.wake()
    await room.settle()
    calls = (await room.get("pending"))["calls"]
    assert calls["leaveChat"] == 1


async def test_removed_from_the_group_the_head_is_told_and_private_reminders_go_on(group):
    bot = group.house.app.bot.id
    async with group.http.delete(f"/control/groups/{group.group}/members/{bot}") as answer:
        assert answer.status == 200
    await group.settle()
    assert (await group.sees(HEAD))[-1] == "我被移出示例班的群了。私聊提醒照常"
    assert (await group.rows(select(StudyClass)))[0].group_chat_id is None


async def test_another_class_is_told_so(group):
    async with group.house.database.begin() as session:
        other = StudyClass(id=2, county_id=1, name="别的班", created_at=group.now)
        session.add(other)
        await session.flush()
        session.add(
            Meeting(
                id=9,
                study_class_id=2,
                teacher_id=1,
                starts_at=group.now,
                ends_at=group.now + timedelta(hours=1),
                place="x",
                lesson="wh01",
                title="x",
                state=MeetingState.OPEN,
            )
        )
    assert (await group.forges(YANG, "here:9", chat=group.group))["text"] == "❌ 这是别的班"
    assert await group.marks() == []


async def test_a_check_in_goes_on_in_the_group_that_was_moved(group):
    made = await group.do(
        "groups", title="小群", type="group", owner=HEAD, members=[HEAD, TEACHER, YANG, WU]
    )
    payload = linking.payload(group.key, "g", 1)
    await group.do("startgroup", user=HEAD, group=made["id"], payload=payload)
    await group.settle()
    await group.taps(TEACHER, "open:1")
    new = await group.do(f"groups/{made['id']}/migrate")
    await group.settle()
    assert (await group.taps(YANG, "here:1", new["id"]))["text"] == "✅ 已签到 9:00"
    assert "2人，已到1人" in (await group.sees(YANG, new["id"]))[-1]
