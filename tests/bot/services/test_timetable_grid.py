from datetime import date, datetime, time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from bot.language import SHANGHAI
from bot.services import staffing
from bot.services.refusing import Refusal
from bot.services.roster_archive import RefusedError
from bot.services.timetable_file import read_timetable
from bot.services.timetable_importing import plan_timetable
from bot.services.timetabling_samples import sample_grid
from db.models import Meeting, Mode, Role, StudyClass

TODAY = date(2026, 11, 23)
TEACHER, POINT = "示例老师", "云上村教学点"
FIRST, SECOND = "第1节 08:30-09:10", "第2节 09:20-10:00"
SPAN = "2026年11月23日至12月18日"
WEEK = ("星期一", "星期二", "星期三", "星期四", "星期五")


@pytest.fixture
def sheet(tmp_path):
    """Write rows of cells, as schools lay them out; some cells merged, perhaps a second sheet."""

    def write(*rows, merge=(), other=()):
        workbook = Workbook()
        first = workbook.active
        assert first is not None
        first.title = "课程表"
        for row in rows:
            first.append(row)
        for cells in merge:
            first.merge_cells(cells)
        if other:
            second = workbook.create_sheet("作息")
            for row in other:
                second.append(row)
        path = tmp_path / "t.xlsx"
        workbook.save(path)
        return path

    return write


@pytest.fixture
async def school(database, county, now):
    async with database.begin() as session:
        study_class = StudyClass(
            id=1, county_id=1, name="示例1班", teaching_point=POINT, created_at=now
        )
        session.add(study_class)
        await session.flush()
        teacher = await staffing.staff_named(session, 1, TEACHER, 1, now)
        await staffing.hold(session, teacher, Role.TEACHER, 1, now)
        return study_class


@pytest.fixture
def plan(database, school, now):
    async def plan(path, span=None):
        reading = read_timetable(path, TODAY, span)
        async with database.begin() as session:
            return await plan_timetable(session, reading, school, now)

    return plan


async def planned(database):
    async with database.read() as session:
        return (await session.scalars(select(Meeting).order_by(Meeting.starts_at))).all()


def begins(reading):
    return [f"{row.entry.starts_at:%m-%d %H:%M}" for row in reading.rows]


def wrong_cells(reading):
    return [(error.code, f"{error.column}{error.row}") for error in reading.errors]


@pytest.mark.parametrize(
    "days",
    [
        ("2026-11-24", "2026-11-25"),
        ("2026年11月24日", "2026年11月25日"),
        ("2026/11/24", "2026.11.25"),
        ("11月24日", "11/25"),
        ("20261124", "11月25日\n星期三"),
        (datetime(2026, 11, 24), datetime(2026, 11, 25)),  # noqa: DTZ001 - as office programs do
        ("11月24日（周二）", "11月25号 礼拜三"),
    ],
)
def test_days_are_read_as_schools_write_them_either_way_round(sheet, days):
    across = sheet(["课程表"], ["节次", *days], [FIRST, "wh01", "wh02"], [SECOND, "wh03", None])
    read_across = read_timetable(across, TODAY)
    down = sheet(
        ["课程表"],
        ["日期", FIRST, SECOND],
        [days[0], "wh01", "wh03"],
        [days[1], "wh02", None],
    )
    read_down = read_timetable(down, TODAY)

    assert read_across.errors == read_down.errors == []
    assert sorted(begins(read_across)) == ["11-24 08:30", "11-24 09:20", "11-25 08:30"]
    assert {row.entry for row in read_across.rows} == {row.entry for row in read_down.rows}


@pytest.mark.parametrize(
    "head",
    [
        "第1节 08:30-09:10",
        "第一节\n8:30—9:10",
        "第1节（08：30～09：10）",
        "上午 8点30分至9点10分",
        "08:30-09:10",
    ],
)
def test_periods_are_read_as_schools_write_them(sheet, head):
    path = sheet(["日期", head], ["2026-11-24", "wh01"])

    (row,) = read_timetable(path, TODAY).rows

    assert row.entry.starts_at == datetime(2026, 11, 24, 8, 30, tzinfo=SHANGHAI)
    assert row.entry.ends_at == datetime(2026, 11, 24, 9, 10, tzinfo=SHANGHAI)


