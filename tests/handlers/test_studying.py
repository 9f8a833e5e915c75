import pytest
from sqlalchemy import select

from bot.services import skipping
from bot.services.changing import version_of
from bot.services.taught import FIRST, PACKS, course, pack
from db.models import Answer, LedgerEntry, Mastery, Person, Sitting, StudyClass
from tests.handlers.room import YANG
from tests.handlers.taking import right_taps, take

TRADE = PACKS[1]
QUICK = next(lesson for lesson in course().lessons if lesson.fast_path)


@pytest.fixture
async def enrolled(staffed):
    """Yang is in the class and at home."""
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    return staffed


async def studies(room):
    await room.says(YANG, "🏠")
    await room.taps(YANG, "study")


async def the_sitting(room):
    return (await room.rows(select(Sitting).order_by(Sitting.id.desc())))[0]


async def sits(room, lesson, step=0, *, version=None, finished=False):
    """Put Yang into a lesson."""
    async with room.house.database.begin() as session:
        session.add(
            Sitting(
                person_id=3,
                lesson=lesson.key,
                version=version or version_of(lesson),
                step=step,
                tries=0,
                pressed="",
                shown_at=room.now,
                started_at=room.now,
                finished_at=room.now if finished else None,
                seconds=0,
            )
        )


async def of_kind(room, kind):
    lines = select(LedgerEntry).where(LedgerEntry.kind == kind).order_by(LedgerEntry.seq)
    return [line.payload for line in await room.rows(lines)]


@pytest.fixture
async def of_a_trade(enrolled):
    """Yang's class learns a trade."""
    async with enrolled.house.database.begin() as session:
        (await session.get_one(StudyClass, 1)).course = TRADE
    return enrolled


async def test_a_class_with_a_trade_chooses_between_it_and_reading(of_a_trade):
    await studies(of_a_trade)
    seen = await of_a_trade.messages(YANG)
    assert seen[-1]["caption"] == "想学哪样？1 学手艺　2 识字算账"
    assert "photo" in seen[-1]
    await of_a_trade.taps(YANG, "learn:1")
    first = pack(TRADE).lessons[0]
    assert (await of_a_trade.sees(YANG))[-1].startswith(f"第1课：{first.title}")
    await of_a_trade.taps(YANG, "go:")
    assert (await of_a_trade.sees(YANG))[-1] == first.steps[0].caption
    await of_a_trade.taps(YANG, "step:")
    assert (await of_a_trade.sees(YANG))[-1] == first.steps[1].caption


async def test_one_lesson_left_does_not_lock_the_other_course(of_a_trade):
    await sits(of_a_trade, pack(TRADE).lessons[0], step=2)
    await studies(of_a_trade)
    assert (await of_a_trade.sees(YANG))[-1] == "上次学到这里。1 接着学　2 从头学　3 学别的"
    await of_a_trade.says(YANG, "3")
    await of_a_trade.taps(YANG, "learn:0")
    assert pack(FIRST).lessons[0].title in (await of_a_trade.sees(YANG))[-1]
    await of_a_trade.taps(YANG, "go:")
    await of_a_trade.taps(YANG, "courses")
    await of_a_trade.taps(YANG, "learn:1")
    assert (await of_a_trade.sees(YANG))[-1] == "上次学到这里。1 接着学　2 从头学"
    assert len(await of_a_trade.rows(select(Sitting))) == 2


async def test_when_the_trade_is_learnt_reading_goes_on_without_a_question(of_a_trade):
    for lesson in pack(TRADE).lessons:
        await sits(of_a_trade, lesson, finished=True)
    await studies(of_a_trade)
    assert pack(FIRST).lessons[0].title in (await of_a_trade.sees(YANG))[-1]


async def test_another_trade_is_refused(of_a_trade):
    for act in ("learn:2", "learn:99"):
        assert (await of_a_trade.forges(YANG, act))["text"] == "❌"
    assert await of_a_trade.rows(select(Sitting)) == []


@pytest.fixture
async def quick(enrolled):
    """Yang is offered a lesson that can be skipped by who knows it."""
    for lesson in pack(FIRST).lessons[: QUICK.number - 1]:
        await sits(enrolled, lesson, finished=True)
    await studies(enrolled)
    assert "1 从头学　2 会了，试一试" in (await enrolled.sees(YANG))[-1]
    await enrolled.taps(YANG, "fast:")
    return enrolled


async def test_who_knows_it_skips_the_rest_and_that_is_written_down(quick):
    for place in skipping.places(QUICK):
        await take(quick, YANG, await the_sitting(quick), QUICK.steps[place])
    assert (await quick.sees(YANG))[-1] == "这些你都会了。1 跳过去　2 还是学一遍"
    await quick.taps(YANG, "skip:")
    asked = {QUICK.steps[place].id for place in skipping.places(QUICK)}
    (line,) = await of_kind(quick, "lesson.skipped")
    assert (set(line["asked"]), line["lesson"]) == (asked, QUICK.key)
    left = QUICK.steps[: skipping.target(QUICK)]
    assert set(line["steps"]) == {step.id for step in left} - asked
    assert {row.item for row in await quick.rows(select(Mastery))} == asked
    assert (await the_sitting(quick)).step == skipping.target(QUICK)
    seen = await quick.sees(YANG)
    if skipping.target(QUICK) == len(QUICK.steps):
        assert seen[-1].startswith(f"第{QUICK.number}课学完了")
        characters = sum(len(one.characters) for one in pack(FIRST).lessons[: QUICK.number - 1])
        assert f"你现在认得{characters}个常用字了。" in seen


