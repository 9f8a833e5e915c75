import asyncio

import pytest
from sqlalchemy import select

from db.models import Mark, Meeting, MeetingState, Membership, Person, Role, RollDraft
from tests.handlers.room import HEAD, TEACHER, YANG


@pytest.fixture
async def opened(staffed):
    """Check-in is open; no learner has a phone, so all stands in the roll call."""
    await staffed.taps(TEACHER, "open:1")
    return staffed


async def add_learners(room, count):
    async with room.house.database.begin() as session:
        for number in range(10, 10 + count):
            name = f"示例学{number}"
            person = Person(
                id=number, county_id=1, number=f"P{number:06}", name=name, created_at=room.now
            )
            session.add(person)
            await session.flush()
            session.add(
                Membership(
                    person_id=number, role=Role.LEARNER, study_class_id=1, starts_at=room.now
                )
            )


async def acts(room, user):
    """Return what the buttons of the newest roll call do, and what stands on them."""
    for message in reversed(await room.messages(user)):
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        keys = [one for row in rows for one in row]
        if any(one["callback_data"].startswith("rollsave") for one in keys):
            return {one["callback_data"]: one["text"] for one in keys}
    raise AssertionError("no roll call")


async def test_forty_names_stand_on_three_pages_and_all_here_covers_them_all(opened):
    await add_learners(opened, 38)
    await opened.taps(TEACHER, "roll:1")
    assert (await opened.sees(TEACHER))[-1] == "点名 1/3。点名字改状态"
    first = await acts(opened, TEACHER)
    assert sum(act.startswith("mark:") for act in first) == 15
    before = len(await opened.messages(TEACHER))
    await opened.taps(TEACHER, "rollall:1")
    await opened.taps(TEACHER, "roll:1:2")
    assert len(await opened.messages(TEACHER)) == before  # the same message is turned
    await opened.taps(TEACHER, "rollsave:1")
    assert [status for _, _, status, _ in await opened.marks()] == ["present"] * 40


async def test_a_name_turns_through_all_states(opened):
    await opened.taps(TEACHER, "roll:1")
    seen = [(await opened.taps(TEACHER, "mark:1:4"))["text"] for _tap in range(6)]
    assert [text.split()[1] for text in seen] == ["到", "缺", "假", "迟", "公", "到"]


async def test_somebody_on_duty_is_counted_as_excused(opened):
    await opened.taps(TEACHER, "roll:1")
    for _tap in range(5):
        await opened.taps(TEACHER, "mark:1:4")
    await opened.taps(TEACHER, "rollsave:1")
    assert await opened.marks() == [(4, "in", "excused", "roll")]
    assert "已保存：到0，缺0，假1" in (await opened.sees(TEACHER))[-1]


async def test_a_tap_without_a_person_becomes_absent_and_both_marks_stay(opened):
    yang = (await opened.rows(select(Person).where(Person.id == 3)))[0]
    await opened.enrols(YANG, yang)
    await opened.says(YANG, "/here")
    await opened.taps(TEACHER, "roll:1")
    assert not any(act.startswith("mark:1:3") for act in await acts(opened, TEACHER))
    await opened.taps(TEACHER, "rollfull:1")
    opened.wait(seconds=2)
    opened.house.sender.wake()
    await opened.settle()
    assert "到" in (await acts(opened, TEACHER))["mark:1:3:101"]
    assert (await opened.taps(TEACHER, "mark:1:3"))["text"] == "示例杨一 缺"
    await opened.taps(TEACHER, "rollsave:1")
    assert await opened.marks() == [(3, "in", "present", "tap"), (3, "in", "absent", "roll")]
    assert "已保存：到0，缺1，假0" in (await opened.sees(TEACHER))[-1]


async def test_a_saved_roll_call_is_taken_back_and_is_a_draft_again(opened):
    await opened.taps(TEACHER, "roll:1")
    await opened.taps(TEACHER, "rollall:1")
    await opened.taps(TEACHER, "rollsave:1")
    await opened.taps(TEACHER, "rollundo:1")
    assert [status for _, _, status, _ in await opened.marks()] == [
        *("present", "present"),
        *("withdrawn", "withdrawn"),
    ]
    assert len(await opened.rows(select(RollDraft))) == 2
    assert (await opened.taps(TEACHER, "rollundo:1"))["text"] == "❌"
    await opened.taps(TEACHER, "rollsave:1")
    assert len(await opened.marks()) == 6


