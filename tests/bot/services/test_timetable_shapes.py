"""The sheets that schools really write: merged dates, 内容 beside 教师, 上午 without hours."""

from datetime import date, datetime, time

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from bot.language import MANDARIN, SHANGHAI
from bot.services import reminding, staffing
from bot.services.refusing import Refusal
from bot.services.timetable_days import as_range, date_of
from bot.services.timetable_file import read_timetable
from bot.services.timetable_importing import plan_timetable
from bot.services.timetable_times import as_time, part_hours, split_day, usual_hours
from bot.services.timetable_values import WrittenDay, as_day
from db.models import Meeting, Membership, Reminder, Role, StudyClass

TODAY = date(2026, 11, 24)
POINT = "云上村教学点"
SHI, LI = "石明贵", "李示例"


@pytest.fixture
def sheet(tmp_path):
    def write(*rows, merge=()):
        workbook = Workbook()
        first = workbook.active
        assert first is not None
        first.title = "课表"
        for row in rows:
            first.append(row)
        for cells in merge:
            first.merge_cells(cells)
        workbook.save(tmp_path / "t.xlsx")
        return tmp_path / "t.xlsx"

    return write


@pytest.fixture
async def school(database, county, now):
    async with database.begin() as session:
        study_class = StudyClass(
            id=1, county_id=1, name="示例1班", teaching_point=POINT, created_at=now
        )
        session.add(study_class)
        await session.flush()
        for name in (SHI, LI):
            teacher = await staffing.staff_named(session, 1, name, 1, now)
            await staffing.hold(session, teacher, Role.TEACHER, 1, now)
        return study_class


@pytest.fixture
def plan(database, school, now):
    async def plan(path, span=None):
        async with database.begin() as session:
            return await plan_timetable(session, read_timetable(path, TODAY, span), school, now)

    return plan


@pytest.fixture
def kept(database):
    async def kept():
        async with database.read() as session:
            found = select(Meeting).order_by(Meeting.starts_at)
            return [
                (f"{one.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}", one.lesson, one.title)
                for one in await session.scalars(found)
            ]

    return kept


def times(reading):
    return [f"{one.entry.starts_at:%m-%d %H:%M}-{one.entry.ends_at:%H:%M}" for one in reading.rows]


def cautioned(result, kind):
    return [(one.cell, one.said(MANDARIN)) for one in result.warnings if one.kind == kind]


async def test_a_list_with_one_column_of_times_and_merged_dates_is_read(plan, kept, sheet):
    path = sheet(
        ["2026年冬季集中培训课程表"],
        [f"班级：示例1班　地点：{POINT}"],
        ["序号", "日期", "时间", "内容", "授课教师"],
        [1, "12月14日\n（星期一）", "08:30-11:30", "养蜂技术", "石老师"],
        [2, None, "下午2:30-5:00", "普法讲座", "李老师"],
        [3, "12月15日", "８：３０—１１：３０", "文化基础", "明贵老师"],
        [4, None, "午休", "休息"],
        [5, None, "14:30至17:00", "结业典礼"],
        ["备注：带身份证"],
        merge=["A1:E1", "A2:E2", "B4:B5", "B6:B8", "D8:E8", "A9:E9"],
    )

    result = await plan(path)

    # Nobody stands beside the last one, and two teach this class.
    assert [(one.code, f"{one.column}{one.row}") for one in result.errors] == [("no_teacher", "E8")]
    reading = read_timetable(path, TODAY)
    assert times(reading) == [
        "12-14 08:30-11:30",
        "12-14 14:30-17:00",
        "12-15 08:30-11:30",
        "12-15 14:30-17:00",
    ]
    assert {row.usual_place for row in reading.rows} == {POINT}


async def test_content_and_teacher_may_stand_side_by_side_under_a_day(plan, kept, sheet):
    path = sheet(
        ["节次", "12月14日", None, "12月15日", None],
        [None, "内容", "教师", "内容", "教师"],
        ["08:30-10:00", "wh01", "石老师", "养蜂技术", "李老师"],
        ["10:15-11:45", "wh02", "石老师", "午休", None],
        merge=["B1:C1", "D1:E1", "A1:A2", "D4:E4"],
    )

    result = await plan(path)

    assert result.errors == ()
    assert await kept() == [
        ("12-14 08:30", "wh01", "听、点、说"),
        ("12-14 10:15", "wh02", "数一数：一到五"),
        ("12-15 08:30", "", "养蜂技术"),
    ]


