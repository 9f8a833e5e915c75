"""Whatever a file holds, reading it ends in meetings, named cells, or one sentence."""

from datetime import date, time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.services.refusing import Refusal
from bot.services.roster_archive import RefusedError
from bot.services.timetable_file import read_timetable
from bot.services.timetable_times import as_period, as_time, split_day
from bot.services.timetable_values import as_date, as_day

TODAY = date(2026, 11, 24)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
SHEET = "xl/worksheets/sheet1.xml"
HEADS = ["日期", "时间", "内容", "教师"]


def read(path):
    """Read a file; return the code of its refusal, or what was read."""
    try:
        return read_timetable(path, TODAY)
    except (Refusal, RefusedError) as refused:
        return refused.code


def written(path, *rows, merge=()):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("课表")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(at, column, value)
        for cells in merge:
            sheet.merge_range(cells, "合")
    return path


def changed(path, old, new, part=SHEET):
    """Write a workbook anew with something else in one of its parts."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = parts[part].replace(old, new, 1)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def good(tmp_path):
    return written(tmp_path / "t.xlsx", HEADS, ["2026-12-14", "8:30-10:00", "wh01", "石老师"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        OLE,
        "日期,时间,内容".encode("gbk"),
        b"<html><table></table></html>",
        b"\x00" * 99,
    ],
    ids=["empty", "stump", "old xls", "csv", "html", "zeros"],
)
def test_what_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "课表.xlsx"
    path.write_bytes(content)
    assert isinstance(read(path), str)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_that_was_cut_off_is_refused(good, share):
    whole = good.read_bytes()
    good.write_bytes(whole[: int(len(whole) * share)])
    assert isinstance(read(good), str)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<sheetData>", b"<sheetData><"),
        (b"</sheetData>", b""),
        (b'r="A1"', b'r="ZZZZ1"'),
        (b'r="A1"', b'r="A99999999"'),
        (b'<row r="1"', b'<row r="x"'),
        (b"<v>0</v>", b"<v>999999</v>"),
        (b"<v>0</v>", b"<v>-7</v>"),
        (
            b"<worksheet",
            b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;&b;&b;">]><worksheet',
        ),
    ],
)
def test_broken_sheets_are_refused_or_read_but_nothing_breaks(good, old, new):
    found = read(changed(good, old, new))
    assert isinstance(found, str) or found.rows or found.errors


def test_formulas_are_named_cell_by_cell_and_never_reckoned(tmp_path):
    path = written(
        tmp_path / "t.xlsx", HEADS, *[["=TODAY()", "=A1", "=1+1", '=HYPERLINK("x")']] * 3
    )
    found = read(path)
    assert {error.code for error in found.errors} == {"text"}
    assert [f"{error.column}{error.row}" for error in found.errors[:4]] == ["A2", "B2", "C2", "D2"]
    assert found.rows == []


@pytest.mark.parametrize("heads", [HEADS, ["节次", *("2026-12-14", "2026-12-15", "2026-12-16")]])
def test_a_hundred_thousand_rows_are_refused(tmp_path, heads):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("课表")
        sheet.write_row(0, 0, heads)
        for row in range(1, 100_001):
            sheet.write_row(row, 0, ["2026-12-14", "8:30-10:00", "养蜂", "石老师"])
    assert read(path) in {"too_many_rows", "missing_head"}


@pytest.mark.parametrize(
    "area", ["A1:XFD1048576", "A2:XFD1048576", "A1:D1", "A2:A1048576", "B1:B3", "A1:A1"]
)
@pytest.mark.parametrize("heads", [HEADS, ["节次", "2026-12-14", "2026-12-15", "2026-12-16"]])
def test_merged_areas_over_everything_are_read_or_refused(tmp_path, area, heads):
    path = written(tmp_path / "t.xlsx", heads, ["8:30-10:00", "8:30-10:00", "养蜂", "石老师"])
    merged = f'<mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'.encode()
    found = read(changed(path, b"</sheetData>", b"</sheetData>" + merged))
    assert isinstance(found, str) or found.rows or found.errors


def test_thousands_of_merged_areas_end(tmp_path):
    lines = [["2026-12-14", "8:30-10:00", "养蜂", "石老师"]] * 1_500
    path = written(tmp_path / "t.xlsx", HEADS, *lines)
    merged = b"".join(b'<mergeCell ref="A2:A1048576"/>' for _ in range(20_000))
    path = changed(path, b"</sheetData>", b"</sheetData><mergeCells>" + merged + b"</mergeCells>")
    assert read(path) == "too_many_rows"


PIECES = st.sampled_from(
    [
        *("日期", "时间", "内容", "教师", "节次", "地点", "班级", "备注", "课名", "星期一", "周日"),
        *("12月14日", "2026-12-14", "11/31", "2-30", "20261214", "第1节", "第十节", "1", "8.5"),
        *("上午", "下午", "晚上2:30", "8:30-10:00", "24:00-25:00", "10:00-8:00", "8：30～９：３０"),
        *(
            "wh01",
            "wh99",
            "第3课",
            "文化基础 石老师",
            "养蜂（二）",
            "休息",
            "—",
            "=1",
            "#REF!",
            "\x07",
        ),
        *(
            "2026年11月23日至12月18日",
            "教师：石老师　地点：村",
            "课：a\n教师：b\n地点：c\n线上",
            "/",
        ),
    ]
)
CELLS = st.one_of(
    st.none(),
    PIECES,
    st.text(max_size=12).filter(lambda text: text.isprintable()),
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.times(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)
TABLES = st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=8)
AREAS = st.lists(
    st.tuples(*(st.integers(1, 6), st.integers(1, 8), st.integers(0, 3), st.integers(0, 3))),
    max_size=3,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(table=TABLES, areas=AREAS)
def test_no_table_whatever_breaks_the_reading(tmp_path, table, areas):
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for at, row in enumerate(table, 1):
        for column, value in enumerate(row, 1):
            text = value if not isinstance(value, str) else value.replace("\x07", "")
            sheet.cell(at, column, text)
    for left, top, wide, high in areas:
        sheet.merge_cells(
            start_row=top, start_column=left, end_row=top + high, end_column=left + wide
        )
    path = tmp_path / "fuzz.xlsx"
    book.save(path)

    found = read(path)

    if not isinstance(found, str):
        for row in found.rows:
            assert row.entry.starts_at < row.entry.ends_at
            assert row.entry.lesson or row.in_order or row.line
        for error in found.errors:
            assert error.message_zh
            assert f"{error.column}{error.row}" in error.message_en


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=4).map("".join)))
def test_no_words_whatever_break_the_reading_of_days_and_times(text):
    assert isinstance(as_time(text), time | None)
    period, day = as_period(text), as_day(text)
    assert (
        period is None or period.fault or period.starts or period.first is not None or period.part
    )
    assert day is None or day.weekday is not None or day.month is not None
    assert isinstance(as_date(text), date | None)
    split_day(text)
