"""What staff are told by the clock: once, in waking hours, whatever breaks in between."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from bot.services import summarising
from db.models import Meeting, MeetingState, Message, Person
from tests.handlers.announce_room import OFFICE, joins, opens_office, second_class
from tests.handlers.room import HEAD, TEACHER, YANG

MORNING = datetime(2026, 11, 22, 23, 31, tzinfo=UTC)  # 07:31 of the Monday of the first meeting


def at(room, hour, minute=0, days=0):
    """Let it be an hour of the county's Monday, or some days later."""
    room.now = MORNING + timedelta(days=days, hours=hour - 7, minutes=minute - 31)
    room.wait()


async def beats(room):
    await room.house.heartbeat.summarise(room.now)
    await room.house.heartbeat.keep_root(room.now)
    await room.settle()


async def purposes(room, *wanted):
    by_clock = select(Message).where(Message.purpose.in_(wanted), Message.key.is_not(None))
    return [(one.chat_id, one.purpose) for one in await room.rows(by_clock.order_by(Message.id))]


async def test_a_teacher_gets_todays_classes_in_the_morning_once(staffed):
    at(staffed, 7, 29)
    await beats(staffed)
    assert await purposes(staffed, "today") == []  # quiet hours are not over
    at(staffed, 7, 31)
    await beats(staffed)
    await beats(staffed)
    assert await purposes(staffed, "today") == [(TEACHER, "today")]
    assert (await staffed.sees(TEACHER))[-1].startswith("今天 11-23：1节课")
    await staffed.taps(TEACHER, "shift:1")  # its buttons are those of /today


@pytest.mark.parametrize(("hour", "days"), [(10, 0), (10, 1), (10, 2), (12, 2)])
async def test_a_morning_list_comes_late_after_a_stop_but_not_at_noon(staffed, hour, days):
    at(staffed, hour, 20, days)
    await beats(staffed)
    wanted = [(TEACHER, "today")] if (hour, days) in {(10, 0), (10, 2)} else []
    assert await purposes(staffed, "today") == wanted


async def test_who_chose_other_quiet_hours_is_told_after_them(staffed):
    async with staffed.house.database.begin() as session:
        teacher = await session.get_one(Person, 1)
        teacher.quiet_from, teacher.quiet_until = 22 * 60, 9 * 60
    at(staffed, 7, 40)
    await beats(staffed)
    assert await purposes(staffed, "today") == []
    at(staffed, 9, 0)
    await beats(staffed)
    assert await purposes(staffed, "today") == [(TEACHER, "today")]


async def test_ten_minutes_after_the_start_the_head_hears_who_is_missing_once(staffed):
    await joins(staffed, YANG, 3)
    await staffed.says(TEACHER, "/today")
    await staffed.taps(TEACHER, "open:1")
    at(staffed, 9, 4)
    await beats(staffed)
    assert await purposes(staffed, "missing") == []
    at(staffed, 9, 5)
    for _beat in range(3):
        await beats(staffed)
        staffed.wait(minutes=3)
    assert await purposes(staffed, "missing") == [(HEAD, "missing")]
    assert (await staffed.sees(HEAD))[-1] == "示例班未到2人：示例杨一和示例吴二"
    await staffed.taps(HEAD, "chase:1:4")


async def test_the_evening_tells_the_head_who_was_absent_who_is_not_linked_and_what_is_open(
    staffed,
):
    await joins(staffed, YANG, 3)
    await staffed.says(TEACHER, "/today")
    await staffed.taps(TEACHER, "open:1")
    await staffed.says(HEAD, "/missing")
    await staffed.taps(HEAD, "seen:1:3")
    await staffed.taps(HEAD, "chase:1:4")
    at(staffed, 20, 15)
    await beats(staffed)
    await beats(staffed)
    assert await purposes(staffed, "evening") == [(HEAD, "evening")]
    assert (await staffed.sees(HEAD))[-1] == (
        "示例班 11-23\n8:55 听、点、说：到1人，请假0人，缺课1人：示例吴二\n"
        "没有绑定手机：1人\n待办1件"
    )
    await staffed.taps(HEAD, "report:c1:4:")
    assert "示例吴二" in (await staffed.sees(HEAD))[-1]


async def test_a_day_without_class_brings_nothing(staffed):
    async with staffed.house.database.begin() as session:
        await session.execute(update(Meeting).values(state=MeetingState.CANCELLED))
    for hour, minute in ((7, 31), (9, 5), (20, 15)):
        at(staffed, hour, minute)
        await beats(staffed)
    assert await purposes(staffed, "today", "missing", "evening") == []


async def test_the_school_hears_once_that_last_months_figures_are_due(staffed):
    await opens_office(staffed)
    async with staffed.house.database.begin() as session:
        await session.execute(update(Meeting).where(Meeting.id == 1).values(state="closed"))
    at(staffed, 8, 59, days=8)  # the first of December
    await beats(staffed)
    assert await purposes(staffed, "month") == []
    for days in (8, 9):
        at(staffed, 9, 0, days)
        await beats(staffed)
    assert await purposes(staffed, "month") == [(OFFICE, "month")]
    assert (
        "2026-11的数据该报了。上课1次，来过0人（共2人），待办0件，自查待处理0条。"
        in await staffed.sees(OFFICE)
    )


async def test_the_root_of_the_ledger_is_kept_and_told_to_the_school_once(staffed):
    await opens_office(staffed)
    at(staffed, 7, 39, days=1)
    await beats(staffed)
    at(staffed, 7, 40, days=1)
    await beats(staffed)
    await beats(staffed)
    data = staffed.house.app.bot_data["data"]
    line = (data / "roots").read_text().splitlines()[-1]
    assert await purposes(staffed, "ledger-root") == [(OFFICE, "ledger-root")]
    said = next(words for words in await staffed.sees(OFFICE) if "台账" in words)
    assert said.startswith("2026-11-24台账：")
    assert said.rpartition("根 ")[2] in line
    assert "root.posted" in await staffed.kinds(5)


async def test_one_broken_class_keeps_nobody_else_from_their_evening(staffed, caplog):
    await second_class(staffed)
    async with staffed.house.database.begin() as session:
        await session.execute(text("UPDATE meeting SET mode = 'nonsense' WHERE id = 1"))
        session.add(
            Meeting(
                id=9,
                study_class_id=2,
                teacher_id=1,
                starts_at=staffed.now,
                ends_at=staffed.now + timedelta(hours=1),
                place="村",
                lesson="wh01",
                title="课",
            )
        )
    at(staffed, 20, 15)
    async with staffed.house.database.begin() as session:
        await summarising.tell_due(session, staffed.now)
    keys = await staffed.rows(select(Message.key).where(Message.purpose == "evening"))
    wrong = [one.getMessage() for one in caplog.records if one.name == "bot.services.isolating"]
    assert [one.splitlines()[0].split(":")[0] for one in wrong] == [
        "evening list of class 1 was left out"
    ]
    assert "示例" not in "".join(wrong)
    assert [key.startswith("evening:20261123:2:6:") for key in keys] == [True]
    caplog.clear()