async def test_content_and_teacher_may_stand_under_a_part_of_the_day(plan, kept, sheet):
    path = sheet(
        ["日期", "上午", None, "下午", None, "备注"],
        [None, "课程内容", "授课教师", "课程内容", "授课教师", None],
        ["12月14日", "wh01", "石老师", "普法讲座", "李老师", "带笔"],
        ["12月15日", "wh02", "石老师", None, None, None],
        merge=["B1:C1", "D1:E1", "A1:A2", "F1:F2"],
    )

    result = await plan(path)

    assert result.errors == ()
    assert [when for when, *_rest in await kept()] == ["12-14 08:30", "12-14 14:00", "12-15 08:30"]
    assert cautioned(result, "hours") == [
        ("课表!B1", "“上午”没有写几点，按 08:30–11:30 排的，请核对。"),
        ("课表!D1", "“下午”没有写几点，按 14:00–17:00 排的，请核对。"),
    ]


def test_the_hours_of_the_parts_of_a_day_are_data_to_be_checked():
    evening = part_hours("晚上")
    assert evening is not None
    assert (evening.starts, evening.ends) == (time(19), time(21))
    assert usual_hours().status == "待核"
    assert part_hours("中午") is None


async def test_parts_of_the_day_may_stand_in_a_list_and_in_a_table_of_hours(plan, sheet):
    path = sheet(
        ["日期", "时段", "内容", "教师"],
        ["12月14日", "晚上", "wh01", "石老师"],
        ["12月15日", "下午", "wh02", "石老师"],
    )
    assert times(read_timetable(path, TODAY)) == ["12-14 19:00-21:00", "12-15 14:00-17:00"]


@pytest.mark.parametrize(
    ("cell", "lesson", "title", "teacher"),
    [
        ("文化基础 石老师", "wh01", "听、点、说", SHI),
        ("文化基础（李老师）", "wh01", "听、点、说", LI),
        ("wh02 明贵老师", "wh02", "数一数：一到五", SHI),
        ("养蜂技术第3课 石明贵", "", "养蜂技术第3课", SHI),
        ("普法讲座 李老师 云上村教学点", "", "普法讲座", LI),
        ("养蜂技术（二）\n石老师", "", "养蜂技术（二）", SHI),
        ("安全 用电 常识\n李示例", "", "安全 用电 常识", LI),
    ],
)
async def test_course_and_teacher_in_one_line_are_told_apart(
    database, plan, sheet, cell, lesson, title, teacher
):
    result = await plan(sheet(["节次", "12月14日"], ["8:30-10:00", cell]))

    assert result.errors == ()
    async with database.read() as session:
        (meeting,) = (await session.scalars(select(Meeting))).all()
        staff = await staffing.staff_named(session, 1, teacher, 1, meeting.starts_at)
    assert (meeting.lesson, meeting.title, meeting.teacher_id) == (lesson, title, staff.id)
    assert meeting.place == POINT


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("文化基础 王老师", "teacher"),
        ("wh77 石老师", "lesson"),
        ("wh01 随便写的", "lesson"),
    ],
)
async def test_a_line_that_names_nobody_of_ours_is_refused_with_its_cell(plan, sheet, cell, code):
    result = await plan(sheet(["节次", "12月14日"], ["8:30-10:00", cell]))

    assert [(one.code, f"{one.column}{one.row}") for one in result.errors] == [(code, "B2")]


async def test_a_name_that_two_teachers_answer_to_is_asked_for_in_full(
    database, school, plan, sheet, now
):
    async with database.begin() as session:
        other = await staffing.staff_named(session, 1, "石示例", 1, now)
        await staffing.hold(session, other, Role.TEACHER, 1, now)

    result = await plan(sheet(["节次", "12月14日"], ["8:30-10:00", "文化基础 石老师"]))

    assert [one.code for one in result.errors] == ["two_teachers"]


