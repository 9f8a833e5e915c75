"""Taps that should not count, or only once: each is answered, none does harm."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models import Mark, Meeting, StudyClass
from tests.handlers.announce_room import add, joins
from tests.handlers.room import HEAD, TEACHER, WU, YANG

SECOND = 301  # another phone of Yang's


@pytest.fixture
async def group(staffed):
    """Both learners are on phones, the class has its group."""
    await joins(staffed, YANG, 3)
    await joins(staffed, WU, 4)
    await staffed.has_group()
    return staffed


async def test_a_tap_before_check_in_opens_counts_for_nothing(group):
    await group.says(YANG, "/next")
    await group.forges(YANG, "here:2")  # in two days
    assert await group.marks() == []
    assert "现在没有课" in (await group.sees(YANG))[-1]
    toast = await group.forges(YANG, "here:2", chat=group.group)
    assert toast["text"] == "⏳ 还早，星期三8:30以后再按"
    assert await group.marks() == []


async def test_an_early_tap_is_kept_and_counts_from_the_start(group):
    async with group.house.database.begin() as session:
        meeting = await session.get_one(Meeting, 1)
        meeting.starts_at = group.now + timedelta(minutes=20)
        meeting.ends_at = group.now + timedelta(minutes=110)
    await group.taps(TEACHER, "open:1")
    await group.taps(YANG, "here:1", group.group)
    (mark,) = await group.rows(select(Mark))
    assert (mark.status.value, mark.minutes_late, mark.at) == ("present", 0, group.now)


async def test_one_learner_on_two_phones_at_once_is_marked_once(group):
    await joins(group, SECOND, 3)
    await group.taps(TEACHER, "open:1")
    await group.says(SECOND, "/next")
    shown = [(user, (await group.messages(user))[-1]["message_id"]) for user in (YANG, SECOND)]
    await asyncio.gather(
        *(
            group.do("tap", user=user, message_id=number, data="here:1", forged=True)
            for user, number in shown
            for _twice in range(2)
        )
    )
    await group.settle()
    assert await group.marks() == [(3, "in", "present", "tap")]


async def test_a_tap_under_a_forwarded_card_marks_who_taps_and_nobody_else(group):
    await group.taps(TEACHER, "open:1")
    await group.says(WU, "到！", forward_from=YANG)  # words of another's are no tap
    assert await group.marks() == []
    await group.forges(WU, "here:1")  # the button of a card that came from elsewhere
    await group.forges(WU, "here:1")
    assert await group.marks() == [(4, "in", "present", "tap")]


async def test_a_forwarded_voice_is_no_presence(group):
    await group.taps(TEACHER, "open:1")
    await group.speaks(YANG, forward_from=WU)
    assert await group.marks() == []


async def test_a_tap_for_a_class_that_is_not_ones_own_marks_nobody(group):
    other = StudyClass(id=2, county_id=1, name="别的班", created_at=group.now)
    meeting = Meeting(
        id=9,
        study_class_id=2,
        teacher_id=1,
        starts_at=group.now,
        ends_at=group.now + timedelta(hours=1),
        place="云上村教学点",
        lesson="wh01",
        title="听、点、说",
    )
    await add(group, other, meeting)
    await group.says(YANG, "/next")
    await group.forges(YANG, "here:9")
    await group.forges(HEAD, "here:9")
    assert await group.marks() == []