async def test_a_roll_call_saved_twice_marks_once(opened):
    await opened.taps(TEACHER, "roll:1")
    await opened.taps(TEACHER, "rollall:1")
    for _tap in range(2):
        await opened.taps(TEACHER, "rollsave:1")
    assert len(await opened.marks()) == 2


async def test_two_who_save_at_once_mark_everybody_once(opened):
    await opened.taps(TEACHER, "roll:1")
    await opened.taps(TEACHER, "rollall:1")
    await opened.says(HEAD, "/today")
    taps = []
    for user in (TEACHER, HEAD):
        number = (await opened.messages(user))[-1]["message_id"]
        tap = {"user": user, "message_id": number, "data": "rollsave:1", "forged": True}
        taps.append(opened.do("tap", **tap))
    await asyncio.gather(*taps)
    await opened.settle()
    assert len(await opened.marks()) == 2


async def test_two_who_close_at_once_close_once(opened):
    await opened.says(HEAD, "/today")
    taps = []
    for user in (TEACHER, HEAD):
        number = (await opened.messages(user))[-1]["message_id"]
        tap = {"user": user, "message_id": number, "data": "closed:1", "forged": True}
        taps.append(opened.do("tap", **tap))
    await asyncio.gather(*taps)
    await opened.settle()
    kinds = [*await opened.kinds(1), *await opened.kinds(2)]
    assert kinds.count("checkin.closed") == 1


async def test_a_crash_keeps_the_draft_and_no_mark_is_made_before_saving(opened):
    await opened.taps(TEACHER, "roll:1")
    await opened.taps(TEACHER, "rollall:1")
    assert await opened.marks() == []
    drafted = await opened.rows(select(RollDraft).order_by(RollDraft.person_id))
    assert [(row.person_id, row.status.value) for row in drafted] == [
        *((3, "present"), (4, "present"))
    ]


async def test_after_closing_no_roll_is_called_and_it_is_said_what_can_be_done(opened):
    await opened.taps(TEACHER, "roll:1")
    await opened.taps(TEACHER, "rollall:1")
    await opened.taps(TEACHER, "close:1")
    await opened.taps(TEACHER, "closedraft:1")
    assert (await opened.taps(TEACHER, "rollsave:1"))["text"] == "❌"
    assert (await opened.sees(TEACHER))[-1] == "这次课已结束，没有改动。今天还可以重开"
    assert (await opened.taps(TEACHER, "mark:1:4"))["text"] == "❌"
    assert await opened.marks() == []
    opened.wait(days=1)
    await opened.taps(TEACHER, "roll:1")
    assert "缺的要走补录" in (await opened.sees(TEACHER))[-1]


async def test_before_opening_no_roll_is_called(staffed):
    await staffed.forges(TEACHER, "roll:1:1")
    assert (await staffed.sees(TEACHER))[-1] == "还没有开签到"
    assert (await staffed.forges(TEACHER, "rollsave:1"))["text"] == "❌"


async def test_who_was_granted_leave_is_not_called_here_with_all_others(opened):
    async with opened.house.database.begin() as session:
        session.add(
            Mark(
                meeting_id=1,
                person_id=4,
                phase="in",
                key="leave",
                status="leave",
                how="tap",
                sure="witness",
                minutes_late=0,
                made_by=2,
                at=opened.now,
            )
        )
    await opened.taps(TEACHER, "roll:1")
    assert (await acts(opened, TEACHER))["mark:1:4:1"].endswith("假")
    await opened.taps(TEACHER, "rollall:1")
    await opened.taps(TEACHER, "rollsave:1")
    assert [(who, how) for who, _, _, how in await opened.marks()] == [(4, "tap"), (3, "roll")]


async def test_somebody_of_no_class_is_not_called(opened):
    assert (await opened.forges(TEACHER, "mark:1:1:1"))["text"] == "❌"
    assert (await opened.forges(TEACHER, "mark:1:999:1"))["text"] == "❌"
    assert await opened.rows(select(RollDraft)) == []


async def test_a_cancelled_class_has_no_roll_call(opened):
    async with opened.house.database.begin() as session:
        (await session.get_one(Meeting, 1)).state = MeetingState.CANCELLED
    await opened.forges(TEACHER, "rollfull:1")
    assert (await opened.sees(TEACHER))[-1] == "这次课取消了，没有改动"