async def test_a_week_is_held_each_week_that_the_title_names(database, plan, sheet):
    path = sheet(
        ["示例1班课程表"],
        [f"时间：{SPAN}　教师：{TEACHER}　地点：{POINT}"],
        ["节次", "时间", *WEEK],
        ["上午", "08:30-09:10", "wh01", None, "wh02\n示例老师", None, None],
        merge=["A1:G1", "A2:G2"],
    )

    result = await plan(path)

    assert (result.new, result.errors) == (8, ())
    days = [one.starts_at.astimezone(SHANGHAI).date() for one in await planned(database)]
    assert [day.weekday() for day in days] == [0, 2] * 4
    assert (days[0], days[-1]) == (date(2026, 11, 23), date(2026, 12, 16))
    assert (await plan(path)).unchanged == 8


def test_the_weeks_may_be_given_with_the_command(sheet):
    path = sheet(["节次", *WEEK], [FIRST, "wh01"])

    reading = read_timetable(path, TODAY, (date(2026, 12, 1), date(2026, 12, 15)))

    assert begins(reading) == ["12-07 08:30", "12-14 08:30"]
    with pytest.raises(Refusal) as refused:
        read_timetable(path, TODAY)
    assert refused.value.code == "span"


def test_a_block_of_five_days_has_dates_under_its_weekdays(sheet):
    path = sheet(
        ["集中培训课程表（2026年）"],
        ["", "", *WEEK],
        ["", "", *(f"11月{day}日" for day in range(23, 28))],
        ["上午", "9:00-11:30", *["wh01", "wh02", "wh03", "wh04", "wh05"]],
        ["午休", None, "午休", None, None, None, None],
        ["下午", "14:00-16:30", *["wh06", "wh07", "wh08", "wh09", "—"]],
        ["备注：带身份证", None, "wh01"],
        merge=["A1:G1", "C5:G5"],
    )

    reading = read_timetable(path, TODAY)

    assert reading.errors == []
    assert len(reading.rows) == 9
    assert {row.entry.starts_at.date() for row in reading.rows} == {
        date(2026, 11, day) for day in range(23, 28)
    }


def test_several_weeks_may_stand_below_each_other(sheet):
    path = sheet(
        ["第一周"],
        ["节次", "2026-11-24", "2026-11-25"],
        [FIRST, "wh01", "wh02"],
        ["第二周"],
        ["节次", "2026-12-01", "2026-12-02"],
        [FIRST, "wh03", "wh04"],
    )

    assert begins(read_timetable(path, TODAY)) == [
        "11-24 08:30",
        "11-25 08:30",
        "12-01 08:30",
        "12-02 08:30",
    ]


def test_times_may_stand_in_a_table_of_their_own(sheet):
    times: list[list[object]] = [
        ["作息时间"],
        ["节次", "开始", "结束"],
        ["第1节", "08:30", "09:10"],
    ]
    times += [["第2节", time(9, 20), time(10)]]
    path = sheet(
        ["节次", "2026-11-24"], ["1", "wh01"], ["第二节", "wh02"], ["3", "wh03"], other=times
    )

    reading = read_timetable(path, TODAY)

    assert begins(reading) == ["11-24 08:30", "11-24 09:20"]
    assert wrong_cells(reading) == [("no_time", "A4")]


def test_a_cell_merged_over_periods_is_one_long_meeting(sheet):
    path = sheet(["节次", "2026-11-24"], [FIRST, "wh01"], [SECOND, None], merge=["B2:B3"])

    (row,) = read_timetable(path, TODAY).rows

    assert row.entry.when == "2026-11-24 08:30–10:00"


