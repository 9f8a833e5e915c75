import pytest
from sqlalchemy import select

from db.models import Mark, Membership, Person, Role, StudyClass, Task
from tests.handlers.room import HEAD, TEACHER, YANG


@pytest.fixture
async def opened(staffed):
    """Check-in is open; Yang has a phone, Wu has none."""
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    await staffed.taps(TEACHER, "open:1")
    await staffed.says(HEAD, "/missing")
    return staffed


async def test_the_head_sees_that_somebody_without_a_phone_sits_here(opened):
    assert (await opened.sees(HEAD))[-1] == "示例班未到2人：示例杨一和示例吴二"
    assert (await opened.taps(HEAD, "seen:1:4"))["text"] == "示例吴二 ✔"
    (mark,) = await opened.rows(select(Mark))
    assert (mark.person_id, mark.how.value, mark.sure.value, mark.made_by) == (
        *(4, "witness", "witness"),
        2,
    )
    await opened.taps(HEAD, "seen:1:4")
    assert len(await opened.marks()) == 1
    await opened.says(HEAD, "/missing")
    assert (await opened.sees(HEAD))[-1] == "示例班未到1人：示例杨一"


async def test_a_late_one_is_seen_as_late(opened):
    opened.wait(minutes=15)
    await opened.taps(HEAD, "seen:1:4")
    (mark,) = await opened.rows(select(Mark))
    since_it_was_opened = 15  # five minutes after the start, which is nobody's lateness but hers
    assert (mark.status.value, mark.minutes_late) == ("late", since_it_was_opened)


async def test_who_is_missing_is_asked_once(opened):
    before = (await opened.sees(YANG)).count("现在上课了，你来了吗？")
    assert (await opened.taps(HEAD, "nudge:1"))["text"] == "已催1人"
    assert (await opened.taps(HEAD, "nudge:1"))["text"] == "已催0人"
    assert (await opened.kinds(3)).count("nudge.sent") == 1
    assert (await opened.kinds(4)).count("nudge.sent") == 0
    await opened.taps(YANG, "here:1")
    assert [who for who, *_ in await opened.marks()] == [3]
    assert before in {0, 1}


async def test_a_call_becomes_a_task_and_says_the_day(opened):
    assert (await opened.taps(HEAD, "chase:1:4"))["text"] == "📞"
    assert (await opened.sees(HEAD))[-1] == "请联系示例吴二 —：11-23没来上课"
    assert (await opened.taps(HEAD, "chase:1:4"))["text"] == "已经在待办里"
    assert len(await opened.rows(select(Task))) == 1


async def test_after_closing_nobody_is_seen_or_asked(opened):
    await opened.taps(TEACHER, "close:1")
    await opened.taps(TEACHER, "closed:1")
    assert (await opened.taps(HEAD, "seen:1:4"))["text"] == "❌"
    assert (await opened.taps(HEAD, "nudge:1"))["text"] == "❌"
    assert await opened.marks() == []


async def test_only_the_head_of_this_very_class_bears_witness(opened):
    for act in ("seen:1:4", "nudge:1", "chase:1:4", "missing:1:1"):
        assert (await opened.forges(TEACHER, act))["text"] == "❌"
    async with opened.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=opened.now))
        await session.flush()
        head = await session.scalar(select(Membership).where(Membership.role == Role.CLASS_HEAD))
        head.study_class_id = 2
    for act in ("seen:1:4", "nudge:1", "chase:1:4", "missing:1:1"):
        assert (await opened.forges(HEAD, act))["text"] == "❌"
    assert await opened.marks() == []
    assert await opened.rows(select(Task)) == []
