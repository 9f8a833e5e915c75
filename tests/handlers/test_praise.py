import pytest
from sqlalchemy import select

from bot.services.teaching import course
from db.models import LedgerEntry, Membership, Person, Sitting, StudyClass
from tests.handlers.room import HEAD, TEACHER, YANG

WORDS = "每天都帮同桌"


@pytest.fixture
async def enrolled(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    return staffed


@pytest.fixture
async def asked(enrolled):
    """The class has a group, and Yang is asked for the card."""
    await enrolled.person(202, "示例吴二")
    await enrolled.has_group()
    await enrolled.says(HEAD, "/praise")
    await enrolled.taps(HEAD, "praise:3")
    await enrolled.says(HEAD, WORDS)
    return enrolled


async def in_group(room):
    return "".join(await room.sees(HEAD, room.group))


async def test_the_learner_sees_the_very_card_and_is_asked_first(asked):
    seen = await asked.sees(YANG)
    assert f"本周之星：示例杨一。{WORDS}" in seen
    assert seen[-1].startswith("老师想在群里用这张卡表扬你")
    assert (await asked.sees(HEAD))[-1] == "先问示例杨一本人，同意了才发到群里"
    assert WORDS not in await in_group(asked)


async def test_with_a_yes_the_card_goes_to_the_group_and_into_the_record(asked):
    await asked.taps(YANG, "week:")
    assert f"本周之星：示例杨一。{WORDS}" in await in_group(asked)
    assert (await asked.sees(HEAD))[-1] == "示例杨一同意了，卡片已发到群里"
    line = (await asked.rows(select(LedgerEntry).where(LedgerEntry.kind == "praise.given")))[0]
    assert (line.person_id, line.payload["agreed"]) == (3, True)
    assert line.payload["card"].startswith("praise-")


async def test_with_a_no_nobody_but_the_head_hears_of_it(asked):
    line = (await asked.rows(select(LedgerEntry).where(LedgerEntry.kind == "praise.asked")))[0]
    await asked.taps(YANG, f"week:3:{line.seq}:0")
    assert WORDS not in await in_group(asked)
    assert (await asked.sees(HEAD))[-1] == "这周先不发：示例杨一"
    assert (await asked.forges(YANG, f"week:3:{line.seq}:1"))["text"] == "❌"
    assert WORDS not in await in_group(asked)


async def test_an_old_or_forged_card_is_refused(asked):
    line = (await asked.rows(select(LedgerEntry).where(LedgerEntry.kind == "praise.asked")))[0]
    for act in (f"week:4:{line.seq}:1", "week:3:1:1", "week:3:999:1"):
        assert (await asked.forges(YANG, act))["text"] == "❌"
    asked.wait(days=8)
    assert (await asked.taps(YANG, "week:"))["text"] == "❌"
    assert WORDS not in await in_group(asked)


async def test_only_the_heads_own_learners_can_be_praised(enrolled):
    async with enrolled.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=enrolled.now))
        await session.flush()
        held = await session.scalars(select(Membership).where(Membership.person_id == 3))
        for row in held:
            row.study_class_id = 2
    await enrolled.says(HEAD, "/praise")
    assert (await enrolled.sees(HEAD))[-1] == "班里还没有人上手机"
    assert (await enrolled.forges(HEAD, "praise:3"))["text"] == "❌"
    assert (await enrolled.forges(TEACHER, "praise:3"))["text"] == "❌"


@pytest.mark.parametrize("words", ["好" * 85, "请打13800001234"])
async def test_words_that_do_not_belong_on_a_card_are_asked_again(enrolled, words):
    await enrolled.says(HEAD, "/praise")
    await enrolled.taps(HEAD, "praise:3")
    await enrolled.says(HEAD, words)
    assert (await enrolled.sees(HEAD))[-1].startswith("请写不超过84个字")
    await enrolled.says(HEAD, WORDS)
    assert (await enrolled.sees(HEAD))[-1].startswith("先问")


async def test_at_the_end_of_a_lesson_one_sees_what_one_can_read(enrolled):
    lesson = course().lessons[1]
    async with enrolled.house.database.begin() as session:
        session.add(
            Sitting(id=50, person_id=3, lesson=lesson.key, version="x", step=len(lesson.steps) - 1,
                    tries=0, pressed="", shown_at=enrolled.now, started_at=enrolled.now, seconds=0)
        )  # fmt: skip
    last = lesson.steps[-1]
    await enrolled.forges(YANG, f"step:50:{len(lesson.steps) - 1}:{last.right or 0}")
    seen = await enrolled.sees(YANG)
    assert f"你现在认得{len(lesson.characters)}个常用字了。" in seen
    assert seen[-1] == f"第2课学完了：{lesson.title}。"
    assert list((enrolled.house.app.bot_data["data"] / "drawn").glob("words-*.png"))
