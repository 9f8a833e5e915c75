import base64
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from bot.services.teaching import course
from db.models import Answer, LedgerEntry, Membership, Person, Role, Sitting, StudyClass
from tests.handlers.room import TEACHER, YANG


@pytest.fixture
async def enrolled(staffed):
    """Yang is in the class and at home, and reads nothing."""
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    return staffed


def spoken_step(lesson):
    return next(i for i, step in enumerate(lesson.steps) if step.kind == "say_after")


@pytest.fixture
async def handed_in(enrolled):
    """Yang stands at the first thing to say, and has said it."""
    await enrolled.taps(YANG, "study")
    await enrolled.taps(YANG, "go:")
    place = spoken_step(course().lessons[0])
    async with enrolled.house.database.begin() as session:
        sitting = await session.get_one(Sitting, 1)
        sitting.step = place
    await enrolled.taps(YANG, "study")
    await enrolled.taps(YANG, "go:")
    await enrolled.speaks(YANG)
    return enrolled


@pytest.fixture
async def finished(handed_in):
    """Yang's lesson is over."""
    async with handed_in.house.database.begin() as session:
        sitting = await session.get_one(Sitting, 1)
        sitting.finished_at = handed_in.now
    return handed_in


async def answers(room):
    return await room.rows(select(Answer).order_by(Answer.id))


async def test_a_teacher_hears_the_task_and_then_the_learner(handed_in):
    await handed_in.says(TEACHER, "/homework")
    seen = await handed_in.sees(TEACHER)
    assert seen[-2] == "<voice>"
    assert seen[-1].startswith("作业 1/1：示例杨一，听、点、说")
    assert "voice" in (await handed_in.messages(TEACHER))[-1]


async def test_good_reaches_the_learner_and_the_record(handed_in):
    await handed_in.says(TEACHER, "/homework")
    assert (await handed_in.taps(TEACHER, "hw:1:1"))["text"] == "✔"
    assert (await handed_in.sees(YANG))[-1].startswith("很好。")
    assert (await handed_in.sees(TEACHER))[-1] == "没有要听的作业"
    (answer,) = await answers(handed_in)
    assert (answer.reviewed_by, answer.good) == (1, True)
    lines = select(LedgerEntry).where(LedgerEntry.kind == "homework.reviewed")
    (line,) = await handed_in.rows(lines)
    assert (line.person_id, line.payload["good"], line.payload["by"]) == (3, True, 1)


async def test_once_more_lets_the_learner_hear_the_task_again(handed_in):
    await handed_in.says(TEACHER, "/homework")
    await handed_in.taps(TEACHER, "hw:1:0")
    words = await handed_in.sees(YANG)
    assert "再听一遍。" in words
    step = course().lessons[0].steps[spoken_step(course().lessons[0])]
    assert words[-1] == step.caption
    assert (await answers(handed_in))[0].good is False


async def test_after_the_lesson_it_can_be_said_once_more_and_comes_to_the_teacher(finished):
    await finished.says(TEACHER, "/homework")
    await finished.taps(TEACHER, "hw:1:0")
    await finished.taps(YANG, "again:1")
    await finished.speaks(YANG)
    assert (await finished.sees(YANG))[-1] == "听到了，老师也会听。"
    first, second = await answers(finished)
    assert (second.step, second.tries, second.reviewed_at) == (first.step, 2, None)
    await finished.says(TEACHER, "/homework")
    await finished.taps(TEACHER, "hw:2:1")
    assert (await finished.taps(YANG, "again:1"))["text"] is None
    assert (await finished.sees(YANG))[-1].startswith("很好。")


async def test_a_teachers_voice_goes_to_the_learner_as_comment(handed_in):
    await handed_in.says(TEACHER, "/homework")
    await handed_in.speaks(TEACHER)
    assert (await handed_in.sees(YANG))[-2:] == ["老师回答你。", "<voice>"]
    assert (await handed_in.sees(TEACHER))[-1] == "已发给示例杨一"
    await handed_in.taps(TEACHER, "hw:1:1")
    (answer,) = await answers(handed_in)
    lines = select(LedgerEntry).where(LedgerEntry.kind == "homework.reviewed")
    (line,) = await handed_in.rows(lines)
    assert line.payload["comment"] == answer.comment_id is not None


async def test_a_forwarded_voice_is_no_comment(handed_in):
    await handed_in.says(TEACHER, "/homework")
    await handed_in.speaks(TEACHER, forward_from="别人")
    assert (await handed_in.sees(TEACHER))[-1] == "这是转发的语音，请你自己说一遍。"
    assert (await answers(handed_in))[0].comment_id is None


async def test_a_picture_is_no_comment_and_the_homework_stays_in_hand(handed_in):
    await handed_in.says(TEACHER, "/homework")
    await handed_in.do("photo", user=TEACHER, image=PHOTO, media_group_id="7")
    await handed_in.settle()
    assert (await handed_in.sees(TEACHER))[-1] == "请发语音，或点按钮"
    await handed_in.speaks(TEACHER)
    assert (await answers(handed_in))[0].comment_id is not None


async def test_the_next_one_leaves_this_one_waiting(handed_in):
    await handed_in.speaks(YANG)
    await handed_in.says(TEACHER, "/homework")
    await handed_in.taps(TEACHER, "hwnext")
    assert (await handed_in.sees(TEACHER))[-1].startswith("作业 2/2")
    await handed_in.taps(TEACHER, "hwnext")
    assert (await handed_in.sees(TEACHER))[-1].startswith("作业 1/2")
    assert [one.reviewed_at for one in await answers(handed_in)] == [None, None]


async def test_a_second_verdict_changes_nothing(handed_in):
    await handed_in.says(TEACHER, "/homework")
    await handed_in.taps(TEACHER, "hw:1:1")
    heard = await handed_in.sees(YANG)
    await handed_in.forges(TEACHER, "hw:1:0")
    assert (await answers(handed_in))[0].good is True
    assert await handed_in.sees(YANG) == heard


async def test_another_classs_homework_is_refused(handed_in):
    await handed_in.forges(TEACHER, "hw:99:1")
    async with handed_in.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=handed_in.now))
        stranger = Person(
            id=9, county_id=1, number="P000009", name="示例外人", created_at=handed_in.now
        )
        session.add(stranger)
        await session.flush()
        session.add(
            Membership(person_id=9, role=Role.TEACHER, study_class_id=2, starts_at=handed_in.now)
        )
    await handed_in.person(301, "示例外人")
    await handed_in.starts(301, await handed_in.post(stranger, Role.TEACHER))
    async with handed_in.house.database.begin() as session:
        for row in await session.scalars(select(Membership).where(Membership.person_id == 9)):
            row.study_class_id = 2  # the link above is for the first class
    await handed_in.says(301, "/homework")
    assert (await handed_in.sees(301))[-1] == "没有要听的作业"
    assert (await handed_in.forges(301, "hw:1:1"))["text"] == "❌"
    assert (await handed_in.forges(YANG, "hw:1:1"))["text"] == "❌"
    assert (await answers(handed_in))[0].reviewed_at is None


async def test_only_the_learners_own_homework_is_done_once_more(finished):
    async with finished.house.database.begin() as session:
        (await session.get_one(Answer, 1)).person_id = 4
    assert (await finished.forges(YANG, "again:1"))["text"] == "❌"
    assert (await finished.forges(YANG, "again:77"))["text"] == "❌"


def picture():
    kept = BytesIO()
    Image.new("RGB", (40, 40), "white").save(kept, "JPEG")
    return base64.b64encode(kept.getvalue()).decode()


PHOTO = picture()
