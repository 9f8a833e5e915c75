"""A closing that is undone, a check-in opened late, a roll call that nobody saved."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select, text

from bot.services.hours_of_class import class_hours
from bot.services.hours_rules import shown
from bot.services.standing import standing
from db import ledger
from db.models import LedgerEntry, Mark, Meeting, Person, StudyClass
from tests.bot.services import hours_oracle
from tests.handlers.announce_room import joins
from tests.handlers.room import HEAD, TEACHER, WU, YANG


@pytest.fixture
async def group(staffed):
    """Both learners are on phones, the class has its group."""
    async with staffed.house.database.begin() as session:
        if session.get_bind().dialect.name == "postgresql":
            serial = text("SELECT setval(pg_get_serial_sequence('person', 'id'), 99)")
            await session.execute(serial)
    await joins(staffed, YANG, 3)
    await joins(staffed, WU, 4)
    await staffed.has_group()
    return staffed


async def closes(room):
    await room.taps(TEACHER, "close:1")
    await room.taps(TEACHER, "closed:1")


async def stands(room, person_id):
    """Say how somebody stands, as we reckon it and as the oracle does."""
    async with room.house.database.read() as session:
        meeting = await session.get_one(Meeting, 1)
        rows = select(Mark).where(Mark.person_id == person_id, Mark.meeting_id == 1)
        found = standing(list(await session.scalars(rows)), meeting)
        raw = await hours_oracle.read_raw(session)
        slow = hours_oracle.stands(raw, room.now)[person_id, 1]
        assert (found.status and found.status.value, found.minutes) == slow[:2]
        assert [fault async for fault in ledger.verify(session)] == []
    return found


async def test_a_smile_at_a_closing_that_is_undone_is_taken_back_and_the_next_one_counts(group):
    await group.taps(TEACHER, "open:1")
    await group.taps(YANG, "here:1", group.group)
    await group.taps(WU, "here:1", group.group)
    group.wait(minutes=6)
    await closes(group)
    await group.taps(YANG, "out:1")
    await group.taps(TEACHER, "reopen:1")
    assert (await group.marks())[-1] == (3, "out", "withdrawn", "tap")
    async with group.house.database.read() as session:
        meeting = await session.get_one(Meeting, 1)
        assert (meeting.closed_at, meeting.closed_by) == (None, None)
    group.wait(minutes=85)
    await closes(group)
    await group.taps(YANG, "out:1")
    assert (await group.marks())[-1] == (3, "out", "present", "tap")
    for person_id in (3, 4):
        stand = await stands(group, person_id)
        assert (stand.status.value, stand.minutes) == ("present", 90)
    told = [one for one in await group.sees(HEAD) if "结束：" in one]
    assert len(told) == 2  # the head hears of the closing that counts, too
    assert "checkin.reopened" in await group.kinds(1)


async def test_who_went_early_by_their_own_word_stays_gone_when_the_class_goes_on(group):
    await group.taps(TEACHER, "open:1")
    await group.taps(YANG, "here:1", group.group)
    group.wait(minutes=20)
    await group.says(YANG, "/here")
    await group.taps(YANG, "early:1")
    await group.taps(YANG, "earlywhy:1:1")
    await closes(group)
    await group.taps(TEACHER, "reopen:1")
    group.wait(minutes=70)
    await closes(group)
    assert (await stands(group, 3)).status.value == "left_early"


async def test_a_second_smile_is_answered_and_a_forged_one_refused(group):
    await group.taps(TEACHER, "open:1")
    await group.taps(YANG, "here:1", group.group)
    assert (await group.forges(YANG, "out:1:3:3"))["text"] == "❌"
    assert (await group.forges(YANG, "out:2:3:3"))["text"] == "❌"
    assert (await group.forges(YANG, "out:1:3:4"))["text"] == "❌"  # another person's
    assert len(await group.marks()) == 1
    assert (await group.kinds(3)).count("act.refused") == 2
    await closes(group)
    assert (await group.forges(YANG, "out:1:9:3"))["text"] == "❌"
    assert not (await group.taps(YANG, "out:1:3")).get("text")
    assert (await group.taps(YANG, "out:1:2"))["text"] == "✅ 已经记过了"
    assert [row[1] for row in await group.marks()] == ["in", "out"]


async def test_where_check_in_is_opened_late_a_tap_soon_after_it_is_on_time(group):
    group.wait(minutes=19)
    await group.taps(TEACHER, "open:1")  # 24 minutes after the start
    group.wait(minutes=1)
    await group.taps(YANG, "here:1", group.group)
    group.wait(minutes=14)
    answer = await group.taps(WU, "here:1", group.group)
    assert answer["text"] == "✅ 已签到，晚了15分钟"
    group.wait(minutes=60)
    await closes(group)
    yang, wu = await stands(group, 3), await stands(group, 4)
    assert (yang.status.value, yang.minutes) == ("present", 90)
    assert (wu.status.value, wu.minutes) == ("late", 75)
    assert yang.reasons[0].say() == "上课24分钟后才开始签到，开始后1分钟签到：算准时"
    assert wu.reasons[0].say() == "上课24分钟后才开始签到，开始后15分钟签到：算迟到15分钟"
    (opened,) = await group.rows(
        select(LedgerEntry.payload).where(LedgerEntry.kind == "checkin.opened")
    )
    assert opened["minutes_after_start"] == 24


async def test_who_tapped_before_the_late_opening_is_not_worse_off_than_who_did_nothing(group):
    group.wait(minutes=10)
    await group.says(YANG, "/here")  # 15 minutes after the start; nothing is open yet
    group.wait(minutes=10)
    await group.taps(TEACHER, "open:1")
    await group.taps(TEACHER, "roll:1")
    await group.taps(TEACHER, "rollall:1")
    await group.taps(TEACHER, "rollsave:1")
    group.wait(minutes=66)
    await closes(group)
    for person_id in (3, 4):
        stand = await stands(group, person_id)
        assert (stand.status.value, stand.minutes) == ("present", 90)


async def test_a_roll_call_that_is_not_saved_is_spoken_of_before_closing(group):
    await group.taps(TEACHER, "open:1")
    await group.taps(TEACHER, "close:1")  # an old question, before the roll was called
    await group.taps(TEACHER, "roll:1")
    await group.taps(TEACHER, "rollall:1")
    await group.taps(TEACHER, "closed:1")
    assert (await group.sees(TEACHER))[-1] == "点名还没保存：2人。不保存，这些就不算。"
    assert await group.marks() == []
    assert (await group.taps(TEACHER, "rollclose:1"))["text"] == "✔"
    assert [row[2:] for row in await group.marks()] == [("present", "roll")] * 2
    assert "到2" in (await group.sees(HEAD))[-1]


async def test_a_class_can_be_closed_without_the_roll_call_that_was_begun(group):
    await group.taps(TEACHER, "open:1")
    await group.taps(TEACHER, "roll:1")
    await group.taps(TEACHER, "rollall:1")
    await group.taps(TEACHER, "close:1")
    assert (await group.taps(TEACHER, "closedraft:1"))["text"] == "✔"
    assert await group.marks() == []
    assert "缺2" in (await group.sees(HEAD))[-1]


async def test_the_hours_said_at_closing_are_those_of_the_register(group):
    await group.taps(TEACHER, "open:1")
    await group.taps(TEACHER, "roll:1")
    await group.taps(TEACHER, "walkin:1")
    await group.says(TEACHER, "吴小二 云上村")
    (walk_in,) = await group.rows(select(Person).where(Person.temporary))
    await group.taps(HEAD, f"sameas:{walk_in.id}:4")
    await group.taps(HEAD, f"merge:{walk_in.id}:4")
    group.wait(minutes=85)
    await closes(group)
    said = next(one for one in await group.sees(TEACHER) if "学时" in one and "结束" in one)
    async with group.house.database.read() as session:
        study_class = await session.get_one(StudyClass, 1)
        reckoned = await class_hours(session, study_class, group.now)
    each = (learner.by_meeting[1][1].hours for learner in reckoned.learners)
    given = sum(each, Fraction(0))
    assert given > 0
    assert f"{shown(given)}" in said


async def test_a_tap_before_check_in_opens_is_kept_and_it_is_said_when_to_come_back(group):
    async with group.house.database.begin() as session:
        meeting = await session.get_one(Meeting, 1)
        meeting.starts_at = group.now + timedelta(minutes=60)
        meeting.ends_at = group.now + timedelta(minutes=150)
    await group.says(YANG, "/here")
    assert (await group.sees(YANG))[-1] == "现在还早。请今天9:30以后再按手掌。"
    answer = await group.forges(YANG, "here:1", group.group)
    assert answer["text"] == "⏳ 还早，今天9:30以后再按"
    assert await group.marks() == []
    refused = [
        payload
        for payload in await group.rows(
            select(LedgerEntry.payload).where(LedgerEntry.kind == "act.refused")
        )
        if payload.get("early")
    ]
    assert refused == [{"act": "here", "meeting": 1, "early": True}] * 2
    group.wait(minutes=30)
    await group.says(YANG, "/here")
    assert len(await group.marks()) == 1
