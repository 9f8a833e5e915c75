from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services import tasking
from db.models import (
    LedgerEntry,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Role,
    StudyClass,
    Task,
)
from tests.handlers.room import HEAD, TEACHER, WU, YANG

CLERK = 103


@pytest.fixture
async def called(staffed):
    """Two meetings are over; Yang has not been seen, and the head has just been asked to call."""
    now = staffed.now
    async with staffed.house.database.begin() as session:
        yang = await session.get_one(Person, 3)
        yang.phone, yang.township = "13800000000", "云上镇"
        wu = await session.scalar(select(Membership).where(Membership.person_id == 4))
        wu.starts_at = now + timedelta(days=3)
        for number in (1, 2):
            meeting = await session.get_one(Meeting, number)
            meeting.starts_at = now + timedelta(days=number)
            meeting.ends_at = meeting.starts_at + timedelta(hours=1)
            meeting.state = MeetingState.CLOSED
    staffed.wait(days=2, hours=2)
    await find(staffed)
    return staffed


async def find(room):
    async with room.house.database.begin() as session:
        await tasking.find_silent(session, room.now)
    room.house.sender.wake()
    await room.settle()


async def acts(room):
    """Return what the record says of tasks about Yang."""
    return [kind for kind in await room.kinds(3) if kind.startswith("task.")]


async def tasks(room):
    return await room.rows(select(Task).order_by(Task.id))


async def test_the_class_head_is_asked_to_call_with_the_number(called):
    assert (await called.sees(HEAD))[-1] == "请联系示例杨一 13800000000：2次没来"
    assert await acts(called) == ["task.opened"]
    assert [task.person_id for task in await tasks(called)] == [3]


async def test_what_was_learnt_closes_the_task_and_a_word_stays_with_it(called):
    assert (await called.taps(HEAD, "done:1:0"))["text"] == "✔"
    assert (await called.sees(HEAD))[-1] == "已记：示例杨一，外出务工。可以再说一句或写一句"
    await called.says(HEAD, "在浙江，过年回来")
    assert (await called.sees(HEAD))[-1] == "已留存"
    (task,) = await tasks(called)
    assert (task.outcome, task.closed_by, task.note) == ("away", 2, "在浙江，过年回来")
    assert await acts(called) == ["task.opened", "task.closed", "task.noted"]
    lines = select(LedgerEntry).where(LedgerEntry.kind == "task.closed")
    assert (await called.rows(lines))[0].payload["movement"] is True


async def test_a_voice_is_kept_as_the_word(called):
    await called.taps(HEAD, "done:1:5")
    await called.speaks(HEAD)
    assert (await tasks(called))[0].voice_id is not None


async def test_a_second_tap_changes_nothing(called):
    await called.taps(HEAD, "done:1:1")
    assert (await called.taps(HEAD, "done:1:2"))["text"] == "❌"
    assert (await tasks(called))[0].outcome == "ill"


@pytest.mark.parametrize("act", ["done:1:9", "done:99:1", "task:99"])
async def test_what_no_button_offers_is_refused(called, act):
    assert (await called.forges(HEAD, act))["text"] == "❌"
    assert (await tasks(called))[0].closed_at is None


async def test_a_teacher_cannot_close_a_task(called):
    await called.says(TEACHER, "/today")
    assert (await called.forges(TEACHER, "done:1:0"))["text"] == "❌"
    assert (await tasks(called))[0].closed_at is None


async def test_tasks_lists_what_is_open(called):
    await called.says(HEAD, "/tasks")
    assert "待办1件" in (await called.sees(HEAD))[-1]
    await called.taps(HEAD, "task:1")
    await called.taps(HEAD, "done:1:3")
    await called.says(HEAD, "/tasks")
    assert (await called.sees(HEAD))[-1] == "没有待办"


async def test_after_three_days_the_township_is_asked_and_may_close_it(called):
    async with called.house.database.begin() as session:
        clerk = Person(id=9, county_id=1, number="P000009", name="示例潘", created_at=called.now)
        session.add(clerk)
        await session.flush()
        session.add(
            Membership(person_id=clerk.id, role=Role.TOWNSHIP, place="云上镇", starts_at=called.now)
        )
    await called.person(CLERK, "示例潘")
    await called.starts(CLERK, await called.post(clerk, Role.TOWNSHIP))
    await called.says(CLERK, "/tasks")
    assert (await called.sees(CLERK))[-1] == "没有待办"
    called.wait(days=3)
    async with called.house.database.begin() as session:
        await tasking.raise_due(session, called.now)
    called.house.sender.wake()
    await called.settle()
    assert (await called.sees(CLERK))[-1] == "请联系示例杨一 13800000000：2次没来"
    await called.taps(CLERK, "done:1:0")
    (task,) = await tasks(called)
    assert (task.outcome, task.closed_by) == ("away", clerk.id)


async def test_a_head_of_another_class_cannot_close_it(called):
    async with called.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=called.now))
        await session.flush()
        head = await session.scalar(select(Membership).where(Membership.role == Role.CLASS_HEAD))
        head.study_class_id = 2
    assert (await called.taps(HEAD, "done:1:0"))["text"] == "❌"
    assert (await tasks(called))[0].closed_at is None


async def test_who_blocks_the_bot_becomes_a_task_and_who_comes_back_is_greeted(staffed):
    wu = (await staffed.rows(select(Person).where(Person.id == 4)))[0]
    await staffed.enrols(WU, wu)
    await staffed.do("block", user=WU)
    await staffed.settle()
    assert (await staffed.sees(HEAD))[-1] == "请联系示例吴二 —：手机收不到消息了"
    await staffed.do("unblock", user=WU)
    await staffed.settle()
    assert (await staffed.sees(WU))[-1].startswith("你回来了。下次课是")
    assert (await tasks(staffed))[0].outcome == "came"


async def test_who_asks_for_a_person_becomes_a_task(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    await staffed.says(YANG, "/help")
    assert (await staffed.sees(HEAD))[-1] == "请联系示例杨一 —：需要人帮忙"
    await staffed.says(YANG, "/help")
    assert len(await tasks(staffed)) == 1
