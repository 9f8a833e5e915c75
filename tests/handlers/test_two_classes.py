"""Somebody learns in two classes: for the certificate in one, for the register in another."""

from datetime import timedelta

import pytest

from db.models import Meeting, Membership, Role, StudyClass, Track
from tests.handlers.announce_room import add, joins
from tests.handlers.room import TEACHER, WU, YANG


@pytest.fixture
async def twice(staffed):
    """Yang came into the second class last; its meeting begins as that of the first does."""
    room = staffed
    await joins(room, YANG, 3)
    await joins(room, WU, 4)
    await room.has_group()
    await add(room, StudyClass(id=2, county_id=1, name="中专班", created_at=room.now))
    day = timedelta(days=1)
    await add(
        room,
        Membership(
            person_id=3,
            role=Role.LEARNER,
            study_class_id=2,
            starts_at=room.now,
            track=Track.REGISTER,
        ),
        Membership(person_id=1, role=Role.TEACHER, study_class_id=2, starts_at=room.now - day),
    )
    await add(
        room,
        Meeting(
            id=3,
            study_class_id=2,
            teacher_id=1,
            starts_at=room.now - timedelta(minutes=5),
            ends_at=room.now + timedelta(minutes=60),
            place="银铃村鼓楼",
            lesson="wh01",
            title="另一课",
        ),
    )
    return room


async def test_a_learner_of_two_classes_checks_in_to_both(twice):
    await twice.taps(TEACHER, "open:1")
    assert "已签到" in (await twice.taps(YANG, "here:1", twice.group))["text"]
    await twice.forges(TEACHER, "open:3")
    await twice.forges(YANG, "here:3")
    assert [row[:3] for row in await twice.marks()] == [(3, "in", "present")] * 2
    assert (await twice.forges(WU, "here:3"))["text"] in ("", None)
    assert "别的班" in (await twice.sees(WU))[-1]
    assert len(await twice.marks()) == 2


async def test_the_hand_at_home_means_the_class_that_still_waits(twice):
    await twice.taps(TEACHER, "open:1")
    await twice.forges(TEACHER, "open:3")
    await twice.says(YANG, "/here")
    await twice.says(YANG, "/here")
    async with twice.house.database.read() as session:
        held = {(await session.get_one(Meeting, number)).state.value for number in (1, 3)}
    assert held == {"open"}
    assert [row[:3] for row in await twice.marks()] == [(3, "in", "present")] * 2


async def test_the_next_class_of_each_is_heard_and_so_are_the_hours_of_each(twice):
    await twice.says(YANG, "/next")
    seen = "".join(await twice.sees(YANG))
    assert "另一课" in seen
    assert "听、点、说" in seen
    before = len(await twice.sees(YANG))
    await twice.says(YANG, "/me")
    assert len([one for one in (await twice.sees(YANG))[before:] if "学时" in one]) == 2


async def test_who_left_one_of_two_classes_is_of_that_one_no_more(twice):
    async with twice.house.database.begin() as session:
        held = await session.get_one(Membership, 5)
        assert held.study_class_id == 2
        held.ends_at = twice.now - timedelta(minutes=1)
        held.starts_at = twice.now - timedelta(days=1)
    await twice.forges(TEACHER, "open:3")
    await twice.forges(YANG, "here:3")
    assert await twice.marks() == []
    assert "别的班" in (await twice.sees(YANG))[-1]
