import json
import os

import pytest
from typer.testing import CliRunner

from bot.__main__ import app

CLASS = "2026级中餐烹饪1班"
DAY = ("--date", "2026-11-25")


@pytest.fixture
def school(tmp_path, monkeypatch):
    """Stand in a folder with a class of twenty, who meet on a Wednesday."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    done("db", "upgrade")
    done("roster", "sample", "r.xlsx", "--learners", 20)
    done("roster", "import", "r.xlsx", "--county", "示例县")
    done("invite", "--role", "teacher", "--class", CLASS, "--name", "示例老师", "--username", "b")
    done("timetable", "sample", "t.xlsx", "--week-of", "2026-11-23")
    done("timetable", "import", "t.xlsx")
    return tmp_path


def run(*args):
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert "Traceback" not in result.output
    return result


def done(*args):
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_sheets_of_a_day_are_printed_and_stay_the_same_paper(school):
    made = json.loads(done("attendance", "sheet", "--class", CLASS, *DAY, "--json"))
    assert made
    for one in made:
        assert (school / one["file"]).read_bytes().startswith(b"%PDF")
        assert len(one["sheets"]) == 2
    again = done("attendance", "sheet", "--class", CLASS, *DAY, "--out", "papers", "--json")
    assert [one["sheets"] for one in json.loads(again)] == [one["sheets"] for one in made]
    assert len(list((school / "papers").iterdir())) == len(made)
    assert "2 页" in done("attendance", "sheet", *DAY)


@pytest.mark.parametrize(
    ("args", "chinese"),
    [
        (("--date", "2026-11-28"), "没有课"),
        (("--date", "28.11.2026"), "日期“28.11.2026”不对"),
        (("--class", "没有的班", *DAY), "没有“没有的班”这个班"),
    ],
)
def test_what_cannot_be_printed_is_said_in_one_line(school, args, chinese):
    result = run("attendance", "sheet", *args)
    assert result.exit_code == 2
    assert chinese in result.stderr
    assert result.stderr.count("\n") == 1
