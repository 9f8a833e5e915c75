import asyncio
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from sqlite3 import connect as sqlite
from zipfile import ZipFile

import pytest
from aiohttp import web
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from typer.testing import CliRunner

from bot.__main__ import app, main
from bot.commands.common import progress
from db.models import Account, AccountPerson, Membership, Person, Role
from db.session import connect
from tests.bot.services.roster_books import book, line

CLASS = "2026级中餐烹饪1班"
NAME = ("--username", "示例_bot")


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request, tmp_path, monkeypatch):
    """Stand in an empty folder with settings for a base that was never upgraded."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    url = f"sqlite:///{tmp_path}/data/miaoke.db"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        server.psql('DROP DATABASE IF EXISTS "commands" WITH (FORCE)')
        server.psql('CREATE DATABASE "commands"')
        url = server.get_uri("commands")
    monkeypatch.setenv("MIAOKE_DATABASE_URL", url)
    return tmp_path


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """Stand in an empty folder with no settings at all."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    return tmp_path


def run(*args):
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert "Traceback" not in result.output
    return result


def done(*args):
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def sheet(path, *rows):
    """Write a sheet, row by row."""
    workbook = Workbook()
    first = workbook.active
    assert first is not None
    for row in rows:
        first.append(row)
    workbook.save(path)


@pytest.fixture
def school(home):
    done("db", "upgrade")
    done("roster", "sample", "r.xlsx", "--learners", 6)
    done("roster", "import", "r.xlsx", "--county", "示例县")
    return home


def refused(result, chinese, english):
    assert result.exit_code == 2, result.output
    assert chinese in result.stderr
    assert english in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_roster_becomes_a_class_with_cards_a_timetable_and_evidence(school):
    again = json.loads(done("roster", "import", "r.xlsx", "--json"))
    assert (again["new"], again["unchanged"], again["refused"]) == (0, 6, None)

    cards = json.loads(done("invite", "--role", "learner", *NAME, "--out", "cards", "--json"))
    assert [card["number"] for card in cards] == [f"P{at:06}" for at in range(1, 7)]
    assert cards[0]["url"].startswith("https://t.me/示例_bot?start=e-")
    assert sorted(path.name for path in (school / "cards").iterdir())[:2] == [
        "P000001.png",
        "P000001.svg",
    ]
    assert json.loads(done("invite", "--role", "learner", *NAME, "--json")) == cards

    line_ = done("invite", "--role", "teacher", "--class", CLASS, "--name", "示例老师", *NAME)
    assert line_.startswith("P000007\t示例老师\thttps://t.me/示例_bot?start=s-")

    done("timetable", "sample", "t.xlsx")
    assert json.loads(done("timetable", "import", "t.xlsx", "--json"))["new"] == 3
    assert json.loads(done("timetable", "import", "t.xlsx", "--json"))["unchanged"] == 3

    made = json.loads(done("dossier", "export", "--class", CLASS, "--out", "out", "--json"))
    assert len(made["dossiers"]) == 6
    assert json.loads(done("dossier", "verify", made["archive"], "--json"))["sound"]
    assert "sound" in done("dossier", "verify", made["archive"], "--database")
    assert json.loads(done("ledger", "verify", "--json"))["sound"] is True


def test_the_database_must_be_upgraded_first(home):
    done("roster", "sample", "r.xlsx", "--learners", 1)

    refused(run("roster", "import", "r.xlsx"), "db upgrade", "is not there or not up to date")
    refused(run("ledger", "verify"), "db upgrade", "is not there or not up to date")
    assert not (home / "data" / "miaoke.db").exists()


def test_learners_on_a_phone_get_no_card(school, now):
    async def join():
        database = connect(os.environ["MIAOKE_DATABASE_URL"])
        async with database.begin() as session:
            account = Account(user_id=1)
            session.add(account)
            await session.flush()
            found = await session.scalars(select(Person).where(Person.number == "P000001"))
            link = AccountPerson(account_id=account.id, person_id=found.one().id, linked_at=now)
            session.add(link)
        await database.close()

    asyncio.run(join())

    cards = json.loads(done("invite", "--role", "learner", *NAME, "--json"))

    assert [card["number"] for card in cards] == [f"P{at:06}" for at in range(2, 7)]


def test_a_member_of_staff_is_added_once(school):
    for _ in range(2):
        done("invite", "--role", "class_head", "--name", "示例龙", *NAME)
    done("invite", "--role", "county", "--name", "示例龙", *NAME)

    async def held():
        database = connect(os.environ["MIAOKE_DATABASE_URL"])
        async with database.read() as session:
            found = select(Membership.role).where(Membership.role != Role.LEARNER)
            roles = (await session.scalars(found.order_by(Membership.id))).all()
            count = await session.scalar(select(func.count()).select_from(Person))
        await database.close()
        return roles, count

    assert asyncio.run(held()) == ([Role.CLASS_HEAD, Role.COUNTY], 7)


