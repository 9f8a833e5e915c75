import asyncio
import json
import os

import openpyxl
import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.clock import write_clock
from db.session import connect
from tests.bot.services.hours_world import World
from tests.bot.services.test_hours_history import hold, populate


@pytest.fixture
def home(tmp_path, monkeypatch, migrated, now):
    """Stand in a folder with a class that has met six times."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "miaoke.db"
    file.write_bytes(migrated.read_bytes())
    monkeypatch.setenv("MIAOKE_DATABASE_URL", f"sqlite:///{file}")

    async def school():
        database = connect(f"sqlite:///{file}")
        world = World(now, learners=6, meetings=18)
        await populate(database, world)
        for number in range(1, 19):
            at = await hold(database, world, number)
        await database.close()
        return at

    at = asyncio.run(school())
    write_clock(tmp_path / "clock", at)
    monkeypatch.setenv("MIAOKE_CLOCK", str(tmp_path / "clock"))
    return tmp_path


def run(*args):
    result = CliRunner().invoke(app, ["register", *map(str, args)])
    assert "Traceback" not in result.output
    return result


def test_the_register_is_printed_written_and_read_by_machines(home):
    printed = run("--class", "示例班")
    assert printed.exit_code == 0, printed.output
    assert "P000001\t=示例杨\t非学历" in printed.output
    written = run("--class", "示例班", "--out", home / "a.xlsx", "--json")
    found = json.loads(written.output)
    assert (len(found["learners"]), len(found["meetings"])) == (6, 18)
    assert openpyxl.load_workbook(home / "a.xlsx").sheetnames == [
        "学时登记",
        "分钟",
        "按月",
        "教师课时",
        "教学点课时",
        "规则",
    ]
    again = run("--class", "示例班", "--out", home / "a.xlsx")
    assert again.exit_code == 2
    assert "--force" in again.output


def test_one_month_is_asked_for(home):
    found = json.loads(run("--class", "示例班", "--month", "2026-12", "--json").output)
    assert {one["starts_at"][:7] for one in found["meetings"]} == {"2026-12"}
    said = run("--month", "2026-12", "--out", home / "b.xlsx")
    assert "2 meetings written" in said.output


@pytest.mark.parametrize("wrong", [("--class", "没有的班"), ("--month", "2026-13")])
def test_what_is_not_there_is_told_in_one_sentence(home, wrong):
    result = run(*wrong)
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