@pytest.mark.parametrize(
    ("written", "found", "cautions"),
    [
        ("12月14日", date(2026, 12, 14), 0),
        ("3-8", date(2027, 3, 8), 0),
        ("6月10日", date(2027, 6, 10), 1),  # more than 180 days off
        ("11月20日", date(2026, 11, 20), 1),  # just past
        ("2月29日", None, 0),
    ],
)
async def test_a_day_without_a_year_is_the_nearest_to_come(plan, sheet, written, found, cautions):
    path = sheet(["日期", "8:30-10:00"], [written, "wh01\n石老师"])
    reading = read_timetable(path, TODAY)

    assert [row.entry.day for row in reading.rows] == ([found] if found else [])
    assert [one.cell for one in reading.assumed.values()] == ["课表!A2"] * cautions
    list_path = sheet(["日期", "时间", "内容", "教师"], [written, "8:30-10:00", "wh01", "石老师"])
    as_list = read_timetable(list_path, TODAY)
    assert [row.entry.day for row in as_list.rows] == ([found] if found else [])
    assert len(as_list.assumed) == cautions


def test_a_leap_day_without_a_year_is_found_where_there_is_one():
    assert date_of(WrittenDay(None, 2, 29), date(2027, 6, 1), None, None) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("上午8:30", 8, 30),
        ("下午2:30", 14, 30),
        ("下午２：３０", 14, 30),
        ("晚上7点半", 19, 30),
        ("中午12点", 12, 0),
        ("早上9时", 9, 0),
    ],
)
def test_times_are_read_with_their_part_of_the_day(text, hour, minute):
    read = as_time(text)
    assert read is not None
    assert (read.hour, read.minute) == (hour, minute)


def test_a_list_may_write_the_day_before_the_time(sheet):
    path = sheet(
        ["时间", "内容", "地点", "教师"],
        ["12月14日上午8:30-11:30", "养蜂技术", POINT, "石老师"],
        ["12月15日 下午", "普法讲座", POINT, "李老师"],
    )
    assert times(read_timetable(path, TODAY)) == ["12-14 08:30-11:30", "12-15 14:00-17:00"]
    assert split_day("12月14日（周一）晚上") == ("12月14日(周一)", "晚上")
    assert as_day("12月14日(周一)") == WrittenDay(None, 12, 14, 0)


async def test_all_clashes_of_a_file_are_told_with_both_cells(plan, kept, sheet):
    path = sheet(
        ["日期", "时间", "内容", "教师", "地点"],
        ["12月14日", "8:30-10:00", "wh01", "石老师", POINT],
        ["12月14日", "9:30-11:00", "wh02", "石老师", POINT],
        ["12月14日", "9:00-9:20", "养蜂", "李老师", POINT],
        ["12月15日", "8:30-10:00", "wh03", "石老师", POINT],
        ["12月15日", "8:30-10:00", "wh03", "石老师", POINT],
    )

    result = await plan(path)

    assert [(one.code, f"{one.column}{one.row}") for one in result.errors] == [
        ("clash_class", "C4"),
        ("clash_class", "C3"),
        ("clash_class", "C6"),
    ]
    assert "课表!C2" in result.errors[0].message_zh
    assert await kept() == []


async def test_a_clash_with_what_stands_says_whose_and_when(database, plan, sheet, school, now):
    await plan(
        sheet(["日期", "时间", "内容", "教师"], ["12月14日", "8:30-10:00", "养蜂", "石老师"])
    )
    async with database.begin() as session:
        other = StudyClass(id=2, county_id=1, name="示例2班", teaching_point="别处", created_at=now)
        session.add(other)
        await session.flush()
        teacher = await staffing.staff_named(session, 1, SHI, 1, now)
        await staffing.hold(session, teacher, Role.TEACHER, 2, now)
    path = sheet(
        ["班级", "日期", "时间", "内容", "教师"],
        ["示例1班", "12月14日", "9:30-10:30", "普法", "李老师"],
        ["示例2班", "12月14日", "9:30-10:30", "普法", "石老师"],
        ["示例2班", "12月15日", "9:30-10:30", "普法", "石老师"],
        ["示例1班", "12月15日", "9:30-10:30", "普法", "石老师"],
    )

    result = await plan(path)

    found = {(one.code, f"{one.column}{one.row}") for one in result.errors}
    assert found == {
        ("taken_class", "D2"),
        ("taken_teacher", "D3"),
        ("clash_teacher", "D5"),
    }
    said = " ".join(one.message_zh for one in result.errors)
    assert "示例1班" in said
    assert "2026-12-14 08:30–10:00" in said
    assert "养蜂" in said


