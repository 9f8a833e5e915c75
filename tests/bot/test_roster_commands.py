import json
import shutil

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from bot.__main__ import app
from bot.commands.guarding import EXPECTED
from tests.bot.services.roster_books import book, line, number_of
from tests.bot.services.rosters.make_rosters import HERE


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An office with a data folder of its own, and a database in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAOKE_DATA", str(tmp_path / "data"))
    for name in ("MIAOKE_DATABASE_URL", "MIAOKE_TOKEN", "MIAOKE_KEY"):
        monkeypatch.delenv(name, raising=False)
    done("db", "upgrade")
    return tmp_path


def run(*told):
    return CliRunner().invoke(app, [str(one) for one in told])


def done(*told):
    result = run(*told)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(words, *told):
    result = run(*told)
    assert result.exit_code == EXPECTED
    assert words in result.stderr
    return result.stdout


def ugly(desk, name):
    return shutil.copy(HERE / name, desk / name)


def figures():
    return json.loads(done("roster", "figures", "--json", "--on", "2026-11-23"))


@pytest.mark.parametrize("name", ["04-id-floats.xlsx", "07-many-sheets.xlsx", "11-old.xls"])
def test_a_dry_run_prints_exactly_what_was_agreed(desk, name):
    result = run("roster", "import", HERE / name, "--dry-run", "--json", "--on", "2026-11-23")

    told = json.loads(result.stdout)
    assert result.exit_code == EXPECTED
    assert list(told) == ["people", "errors", "duplicates", "refused"]
    assert {tuple(one) for one in told["errors"]} == {("sheet", "row", "column", "code", "message")}
    assert told["refused"] is None


def test_a_dry_run_of_what_is_refused_says_why(desk):
    result = run("roster", "import", HERE / "21-macro.xlsm", "--dry-run", "--json")

    assert (result.exit_code, json.loads(result.stdout)["refused"]) == (EXPECTED, "macro")


def test_columns_told_by_content_wait_for_a_yes_and_are_remembered(desk):
    heads = ("姓名", "证件")
    first = book(desk / "a.xlsx", ["示例杨", number_of(2)], heads=heads)
    second = book(desk / "b.xlsx", ["示例吴", number_of(3)], heads=heads)

    assert "证件\t身份证号" in refused("看内容认的", "roster", "import", first)
    done("roster", "import", first, "--yes")
    assert "新增 1 人" in done("roster", "import", second)


def test_a_column_is_explained_on_the_command_line(desk):
    path = book(desk / "a.xlsx", ["示例杨", number_of(2)], heads=("学员", "证件"))

    refused("没有找到表头", "roster", "import", path)
    done("roster", "import", path, "--column", "A=name", "--column", "B=身份证号")
    refused("要写成 列=内容", "roster", "import", path, "--column", "B:x")


def test_an_import_is_reported_listed_and_undone(desk):
    path = book(desk / "名单.xlsx", line(2), line(3))

    told = json.loads(done("roster", "import", path, "--json"))
    assert (told["import"], told["new"], told["doubts"]) == (1, 2, 0)
    report = load_workbook(desk / "名单-报告.xlsx")
    assert report.sheetnames == ["说明", "导入结果", "可能是同一人"]
    assert [one["people"] for one in json.loads(done("roster", "list", "--json"))] == [2]
    assert json.loads(done("roster", "undo", 1, "--json"))["removed"] == 2
    refused("已经撤销过", "roster", "undo", 1)
    assert figures()["people"] == 0


def test_pairs_are_listed_and_settled(desk):
    done("roster", "import", book(desk / "a.xlsx", line(2)))
    told = done("roster", "import", book(desk / "b.xlsx", line(4, 姓名=line(2)[1])))
    assert "有 1 对可能是同一人" in told

    (pair,) = json.loads(done("roster", "doubts", "--json"))
    assert number_of(2) not in str(pair)
    done("roster", "merge", pair["pair"], "--same")
    assert json.loads(done("roster", "doubts", "--json")) == []


def test_the_lists_of_the_county_are_counted_and_written(desk):
    for name in ("01-titles.xlsx", "10-visit.xlsx"):
        done("roster", "import", ugly(desk, name), "--on", "2026-11-23")

    assert {key: figures()[key] for key in ("census", "visited", "enrolled", "due")} == {
        "census": 5, "visited": 7, "enrolled": 0, "due": 3,
    }  # fmt: skip
    done("roster", "figures", "--out", "lists.xlsx")
    book_ = load_workbook(desk / "lists.xlsx")
    assert book_.sheetnames == ["基础数据", "名单核对"]
    assert book_["名单核对"].max_row == 8
    refused("没有覆盖", "roster", "figures", "--out", "lists.xlsx")


def test_an_export_shows_whole_numbers_only_where_asked(desk):
    path = book(
        desk / "a.xlsx", [*line(2), "示例1班"], heads=("序号", "姓名", "性别", "民族", "身份证号",
        "联系电话", "备注", "班级"),
    )  # fmt: skip
    done("roster", "import", path)

    done("roster", "export", "masked.xlsx", "--class", "示例1班")
    done("roster", "export", "whole.xlsx", "--id-numbers")

    masked, whole = (load_workbook(desk / name)["花名册"]["F2"].value for name in
                     ("masked.xlsx", "whole.xlsx"))  # fmt: skip
    assert (masked, whole) == ("*" * 14 + number_of(2)[-4:], number_of(2))
