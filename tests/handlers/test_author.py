import base64
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from bot.services.teaching import course
from db.models import (
    LedgerEntry,
    Membership,
    Message,
    OutboxState,
    OwnLesson,
    Person,
    Role,
    Sitting,
    StudyClass,
)
from tests.handlers.room import HEAD, TEACHER, YANG, at


def picture():
    kept = BytesIO()
    Image.new("RGB", (40, 40), "white").save(kept, "JPEG")
    return base64.b64encode(kept.getvalue()).decode()


PHOTO = picture()


async def shows(room, **more):
    await room.do("photo", user=TEACHER, image=PHOTO, **more)
    await room.settle()


async def own(room):
    return await room.rows(select(OwnLesson).order_by(OwnLesson.id))


@pytest.fixture
async def enrolled(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    return staffed


@pytest.fixture
async def made(enrolled):
    """A lesson of two steps, seen by its teacher."""
    await enrolled.says(TEACHER, "/new")
    await shows(enrolled)
    await enrolled.says(TEACHER, "辣椒")
    await enrolled.speaks(TEACHER)
    await enrolled.speaks(TEACHER)
    await enrolled.says(TEACHER, "白菜")
    await enrolled.taps(TEACHER, "draft:")
    return enrolled


@pytest.fixture
async def published(made):
    await made.taps(TEACHER, "publish:")
    return made


async def test_each_thing_is_acknowledged_and_the_screens_are_seen(made):
    seen = await made.sees(TEACHER)
    assert "👍 第1步：🖼 字 🎤" in seen
    assert "👍 第2步：字 🎤" in seen
    assert seen[-5:] == ["<voice>", "辣椒", "<voice>", "白菜", seen[-1]]
    assert seen[-1] == "学员看到的就是这样。发布给示例班吗？"
    assert "photo" in (await made.messages(TEACHER))[-4]


async def test_a_published_lesson_reaches_its_learners_who_take_it(published):
    assert (await published.sees(TEACHER))[-1] == "已发布：第1版，2人"
    assert (await published.sees(YANG))[-1] == "老师给你做了一课。"
    await published.taps(YANG, "own:")
    assert (await published.sees(YANG))[-2:] == ["<voice>", "辣椒"]
    await published.taps(YANG, "ownhear:")
    assert (await published.sees(YANG))[-1] == "<voice>"
    await published.taps(YANG, "ownstep:1:0")
    await published.taps(YANG, "ownstep:1:0")
    await published.taps(YANG, "ownstep:1:1")
    assert (await published.sees(YANG))[-1].startswith("很好。")
    sitting = (await published.rows(select(Sitting)))[0]
    lesson = (await own(published))[0]
    assert (sitting.lesson, sitting.version) == (lesson.key, "v1") == (f"own{lesson.id}", "v1")
    lines = await published.rows(
        select(LedgerEntry).where(LedgerEntry.kind.in_(("lesson.published", "lesson.finished")))
    )
    assert {(line.payload["lesson"], str(line.payload["version"])) for line in lines} == {
        (lesson.key, "1"),
        (lesson.key, "v1"),
    }


async def test_it_comes_after_the_lesson_in_hand_and_before_the_courses_next(published):
    async with published.house.database.begin() as session:
        row = Sitting(
            person_id=3, lesson="wh01", version="x", step=2, tries=0, pressed="",
            shown_at=published.now, started_at=published.now, seconds=0,
        )  # fmt: skip
        session.add(row)
    await published.says(YANG, "🏠")
    await published.taps(YANG, "study")
    assert (await published.sees(YANG))[-1] == "上次学到这里。1 接着学　2 从头学"
    async with published.house.database.begin() as session:
        (await session.get_one(Sitting, 1)).finished_at = published.now
    await published.says(YANG, "🏠")
    await published.taps(YANG, "study")
    assert (await published.sees(YANG))[-1] == "老师给你做了一课。"
    await published.taps(YANG, "own:")
    await published.taps(YANG, "ownstep:2:0")
    await published.taps(YANG, "ownstep:2:1")
    await published.taps(YANG, "study")
    assert course().lessons[1].title in (await published.sees(YANG))[-1]


async def test_publishing_twice_tells_nobody_twice(published):
    before = await published.sees(YANG)
    assert (await published.forges(TEACHER, "publish:1:0"))["text"] == "❌"
    assert await published.sees(YANG) == before


async def test_an_edit_is_a_new_version_and_who_is_in_the_old_one_hears_so(published):
    await published.taps(YANG, "own:")
    await published.taps(TEACHER, "edit:")
    await published.says(TEACHER, "茄子")
    await published.speaks(TEACHER)
    await published.taps(TEACHER, "draft:")
    await published.taps(TEACHER, "publish:")
    first, second = await own(published)
    assert (first.key, second.version) == (second.key, 2)
    assert (first.withdrawn_at, second.withdrawn_at) == (published.now, None)
    await published.taps(YANG, "ownstep:1:0")
    seen = await published.sees(YANG)
    assert "这一课换了，我们学下一课。" in seen[-3:]
    assert seen[-1] == "老师给你做了一课。"
    await published.taps(YANG, "own:2")
    assert (await published.sees(YANG))[-1] == "茄子"


async def test_a_withdrawn_lesson_is_left_kindly(published):
    await published.taps(YANG, "own:")
    await published.taps(TEACHER, "withdraw:")
    assert (await published.taps(TEACHER, "withdraw:"))["text"] == "❌"
    await published.taps(YANG, "ownstep:1:0")
    assert "这一课换了，我们学下一课。" in await published.sees(YANG)
    await published.says(YANG, "🏠")
    await published.taps(YANG, "study")
    assert course().lessons[0].title in (await published.sees(YANG))[-1]


async def test_a_step_without_a_voice_is_not_published(enrolled):
    await enrolled.says(TEACHER, "/new")
    await enrolled.taps(TEACHER, "draft:")
    assert (await enrolled.sees(TEACHER))[-1].startswith("第1步还没有语音")
    await shows(enrolled, media_group_id="5")
    await shows(enrolled, media_group_id="5")
    assert (await enrolled.sees(TEACHER))[-1] == "👍 第2步：🖼"
    await enrolled.taps(TEACHER, "draft:")
    assert (await enrolled.sees(TEACHER))[-1].startswith("第1和2步还没有语音")
    assert (await enrolled.forges(TEACHER, "publish:1:0"))["text"] == "❌"


async def test_what_is_no_part_of_a_lesson_is_said(enrolled):
    await enrolled.says(TEACHER, "/new")
    await enrolled.speaks(TEACHER, forward_from="别人")
    assert (await enrolled.sees(TEACHER))[-1] == "这是转发的语音，请你自己说一遍。"
    await enrolled.do("sticker", user=TEACHER, emoji="👍")
    await enrolled.settle()
    assert (await enrolled.sees(TEACHER))[-1] == "请发图片、字词或语音"
    await enrolled.says(TEACHER, "字" * 201)
    assert (await enrolled.sees(TEACHER))[-1] == "每步请不超过200个字"
    assert (await own(enrolled))[0].steps == {"steps": []}


async def test_another_classs_lesson_is_refused(published):
    async with published.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=published.now))
        await session.flush()
        (await session.get_one(OwnLesson, 1)).study_class_id = 2
    for act in ("draft:1", "publish:1:0", "edit:1", "withdraw:1", "edit:99", "new:2"):
        assert (await published.forges(HEAD, act))["text"] == "❌"
    for act in ("own:1", "own:99", "ownstep:99:0", "publish:1:0"):
        assert (await published.forges(YANG, act))["text"] == "❌"
    assert len(await own(published)) == 1


