"""The sheets that schools really write: merged dates, 内容 beside 教师, 上午 without hours."""

from datetime import date, datetime, time

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from bot.language import MANDARIN, SHANGHAI
from bot.services import reminding, staffing
from bot.services.refusing import Refusal
from bot.services.timetable_days import date_of
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