async def test_a_place_that_two_classes_take_is_told_once_with_both_cells(
    database, plan, sheet, now
):
    async with database.begin() as session:
        other = StudyClass(id=2, county_id=1, name="示例2班", teaching_point=POINT, created_at=now)
        session.add(other)
        await session.flush()
        teacher = await staffing.staff_named(session, 1, LI, 1, now)
        await staffing.hold(session, teacher, Role.TEACHER, 2, now)
    path = sheet(
        ["班级", "日期", "时间", "内容", "教师"],
        ["示例1班", "12月14日", "9:30-10:30", "普法", "石老师"],
        ["示例2班", "12月14日", "9:00-10:30", "普法", "李老师"],
    )

    result = await plan(path)

    assert result.errors == ()
    clash = [one for one in result.warnings if one.kind == "place"]
    assert [{one.cell, one.other} for one in clash] == [{"课表!D2", "课表!D3"}]
    assert all(cell in clash[0].told(MANDARIN) for cell in ("课表!D2", "课表!D3"))


async def test_meetings_in_the_past_and_of_odd_length_get_a_caution_and_are_planned(
    plan, kept, sheet
):
    path = sheet(
        ["日期", "开始", "结束", "内容", "教师"],
        ["2026-11-02", "9:00", "9:01", "wh01", "石老师"],
        ["2026-11-03", "1:00", "21:00", "wh02", "石老师"],
        ["2026-12-14", "9:00", "10:30", "wh03", "石老师"],
    )

    result = await plan(path)

    assert result.new == len(await kept()) == 3
    assert cautioned(result, "past") == [
        (
            "课表!D2",
            "有2次课的时间已经过了，最早一次是 2026-11-02 09:00–09:01；这些课不会发提醒。",
        )
    ]
    assert [cell for cell, _said in cautioned(result, "length")] == ["课表!D2", "课表!D3"]
    assert [cell for cell, _said in cautioned(result, "night")] == ["课表!D3"]
    again = await plan(path)
    assert cautioned(again, "past") == []


async def test_a_title_of_the_schools_own_gets_a_caution_and_a_slip_is_asked_about(
    plan, kept, sheet
):
    path = sheet(
        ["日期", "时间", "内容", "课题", "教师"],
        ["2026-12-14", "9:00-10:00", "养蜂技术", "分箱", "石老师"],
        ["2026-12-15", "9:00-10:00", None, "普法讲座", "石老师"],
        ["2026-12-16", "9:00-10:00", "听点说", None, "石老师"],
        ["2026-12-17", "9:00-10:00", "安全/消防", None, "石老师"],
    )

    result = await plan(path)

    assert [(lesson, title) for _when, lesson, title in await kept()] == [
        ("", "养蜂技术 分箱"),
        ("", "普法讲座"),
        ("", "听点说"),
        ("", "安全、消防"),
    ]
    assert cautioned(result, "own_title") == [
        (
            "课表!C2",
            "“养蜂技术 分箱”、“普法讲座”、“安全、消防”：程序里没有这一课，学员在手机上学不到。",
        )
    ]
    assert cautioned(result, "near_lesson") == [
        ("课表!C4", "“听点说”：程序里没有这一课；是不是 wh01 听、点、说？")
    ]
    assert (await plan(path)).unchanged == 4


def test_two_times_in_one_cell_are_refused_with_the_cell(sheet):
    path = sheet(
        ["日期", "时间", "内容"],
        ["2026-12-14", "8:30-10:00，14:00-16:00", "wh01"],
    )
    (error,) = read_timetable(path, TODAY).errors
    assert (error.code, error.column, error.row) == ("time", "B", 2)


def test_a_list_with_two_columns_of_content_is_refused(sheet):
    path = sheet(["日期", "时间", "内容", "教师", "时间", "内容", "教师"], ["2026-12-14"])
    with pytest.raises(Refusal) as refused:
        read_timetable(path, TODAY)
    assert refused.value.code == "doubled_head"


def test_a_day_that_office_programs_store_is_read(sheet):
    path = sheet(
        ["日期", "时间", "内容"],
        [datetime(2026, 12, 14), "8:30-10:00", "wh01"],  # noqa: DTZ001 - as office programs do
    )
    assert times(read_timetable(path, TODAY)) == ["12-14 08:30-10:00"]