async def test_who_teaches_two_classes_is_asked_for_which(enrolled):
    async with enrolled.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=enrolled.now))
        await session.flush()
        session.add(
            Membership(person_id=1, role=Role.TEACHER, study_class_id=2, starts_at=enrolled.now)
        )
    await enrolled.says(TEACHER, "/new")
    assert (await enrolled.sees(TEACHER))[-1] == "给哪个班做课？"
    await enrolled.taps(TEACHER, "new:2")
    assert [one.study_class_id for one in await own(enrolled)] == [2]


async def publishes_later(room, number):
    await room.taps(TEACHER, f"publish:1:{number}")
    await room.house.heartbeat.publish(room.now)
    await room.settle()


async def test_a_lesson_goes_out_at_the_time_that_was_chosen_once(made):
    await publishes_later(made, 1)
    assert (await made.sees(TEACHER))[-1] == "已定时：第1版，今天19:30发布"
    assert "老师给你做了一课。" not in await made.sees(YANG)
    assert (await made.forges(YANG, "own:1"))["text"] == "❌"
    made.wait(hours=10, minutes=31)
    for _tick in range(2):
        await made.house.heartbeat.publish(made.now)
        await made.settle()
    assert (await made.sees(YANG)).count("老师给你做了一课。") == 1
    assert (await made.sees(TEACHER))[-1] == "已发布：第1版，2人"
    await made.taps(YANG, "own:")
    assert (await made.sees(YANG))[-1] == "辣椒"
    kinds = [kind for kind in await made.kinds(1) if kind.startswith("lesson.")]
    assert kinds == ["lesson.planned", "lesson.published"]


async def test_in_the_evening_the_past_is_not_offered_and_an_old_button_does_nothing(made):
    made.wait(hours=12)
    assert (await made.taps(TEACHER, "publish:1:1"))["text"] == "❌"
    await made.taps(TEACHER, "draft:")
    buttons = (await made.messages(TEACHER))[-1]["reply_markup"]["inline_keyboard"]
    acts = [one["callback_data"] for row in buttons for one in row]
    assert acts == ["publish:1:0", "edit:1", "publish:1:2", "publish:1:3"]


async def test_a_planned_lesson_is_withdrawn_before_anybody_heard_of_it(made):
    await publishes_later(made, 2)
    await made.taps(TEACHER, "withdraw:")
    made.wait(days=2)
    await made.house.heartbeat.publish(made.now)
    await made.settle()
    assert "老师给你做了一课。" not in await made.sees(YANG)


async def test_at_night_learners_are_told_in_the_morning_unless_it_is_withdrawn(made):
    made.wait(hours=13, minutes=30)  # half past ten in the evening
    await made.taps(TEACHER, "publish:1:0")
    assert "老师给你做了一课。" not in await made.sees(YANG)
    rows = await made.rows(select(Message).where(Message.key.like("own:%")))
    assert {row.not_before for row in rows} == {at(made.now, hours=9)}
    await made.taps(TEACHER, "withdraw:")
    rows = await made.rows(select(Message).where(Message.key.like("own:%")))
    assert {row.state for row in rows} == {OutboxState.SKIPPED}


async def test_the_bottom_button_plays_the_teachers_voice_again(published):
    await published.taps(YANG, "own:")
    before = await published.kinds(3)
    await published.says(YANG, "🔊")
    assert (await published.sees(YANG))[-1] == "<voice>"
    assert (await published.kinds(3))[len(before) :] == ["clip.replayed"]
