"""A learner must go before the end of class, with a reason; the class head lets them go."""

import pytest
from sqlalchemy import select

from bot.services.standing import standing
from db import ledger
from db.models import EarlyLeave, Mark, Meeting
from tests.handlers.announce_room import joins
from tests.handlers.room import HEAD, STRANGER, TEACHER, WU, YANG


@pytest.fixture
async def on(staffed):
    """Class is on; Yang is there."""
    await joins(staffed, YANG, 3)
    await joins(staffed, WU, 4)
    await staffed.taps(TEACHER, "open:1")
    await staffed.taps(YANG, "here:1")
    staffed.wait(minutes=40)
    return staffed


async def leaves(room):
    return await room.rows(select(EarlyLeave).order_by(EarlyLeave.id))


async def stands(room, person=3):
    async with room.house.database.read() as session:
        meeting = await session.get_one(Meeting, 1)
        marks = (await session.scalars(select(Mark).where(Mark.person_id == person))).all()
        found = standing(marks, meeting)
    return found.status, found.minutes


async def goes(room, reason=1):
    await room.says(YANG, "🏠")
    await room.taps(YANG, "early:1")
    await room.taps(YANG, f"earlywhy:1:{reason}")


async def test_a_learner_goes_with_a_reason_by_tap_and_the_head_agrees(on):
    await goes(on)
    assert (await on.marks())[-1] == (3, "out", "left_early", "tap")
    (leave,) = await leaves(on)
    assert (leave.reason.value, leave.granted) == ("ill", None)
    assert "已经告诉班主任" in (await on.sees(YANG))[-1]
    for user in (HEAD, TEACHER):
        assert "示例杨一 9:40要先走（听、点、说）：" in (await on.sees(user))[-1]
    on.wait(minutes=10)
    assert (await on.taps(HEAD, "letgo:1:1"))["text"] == "✔"
    (_in, own, granted) = await on.rows(select(Mark).order_by(Mark.id))
    assert (granted.sure.value, granted.leave.value, granted.at) == ("witness", "sick", own.at)
    assert "班主任同意了" in (await on.sees(YANG))[-1]
    assert [kind for kind in await on.kinds(3) if kind.startswith("early")] == [
        *("early.asked", "early.granted"),
    ]
    assert await stands(on) == ("left_early", 45)
    async with on.house.database.read() as session:
        assert [fault async for fault in ledger.verify(session)] == []


async def test_the_reason_may_be_spoken_and_the_staff_hear_it(on):
    await goes(on, 4)
    await on.speaks(YANG)
    (leave,) = await leaves(on)
    assert leave.voice_id is not None
    heard = (await on.messages(HEAD))[-1]
    assert "voice" in heard
    assert "要先走" in heard["caption"]


async def test_whoever_stays_after_all_is_there_to_the_end(on):
    await goes(on)
    await on.taps(HEAD, "letgo:1:1")
    await on.taps(YANG, "stay:1")
    assert "又不走了" in (await on.sees(HEAD))[-1]
    assert [row[1:3] for row in await on.marks()].count(("out", "withdrawn")) == 2
    on.wait(minutes=45)
    await on.taps(TEACHER, "close:1")
    await on.taps(TEACHER, "closed:1")
    await on.taps(YANG, "out:1:3:3")
    assert await stands(on) == ("present", 90)


async def test_who_went_is_not_asked_how_the_end_was_and_cannot_say_it(on):
    await goes(on)
    on.wait(minutes=45)
    await on.taps(TEACHER, "close:1")
    await on.taps(TEACHER, "closed:1")
    assert not [text for text in await on.sees(YANG) if "下课" in text]
    await on.forges(YANG, "out:1:3:3")
    assert (await stands(on))[0] == "left_early"
    assert len(await on.marks()) == 2


async def test_the_head_hopes_that_they_stay_and_says_so(on):
    await goes(on)
    await on.taps(HEAD, "letgo:1:0")
    await on.speaks(HEAD)
    assert (await leaves(on))[0].granted is False
    words = await on.sees(YANG)
    assert any("希望你留下" in one for one in words[-3:])
    assert "voice" in (await on.messages(YANG))[-1]
    await on.taps(YANG, "stay:1")
    assert (await leaves(on))[0].stayed_at is not None


async def test_only_who_is_there_in_a_meeting_that_is_on_can_go(on):
    await on.forges(WU, "early:1")  # never came
    await on.forges(WU, "earlywhy:1:1")
    await on.forges(YANG, "early:2")
    await on.forges(YANG, "earlywhy:1:9")
    await goes(on)
    await on.forges(YANG, "earlywhy:1:2")  # went already
    assert len(await leaves(on)) == 1
    assert (await on.forges(WU, "letgo:1:1"))["text"] == "❌"
    await on.forges(WU, "stay:1")
    assert (await leaves(on))[0].stayed_at is None
    await on.person(STRANGER, "过路人")
    assert len(await on.marks()) == 2


async def test_it_is_decided_once_and_on_the_day(on):
    await goes(on)
    await on.taps(TEACHER, "letgo:1:1")
    assert (await on.forges(HEAD, "letgo:1:1"))["text"] != "✔"
    assert len(await on.marks()) == 3
    await on.taps(YANG, "stay:1")
    await goes(on)
    on.wait(days=1)
    assert (await on.forges(HEAD, "letgo:2:1"))["text"] != "✔"
    assert (await leaves(on))[1].granted is None
