import pytest
from sqlalchemy import select

from bot.services.changing import version_of
from bot.services.teaching import course
from db.models import LedgerEntry, Membership, Message, Person, Sitting, StudyClass
from tests.handlers.room import HEAD, TEACHER, YANG, at
from tests.handlers.taking import right_taps

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
            Sitting(id=50, person_id=3, lesson=lesson.key, version=version_of(lesson),
                    step=len(lesson.steps) - 1, tries=0, pressed="", shown_at=enrolled.now,
                    started_at=enrolled.now, seconds=0)
        )  # fmt: skip
    for place in right_taps(lesson.steps[-1]):
        await enrolled.forges(YANG, f"step:50:{len(lesson.steps) - 1}:{place}")
    seen = await enrolled.sees(YANG)
    assert f"你现在认得{len(lesson.characters)}个常用字了。" in seen
    assert seen[-1] == f"第2课学完了：{lesson.title}。"
    assert list((enrolled.house.app.bot_data["data"] / "drawn").glob("words-*.png"))


@pytest.fixture
async def spoken(enrolled):
    """The class head has spoken first, then written."""
    await enrolled.person(202, "示例吴二")
    await enrolled.has_group()
    await enrolled.says(HEAD, "/praise")
    await enrolled.taps(HEAD, "praise:3")
    await enrolled.speaks(HEAD)
    assert (await enrolled.sees(HEAD))[-1] == "语音收到了。现在写卡片上的话"
    await enrolled.says(HEAD, WORDS)
    return enrolled


async def voices_in_group(room):
    return [one for one in await room.messages(HEAD, room.group) if "voice" in one]


async def test_a_spoken_word_is_heard_by_the_learner_before_it_goes_with_the_card(spoken):
    seen = await spoken.sees(YANG)
    card = seen.index(f"本周之星：示例杨一。{WORDS}")
    assert seen[card + 1] == "<voice>"
    assert seen[-1].startswith("老师想在群里用这张卡和这段话表扬你")
    before = len(await voices_in_group(spoken))
    await spoken.taps(YANG, "week:")
    assert len(await voices_in_group(spoken)) == before + 2  # our own, and the head's
    line = (await spoken.rows(select(LedgerEntry).where(LedgerEntry.kind == "praise.given")))[0]
    assert line.payload["voice"]


async def test_a_forwarded_voice_is_no_praise(enrolled):
    await enrolled.says(HEAD, "/praise")
    await enrolled.taps(HEAD, "praise:3")
    await enrolled.speaks(HEAD, forward_from="别人")
    assert (await enrolled.sees(HEAD))[-1] == "这是转发的语音，请你自己说一遍。"
    await enrolled.says(HEAD, WORDS)
    assert (await enrolled.sees(YANG))[-1].startswith("老师想在群里用这张卡表扬你")


@pytest.mark.parametrize("who", [YANG, HEAD])
async def test_a_card_is_taken_out_of_the_group_with_its_voices(spoken, who):
    before = len(await voices_in_group(spoken))
    await spoken.taps(YANG, "week:")
    await spoken.taps(who, "weekback:")
    assert "示例杨一" not in await in_group(spoken)
    assert WORDS not in await in_group(spoken)
    assert len(await voices_in_group(spoken)) == before
    assert (await spoken.sees(YANG))[-1] == "撤回了。"
    assert (await spoken.sees(HEAD))[-1] == "示例杨一的卡片收回了"
    assert (await spoken.taps(HEAD, "weekback:"))["text"] == "❌"
    assert (await spoken.kinds(3))[-2:].count("praise.withdrawn") == 1


async def test_an_old_card_becomes_neutral_and_the_head_deletes_its_voice(spoken):
    await spoken.taps(YANG, "week:")
    spoken.wait(days=3)
    await spoken.taps(YANG, "weekback:")
    assert "示例杨一" not in await in_group(spoken)
    assert "这张卡收回了。" in await in_group(spoken)
    assert "手动删掉" in (await spoken.sees(HEAD))[-1]


async def test_nobody_else_takes_a_card_back(asked):
    line = (await asked.rows(select(LedgerEntry).where(LedgerEntry.kind == "praise.asked")))[0]
    assert (await asked.forges(YANG, f"weekback:3:{line.seq}"))["text"] == "❌"  # not agreed yet
    await asked.taps(YANG, "week:")
    assert (await asked.forges(TEACHER, f"weekback:3:{line.seq}"))["text"] == "❌"
    assert (await asked.forges(YANG, f"weekback:4:{line.seq}"))["text"] == "❌"
    assert WORDS in await in_group(asked)


async def test_at_night_nobody_is_asked_and_nothing_is_posted(enrolled):
    await enrolled.person(202, "示例吴二")
    await enrolled.has_group()
    enrolled.wait(hours=13, minutes=30)  # half past ten in the evening
    before = await enrolled.sees(YANG)
    await enrolled.says(HEAD, "/praise")
    await enrolled.taps(HEAD, "praise:3")
    await enrolled.says(HEAD, WORDS)
    assert await enrolled.sees(YANG) == before
    waiting = await enrolled.rows(select(Message).where(Message.purpose.like("praise%")))
    assert {row.not_before for row in waiting} == {at(enrolled.now, hours=9)}
