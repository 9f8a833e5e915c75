from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from PIL import Image

from bot.language import SHANGHAI
from bot.services.drafting import usual_periods
from bot.services.moved_picture import moved_picture
from bot.services.timetable_file import read_timetable
from bot.services.timetable_picture import BREAK, draw, rows_of, timetable_picture
from bot.services.timetable_sheet import write_sheet
from db.models import Meeting, MeetingState, Mode, StudyClass

MONDAY = date(2026, 11, 23)
TEACHERS = {1: "示例石老师"}


def planned(day, hour, lesson="wh01", title="听、点、说", minutes=90, mode=Mode.OFFLINE, **fields):
    start = datetime(2026, 11, day, hour, tzinfo=SHANGHAI)
    meeting = {
        "teacher_id": 1,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=minutes),
        "place": "云上村教学点",
        "lesson": lesson,
        "title": title,
        "mode": mode,
        "state": MeetingState.PLANNED,
    }
    return Meeting(**meeting | fields)


def block():
    """Five days of seven meetings each."""
    return [planned(day, hour, minutes=45) for day in range(23, 28) for hour in range(8, 15)]


@pytest.fixture
def study_class():
    return StudyClass(id=1, name="示例班", township="示例乡")


def test_a_sheet_holds_a_week_a_page_and_is_read_back_as_it_was(tmp_path, study_class):
    path = tmp_path / "wall.xlsx"
    held = [planned(23, 9), planned(25, 19, mode=Mode.ONLINE), planned(30, 9)]
    write_sheet(path, study_class, MONDAY, 2, held, TEACHERS)
    book = load_workbook(path)
    assert book.sheetnames == ["11月23日起", "11月30日起"]
    first = book.worksheets[0]
    assert [cell.value for cell in first["A"]][2:5] == [
        "节次",
        "第1节\n09:00–10:30",
        "第2节\n19:00–20:30",
    ]
    assert first["B4"].value == "wh01 听、点、说\n地点：云上村教学点\n教师：示例石老师"
    assert "示例乡赶场" in next(
        str(cell.value) for cell in first["A"] if str(cell.value).startswith("备注")
    )
    reading = read_timetable(path, MONDAY)
    assert reading.errors == []
    assert [(row.entry.starts_at, row.entry.mode) for row in reading.rows] == [
        (one.starts_at, one.mode) for one in held
    ]
    assert {(row.class_name, row.teacher, row.entry.place) for row in reading.rows} == {
        ("示例班", "示例石老师", "云上村教学点")
    }


def test_nothing_in_a_sheet_is_a_formula(tmp_path, study_class):
    path = tmp_path / "wall.xlsx"
    study_class.name = '=HYPERLINK("http://x")'
    bad = planned(23, 9, title="=1+1", place="@SUM(A1)\x00", lesson="+wh01")
    write_sheet(path, study_class, MONDAY, 1, [bad], {1: "=cmd|' /C calc'!A0"})
    cells = [cell for row in load_workbook(path).worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert not any("\x00" in str(cell.value) for cell in cells)


def test_the_same_week_makes_the_same_file(tmp_path, study_class):
    for name in ("a.xlsx", "b.xlsx"):
        write_sheet(tmp_path / name, study_class, MONDAY, 1, [planned(23, 9)], TEACHERS)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize("held", [[planned(23, 9), planned(25, 19)], block()])
def test_a_picture_is_small_and_as_wide_as_a_phone(tmp_path, held):
    path = tmp_path / timetable_picture(tmp_path, "示例班", "11月23日 – 12月6日", held)
    with Image.open(path) as image:
        assert image.width == 720
        assert image.height <= 720 * 4
    assert path.stat().st_size <= 100_000
    assert list(path.parent.iterdir()) == [path]


def test_a_day_full_of_meetings_takes_one_line():
    rows = rows_of(block())
    assert [row.day.day for row in rows] == [23, 24, 25, 26, 27]
    assert {(row.ends_at - row.starts_at) for row in rows} == {timedelta(hours=6, minutes=45)}
    fortnight = [planned(day, hour) for day in range(16, 30) for hour in (8, 14)]
    assert len(rows_of(fortnight)) == 14


def test_a_picture_tells_times_of_the_day_and_lessons_apart():
    pictures = [
        draw("示例班", "", rows_of([one])).tobytes()
        for one in (
            planned(23, 9),
            planned(23, 14),
            planned(23, 19),
            planned(24, 9),
            planned(23, 9, mode=Mode.ONLINE),
            planned(23, 9, lesson="wh02"),
            planned(23, 9, lesson="gone"),
        )
    ]
    assert len(set(pictures)) == len(pictures)


def test_who_teaches_is_not_in_the_picture():
    first, second = planned(23, 9), planned(23, 9, teacher_id=2)
    pictures = [draw("示例班", "", rows_of([one])).tobytes() for one in (first, second)]
    assert pictures[0] == pictures[1]


def test_periods_are_data_in_order():
    assert all(0 <= starts < ends <= 24 * 60 for starts, ends in usual_periods())


def test_weeks_stand_apart_and_own_titles_are_written():
    one_week = rows_of([planned(23, 9), planned(25, 9)])
    two_weeks = rows_of([planned(23, 9), planned(30, 9, lesson="", title="普法讲座")])
    assert draw("班", "", two_weeks).height == draw("班", "", one_week).height + BREAK
    assert two_weeks[1].lessons == ("普法讲座",)
    assert draw("班", "", two_weeks).tobytes() != draw("班", "", rows_of([])).tobytes()


def test_a_card_of_a_move_is_drawn_once_and_differs_by_what_changed(tmp_path):
    now_held = planned(27, 19)
    before = planned(25, 9).starts_at
    moved = moved_picture(tmp_path, (before, "云上村教学点"), now_held)
    assert moved == moved_picture(tmp_path, (before, "云上村教学点"), now_held)
    elsewhere = moved_picture(tmp_path, (now_held.starts_at, "云" * 80), now_held)
    assert elsewhere != moved
    with Image.open(tmp_path / moved) as opened:
        assert opened.size == (800, 600)
    assert (tmp_path / moved).stat().st_size < 100_000
