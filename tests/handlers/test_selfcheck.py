from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models import Flag, FlagKind, FlagState, Membership, Person, Role, StudyClass
from tests.handlers.room import HEAD, TEACHER

SCHOOL = 104


def flag(key, now, **more):
    values = {
        "kind": FlagKind.AGE,
        "person_id": 3,
        "study_class_id": 1,
        "detail": {"why": "age", "persons": [3], "age": 13, "youngest": 15, "oldest": 59},
        "found_at": now,
    }
    return Flag(key=key, **values | more)


@pytest.fixture
async def flagged(staffed):
    """Two flags and a soft one in the class, and one in another class."""
    now = staffed.now
    shared = {"why": "shared", "persons": [3, 4], "count": 2, "accounts": [1]}
    own = {"why": "month", "persons": [3], "by": [2], "agreed": [1], "count": 28}
    own["moments"] = [(now - timedelta(days=3)).isoformat()] * 2
    async with staffed.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=now))
        session.add(Person(id=9, county_id=1, number="P000009", name="示例校长", created_at=now))
        await session.flush()
        session.add(Membership(person_id=9, role=Role.SCHOOL, starts_at=now))
        for one in (
            flag("age:1:3", now),
            flag("makeup:1", now, kind=FlagKind.MAKEUP, person_id=None, detail=own),
            flag("shared:1", now, kind=FlagKind.SHARED_PHONE, soft=True, detail=shared),
            flag("age:2:4", now, study_class_id=2, person_id=4),
        ):
            session.add(one)
            await session.flush()
        principal = await session.get_one(Person, 9)
    await staffed.person(SCHOOL, "示例校长")
    await staffed.starts(SCHOOL, await staffed.post(principal, Role.SCHOOL))
    return staffed


async def flags(room):
    found = await room.rows(select(Flag).order_by(Flag.id))
    return [(one.state, one.reason, one.settled_by) for one in found]


async def test_a_class_head_settles_a_flag_with_a_written_reason_and_sees_the_next(flagged):
    await flagged.says(HEAD, "/selfcheck")
    assert (await flagged.sees(HEAD))[-1] == ("自查：年龄不符。示例杨一入学当天13岁，招收15到59岁")
    await flagged.taps(HEAD, "flag:1:2")
    assert (await flagged.sees(HEAD))[-1] == "写或说明原因，会留在档案里"
    assert (await flags(flagged))[0] == (FlagState.OPEN, "", None)
    await flagged.says(HEAD, "身份证上写错了")
    assert (await flags(flagged))[0] == (FlagState.FALSE, "身份证上写错了", 2)
    assert (await flagged.sees(HEAD))[-2] == "已留存"
    assert "补录太多" in (await flagged.sees(HEAD))[-1]
    assert "flag.settled" in await flagged.kinds(3)


async def test_a_reason_may_be_spoken(flagged):
    await flagged.says(HEAD, "/selfcheck")
    await flagged.taps(HEAD, "flag:1:3")
    await flagged.speaks(HEAD)
    (first, *_others) = await flagged.rows(select(Flag).order_by(Flag.id))
    assert (first.state, first.reason) == (FlagState.SUPPLEMENTED, "")
    assert first.voice_id is not None


async def test_what_is_about_the_class_head_waits_for_the_school(flagged):
    await flagged.says(HEAD, "/selfcheck")
    await flagged.taps(HEAD, "flagnext:1")
    assert (await flagged.sees(HEAD))[-1].endswith("这一条和你有关，请别人处理。")
    await flagged.forges(HEAD, "flag:2:2")
    await flagged.says(HEAD, "没问题")
    assert (await flags(flagged))[1] == (FlagState.OPEN, "", None)
    await flagged.says(SCHOOL, "/selfcheck")
    await flagged.taps(SCHOOL, "flagnext:1")
    await flagged.taps(SCHOOL, "flag:2:1")
    await flagged.says(SCHOOL, "查过，已改正")
    assert (await flags(flagged))[1] == (FlagState.TRUE, "查过，已改正", 9)


async def test_soft_flags_stand_apart_and_are_settled_there(flagged):
    await flagged.says(HEAD, "/selfcheck")
    await flagged.taps(HEAD, "flagsoft:1")
    assert (await flagged.sees(HEAD))[-1] == (
        "看一眼就好，不算问题：1条\n1. 一部手机签了2人：示例杨一和示例吴二"
    )
    await flagged.taps(HEAD, "flagsee:3")
    await flagged.taps(HEAD, "flag:3:1")
    await flagged.says(HEAD, "夫妻俩一部手机")
    assert (await flags(flagged))[2] == (FlagState.TRUE, "夫妻俩一部手机", 2)


async def test_another_class_is_the_schools_business_and_a_teacher_settles_nothing(flagged):
    await flagged.says(HEAD, "/selfcheck")
    assert (await flagged.forges(HEAD, "flag:4:2"))["text"] == "❌"
    assert (await flagged.forges(HEAD, "flagsee:4"))["text"] == "❌"
    assert (await flagged.forges(TEACHER, "flag:1:2"))["text"] == "❌"
    await flagged.says(SCHOOL, "/selfcheck")
    await flagged.taps(SCHOOL, "flagnext:1")
    await flagged.taps(SCHOOL, "flagnext:2")
    await flagged.taps(SCHOOL, "flag:4:2")
    await flagged.says(SCHOOL, "生日登记错")
    assert (await flags(flagged))[3] == (FlagState.FALSE, "生日登记错", 9)


async def test_who_settles_second_is_told_and_nothing_changes(flagged):
    for user in (HEAD, SCHOOL):
        await flagged.says(user, "/selfcheck")
        await flagged.taps(user, "flag:1:1")
    await flagged.says(HEAD, "属实")
    await flagged.says(SCHOOL, "误报")
    assert (await flagged.sees(SCHOOL))[-2] == "这一条已经处理过了。"
    assert (await flags(flagged))[0] == (FlagState.TRUE, "属实", 2)


async def test_nothing_open_is_said(flagged):
    async with flagged.house.database.begin() as session:
        for one in await session.scalars(select(Flag)):
            one.state = FlagState.FALSE
    await flagged.says(HEAD, "/selfcheck")
    assert (await flagged.sees(HEAD))[-1] == "自查没有待处理的问题。"