@pytest.mark.parametrize(
    ("rows", "merge", "code", "cell"),
    [
        ([["节次", "2026-11-24"], ["第1节 24:00-24:40", "wh01"]], (), "time", "A2"),
        ([["节次", "2026-11-24"], [FIRST, "wh01"], ["8.5-9.5", "wh02"]], (), "period", "A3"),
        ([["节次", "2026-11-24"], [FIRST, "wh01"], [8.5, "wh02"]], (), "period", "A3"),
        ([["日期", FIRST, 8.5], ["2026-11-24", "wh01", "wh02"]], (), "period", "C1"),
        ([["日期", "09:10-08:30"], ["2026-11-24", "wh01"]], (), "ends_early", "B1"),
        ([["日期", "第1节"], ["2026-11-24", "wh01"]], (), "no_time", "B1"),
        ([["节次", "2026-11-24", "2026-11-25"], [FIRST, "wh01"]], ["B2:C2"], "merged_days", "B2"),
        ([["节次", "2026-11-24", "11月31日"], [FIRST, "wh01", "wh02"]], (), "no_day", "C1"),
        ([["节次", "2026-11-24", "哪天"], [FIRST, "wh01", "wh02"]], (), "day", "C1"),
        ([["节次", "2029-11-24"], [FIRST, "wh01"]], (), "far", "B1"),
        ([["节次", "2026-11-24 周三"], [FIRST, "wh01"]], (), "weekday", "B1"),
        ([["节次", "2026-11-24"], [FIRST, "wh77"]], (), "lesson", "B2"),
        ([["节次", "2026-11-24"], [FIRST, "第99课"]], (), "lesson", "B2"),
        ([["节次", "2026-11-24"], [FIRST, "教师：示例老师"]], (), "no_lesson", "B2"),
        ([["节次", "2026-11-24"], ["中午", "wh01"]], (), "no_time", "A2"),
        ([["节次", "2026-11-24"], ["上午14:30-16:00", "wh01"]], (), "time", "A2"),
        ([["节次", "2026-11-24"], [FIRST, "=B1+1"]], (), "text", "B2"),
        ([["节次", "2026-11-24"], [FIRST, "wh01\n" + "长" * 90]], (), "text", "B2"),
        ([["节次", "2026-11-24"], [FIRST, "wh01\n甲\n乙\n丙"]], (), "parts", "B2"),
        ([["节次", "2026-11-24"], [FIRST, "wh01\n方式：空中"]], (), "mode", "B2"),
    ],
)
def test_each_wrong_cell_of_a_grid_is_named(sheet, rows, merge, code, cell):
    reading = read_timetable(sheet(*rows, merge=merge), TODAY)

    assert wrong_cells(reading) == [(code, cell)]
    (error,) = reading.errors
    assert cell in error.message_zh
    assert cell in error.message_en


def test_a_wrong_head_is_blamed_once_however_many_meetings_it_has(sheet):
    path = sheet(
        ["节次", *("2026-11-24", "2026-11-25", "2026-11-26")],
        [FIRST, "wh01"],
        ["第2节 25:00-26:00", "wh02", "wh03", "wh04"],
    )

    assert wrong_cells(read_timetable(path, TODAY)) == [("time", "A3")]


@pytest.mark.parametrize(
    ("cell", "place", "mode"),
    [
        ("wh01", POINT, Mode.OFFLINE),
        ("听、点、说\n示例老师\n水车村委会", "水车村委会", Mode.OFFLINE),
        ("wh01\n水车村委会\n示例老师", "水车村委会", Mode.OFFLINE),
        ("wh01 / 示例老师", POINT, Mode.OFFLINE),
        ("wh01\n（水车村活动室）", "水车村活动室", Mode.OFFLINE),
        ("教师：示例老师\n课：听、点、说\n地点：实训楼", "实训楼", Mode.OFFLINE),
        ("第1课\n线上", POINT, Mode.ONLINE),
        ("wh01 听、点、说\n实训", POINT, Mode.PRACTICE),
    ],
)
async def test_a_cell_of_several_lines_says_lesson_teacher_and_place(
    database, plan, sheet, cell, place, mode
):
    result = await plan(sheet(["节次", "2026-11-24"], [FIRST, cell]))

    assert result.errors == ()
    (meeting,) = await planned(database)
    assert (meeting.lesson, meeting.place, meeting.mode) == ("wh01", place, mode)


