import io
import re
from datetime import UTC, datetime

import pypdfium2
import pytest
import zxingcpp

from bot.paper.codes import Printed, payload
from bot.paper.printing import Facts, Line, Page, print_sheet

AT = datetime(2026, 11, 23, tzinfo=UTC)
FACTS = Facts("示例班学员签到表", "专业：中餐烹饪", [("课题", "听、点、说"), ("地点", "云上村")])


def page(number, names, pages=1):
    rows = [Line(str(row), name, f"P{row:06}") for row, name in enumerate(names, 1)]
    return Page(Printed(number, 1), pages, rows + [Line("")] * (17 - len(rows)))


def words(pdf, number=0):
    found = pypdfium2.PdfDocument(io.BytesIO(pdf))[number].get_textpage().get_text_range()
    return re.sub(r"\s", "", found)


def test_a_sheet_says_what_it_is_of_and_has_room_to_sign(key):
    said = words(print_sheet(FACTS, [page(7, ["示例杨一"])], key, AT))
    for word in (
        "示例班学员签到表",
        "听、点、说",
        "云上村",
        "签字",
        "按手印",
        "示例杨一",
        "P000001",
    ):
        assert word in said
    assert "不会写字的按手印，不得代签" in said
    assert "第1页共1页" in said


def test_each_corner_of_each_page_carries_its_own_code(key):
    pdf = pypdfium2.PdfDocument(print_sheet(FACTS, [page(7, ["甲"]), page(8, ["乙"])], key, AT))
    for number, sheet in enumerate((7, 8)):
        seen = zxingcpp.read_barcodes(pdf[number].render(scale=2).to_pil())
        wanted = {payload(key, Printed(sheet, 1), corner) for corner in range(4)}
        assert {code.text for code in seen} == wanted


def test_the_same_facts_print_the_same_bytes(key):
    first = print_sheet(FACTS, [page(7, ["甲"])], key, AT)
    assert print_sheet(FACTS, [page(7, ["甲"])], key, AT) == first


@pytest.mark.parametrize("name", ["示" * 60, "A very long name " * 3, "", "#[*_$`\\", "\U00031350"])
def test_no_name_is_markup_nor_moves_the_rows(key, name):
    pdf = pypdfium2.PdfDocument(print_sheet(FACTS, [page(7, [name, "后一人"])], key, AT))
    assert len(pdf) == 1
    assert "后一人" in words(print_sheet(FACTS, [page(7, [name, "后一人"])], key, AT))


def test_a_title_longer_than_the_page_stays_on_it(key):
    facts = Facts("很长的班名" * 20, "", [("地点", "很远的地方" * 30)] * 6)
    pdf = print_sheet(facts, [page(7, ["甲"])], key, AT)
    assert len(pypdfium2.PdfDocument(pdf)) == 1
