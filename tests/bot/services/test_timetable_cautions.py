from datetime import date, datetime, time, timedelta

import pytest

from bot.language import MANDARIN, SHANGHAI
from bot.services import staffing
from bot.services.timetable_cautions import cautions
from bot.services.timetabling import PlannedMeeting, next_free, plan_meetings
from db.models import Membership, Mode, Person, Role, StudyClass

TEACHER, POINT = "示例老师", "云上村教学点"
MARKET = date(2026, 11, 28)  # 午: a market day of 示例乡, a Saturday
PLAIN = date(2026, 11, 24)
BUSY_MARKET = date(2027, 5, 21)  # while rice is planted


def meeting(day=PLAIN, hour=9, minutes=90, **changes):
    start = datetime.combine(day, time(hour), SHANGHAI)
    values = {"place": POINT, "lesson": "wh01"} | changes
    return PlannedMeeting(start, start + timedelta(minutes=minutes), **values)


@pytest.fixture
async def school(database, county, now):
    async with database.begin() as session:
        classes = [
            StudyClass(
                id=at,
                county_id=1,
                name=f"示例{at}班",
                township="示例乡",
                teaching_point=POINT,
                created_at=now,
            )
            for at in (1, 2)
        ]
        session.add_all(classes)
        await session.flush()
        teachers = []
        for at in (1, 2):
            name = f"{TEACHER}{' 甲乙'[at]}"
            teacher = await staffing.staff_named(session, 1, name, 1, now)
            await staffing.hold(session, teacher, Role.TEACHER, at, now)
            teachers.append(teacher)
        return classes, teachers


@pytest.fixture
def look(database, school, now):
    async def look(*entries, at=0):
        async with database.read() as session:
            return await cautions(session, school[0][at], school[1][at], entries, now)

    return look


@pytest.fixture
def plan(database, school, now):
    async def plan(*entries, at=1):
        async with database.begin() as session:
            return await plan_meetings(session, school[0][at], school[1][at], entries, now)

    return plan


@pytest.fixture
def free(database, school, now):
    async def free(entry, at=0):
        async with database.read() as session:
            slot = (entry.starts_at, entry.ends_at)
            found = await next_free(session, school[0][at], school[1][at], *slot, now)
            return found and PlannedMeeting(*found, "").when

    return free


@pytest.fixture
async def shared(database, school, now):
    """A learner who is in both classes, and one who left the second."""
    async with database.begin() as session:
        for number in (1, 2):
            person = Person(
                county_id=1, number=f"P00000{number}9", name=f"学员{number}", created_at=now
            )
            session.add(person)
            await session.flush()
            for at in (1, 2):
                left = now if (number, at) == (2, 2) else None
                session.add(
                    Membership(
                        person_id=person.id,
                        role=Role.LEARNER,
                        study_class_id=at,
                        starts_at=now - timedelta(days=1),
                        ends_at=left,
                    )
                )


async def test_a_meeting_on_an_ordinary_day_needs_no_word(look):
    assert await look(meeting()) == []


async def test_a_market_day_is_told_and_the_next_free_day_offered(look):
    (caution,) = await look(meeting(MARKET))

    assert caution.kind == "market"
    assert caution.told(MANDARIN) == (
        "2026-11-28 09:00–10:30：示例乡赶场。（待核）可以改到 2026-11-29 09:00–10:30。"
    )
    assert caution.as_json()["next_free"] == [
        "2026-11-29T09:00:00+08:00",
        "2026-11-29T10:30:00+08:00",
    ]


async def test_a_day_of_six_meetings_is_told_of_once(look):
    found = await look(*(meeting(MARKET, hour, 45) for hour in range(9, 15)))

    assert [one.entry.starts_at.astimezone(SHANGHAI).hour for one in found] == [9]


async def test_the_day_that_is_offered_is_nobodys_and_no_special_one(plan, free):
    feast = meeting(date(2026, 11, 13))  # 苗年 until the 15th, the 16th is a market day

    assert await free(feast) == "2026-11-24 09:00–10:30"  # what lies before today is gone
    await plan(meeting(PLAIN), meeting(PLAIN + timedelta(days=1)), at=0)
    assert await free(feast) == "2026-11-26 09:00–10:30"


async def test_a_fortnight_without_a_free_day_offers_none(plan, free):
    days = [PLAIN + timedelta(days=at) for at in range(15)]
    await plan(*(meeting(day) for day in days), at=0)

    assert await free(meeting(PLAIN)) is None


async def test_in_the_busy_season_a_day_without_a_market_is_still_better(free):
    market, other = BUSY_MARKET, BUSY_MARKET + timedelta(days=1)

    assert await free(meeting(market)) == f"{other} 09:00–10:30"
    assert await free(meeting(other)) is None  # nothing but the season speaks against it


async def test_another_class_at_the_same_place_is_named(plan, look):
    await plan(meeting(hour=10, place="云上村 教学点"))

    (caution,) = await look(meeting())

    assert caution.kind == "place"
    assert "示例2班" in caution.told(MANDARIN)
    assert "2026-11-24 10:00–11:30" in caution.told(MANDARIN)


@pytest.mark.parametrize(
    "other",
    [
        meeting(hour=11),
        meeting(day=PLAIN + timedelta(days=1)),
        meeting(place="水车村教学点"),
        meeting(mode=Mode.ONLINE),
    ],
)
async def test_another_class_elsewhere_or_later_is_in_nobodys_way(plan, look, other):
    await plan(other)

    assert await look(meeting()) == []


async def test_a_learner_of_two_classes_is_named_by_number(plan, look, shared):
    await plan(meeting(place="水车村教学点"))

    (caution,) = await look(meeting())

    assert caution.kind == "learner"
    assert "P0000019" in caution.told(MANDARIN)
    assert "P0000029" not in caution.told(MANDARIN)
    assert "学员" not in str(caution.as_json()["message"]).replace("有学员", "")


async def test_a_day_on_which_a_learner_is_taken_is_not_offered(plan, free, shared):
    await plan(meeting(MARKET + timedelta(days=1), place="水车村教学点"))

    assert await free(meeting(MARKET)) == "2026-11-30 09:00–10:30"


async def test_a_place_that_nobody_knows_is_told_once_with_the_nearest(look):
    found = await look(meeting(place="云上教学点"), meeting(hour=14, place="云上教学点"))

    assert [one.kind for one in found] == ["unknown_place"]
    assert POINT in found[0].told(MANDARIN)
    (far,) = await look(meeting(place="XYZ"))
    assert far.told(MANDARIN) == "2026-11-24 09:00–10:30：还没有人在“XYZ”上过课，请核对地点。"


async def test_a_year_whose_holidays_are_unknown_is_told_once_and_offers_nothing(look):
    days = [date(2027, 8, 11), date(2027, 8, 12)]

    (caution,) = await look(*(meeting(day) for day in days))

    assert (caution.kind, caution.free) == ("unknown", None)
    assert "2027" in caution.told(MANDARIN)