def test_a_wrong_roster_comes_back_marked(alone):
    path = book(alone / "名单.xlsx", line(1), line(2, 身份证号="1"))

    result = run("roster", "import", path)

    assert result.exit_code == 2
    assert "有 1 处要改" in result.stderr
    assert "E4" in result.stderr
    marked = load_workbook(alone / "名单-错误.xlsx")
    assert marked.sheetnames == ["说明", "花名册"]


def test_a_dry_run_tells_and_writes_nothing(alone):
    path = book(alone / "名单.xlsx", line(1), line(2, 身份证号="1"))

    result = run("roster", "import", path, "--dry-run", "--json")

    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert list(told) == ["people", "errors", "duplicates", "refused"]
    (error,) = told["errors"]
    assert list(error) == ["sheet", "row", "column", "code", "message"]
    assert (error["row"], error["column"], error["code"]) == (4, "E", "id_length")
    assert [one.name for one in alone.iterdir()] == ["名单.xlsx"]


def test_a_dry_run_of_a_sound_roster_needs_no_database(alone):
    done("roster", "sample", "r.xlsx", "--learners", 3)

    told = json.loads(done("roster", "import", "r.xlsx", "--dry-run", "--json"))

    assert told == {"people": 3, "errors": [], "duplicates": [], "refused": None}


def test_ages_are_counted_at_the_day_that_is_given(alone):
    path = book(alone / "名单.xlsx", line(1))

    assert run("roster", "import", path, "--dry-run", "--on", "2099-01-01").exit_code == 2
    refused(run("roster", "import", path, "--on", "2099-1-1"), "日期", "is no date")


def test_a_class_too_full_is_refused_in_the_dry_run_too(alone):
    done("roster", "sample", "r.xlsx", "--learners", 51)

    result = run("roster", "import", "r.xlsx", "--dry-run", "--json")

    assert result.exit_code == 2
    assert json.loads(result.stdout)["refused"] == "class_full"


def test_a_sample_is_not_written_over_a_file(alone):
    (alone / "r.xlsx").write_text("mine")

    refused(run("roster", "sample", "r.xlsx"), "没有覆盖", "--force")
    refused(run("timetable", "sample", "r.xlsx"), "没有覆盖", "--force")
    assert (alone / "r.xlsx").read_text() == "mine"
    done("timetable", "sample", "r.xlsx", "--force", "--week-of", "2026-11-23")


@pytest.mark.parametrize(
    ("args", "chinese", "english"),
    [
        (["bogus"], "命令写得不对", "bogus"),
        (["roster", "import"], "命令写得不对", "Missing argument"),
        (["roster", "sample", "x.xlsx", "--learners", "0"], "命令写得不对", "--learners"),
        (["roster", "import", "x.xlsx"], "找不到这个文件", "not there"),
        (["timetable", "import", "x.xlsx"], "找不到这个文件", "not there"),
        (["roster", "sample", "/dev/null/x.xlsx"], "同名", "/dev/null"),
        (["run"], "MIAOKE_TOKEN", "is not set"),
        (["invite", "--role", "teacher"], "--name", "Name the member of staff"),
        (["invite", "--role", "king"], "命令写得不对", "king"),
    ],
)
def test_what_cannot_be_done_is_said_in_two_languages(alone, args, chinese, english):
    refused(run(*args), chinese, english)


@pytest.mark.parametrize(
    ("setting", "value", "chinese"),
    [
        ("MIAOKE_PACE", "-1", "MIAOKE_PACE"),
        ("MIAOKE_KEY", "12", "MIAOKE_KEY"),
        ("MIAOKE_KEY", "0" * 64, "密钥不是这个数据库的"),
        ("MIAOKE_DATABASE_URL", "nowhere", "MIAOKE_DATABASE_URL"),
        ("MIAOKE_DATABASE_URL", "postgresql://localhost:1/x", "连不上"),
    ],
)
def test_settings_that_do_not_fit_are_named(alone, monkeypatch, setting, value, chinese):
    done("db", "upgrade")
    done("roster", "sample", "r.xlsx", "--learners", 1)
    done("roster", "import", "r.xlsx")
    monkeypatch.setenv(setting, value)

    result = run("roster", "import", "r.xlsx")

    assert (result.exit_code, chinese in result.stderr) == (2, True), result.stderr


def test_a_database_that_is_none_is_named(alone):
    (alone / "data").mkdir()
    (alone / "data" / "miaoke.db").write_bytes(b"no database " * 100)

    refused(run("ledger", "verify"), "数据库", "cannot be used")


