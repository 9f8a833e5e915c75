"""The register equals the database: its rows are compared with SQL that knows none of our code."""

import re
from collections import Counter
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from bot.services.hours_of_class import class_hours
from bot.services.refusing import Refusal
from bot.services.register_rows import as_json, register_of
from bot.services.register_sheet import write_register
from db.models import StudyClass
from tests.bot.services.hours_oracle import read_raw, stands
from tests.bot.services.hours_world import World
from tests.bot.services.test_hours_history import hold, populate

HEAD_ROW, FIRST = 4, 5
SIGNS = {
    "present": "到",
    "late": "迟",
    "left_early": "早",
    "leave": "假",
    "excused": "公",
    "absent": "缺",
}


@pytest.fixture
async def school(database, now):
    """Sixteen meetings over two months, and the moment after them."""
    world = World(now, seed=3, learners=24, meetings=20)
    await populate(database, world)
    for number in range(1, 19):
        at = await hold(database, world, number)
    return world, at


async def made(database, at, tmp_path, month=""):
    async with database.read() as session:
        of_class = await class_hours(session, await session.get(StudyClass, 1), at)
        register = await register_of(session, of_class, month)
        raw = await read_raw(session)
    file = tmp_path / "register.xlsx"
    write_register(file, register)
    return register, openpyxl.load_workbook(file), raw


def table(sheet):
    """Return a sheet's rows of learners by their number, each by its heads."""
    heads = [str(cell.value).replace("\n", " ") for cell in sheet[HEAD_ROW]]
    return {
        row[1].value: dict(zip(heads, row, strict=False))
        for row in sheet.iter_rows(min_row=FIRST)
        if re.fullmatch(r"P\d{6}", str(row[1].value))
    }


async def test_every_cell_equals_what_the_marks_say(school, database, tmp_path):
    _world, at = school
    _register, book, raw = await made(database, at, tmp_path)
    told = stands(raw, at)
    attendance, minutes = table(book["学时登记"]), table(book["分钟"])
    heads = [str(cell.value).replace("\n", " ") for cell in book["学时登记"][HEAD_ROW]]
    columns = [head for head in heads if re.match(r"\d\d-\d\d ", head)]
    held = sorted(
        (one for one in raw["meeting"] if one["id"] <= 18), key=lambda one: str(one["starts_at"])
    )
    assert len(columns) == len(held) == 18
    assert len(attendance) == 24
    for number, row in attendance.items():
        person = int(number[1:])
        count: Counter[str] = Counter()
        live = late = 0
        for column, meeting in zip(columns, held, strict=True):
            cell, figure = row[column].value, minutes[number][column].value
            stood = told.get((person, meeting["id"]))
            if stood is None:
                assert (cell, figure) == (None, None)
                continue
            status, spent, made_up = stood
            sign = SIGNS[status] if status else "—"
            assert cell == ("补" if made_up else "") + sign + (str(spent) if spent else "")
            assert figure == spent
            assert (row[column].fill.fgColor.rgb == "FFE4D7F5") is made_up
            live, late = live + (0 if made_up else spent), late + (spent if made_up else 0)
            count[status] += 0 if made_up or not status else 1
        assert [row[head].value for head in ("出勤", "迟到", "早退", "请假", "公差", "缺勤")] == [
            count[status] for status in SIGNS
        ]
        assert minutes[number]["其中补录"].value == late
        assert row["补录次数"].value == sum(
            1 for (who, _n), one in told.items() if who == person and one[2]
        )


async def test_counts_equal_sql(school, database, tmp_path):
    _world, at = school
    register, book, _raw = await made(database, at, tmp_path)
    async with database.read() as session:
        people = await session.scalar(
            text("SELECT count(*) FROM membership WHERE role = 'learner' AND study_class_id = 1")
        )
        closed = (
            await session.execute(
                text(
                    "SELECT place, count(*) AS held FROM meeting WHERE state = 'closed' "
                    "AND closed_by IS NOT NULL GROUP BY place"
                )
            )
        ).all()
        tracks = dict(
            (
                await session.execute(
                    text("SELECT track, count(*) FROM membership WHERE role='learner' GROUP BY 1")
                )
            ).all()
        )
    assert len(register.rows) == people
    places = {row[0].value: row for row in book["教学点课时"].iter_rows(min_row=FIRST)}
    assert {place: places[place][1].value for place, _held in closed} == dict(closed)
    (teacher,) = register.teachers
    assert teacher.meetings == sum(held for _place, held in closed)
    assert teacher.minutes == sum(one.minutes for one in register.places)
    written = Counter(row["类别"].value for row in table(book["学时登记"]).values())
    assert written == {"非学历": tracks["certificate"], "学籍": tracks["register"]}


