import openpyxl
import pytest


@pytest.fixture
def book(exported):
    return openpyxl.load_workbook(exported.signin)


@pytest.fixture
def values(exported):
    return openpyxl.load_workbook(exported.signin, data_only=True)


def row(sheet, number):
    return [cell.value for cell in sheet[number]]


def test_there_is_a_register_and_a_sheet_for_each_meeting(book):
    assert book.sheetnames == [
        "签到总表",
        "01 11-23 认识自己的名字",
        "02 11-24 数一数，写一写",
        "03 11-25 看懂钱",
    ]


def test_a_meetings_sheet_says_who_came_when_and_leaves_the_signature_blank(values):
    sheet = values.worksheets[1]
    assert row(sheet, 5)[:7] == ["编号", "姓名", "性别", "村", "签到时间", "签退时间", "状态"]
    first, late, away = (row(sheet, number) for number in (6, 7, 8))
    assert first[4:] == ["10:00", "11:30", "出勤", "班级群签到", 90, 2, None]
    assert late[4:] == ["10:20", "11:30", "迟到", "本人签到", 70, 1.6, None]
    assert away[4:] == [None, None, "缺勤", None, 0, 0, None]
    assert row(sheet, 9)[:2] == ["合计", "到课 2 / 3"]
    assert row(sheet, 9)[8:10] == [160, 3.6]


def test_sums_are_live(book):
    assert book.worksheets[1]["I9"].value == "=SUM(I6:I8)"
    assert book["签到总表"]["H9"].value == "=SUM(H6:H8)"


def test_the_register_adds_up_each_learner(values):
    sheet = values["签到总表"]
    assert row(sheet, 6)[4:] == ["√", "√", "√", 270, 6, 3, *[0] * 8, 6]
    assert row(sheet, 8)[4:] == ["缺", "缺", "缺", *[0] * 7, 3, *[0] * 4]


def test_the_head_of_a_sheet_names_class_day_place_and_people(book):
    sheet = book.worksheets[1]
    heads = " ".join(str(cell.value) for line in sheet["A1:K4"] for cell in line if cell.value)
    for words in ("示例村 2 班 签到表", "2026-11-23 周一", "10:00–11:30", "示例老师", "示例班主任"):
        assert words in heads
    assert "待核" in str(sheet["A10"].value)


def test_pages_are_a4_and_repeat_the_head(book):
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_title_rows == "$5:$5"
