from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.language import SHANGHAI
from bot.services import staffing
from bot.services.refusing import Refusal
from bot.services.timetable_file import read_timetable
from bot.services.timetable_importing import plan_timetable
from bot.services.timetabling import PlannedMeeting, plan_meetings
from bot.services.timetabling_samples import sample_timetable
from db.models import LedgerEntry, Meeting, MeetingState, Mode, Role, StudyClass
from tests.bot.services.roster_books import book

TODAY = date(2026, 11, 23)
CLASS, TEACHER = "示例1班", "示例老师"
HEADS = ("日期", "开始", "结束", "地点", "课", "教师")
HOUR = timedelta(hours=1)


def meeting(hour=9, minutes=90, day=TODAY, **changes):
    start = datetime.combine(day, time(hour), SHANGHAI)
    values = {"place": "云上村教学点", "lesson": "wh01"} | changes
    return PlannedMeeting(start, start + timedelta(minutes=minutes), **values)


@pytest.fixture
async def school(database, county, now):
    async with database.begin() as session:
        classes = [
            StudyClass(id=at, county_id=1, name=f"示例{at}班", created_at=now) for at in (1, 2)
        ]
        session.add_all(classes)
        await session.flush()
        teacher = await staffing.staff_named(session, 1, TEACHER, 1, now)
        await staffing.hold(session, teacher, Role.TEACHER, 1, now)
        return *classes, teacher


@pytest.fixture
def plan(database, school, now):
    async def plan(*entries, at=0, teacher=None):
        async with database.begin() as session:
            return await plan_meetings(session, school[at], teacher or school[2], entries, now)

    return plan


async def planned(database):
    async with database.read() as session:
        return (await session.scalars(select(Meeting).order_by(Meeting.starts_at))).all()


async def test_meetings_are_planned_and_written_down(database, plan, school, now):
    made = await plan(meeting(14, lesson="wh02", mode=Mode.PRACTICE), meeting(9))

    assert [one.title for one in made] == ["听、点、说", "数一数：一到五"]
    stored = await planned(database)
    assert [(one.lesson, one.mode, one.teacher_id) for one in stored] == [
        ("wh01", Mode.OFFLINE, school[2].id),
        ("wh02", Mode.PRACTICE, school[2].id),
    ]
    async with database.read() as session:
        found = select(LedgerEntry).where(LedgerEntry.kind == "meeting.planned")
        entries = (await session.scalars(found)).all()
    assert [entry.person_id for entry in entries] == [school[2].id] * 2
    assert entries[0].payload["meeting"] == stored[0].id


async def test_the_same_plan_again_plans_nothing(database, plan):
    await plan(meeting(9))

    assert await plan(meeting(9), meeting(14)) != []
    assert await plan(meeting(9), meeting(14)) == []
    assert len(await planned(database)) == 2


async def test_meetings_may_touch(plan):
    assert len(await plan(meeting(9, 60), meeting(10, 60), meeting(11, 60))) == 3


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([meeting(9), meeting(10)], "overlap"),
        ([meeting(9, 0)], "ends_early"),
        ([meeting(9, -30)], "ends_early"),
        ([meeting(9, 25 * 60)], "too_long"),
        ([meeting(9, lesson="wh99")], "lesson"),
        ([meeting(9, place=" ")], "place"),
        ([meeting(9, place="村" * 81)], "place"),
        ([meeting(9, title="课" * 81)], "title"),
        ([meeting(0, 30)] + [meeting(at, 30) for at in range(1, 21)], "too_many"),
    ],
)
async def test_a_plan_that_makes_no_sense_is_refused_whole(database, plan, entries, code):
    with pytest.raises(Refusal) as refused:
        await plan(meeting(14, day=TODAY + timedelta(days=1)), *entries)

    assert refused.value.code == code
    assert await planned(database) == []


async def test_twenty_a_day_are_counted_with_those_that_stand(plan):
    await plan(*(meeting(at, 30) for at in range(15)))

    with pytest.raises(Refusal, match="21 次课"):
        await plan(*(meeting(at, 30) for at in range(15, 21)))


async def test_class_and_teacher_are_each_in_one_place_at_a_time(database, school, plan, now):
    await plan(meeting(9))
    async with database.begin() as session:
        other = await staffing.staff_named(session, 1, "示例老师乙", 1, now)

    with pytest.raises(Refusal, match="这个班"):
        await plan(meeting(10), teacher=other)
    with pytest.raises(Refusal, match="这位教师"):
        await plan(meeting(10), at=1)
    assert len(await plan(meeting(10), at=1, teacher=other)) == 1


async def test_a_cancelled_meeting_frees_its_time(database, plan):
    await plan(meeting(9))
    async with database.begin() as session:
        (await session.scalar(select(Meeting))).state = MeetingState.CANCELLED

    assert len(await plan(meeting(9, lesson="wh02"))) == 1


@pytest.mark.parametrize("day", range(23, 30))
def test_the_sample_lies_in_one_week_and_has_a_meeting_on_the_day(tmp_path, day):
    path, on = tmp_path / "t.xlsx", date(2026, 11, day)
    sample_timetable(path, class_name=CLASS, teacher=TEACHER, week_of=on)

    reading = read_timetable(path, TODAY)

    days = [row.entry.starts_at.date() for row in reading.rows]
    assert reading.errors == []
    assert on in days
    assert {one.isocalendar()[:2] for one in days} == {on.isocalendar()[:2]}
    assert [row.entry.lesson for row in reading.rows] == ["wh01", "wh02", "wh03"]