def test_a_postgresql_without_that_database_is_named(alone, postgres, monkeypatch):
    monkeypatch.setenv("MIAOKE_DATABASE_URL", postgres.get_uri("never_made"))

    refused(run("ledger", "verify"), "数据库", "cannot be used")


def test_an_unforeseen_error_is_kept_without_its_words(alone, monkeypatch):
    told = "示例杨 999999"

    def fail(*_args, **_named):
        raise RuntimeError(told)

    monkeypatch.setattr("bot.commands.roster.read_roster", fail)

    result = run("roster", "import", "x.xlsx")

    assert result.exit_code == 1
    assert "errors.log" in result.stderr
    kept = (alone / "data" / "errors.log").read_text()
    assert "RuntimeError" in kept
    assert "in import_command" in kept
    assert told not in kept


def test_the_classes_are_named_where_one_must_be_chosen(school):
    refused(run("dossier", "export", "--class", "无", "--out", "o"), CLASS, "there are")


def test_a_name_that_is_none_is_refused(school):
    refused(run("invite", "--role", "teacher", "--name", "123", *NAME), "不像姓名", "no name")


def test_a_timetable_is_exported_to_be_hung_up_and_read_back(school):
    done("invite", "--role", "teacher", "--class", CLASS, "--name", "示例老师", *NAME)
    done("timetable", "sample", "t.xlsx", "--week-of", "2026-11-23")
    done("timetable", "import", "t.xlsx")
    wall = ("timetable", "export", "wall.xlsx", "--class", CLASS, "--from", "2026-11-25")
    assert "3 次课" in done(*wall, "--picture", "wall.png")
    assert 0 < Path("wall.png").stat().st_size <= 100_000
    refused(run(*wall), "没有覆盖", "--force")
    assert json.loads(done("timetable", "import", "wall.xlsx", "--json"))["unchanged"] == 3


def test_a_wrong_timetable_names_its_cells(school):
    done("timetable", "sample", "t.xlsx", "--teacher", "示例生人")

    result = run("timetable", "import", "t.xlsx", "--json")

    assert result.exit_code == 2
    assert [error["code"] for error in json.loads(result.stdout)["errors"]] == ["teacher"] * 3
    assert "H3" in result.stderr


def teach():
    done("invite", "--role", "teacher", "--class", CLASS, "--name", "示例老师", *NAME)


def test_a_grid_is_imported_like_the_list(school):
    teach()
    done("timetable", "sample", "grid.xlsx", "--grid")
    done("timetable", "sample", "list.xlsx")

    assert json.loads(done("timetable", "import", "grid.xlsx", "--json"))["new"] == 3
    assert json.loads(done("timetable", "import", "list.xlsx", "--json"))["unchanged"] == 3


def test_a_week_takes_its_days_from_the_options(school):
    teach()
    week = [["节次", "周二", "周四"], ["19:00-20:30", "文化基础", "文化基础"]]
    sheet("week.xlsx", *week)
    args = ("timetable", "import", "week.xlsx", "--class", CLASS)

    refused(run(*args), "--from", "--until")
    refused(run(*args, "--from", "2026-11-24"), "一起写", "go together")
    refused(run(*args, "--from", "2026-12-18", "--until", "2026-11-24"), "颠倒", "earlier")
    weeks = ("--from", "2026-11-24", "--until", "2026-12-18")
    assert "新排 8 次课" in done(*args, *weeks)


def test_what_speaks_against_meetings_is_told_and_given_as_data(school):
    teach()
    rows = [["教师：示例老师　地点：云上教学点"], ["节次", "2026-12-25", "2027-01-01"]]
    sheet("t.xlsx", *rows, ["9:00-10:00", "wh01", "wh02"])

    result = run("timetable", "import", "t.xlsx", "--class", CLASS, "--json")

    warnings = json.loads(result.stdout)["warnings"]
    assert result.exit_code == 0
    assert {(one["kind"], one["verify"]) for one in warnings} >= {("unknown", True)}
    told = run("timetable", "import", "t.xlsx", "--class", CLASS)
    assert "新排 0 次课，原有 2 次不变" in told.stdout
    assert "2027" in told.stderr
    assert "请留意" in told.stderr


