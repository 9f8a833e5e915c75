import json
import os
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.bot.services.online_files import book, detail, text

CLASS = "2026级中餐烹饪1班"
DATE = "2026-11-25"
DAY = ("--class", CLASS, "--date", DATE)


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
    assert "Traceback" not in result.output, result.output
    return result


def done(*args):
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def base():
    (path,) = Path().rglob("*.db")
    return sqlite3.connect(path)


def meeting():
    """Return when the first class of the day begins and ends, as the file would say it."""
    rows = base().execute(
        "SELECT datetime(starts_at, '+8 hours'), datetime(ends_at, '+8 hours') FROM meeting "
        "WHERE date(starts_at, '+8 hours') = ? ORDER BY starts_at",
        (DATE,),
    )
    return rows.fetchone()


def learners(count):
    rows = base().execute(
        "SELECT p.name, p.number FROM person p JOIN membership m ON m.person_id = p.id "
        "WHERE m.role = 'learner' ORDER BY p.number LIMIT ?",
        (count,),
    )
    return rows.fetchall()


def marks():
    return base().execute("SELECT count(*) FROM mark WHERE how = 'import'").fetchone()[0]


def file(path, *labels):
    start, end = meeting()
    return book(path, 成员参会明细=detail(*((label, start, end) for label in labels)))


def test_a_file_is_imported_once(school):
    (name, _), (_other, number) = learners(2)
    path = file(school / "o.xlsx", name, f"{number} 示例")
    checked = json.loads(done("attendance", "import", path, *DAY, "--dry-run", "--json"))
    assert (checked["present"], checked["imported"], marks()) == (2, False, 0)
    told = json.loads(done("attendance", "import", path, *DAY, "--json"))
    assert (told["present"], told["not_in_file"], told["imported"]) == (2, 18, True)
    assert marks() == 4
    again = json.loads(done("attendance", "import", path, *DAY, "--json"))
    assert again["already"]
    assert "已经导入过" in done("attendance", "import", path, *DAY)
    assert marks() == 4
    done("ledger", "verify")


def test_who_is_in_doubt_is_told_by_hand(school):
    (name, _), (_other, number) = learners(2)
    path = file(school / "o.xlsx", name, "山里人", "过路人")
    result = run("attendance", "import", path, *DAY)
    assert result.exit_code == 2
    assert "待认 in doubt: 山里人" in result.stdout
    assert result.stderr.startswith("没有导入")
    assert marks() == 0
    who = ("--who", f"山里人={number}", "--who", "过路人=-")
    assert "到 2，" in done("attendance", "import", path, *DAY, *who)
    assert marks() == 4


@pytest.mark.parametrize(
    ("args", "chinese"),
    [
        (("--class", CLASS, "--date", "2026-11-28"), "没有课"),
        (("--class", "没有的班", "--date", DATE), "没有“没有的班”这个班"),
        ((*DAY, "--who", "山里人=P999999"), "不是本班学员的编号"),
        (("--class", CLASS, "--date", "25.11.2026"), "日期“25.11.2026”不对"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(school, args, chinese):
    result = run("attendance", "import", file(school / "o.xlsx", "山里人"), *args)
    assert result.exit_code == 2
    assert chinese in result.stderr
    assert result.stderr.count("\n") == 1


def test_files_that_are_not_of_that_day_or_none_are_refused(school):
    rows = detail(("山里人", "2026-11-20 09:00:00", "2026-11-20 10:00:00"))
    result = run("attendance", "import", text(school / "o.csv", rows, "gbk"), *DAY)
    assert "对不上" in result.stderr
    (school / "b.xlsx").write_bytes(b"PK broken")
    assert "文件打不开" in run("attendance", "import", "b.xlsx", *DAY).stderr
    assert "文件没有收到" in run("attendance", "import", "no.xlsx", *DAY).stderr