async def test_nobody_is_reminded_of_a_meeting_that_was_planned_after_it_was_over(
    database, plan, sheet, now, make_person
):
    async with database.begin() as session:
        session.add(make_person(id=90))
        await session.flush()
        session.add(Membership(person_id=90, role=Role.LEARNER, study_class_id=1, starts_at=now))
    path = sheet(
        ["日期", "时间", "内容", "教师"],
        ["2026-11-20", "9:00-10:00", "wh01", "石老师"],
        ["2026-11-25", "9:00-10:00", "wh02", "石老师"],
    )
    assert (await plan(path)).new == 2
    async with database.begin() as session:
        await reminding.plan(session, now)
        rows = (await session.scalars(select(Reminder))).all()
        past = await session.scalar(select(Meeting).where(Meeting.lesson == "wh01"))
    assert rows
    assert {row.meeting_id for row in rows} & {past.id} == set()


async def test_a_column_beside_a_grid_says_the_place_of_each_row(plan, sheet):
    path = sheet(
        ["日期", "上午（8:30-11:30）", "下午（14:00-17:00）", "授课地点", "教师"],
        ["12月14日", "wh01", "wh02\n地点：村委会", "云上村基地", "石老师"],
        ["12月15日", "wh03", "/", None, "李老师"],
        ["12月16日", "休息", None, None, None],
        merge=["D3:D4", "B4:E4"],
    )

    reading = read_timetable(path, TODAY)

    assert (await plan(path)).errors == ()
    assert times(reading) == ["12-14 08:30-11:30", "12-14 14:00-17:00", "12-15 08:30-11:30"]
    assert [(one.entry.place, one.usual_place, one.usual_teacher) for one in reading.rows] == [
        ("", "云上村基地", "石老师"),
        ("村委会", "云上村基地", "石老师"),
        ("", "", "李老师"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["日期", "地点", "上午", "下午"], ["12月14日", "村委会", "wh01", "wh02"]],
        [["节次", "12月14日", "12月15日", "教室"], ["8:30-10:00", "wh01", "wh02", "村委会"]],
        [
            ["日期", "上午", None, "上课地点"],
            [None, "内容", "教师", None],
            ["12月14日", "wh01", "石老师", "村委会"],
        ],
    ],
)
def test_a_place_column_may_stand_on_either_side_of_a_grid(sheet, rows):
    reading = read_timetable(sheet(*rows), TODAY)

    assert reading.errors == []
    assert {one.usual_place for one in reading.rows} == {"村委会"}


async def test_a_column_beside_a_grid_is_blamed_by_its_own_cell(plan, sheet):
    path = sheet(
        ["日期", "上午", "教师", "地点"],
        ["12月14日", "wh01", "王老师", "=1+1"],
    )
    assert [(one.code, one.column) for one in read_timetable(path, TODAY).errors] == [("text", "D")]
    path = sheet(["日期", "上午", "教师"], ["12月14日", "wh01", "王老师"])
    assert [(one.code, one.column) for one in (await plan(path)).errors] == [("teacher", "C")]


def test_a_place_between_the_parts_of_a_day_is_not_taken_for_both(sheet):
    path = sheet(["日期", "上午", "地点", "下午"], ["12月14日", "wh01", "村委会", "wh02"])
    errors = read_timetable(path, TODAY).errors
    assert [(one.code, f"{one.column}{one.row}") for one in errors] == [("period", "C1")]


@pytest.mark.parametrize(
    "written",
    [
        "12月7日-11日",
        "12月7日至12月11日",
        "12.7-12.11",
        "12.7—11",
        "12-7至11",
        "2026-12-07-2026-12-11",
        "2026年12月7日～11日",
        "2026/12/7 - 12/11",
        "12月7日（周一）至11日（周五）",
    ],
)
async def test_a_range_of_days_is_a_meeting_on_each_of_them(plan, kept, sheet, written):
    path = sheet(["日期", "时间", "内容", "教师"], [written, "8:30-11:30", "养蜂技术", "石老师"])

    assert (await plan(path)).errors == ()
    assert await kept() == [(f"12-{day:02} 08:30", "", "养蜂技术") for day in range(7, 12)]


