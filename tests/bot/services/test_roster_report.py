from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from bot.services.roster_file import read_roster
from bot.services.roster_report import NOTES, write_error_report
from tests.bot.services.roster_books import HEADS, ON, book, line

RED = "FFFF5050"


@pytest.fixture
def report(tmp_path):
    def write(*rows, **options):
        source = book(tmp_path / "r.xlsx", *rows, **options)
        reading = read_roster(source, on=ON)
        write_error_report(source, reading, tmp_path / "report.xlsx")
        return load_workbook(tmp_path / "report.xlsx"), reading

    return write


def red(sheet):
    return [cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == RED]


def test_wrong_cells_are_red_and_say_what_to_do(report):
    workbook, reading = report(line(2), line(4, 联系电话="12"), line(6, 姓名=None, 性别="男"))
    sheet = workbook["花名册"]

    assert red(sheet) == ["F4", "B5", "C5"]
    assert sheet["F4"].comment.text == reading.errors[0].message_zh
    assert sheet["H4"].value == reading.errors[0].message_zh
    assert reading.errors[2].message_zh in sheet["H5"].value
    assert sheet["H1"].value == "问题（请按提示改正）"
    assert sheet["H3"].value is None


def test_values_keep_their_cells_as_text(report):
    row = line(4, 联系电话="12")
    workbook, _ = report(line(2), row)

    assert [cell.value for cell in workbook["花名册"][4]][:7] == [str(value) for value in row]
    assert {cell.data_type for line_ in workbook["花名册"] for cell in line_ if cell.value} == {"s"}


@pytest.mark.parametrize("text", ["=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3"])
def test_formulas_come_back_dead(report, tmp_path, text):
    workbook, _ = report(line(姓名="=HYPERLINK(1)", 备注=text))

    assert workbook["花名册"]["B3"].value == "'=HYPERLINK(1)"
    assert workbook["花名册"]["G3"].value == f"'{text}"
    with ZipFile(tmp_path / "report.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_the_first_sheet_lists_every_error(report):
    workbook, reading = report(line(2), line(2))
    notes = workbook[NOTES]

    assert workbook.sheetnames == [NOTES, "花名册"]
    assert "没有导入" in notes["A1"].value
    assert [cell.value for cell in notes[5]][:3] == ["可能是同一人", "花名册!3", "花名册!4"]
    assert [cell.value for cell in notes[7]] == [
        "花名册", "E4", "duplicate", reading.errors[0].message_zh,
    ]  # fmt: skip


def test_a_doubled_head_is_marked(report):
    workbook, _ = report(line(), heads=(*HEADS[:6], "姓名"))

    assert red(workbook["花名册"]) == ["B2", "G2"]


def test_a_refused_file_comes_back_as_its_reason(tmp_path):
    (tmp_path / "r.xlsx").write_bytes(b"no workbook")
    reading = read_roster(tmp_path / "r.xlsx", on=ON)

    write_error_report(tmp_path / "r.xlsx", reading, tmp_path / "report.xlsx")

    workbook = load_workbook(tmp_path / "report.xlsx")
    assert workbook.sheetnames == [NOTES]
    assert workbook[NOTES]["A2"].value == reading.refusal_zh


def test_a_sound_file_says_so(report):
    workbook, _ = report(line())

    assert "共 1 人" in workbook[NOTES]["A1"].value


def test_control_characters_do_not_break_the_report(report):
    workbook, _ = report(line(姓名="杨_x0007_例"))

    assert workbook["花名册"]["B3"].value == "杨\N{REPLACEMENT CHARACTER}例"
