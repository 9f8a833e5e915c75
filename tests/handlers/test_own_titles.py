"""A meeting whose lesson the program does not know has the school's own title, and all copes."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.services.hours_of_class import class_hours
from bot.services.register_rows import as_json, register_of
from db.models import Meeting, MeetingState, Message, Person, StudyClass
from tests.handlers.room import HEAD, TEACHER, WU, YANG, acts

OWN = "普法讲座"
DAY, TIME, PLACE = "planday:1:739947", "plantime:1:510:600", "planplace:1:0"


@pytest.fixture
async def school(staffed):
    async with staffed.house.database.begin() as session:
        study_class = await session.get_one(StudyClass, 1)
        study_class.township, study_class.teaching_point = "示例乡", "云上村教学点"
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    await staffed.person(WU, "示例吴二")
    return staffed


@pytest.fixture
async def lecture(school):
    """The meeting that is on has a title of the school's own."""
    async with school.house.database.begin() as session:
        await session.execute(update(Meeting).values(lesson="", title=OWN).where(Meeting.id == 1))
    return school


async def last(room, user, chat=None):
    return (await room.sees(user, chat))[-1]


async def meeting(room, number):
    return (await room.rows(select(Meeting).where(Meeting.id == number)))[0]


async def begin(room, *taps):
    await room.says(TEACHER, "/timetable")
    await room.taps(TEACHER, "plan:1")
    for act in (*taps, DAY, TIME, PLACE):
        await room.taps(TEACHER, act)


async def test_a_teacher_types_a_title_and_may_choose_it_the_next_time(school):
    await begin(school)
    await school.taps(TEACHER, "planask:1:4")
    assert "打字写自己的课名" in await last(school, TEACHER)
    await school.says(TEACHER, " 养蜂 技术/第3课 ")
    seen = await last(school, TEACHER)
    assert "养蜂 技术、第3课" in seen
    assert "⚠ “养蜂 技术、第3课”：程序里没有这一课，学员在手机上学不到。" in seen
    await school.taps(TEACHER, "plansave:")
    made = await meeting(school, 3)
    assert (made.lesson, made.title) == ("", "养蜂 技术、第3课")
    assert "已排：周五 11-27 8:30–10:00 养蜂 技术、第3课" in await last(school, TEACHER)
    await school.says(TEACHER, "/timetable")
    assert "8:30–10:00 养蜂 技术、第3课 · 云上村教学点" in await last(school, TEACHER)
    await school.taps(TEACHER, "plan:1")
    for act in ("planday:1:739950", TIME, PLACE, "planask:1:4"):
        await school.taps(TEACHER, act)
    assert "plantitle:1:3" in acts((await school.messages(TEACHER))[-1])
    await school.taps(TEACHER, "plantitle:1:3")
    await school.taps(TEACHER, "plansave:")
    assert (await meeting(school, 4)).title == made.title


async def test_what_is_typed_may_be_a_lesson_of_ours_or_nonsense(school):
    await begin(school)
    await school.taps(TEACHER, "planask:1:4")
    await school.says(TEACHER, "wh99")
    assert "没有这一课" in await last(school, TEACHER)
    await school.says(TEACHER, "长" * 81)
    assert "最多80个字" in await last(school, TEACHER)
    await school.says(TEACHER, "第5课")
    seen = await last(school, TEACHER)
    assert "wh05" in seen
    assert "⚠" not in seen
    assert (await school.forges(TEACHER, "plantitle:1:999"))["text"] == "❌"


async def test_checking_in_at_a_lecture_is_like_at_any_class(lecture):
    await lecture.taps(TEACHER, "open:1")
    assert OWN in await last(lecture, TEACHER)
    await lecture.taps(YANG, "here:1")
    assert "普法讲座" in await last(lecture, TEACHER)
    assert len(await lecture.marks()) == 1


async def test_who_missed_a_lecture_is_told_kindly_and_offered_no_lesson(lecture):
    await lecture.house.heartbeat.plan(lecture.now)
    await lecture.taps(TEACHER, "open:1")
    async with lecture.house.database.begin() as session:
        closed = {"state": MeetingState.CLOSED, "closed_at": lecture.now}
        await session.execute(update(Meeting).values(**closed).where(Meeting.id == 1))
    lecture.wait(hours=10, minutes=50)
    await lecture.house.heartbeat.remind(lecture.now)
    await lecture.settle()
    said = (await lecture.messages(YANG))[-1]
    assert said["caption"] == "今天没见到你，下次课见。"
    assert "study" not in acts(said)
    voices = select(Message).where(Message.chat_id == YANG, Message.purpose == "reminder-voice")
    assert "missed.ogg" in str((await lecture.rows(voices))[-1].payload)


async def test_a_reminder_says_the_schools_own_title(school):
    async with school.house.database.begin() as session:
        await session.execute(update(Meeting).values(lesson="", title=OWN).where(Meeting.id == 2))
    await school.has_group()
    await school.house.heartbeat.plan(school.now)
    school.wait(days=1, hours=10, minutes=31)
    await school.house.heartbeat.remind(school.now)
    await school.settle()
    assert OWN in await last(school, HEAD, school.group)
    await school.taps(YANG, "come:2:0")
    await school.taps(YANG, "why:2:1")
    assert await last(school, YANG) == "已经告诉班主任了。"


async def test_the_register_has_the_schools_own_title(lecture):
    await lecture.taps(TEACHER, "open:1")
    await lecture.taps(YANG, "here:1")
    at = lecture.now + timedelta(hours=3)
    async with lecture.house.database.read() as session:
        of_class = await class_hours(session, await session.get_one(StudyClass, 1), at)
        register = await register_of(session, of_class, "")
    assert OWN in str(as_json(register))