async def test_a_range_gives_a_course_its_lessons_in_order_and_weekends_too(plan, kept, sheet):
    path = sheet(["时间", "内容", "教师"], ["12月11日-13日 上午", "文化基础", "石老师"])

    assert (await plan(path)).errors == ()
    found = [(when, lesson) for when, lesson, _title in await kept()]
    assert found == [("12-11 08:30", "wh01"), ("12-12 08:30", "wh02"), ("12-13 08:30", "wh03")]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12月11日-7日", "backwards"),
        ("2026-12-11至2026-12-07", "backwards"),
        ("12月1日至1月1日", "many_days"),
        ("12月11日至11月7日", "many_days"),
        ("11月28日-31日", "no_day"),
        ("11月31日-12月2日", "no_day"),
        ("12月7日（周二）-11日", "weekday"),
        ("12月7日-11日（周四）", "weekday"),
        ("2030年12月7日-11日", "far"),
        ("12-7-11", "day"),
        ("12月7日-", "day"),
        ("2026-11-31", "no_day"),
        ("2月30日", "no_day"),
        ("哪天", "day"),
    ],
)
def test_a_wrong_range_or_day_is_told_with_its_cell(sheet, written, code):
    path = sheet(["日期", "时间", "内容"], [written, "8:30-11:30", "wh01"])
    reading = read_timetable(path, TODAY)

    assert {(one.code, f"{one.column}{one.row}") for one in reading.errors} == {(code, "A2")}
    assert reading.rows == []


def test_a_range_may_end_in_the_next_year(sheet):
    path = sheet(["日期", "时间", "内容"], ["12月30日至1月2日", "8:30-11:30", "wh01"])
    days = [one.entry.day for one in read_timetable(path, TODAY).rows]
    assert (days[0], days[-1], len(days)) == (date(2026, 12, 30), date(2027, 1, 2), 4)


@pytest.mark.parametrize(
    "written",
    ["石老师、李老师", "石老师\n李老师", "石老师/李老师", "石明贵，李示例", "石老师 李老师"],
)
@pytest.mark.parametrize("grid", [True, False])
async def test_of_several_teachers_in_a_cell_the_first_is_planned_with_a_caution(
    database, plan, sheet, written, grid
):
    rows = (
        [["节次", "12月14日"], ["8:30-10:00", f"wh01\n{written}"]]
        if grid
        else [["日期", "时间", "内容", "教师"], ["12月14日", "8:30-10:00", "wh01", written]]
    )

    result = await plan(sheet(*rows))

    assert result.errors == ()
    async with database.begin() as session:
        (meeting,) = (await session.scalars(select(Meeting))).all()
        staff = await staffing.staff_named(session, 1, SHI, 1, meeting.starts_at)
    assert (meeting.teacher_id, meeting.place) == (staff.id, POINT)
    names = [written[:3], written[4:]]
    assert cautioned(result, "one_teacher") == [
        (
            "课表!B2" if grid else "课表!D2",
            f"一次课只有一位教师，排的是第一位{names[0]}，没有排{names[1]}。",
        )
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "文化基础 石老师、李老师",
        "文化基础 石老师 李老师",
        "文化基础（石明贵、李示例）",
        "wh01\n石老师\n李老师\n云上村教学点",
        "wh01\n教师：石老师/李老师",
    ],
)
async def test_several_teachers_in_a_cell_of_a_grid_are_no_part_of_the_title(
    plan, kept, sheet, cell
):
    result = await plan(sheet(["节次", "12月14日"], ["8:30-10:00", cell]))

    assert result.errors == ()
    assert [said for _when, said, _title in await kept()] == ["wh01"]
    assert len(cautioned(result, "one_teacher")) == 1


async def test_a_first_teacher_who_is_unknown_is_to_be_invited(plan, sheet):
    path = sheet(
        ["日期", "时间", "内容", "教师"],
        ["12月14日", "8:30-10:00", "wh01", "王老师、石老师"],
    )
    (error,) = (await plan(path)).errors
    assert (error.code, error.column) == ("teacher", "D")
    assert "“王老师”" in error.message_zh


async def test_a_name_that_is_written_twice_needs_no_caution(plan, sheet):
    path = sheet(
        ["日期", "时间", "内容", "教师"],
        ["12月14日", "8:30-10:00", "wh01", "石老师、石明贵"],
        ["12月15日", "8:30-10:00", "wh02", "石明\n贵"],
    )
    result = await plan(path)
    assert (result.errors, cautioned(result, "one_teacher")) == ((), [])


def test_a_text_that_is_too_long_for_a_range_is_none():
    assert as_range("12月7日-11日") is not None
    assert as_range("12月7日" + "-1" * 40_000) is None
