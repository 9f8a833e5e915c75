from datetime import timedelta

import pytest

from bot.courses import Lesson
from bot.services import mastering
from bot.services.taught import course
from db.models import Sitting
from db.queries import mastery

DAY = timedelta(days=1)
ASKED = [step.id for lesson in course().lessons for step in lesson.steps if step.right is not None]


@pytest.fixture
async def learner(database, county, make_person):
    async with database.begin() as session:
        person = make_person()
        session.add(person)
        await session.flush()
        return person.id


def sitting_of(person_id, now):
    return Sitting(
        person_id=person_id, lesson="wh02", version="x", step=0, tries=0, pressed="",
        shown_at=now, started_at=now, seconds=0,
    )  # fmt: skip


def lesson_with(warm_up: int) -> Lesson:
    return course().lessons[1].model_copy(update={"warm_up": warm_up})


async def test_the_more_wrong_taps_the_sooner_it_is_due(database, learner, now):
    async with database.begin() as session:
        due = [
            (await mastering.rate(session, learner, f"wh01.{wrong}", wrong, now)).due_at - now
            for wrong in range(3)
        ]
    assert due == [2 * DAY, DAY, DAY]


async def test_right_again_after_days_it_is_mastered_and_a_slip_takes_it_back(
    database, learner, now
):
    moment, held = now, []
    for wrong in (0, 0, 2):
        async with database.begin() as session:
            kept = await mastering.rate(session, learner, "wh01.2", wrong, moment)
            held.append(list(await mastery.mastered(session, learner)))
            moment = kept.due_at
    assert held == [[], ["wh01.2"], []]


async def test_what_is_due_longest_comes_first_and_no_more_than_the_lesson_wants(
    database, learner, now
):
    async with database.begin() as session:
        for hours, item in enumerate(ASKED[:4]):
            await mastering.rate(session, learner, item, 0, now - timedelta(hours=hours))
        later = now + 3 * DAY
        chosen = []
        for wanted in (0, 2, 4):
            sitting = sitting_of(learner, later)
            await mastering.plan_warm_up(session, sitting, lesson_with(wanted), later)
            chosen.append(mastering.warm_up(sitting))
    assert chosen == [[], ASKED[3:1:-1], ASKED[3::-1]]


async def test_nothing_is_due_on_the_same_day(database, learner, now):
    async with database.begin() as session:
        await mastering.rate(session, learner, ASKED[0], 2, now)
        sitting = sitting_of(learner, now)
        await mastering.plan_warm_up(session, sitting, lesson_with(8), now)
    assert sitting.pressed == ""


async def test_the_warm_up_fits_into_its_column(database, learner, now):
    async with database.begin() as session:
        for item in ASKED:
            await mastering.rate(session, learner, item, 0, now)
        sitting = sitting_of(learner, now)
        await mastering.plan_warm_up(session, sitting, lesson_with(8), now + 9 * DAY)
        session.add(sitting)
    assert len(sitting.pressed) <= mastering.ROOM
    assert len(mastering.warm_up(sitting)) >= 6


async def test_an_item_of_a_lesson_that_is_gone_is_left_out(database, learner, now):
    async with database.begin() as session:
        await mastering.rate(session, learner, "zz09.4", 0, now)
        sitting = sitting_of(learner, now)
        await mastering.plan_warm_up(session, sitting, lesson_with(2), now + 9 * DAY)
    assert sitting.pressed == ""
    sitting.pressed = "warm:zz09.4"
    assert mastering.warm_up(sitting) == []


async def test_only_finished_lessons_of_the_span_count_as_time_online(database, learner, now):
    async with database.begin() as session:
        for days, seconds in ((None, 9), (0, 100), (1, 20), (40, 3)):
            sitting = sitting_of(learner, now)
            sitting.seconds = seconds
            sitting.finished_at = None if days is None else now + days * DAY
            session.add(sitting)
        await session.flush()
        assert await mastery.online_seconds(session, learner, now, now + 30 * DAY) == 120
        assert await mastery.online_seconds(session, learner, now - DAY, now) == 0