async def test_a_teacher_who_is_not_of_the_class_keeps_all_from_being_planned(
    database, plan, sheet
):
    result = await plan(
        sheet(["节次", "2026-11-24", "2026-11-25"], [FIRST, "wh01", "wh02\n生人甲\n云上村教学点"])
    )

    assert [(one.code, f"{one.column}{one.row}") for one in result.errors] == [("teacher", "C2")]
    assert "生人甲" in result.errors[0].message_zh
    assert await planned(database) == []


async def test_a_course_in_a_cell_means_its_next_lesson(database, plan, sheet):
    path = sheet(
        [SPAN], ["节次", "周一", "周三"], [FIRST, "文化基础", "文化基础"], [SECOND, "wh02", None]
    )

    assert (await plan(path)).new == 12
    taught = [one.lesson for one in await planned(database)]
    assert [key for key in taught if key != "wh02"] == [
        *("wh01", "wh03", "wh04", "wh05", "wh06", "wh07", "wh08", "wh09"),
    ]
    assert (await plan(path)).unchanged == 12


async def test_a_course_that_has_no_lesson_left_is_told(plan, sheet):
    path = sheet(["2026年11月23日至2027年6月30日"], ["节次", "周一"], [FIRST, "文化基础"])

    result = await plan(path)

    assert [(one.code, f"{one.column}{one.row}") for one in result.errors] == [
        ("lessons_out", "B3")
    ]


async def test_forty_meetings_in_a_day_are_too_many(database, plan, sheet):
    periods = [
        f"第{at + 1}节 {8 + at // 4:02}:{at % 4 * 15:02}-{8 + at // 4:02}:{at % 4 * 15 + 10}"
        for at in range(40)
    ]
    path = sheet(["节次", "2026-11-24"], *([head, "wh01"] for head in periods))

    with pytest.raises(Refusal) as refused:
        await plan(path)

    assert refused.value.code == "too_many"
    assert await planned(database) == []


@pytest.mark.parametrize("day", range(23, 30))
async def test_the_sample_grid_says_what_the_sample_list_says(plan, database, tmp_path, day):
    path = tmp_path / "grid.xlsx"
    on = date(2026, 11, day)
    sample_grid(path, class_name="示例1班", teacher=TEACHER, week_of=on)

    result = await plan(path)

    assert (result.new, result.errors) == (3, ())
    assert [one.lesson for one in await planned(database)] == ["wh01", "wh02", "wh03"]
    assert {one.place for one in await planned(database)} == {POINT}


@pytest.mark.parametrize(
    "rows",
    [
        [["姓名", "电话"], ["甲", "1"]],
        [["节次", "2026-11-24"]],
        [["2026-11-24", "wh01"]],
        [[SPAN]],
        [["节次", "星期一"], ["哪节", "wh01"]],
    ],
)
def test_what_is_no_grid_is_refused(sheet, rows):
    with pytest.raises(Refusal) as refused:
        read_timetable(sheet(*rows), TODAY)

    assert refused.value.code == "missing_head"


def test_a_grid_without_a_meeting_is_empty(sheet):
    path = sheet(["节次", "2026-11-24"], [FIRST, "休息"], [SECOND, "/"])

    with pytest.raises(Refusal) as refused:
        read_timetable(path, TODAY)

    assert refused.value.code == "empty"


def test_a_grid_that_never_ends_is_refused(sheet):
    path = sheet(
        ["2026年1月1日至2026年12月31日"],
        ["节次", *WEEK],
        *([f"第{at % 9 + 1}节 08:30-09:10", *["wh01"] * 5] for at in range(40)),
    )

    with pytest.raises(Refusal) as refused:
        read_timetable(path, TODAY)

    assert refused.value.code == "too_many_rows"


def test_a_zip_bomb_is_not_opened(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * 20_000_000)

    with pytest.raises(RefusedError) as refused:
        read_timetable(path, TODAY)

    assert refused.value.code == "bomb"