async def test_sums_are_live_and_hold_their_value(school, database, tmp_path):
    _world, at = school
    register, book, _raw = await made(database, at, tmp_path)
    with_values = openpyxl.load_workbook(tmp_path / "register.xlsx", data_only=True)
    checked = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                found = re.fullmatch(r"=SUM\(([A-Z]+\d+(?::[A-Z]+\d+)?)\)", cell.value)
                assert found, cell.value
                span: Any = with_values[sheet.title][found[1]]
                cells = [one for line in span for one in line] if ":" in found[1] else [span]
                total = sum(one.value or 0 for one in cells)
                assert with_values[sheet.title][cell.coordinate].value == pytest.approx(total)
                checked += 1
    assert checked > 50
    names = [cell.value for cell in book["学时登记"]["B"]]
    assert {"非学历合计", "学籍合计"} <= set(names)
    assert register.rows[0].hours.person.name == "=示例杨"


async def test_no_text_is_a_formula_and_numbers_of_persons_are_texts(school, database, tmp_path):
    _world, at = school
    _register, book, _raw = await made(database, at, tmp_path)
    row = table(book["学时登记"])["P000001"]
    assert (row["姓名"].value, row["姓名"].data_type) == ("=示例杨", "s")
    assert row["姓名"].quotePrefix
    assert (row["编号"].data_type, row["编号"].number_format) == ("s", "@")
    assert (row["学员签字（按手印）"].value, row["教师签字"].value) == (None, None)


async def test_a_month_stands_for_itself_and_months_add_up(school, database, tmp_path):
    _world, at = school
    whole, _book, _raw = await made(database, at, tmp_path)
    assert whole.months == ["2026-11", "2026-12"]
    parts = [(await made(database, at, tmp_path, month))[0] for month in whole.months]
    assert sum(len(part.meetings) for part in parts) == len(whole.meetings)
    for number, row in enumerate(whole.rows):
        found = [part.rows[number] for part in parts]
        assert [one.hours.person.id for one in found] == [row.hours.person.id] * 2
        for figure in ("minutes", "hours", "makeup", "phone", "counted", "made_up"):
            assert sum(getattr(one.totals, figure) for one in found) == getattr(row.totals, figure)
        assert found[1].until == row.totals


@pytest.mark.parametrize("month", ["2026-13", "2026", "12-2026", "=1+1"])
async def test_a_month_that_is_none_is_refused(school, database, month):
    _world, at = school
    async with database.read() as session:
        of_class = await class_hours(session, await session.get(StudyClass, 1), at)
        with pytest.raises(Refusal):
            await register_of(session, of_class, month)


async def test_machines_read_the_same_figures(school, database, tmp_path):
    _world, at = school
    register, _book, raw = await made(database, at, tmp_path)
    told = stands(raw, at)
    found = as_json(register)
    assert found["rules"][0]["status"] == "待核"
    for learner in found["learners"]:
        person = int(learner["number"][1:])
        assert {one["id"]: one["minutes"] for one in learner["meetings"]} == {
            meeting: one[1] for (who, meeting), one in told.items() if who == person
        }
        live = sum(one[1] for (who, _n), one in told.items() if who == person and not one[2])
        assert learner["minutes"] == live
        assert learner["left"] is None


async def test_a_class_that_never_met_has_an_empty_register(database, now, tmp_path):
    await populate(database, World(now, learners=0, meetings=0))
    register, book, _raw = await made(database, now, tmp_path)
    assert (register.rows, register.meetings, register.teachers) == ([], [], [])
    assert [cell.value for cell in book["学时登记"][HEAD_ROW]][:3] == ["序号", "编号", "姓名"]
    assert book["规则"]["J5"].value == "待核"