async def test_the_sample_is_planned_once(database, school, now, tmp_path):
    path = tmp_path / "t.xlsx"
    sample_timetable(path, class_name=CLASS, teacher=TEACHER, week_of=TODAY)
    reading = read_timetable(path, TODAY)

    results = []
    for _ in range(2):
        async with database.begin() as session:
            results.append(await plan_timetable(session, reading, None, now))

    assert [(one.new, one.unchanged, one.errors) for one in results] == [(3, 0, ()), (0, 3, ())]
    assert [one.starts_at.hour for one in await planned(database)] == [1, 1, 1]  # 09:00 there


def line(**changes):
    values = dict(zip(HEADS, ("2026-11-24", "9:00", "10:30", "村里", "wh01", TEACHER), strict=True))
    return list((values | changes).values())


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        ("2026-11-24", "09:00"),
        ("2026年11月24日", "9点"),
        ("2026/11/24", "9：00"),
        ("20261124", "９:00"),
        ("2026.11.24", "9时00分"),
        (datetime(2026, 11, 24), time(9)),  # noqa: DTZ001 - as office programs have it
    ],
)
def test_days_and_times_are_read_as_offices_write_them(tmp_path, day, starts):
    path = book(tmp_path / "t.xlsx", line(日期=day, 开始=starts), heads=HEADS)

    reading = read_timetable(path, TODAY)

    assert [row.entry for row in reading.rows] == [meeting(9, day=date(2026, 11, 24), place="村里")]


@pytest.mark.parametrize(
    ("changes", "code", "cell"),
    [
        ({"日期": None}, "missing", "A3"),
        ({"日期": "哪天"}, "day", "A3"),
        ({"日期": "11月24日 星期三"}, "weekday", "A3"),
        ({"开始": "上午14:30"}, "time", "B3"),
        ({"课": None}, "missing", "E3"),
        ({"日期": "2026-11-31"}, "no_day", "A3"),
        ({"日期": "2062-11-24"}, "far", "A3"),
        ({"开始": "24:00"}, "time", "B3"),
        ({"开始": 8.5}, "time", "B3"),
        ({"结束": "8:00"}, "ends_early", "C3"),
        ({"结束": "=B3+1"}, "text", "C3"),
        ({"地点": "村" * 81}, "text", "D3"),
        ({"课": "wh77"}, "lesson", "E3"),
    ],
)
def test_each_wrong_cell_is_named(tmp_path, changes, code, cell):
    path = book(tmp_path / "t.xlsx", line(**changes), line(日期="2026-11-25"), heads=HEADS)

    (error,) = read_timetable(path, TODAY).errors

    assert (error.code, f"{error.column}{error.row}") == (code, cell)
    assert cell in error.message_zh
    assert cell in error.message_en


def test_a_merged_cell_is_said_of_each_of_its_lines(tmp_path):
    path = book(tmp_path / "t.xlsx", line(), line(日期=None), heads=HEADS, merge="A3:A4")

    reading = read_timetable(path, TODAY)

    assert reading.errors == []
    assert [row.entry.day for row in reading.rows] == [date(2026, 11, 24)] * 2


def test_a_cell_merged_across_what_it_cannot_say_is_named(tmp_path):
    path = book(tmp_path / "t.xlsx", line(结束=None), heads=HEADS, merge="B3:C3")

    errors = read_timetable(path, TODAY).errors

    assert ("merged", "B3") in [(one.code, f"{one.column}{one.row}") for one in errors]


@pytest.mark.parametrize(
    ("heads", "rows", "code"),
    [
        (HEADS[1:], [line()[1:]], "missing_head"),
        (HEADS[:4], [line()[:4]], "missing_head"),
        (HEADS, [], "empty"),
        ((*HEADS, "日期"), [[*line(), ""]], "doubled_head"),
        (HEADS, [line()] * 2_001, "too_many_rows"),
    ],
)
def test_what_is_no_timetable_is_refused(tmp_path, heads, rows, code):
    path = book(tmp_path / "t.xlsx", *rows, heads=heads)

    with pytest.raises(Refusal) as refused:
        read_timetable(path, TODAY)

    assert refused.value.code == code


async def test_an_unknown_class_or_teacher_keeps_all_from_being_planned(
    database, school, now, tmp_path
):
    rows = [["示例9班", *line()], [CLASS, *line(教师="示例生人")], [CLASS, *line()]]
    path = book(tmp_path / "t.xlsx", *rows, heads=("班级", *HEADS))

    async with database.begin() as session:
        result = await plan_timetable(session, read_timetable(path, TODAY), None, now)

    assert [(one.code, f"{one.column}{one.row}") for one in result.errors] == [
        ("class", "A3"),
        ("teacher", "G4"),
    ]
    assert await planned(database) == []


async def test_a_list_without_classes_is_planned_for_the_one_given(database, school, now, tmp_path):
    path = book(tmp_path / "t.xlsx", line(课="听、点、说"), heads=HEADS)

    async with database.begin() as session:
        result = await plan_timetable(session, read_timetable(path, TODAY), school[0], now)

    assert (result.new, result.errors) == (1, ())
    assert [one.study_class_id for one in await planned(database)] == [1]
