from datetime import date
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from bot.services.roster_file import read_roster
from bot.services.roster_report import NOTES, write_error_report

HERE = Path(__file__).with_name("rosters")
ON = date(2026, 11, 23)
FILES = sorted(path for path in HERE.glob("[0-9]*") if path.suffix != ".yaml")
RED = "FFFF5050"


def expected(path):
    return yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))


def test_each_ugly_roster_says_what_a_careful_clerk_would_expect():
    assert len(FILES) >= 20
    assert {path.with_suffix(".yaml") for path in FILES} == set(HERE.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_ugly_roster_is_read_as_a_careful_clerk_would(path):
    wanted = expected(path)

    reading = read_roster(path, on=ON)

    assert reading.refused == wanted.get("refused")
    assert len(reading.people) == wanted["people"]
    found = [[one.sheet, one.row, one.column, one.code] for one in reading.errors]
    assert found == wanted["errors"]
    assert [list(pair) for pair in reading.duplicates] == wanted.get("duplicates", [])
    assert {one.column: one.field for one in reading.guessed} == wanted.get("guessed", {})
    people = {person.place: person for person in reading.people}
    for place, fields in wanted.get("who", {}).items():
        assert {name: getattr(people[place], name) for name in fields} == fields, place


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_report_of_an_ugly_roster_marks_what_is_wrong(path, tmp_path):
    wanted, target = expected(path), tmp_path / "report.xlsx"

    write_error_report(path, read_roster(path, on=ON), target)

    report = load_workbook(target)
    assert report.sheetnames[0] == NOTES
    red = {
        (sheet.title, cell.row, get_column_letter(cell.column or 0))
        for sheet in report
        for row in sheet
        for cell in row
        if cell.fill.fgColor.rgb == RED
    }
    assert red == {(sheet, row, column) for sheet, row, column, _code in wanted["errors"]}
    if wanted.get("refused"):
        assert report[NOTES]["A1"].value == "文件没有导入"


@pytest.mark.parametrize("at", range(0, 5632, 176))
def test_a_damaged_old_workbook_never_raises(at, tmp_path):
    data = bytearray((HERE / "11-old.xls").read_bytes())
    data[at] ^= 0xFF
    (tmp_path / "r.xls").write_bytes(data)

    assert read_roster(tmp_path / "r.xls", on=ON).refused in {
        None, "old_xls", "broken", "empty", "missing_head", "password", "html",
    }  # fmt: skip


@pytest.mark.parametrize("ending", [b"", b"\xff\xfe", b"\x00\xd8", b'"unclosed'])
def test_a_text_that_breaks_off_is_read_or_refused(ending, tmp_path):
    data = (HERE / "12-gbk.csv").read_bytes()
    (tmp_path / "r.csv").write_bytes(data[:-7] + ending)

    assert read_roster(tmp_path / "r.csv", on=ON).refused in {None, "broken"}