def test_the_calendar_lists_special_days(alone):
    span = ("--township", "示例乡", "--from", "2026-11-13", "--until", "2026-11-22")

    listed = done("timetable", "calendar", *span).splitlines()
    data = json.loads(done("timetable", "calendar", *span, "--json"))

    assert listed[0] == ("2026-11-13 星期五\t过节：苗年。（待核）\tFeast: 苗年. (to be checked)")
    assert [one["day"][-2:] for one in data["days"]] == ["13", "14", "15", "16", "22"]
    assert data["market_days_missing"] == []
    span = ("--township", "西江镇", "--from", "2026-11-16", "--until", "2026-11-17")
    assert "西江镇的赶场日还没有填" in run("timetable", "calendar", *span).stderr
    turn = run("timetable", "calendar", "--from", "2030-12-31", "--until", "2031-01-02")
    assert (turn.stdout, turn.stderr.count("放假安排")) == ("", 2)
    wrong = ("--from", "2026-11-16", "--until", "2026-11-01")
    refused(run("timetable", "calendar", *wrong), "--until", "two years")


def test_a_county_goes_by_its_own_almanac(alone):
    done("timetable", "almanac", "a.yaml")
    refused(run("timetable", "almanac", "a.yaml"), "没有覆盖", "--force")
    own = alone / "data" / "almanac.yaml"
    own.parent.mkdir(exist_ok=True)
    text = Path("a.yaml").read_text("utf-8")
    own.write_text(text.replace("branches: 子午", "branches: 丑未"), "utf-8")
    day = ("--from", "2026-11-23", "--until", "2026-11-23", "--json")

    try:
        data = json.loads(done("timetable", "calendar", "--township", "示例乡", *day))
        assert [one["kind"] for one in data["days"]] == ["market"]
        own.write_text("county: 1\nmarket: []", "utf-8")
        refused(run("timetable", "calendar", *day), "看不懂", "almanac.yaml")
    finally:
        own.unlink()
        done("timetable", "calendar", *day)


def test_a_changed_archive_and_a_changed_ledger_are_told(alone):
    done("db", "upgrade")
    done("roster", "sample", "r.xlsx", "--learners", 2)
    done("roster", "import", "r.xlsx")
    made = json.loads(done("dossier", "export", "--class", CLASS, "--out", "out", "--json"))
    with closing(sqlite("data/miaoke.db")) as base, base:
        for (trigger,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            base.execute(f'DROP TRIGGER "{trigger}"')
        base.execute("UPDATE ledger_entry SET kind = 'x' WHERE person_id = 1 AND seq = 1")

    result = run("ledger", "verify")
    assert result.exit_code == 1
    assert "第 1 行" in result.stdout

    archive = Path(made["archive"])
    with ZipFile(archive) as opened:
        at = opened.infolist()[0].header_offset + 200
    content = bytearray(archive.read_bytes())
    content[at] ^= 1
    archive.write_bytes(content)
    result = run("dossier", "verify", archive)
    assert result.exit_code == 1
    assert "seal is broken" in result.stdout
    assert not json.loads(run("dossier", "verify", archive, "--json").stdout)["sound"]
    assert run("dossier", "verify", "nothing.zip").exit_code == 1


async def test_the_bots_name_is_asked_of_telegram(alone, monkeypatch):
    async def me(request):
        if request.match_info["token"] != "bot1:good":  # noqa: S105 - made up
            return web.json_response({"ok": False, "description": "Unauthorized"}, status=401)
        return web.json_response({"ok": True, "result": {"username": "shili_bot"}})

    server = web.Application()
    server.router.add_get("/{token}/getMe", me)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    monkeypatch.setenv("MIAOKE_API_URL", f"http://127.0.0.1:{runner.addresses[0][1]}")

    def steps():
        done("db", "upgrade")
        invite = ("invite", "--role", "school", "--name", "示例龙")
        refused(run(*invite), "--username", "not known")
        monkeypatch.setenv("MIAOKE_TOKEN", "1:bad")
        refused(run(*invite), "MIAOKE_TOKEN", "did not tell")
        monkeypatch.setenv("MIAOKE_TOKEN", "1:good")
        assert "https://t.me/shili_bot?start=s-" in done(*invite)
        monkeypatch.setenv("MIAOKE_USERNAME", "@other_bot")
        assert "https://t.me/other_bot?start=s-" in done(*invite)

    await asyncio.to_thread(steps)
    await runner.cleanup()


def test_progress_is_plain_lines_where_there_is_no_terminal(capsys):
    with progress("写") as moved:
        for done_ in range(1, 201):
            moved(done_, 200)
    with progress("写", quiet=True) as moved:
        moved(1, 1)

    assert capsys.readouterr().err.splitlines() == [f"写 {20 * at}/200" for at in range(1, 11)]


def test_without_a_word_the_commands_are_listed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["miaoke"])

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 0
    assert "rehearse" in capsys.readouterr().out


def test_the_program_runs_as_a_module(alone):
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"}

    def program(*args):
        command = [sys.executable, "-m", "bot", *args]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    assert program("db", "upgrade").returncode == 0
    failed = program("roster", "import", "nothing.xlsx")
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.startswith("找不到这个文件")
