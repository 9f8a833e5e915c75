import pytest
from sqlalchemy import select

from db.models import Meeting, MeetingState, Membership, Person, Role, StudyClass
from tests.handlers.room import HEAD, TEACHER, YANG


@pytest.fixture
async def opened(staffed):
    """Check-in is open; no learner has a phone, so all stands in the roll call."""
    await staffed.taps(TEACHER, "open:1")
    return staffed


async def test_a_teacher_sees_the_day(staffed):
    seen = (await staffed.sees(TEACHER))[-1]
    assert "今天 11-23：1节课" in seen
    assert "1. 8:55–10:25 听、点、说，云上村教学点。2人，已到0人" in seen


async def test_the_roll_call_marks_the_exceptions(opened):
    await opened.taps(TEACHER, "roll:1")
    assert (await opened.sees(TEACHER))[-1] == "点名 1/1。点名字改状态"
    await opened.taps(TEACHER, "rollall:1")
    assert (await opened.taps(TEACHER, "mark:1:4"))["text"] == "示例吴二 缺"
    assert await opened.marks() == []
    await opened.taps(TEACHER, "rollsave:1")
    assert "已保存：到1，缺1，假0" in (await opened.sees(TEACHER))[-1]
    assert await opened.marks() == [(3, "in", "present", "roll"), (4, "in", "absent", "roll")]


async def test_a_second_roll_call_adds_marks_and_the_last_counts(opened):
    for _turn in range(2):
        await opened.taps(TEACHER, "roll:1")
        await opened.taps(TEACHER, "mark:1:4")
        await opened.taps(TEACHER, "rollsave:1")
    assert await opened.marks() == [(4, "in", "present", "roll"), (4, "in", "present", "roll")]
    await opened.taps(TEACHER, "roll:1")
    await opened.taps(TEACHER, "mark:1:3")
    await opened.taps(TEACHER, "mark:1:3")
    await opened.taps(TEACHER, "rollsave:1")
    assert "到1，迟0，假0，未到1，共2" in "".join(await opened.sees(TEACHER))


async def test_closing_tells_teacher_and_head(opened):
    await opened.taps(TEACHER, "close:1")
    assert "结束吗？到0，缺2，假0" in (await opened.sees(TEACHER))[-1]
    await opened.taps(TEACHER, "closed:1")
    assert "9:00已结束：0人，0.0学时" in (await opened.sees(TEACHER))[-1]
    assert (await opened.sees(HEAD))[-1] == "听、点、说结束：到0，缺2，假0"
    meeting = (await opened.rows(select(Meeting).where(Meeting.id == 1)))[0]
    assert meeting.state is MeetingState.CLOSED


async def test_a_second_closing_says_who_closed_it(opened):
    await opened.taps(TEACHER, "close:1")
    await opened.taps(TEACHER, "closed:1")
    assert (await opened.forges(HEAD, "closed:1"))["text"] == "示例石老师已在9:00结束"


async def test_a_closed_meeting_is_reopened_the_same_day_only(opened):
    await opened.taps(TEACHER, "close:1")
    await opened.taps(TEACHER, "closed:1")
    await opened.taps(TEACHER, "reopen:1")
    meeting = (await opened.rows(select(Meeting).where(Meeting.id == 1)))[0]
    assert meeting.state is MeetingState.OPEN
    await opened.taps(TEACHER, "close:1")
    await opened.taps(TEACHER, "closed:1")
    opened.wait(days=1)
    assert (await opened.taps(TEACHER, "reopen:1"))["text"] == "❌"


async def test_a_teacher_of_another_class_may_not_touch_it(opened):
    async with opened.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=opened.now))
        session.add(
            Person(id=9, county_id=1, number="P000009", name="示例外人", created_at=opened.now)
        )
        await session.flush()
        session.add(
            Membership(person_id=9, role=Role.TEACHER, study_class_id=2, starts_at=opened.now)
        )
        await session.flush()
        other = await session.get_one(Person, 9)
    await opened.person(301, "示例外人")
    await opened.starts(301, await opened.post(other, Role.TEACHER))
    for act in ("open:2", "roll:1:1", "mark:1:3:1", "rollall:1:1", "rollsave:1", "closed:1"):
        assert (await opened.forges(301, act))["text"] == "❌"
    assert await opened.marks() == []


async def test_a_learner_may_not_do_what_a_teacher_may(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    for act in ("open:1", "roll:1:1", "rollsave:1", "closed:1", "questions", "card:4"):
        assert (await staffed.forges(YANG, act))["text"] == "❌"
    assert (await staffed.kinds(3)).count("act.refused") == 6


async def test_the_head_sees_who_is_missing_and_shows_a_card(opened):
    await opened.says(HEAD, "/missing")
    assert (await opened.sees(HEAD))[-1] == "示例班未到2人：示例杨一和示例吴二"
    await opened.says(HEAD, "/enrol")
    assert (await opened.sees(HEAD))[-1] == "示例班还有2人没上手机"
    await opened.taps(HEAD, "card:3")
    shown = (await opened.messages(HEAD))[-1]
    assert "photo" in shown
    assert "start=e-" in shown["caption"]


async def test_a_class_head_sees_the_classs_day_too(staffed):
    await staffed.says(HEAD, "/today")
    assert "1. 8:55–10:25 听、点、说" in (await staffed.sees(HEAD))[-1]
