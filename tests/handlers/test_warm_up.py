import pytest
from sqlalchemy import select

from bot.services import mastering
from bot.services.teaching import course
from bot.services.warming import PLACE
from db.models import Answer, LedgerEntry, Mastery, Person, Sitting
from tests.handlers.room import YANG

FIRST = course().lessons[0]
ITEMS = [step for step in FIRST.steps if step.right is not None][:2]


@pytest.fixture
async def second(staffed):
    """Yang has finished the first lesson days ago; two of its items are due."""
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    async with staffed.house.database.begin() as session:
        session.add(
            Sitting(person_id=3, lesson=FIRST.key, version="x", step=9, tries=0, pressed="",
                    shown_at=staffed.now, started_at=staffed.now, finished_at=staffed.now,
                    seconds=60)
        )  # fmt: skip
        for step in ITEMS:
            await mastering.rate(session, 3, step.id, 0, staffed.now)
    staffed.wait(days=4)
    await staffed.says(YANG, "🏠")
    await staffed.taps(YANG, "study")
    await staffed.taps(YANG, "go:")
    return staffed


async def the_sitting(room):
    return (await room.rows(select(Sitting).order_by(Sitting.id.desc())))[0]


async def test_due_items_are_asked_and_then_the_lesson_begins(second):
    sitting = await the_sitting(second)
    for left, step in ((2, ITEMS[0]), (1, ITEMS[1])):
        assert (await second.sees(YANG))[-1] == step.caption
        await second.taps(YANG, f"step:{sitting.id}:{PLACE + left}:{step.right}")
    assert (await second.sees(YANG))[-1] == course().lessons[1].steps[0].caption
    assert (await the_sitting(second)).pressed == ""
    assert await second.rows(select(Answer)) == []
    due = [row.due_at for row in await second.rows(select(Mastery))]
    assert min(due) > second.now
    lines = select(LedgerEntry).where(LedgerEntry.kind == "step.answered")
    assert [line.payload["warm_up"] for line in await second.rows(lines)] == [True, True]
    lines = select(LedgerEntry).where(LedgerEntry.kind == "voice.fallback")
    heard = {line.payload["key"] for line in await second.rows(lines)}
    assert heard >= {step.id for step in ITEMS}


async def test_a_wrong_tap_leaves_fewer_choices_and_the_item_comes_back_tomorrow(second):
    sitting, step = await the_sitting(second), ITEMS[0]
    wrong = next(place for place in range(len(step.options)) if place != step.right)
    act = f"step:{sitting.id}:{PLACE + 2}"
    await second.taps(YANG, f"{act}:{wrong}")
    assert (await second.sees(YANG))[-1] == step.caption
    await second.forges(YANG, f"{act}:{wrong}")
    await second.taps(YANG, f"{act}:{step.right}")
    kept = (await second.rows(select(Mastery).where(Mastery.item == step.id)))[0]
    assert (kept.due_at - second.now).days == 1
    assert (await second.sees(YANG))[-1] == ITEMS[1].caption


async def test_the_warm_up_goes_on_where_it_was_left(second):
    sitting = await the_sitting(second)
    await second.taps(YANG, f"step:{sitting.id}:{PLACE + 2}:{ITEMS[0].right}")
    second.wait(days=1)
    await second.says(YANG, "🏠")
    await second.taps(YANG, "study")
    await second.taps(YANG, "go:")
    assert (await second.sees(YANG))[-1] == ITEMS[1].caption


async def test_an_old_or_forged_card_does_nothing(second):
    sitting = await the_sitting(second)
    before = await second.sees(YANG)
    for place in (0, 3, PLACE + 1, PLACE + 5):
        await second.forges(YANG, f"step:{sitting.id}:{place}:0")
    await second.forges(YANG, f"step:{sitting.id}:{PLACE + 2}:8")
    assert await second.sees(YANG) == before


async def test_a_voice_within_the_warm_up_reaches_the_teacher(second):
    await second.speaks(YANG)
    words = await second.sees(YANG)
    assert "存好了，会转给老师。" in words
    assert words[-1] == ITEMS[0].caption


async def test_from_the_beginning_means_the_lessons_own_first_step(second):
    sitting = await the_sitting(second)
    await second.forges(YANG, f"redo:{sitting.id}")
    assert (await second.sees(YANG))[-1] == course().lessons[1].steps[0].caption


async def test_a_question_of_a_lesson_is_rated_by_its_wrong_taps_once(second):
    async with second.house.database.begin() as session:
        sitting = await session.get_one(Sitting, (await the_sitting(second)).id)
        steps = course().lessons[1].steps
        place = next(i for i, step in enumerate(steps) if step.right is not None)
        sitting.step, sitting.pressed = place, ""
    await second.says(YANG, "🏠")
    step = steps[place]
    wrong = next(other for other in range(len(step.options)) if other != step.right)
    for choice in (wrong, step.right):
        await second.forges(YANG, f"step:{sitting.id}:{place}:{choice}")
    rated = (await second.rows(select(Mastery).where(Mastery.item == step.id)))[0]
    assert (rated.due_at - second.now).days == 1
    async with second.house.database.begin() as session:
        (await session.get_one(Sitting, sitting.id)).step = place
    second.wait(minutes=5)
    await second.forges(YANG, f"step:{sitting.id}:{place}:{step.right}")
    again = (await second.rows(select(Mastery).where(Mastery.item == step.id)))[0]
    assert again.card == rated.card