async def test_who_knows_it_may_learn_it_all_the_same(quick):
    for place in skipping.places(QUICK):
        await take(quick, YANG, await the_sitting(quick), QUICK.steps[place])
    sitting = await the_sitting(quick)
    await studies(quick)
    await quick.taps(YANG, "go:")  # the choice waits for days
    await quick.taps(YANG, f"skip:{sitting.id}:0")
    assert (await quick.sees(YANG))[-1] == QUICK.steps[0].caption
    assert await of_kind(quick, "lesson.skipped") == []
    before = await quick.sees(YANG)
    await quick.forges(YANG, f"skip:{sitting.id}:1")
    assert (await the_sitting(quick)).step == 0
    assert (await quick.sees(YANG))[-1] == before[-1]


async def test_a_wrong_tap_leads_to_the_beginning_without_a_word_of_blame(quick):
    sitting = await the_sitting(quick)
    step = QUICK.steps[skipping.places(QUICK)[0]]
    wrong = next(place for place in range(len(step.options)) if place != step.right)
    await quick.taps(YANG, f"step:{sitting.id}:{sitting.step}:{wrong}")
    seen = await quick.sees(YANG)
    assert "没关系，我们从头一起学。" in seen
    assert seen[-1] == QUICK.steps[0].caption
    assert await quick.rows(select(Mastery)) == []
    await quick.forges(YANG, f"fast:{sitting.id}")
    assert (await the_sitting(quick)).step == skipping.places(QUICK)[0]


async def test_the_quick_way_goes_on_where_it_was_left(quick):
    first, second = skipping.places(QUICK)[:2]
    await take(quick, YANG, await the_sitting(quick), QUICK.steps[first])
    quick.wait(days=2)
    await studies(quick)
    await quick.taps(YANG, "go:")
    assert (await quick.sees(YANG))[-1] == QUICK.steps[second].caption
    assert skipping.is_quick(await the_sitting(quick))


async def test_a_lesson_that_is_taught_no_more_is_left_kindly(enrolled):
    gone = course().lessons[0].model_copy(update={"key": "zz01"})
    await sits(enrolled, gone, step=3)
    sitting = await the_sitting(enrolled)
    await enrolled.forges(YANG, f"step:{sitting.id}:3:0")
    seen = await enrolled.sees(YANG)
    assert seen.count("这一课换了，我们学下一课。") == 1
    assert course().lessons[0].title in seen[-1]
    await studies(enrolled)
    assert (await enrolled.sees(YANG)).count("这一课换了，我们学下一课。") == 1
    assert [line["to"] for line in await of_kind(enrolled, "lesson.changed")] == [""]


async def test_a_changed_lesson_goes_on_behind_what_was_answered(enrolled):
    lesson = course().lessons[0]
    await studies(enrolled)
    await enrolled.taps(YANG, "go:")
    asked = next(at for at, step in enumerate(lesson.steps) if step.right is not None)
    for place in range(asked + 1):
        await take(enrolled, YANG, await the_sitting(enrolled), lesson.steps[place])
    async with enrolled.house.database.begin() as session:
        sitting = await session.get_one(Sitting, (await the_sitting(enrolled)).id)
        sitting.version, sitting.step = "an older one", 25
    answers = len(await enrolled.rows(select(Answer)))
    await enrolled.forges(YANG, f"step:{sitting.id}:25:0")
    seen = await enrolled.sees(YANG)
    assert "这一课改了一点，我们从这里接着学。" in seen
    assert seen[-1] == lesson.steps[asked + 1].caption
    assert len(await enrolled.rows(select(Answer))) == answers
    (line,) = await of_kind(enrolled, "lesson.changed")
    assert (line["version"], line["to"]) == ("an older one", version_of(lesson))
    assert (await the_sitting(enrolled)).version == version_of(lesson)


async def test_homework_is_found_by_its_step_though_the_lesson_has_changed(enrolled):
    lesson = next(one for one in course().lessons if any(map(spoken, one.steps)))
    place = next(at for at, step in enumerate(lesson.steps) if spoken(step))
    await sits(enrolled, lesson, step=place)
    sitting = await the_sitting(enrolled)
    await enrolled.forges(YANG, f"go:{sitting.id}")
    await enrolled.speaks(YANG)
    async with enrolled.house.database.begin() as session:
        answer = (await session.scalars(select(Answer))).one()
        answer.step = 0
    await enrolled.says(101, "/homework")
    assert lesson.steps[place].caption in (await enrolled.sees(101))[-1]


def spoken(step):
    return step.kind == "say_after" and not step.say_slots


def test_the_right_taps_of_every_step_are_known():
    assert all(right_taps(step) for lesson in course().lessons for step in lesson.steps)
