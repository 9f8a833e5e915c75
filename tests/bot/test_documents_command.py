import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.__main__ import app
from bot.clock import utcnow
from bot.services import document_store
from db import ledger
from db.models import Document, LedgerEntry, Person
from db.queries import ticks
from db.sealing import Key
from db.session import connect
from tests.bot.documents.safe import content, fill, id_number

OLD, NEW = Key(bytes(range(32))), Key(bytes(range(1, 33)))
ROOT = Path(__file__).parents[2]
MANY = 16  # learners, of five papers each
PATIENCE = 60


@pytest.fixture
def home(tmp_path, monkeypatch, migrated):
    """Stand in an empty folder with an empty database."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "miaoke.db").write_bytes(migrated.read_bytes())
    monkeypatch.setenv("MIAOKE_KEY", OLD.secret.hex())
    return tmp_path


@pytest.fixture
def database_of(home):
    def ask(act):
        async def run():
            database = connect(f"sqlite:///{home / 'data' / 'miaoke.db'}")
            try:
                return await act(database)
            finally:
                await database.close()

        return asyncio.run(run())

    return ask


def run(*args):
    result = CliRunner().invoke(app, list(map(str, args)))
    assert "Traceback" not in result.output
    return result


def test_what_is_there_and_missing_is_listed(home, database_of):
    database_of(lambda one: fill(one, home / "data", OLD))
    found = json.loads(run("document", "list", "--class", "示例班", "--json").output)
    assert len(found) == 10
    assert found[0] == {
        "number": "P000010",
        "item": "P4",
        "kind": "household",
        "page": 1,
        "state": "approved",
    }
    assert "户口册（本人页）" in run("document", "list", "--class", "示例班").output


def test_an_export_is_named_by_number_and_recorded(home, database_of):
    database_of(lambda one: fill(one, home / "data", OLD))
    arguments = "document", "export", "--class", "示例班", "--out", home / "out"
    told = json.loads(run(*arguments, "--by", "P000002", "--json").output)
    assert (told["learners"], len(told["files"])) == (2, 10)
    names = sorted(path.relative_to(home / "out").as_posix() for path in home.glob("out/*/*"))
    assert names[:5] == [
        "P000010/P3-id_back.jpg",
        "P000010/P3-id_front.jpg",
        "P000010/P4-household-1.jpg",
        "P000010/P4-household-2.jpg",
        "P000010/P5-portrait.jpg",
    ]
    first = home / "out" / "P000010" / "P3-id_front.jpg"
    assert first.read_bytes() == content(1)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600

    async def lines(database):
        async with database.read() as session:
            found = select(LedgerEntry).where(LedgerEntry.kind == "document.exported")
            return (await session.scalars(found)).all()

    exported = database_of(lines)
    assert [(one.person_id, one.payload["by"]) for one in exported] == [(10, 2), (11, 2)]


@pytest.mark.parametrize("number", ["P000003", "P000010", "P999999"])
def test_who_may_not_export_is_refused_in_words(home, database_of, number):
    database_of(lambda one: fill(one, home / "data", OLD))
    arguments = "document", "export", "--class", "示例班", "--out", home / "out"
    refused = run(*arguments, "--by", number)
    assert refused.exit_code == 2
    assert "不能导出" in refused.output
    assert not (home / "out").exists()


def environment(home, **more):
    """Return what a process of ours finds in its environment."""
    kept = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "MIAOKE_KEY": OLD.secret.hex()}
    return kept | {"MIAOKE_DATA": str(home / "data")} | more


async def papers(database):
    async with database.read() as session:
        return (await session.scalars(select(Document).order_by(Document.id))).all()


async def numbers(database):
    async with database.read() as session:
        found = select(Person).where(Person.id_sealed.is_not(None)).order_by(Person.id)
        return (await session.scalars(found)).all()


def test_keys_are_rotated_through_a_kill_with_every_paper_readable(home, database_of, monkeypatch):
    data = home / "data"
    database_of(lambda one: fill(one, data, OLD, MANY))
    keys = {"MIAOKE_OLD_KEY": OLD.secret.hex(), "MIAOKE_KEY": NEW.secret.hex()}
    command = [sys.executable, "-m", "bot", "keys", "rotate", "--json"]
    first = subprocess.Popen(
        command, cwd=home, env=environment(home, **keys), stdout=subprocess.PIPE
    )
    until = time.monotonic() + PATIENCE
    while len(list(data.rglob(f"*-{NEW.mark}.sealed"))) < MANY:
        assert time.monotonic() < until
        assert first.poll() is None
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert first.returncode == -signal.SIGKILL

    halfway = database_of(papers)
    assert {one.key_mark for one in halfway} == {OLD.mark, NEW.mark}
    for one in halfway:  # whichever key it names opens it
        key = NEW if one.key_mark == NEW.mark else OLD
        assert document_store.read(data, key, one) == content(one.id)

    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    told = json.loads(run("keys", "rotate", "--json").output)
    assert told["strange"] == 0
    assert 0 < told["documents"] < MANY * 5
    done = database_of(papers)
    assert {one.key_mark for one in done} == {NEW.mark}
    assert all(document_store.read(data, NEW, one) == content(one.id) for one in done)
    assert sorted(path.name for path in data.rglob("*.sealed")) == sorted(
        f"{one.id}-{NEW.mark}.sealed" for one in done
    )
    for person in database_of(numbers):
        assert NEW.unseal(person.id_sealed) == id_number(person.id)
        assert person.id_fingerprint == NEW.fingerprint(id_number(person.id))


def test_numbers_that_were_rotated_before_a_crash_are_left_alone(home, database_of, monkeypatch):
    database_of(lambda one: fill(one, home / "data", OLD))

    async def half(database):
        async with database.begin() as session:
            person = await session.get_one(Person, 10)
            person.id_sealed = NEW.seal(id_number(10))
            person.id_fingerprint = NEW.fingerprint(id_number(10))
            return person.id_sealed

    before = database_of(half)
    monkeypatch.setenv("MIAOKE_OLD_KEY", OLD.secret.hex())
    monkeypatch.setenv("MIAOKE_KEY", NEW.secret.hex())
    assert json.loads(run("keys", "rotate", "--json").output) == {
        "documents": 10,
        "numbers": 1,
        "strange": 0,
    }
    assert [one.id_sealed == before for one in database_of(numbers)] == [True, False]
    again = json.loads(run("keys", "rotate", "--json").output)
    assert again == {"documents": 0, "numbers": 0, "strange": 0}

    async def sound(database):
        async with database.read() as session:
            return [fault async for fault in ledger.verify(session)]

    assert database_of(sound) == []


def test_keys_are_not_rotated_under_a_bot_that_runs(home, database_of, monkeypatch):
    async def beat(database):
        await fill(database, home / "data", OLD, 1)
        async with database.begin() as session:
            await ticks.note(session, "fetch", utcnow())

    database_of(beat)
    monkeypatch.setenv("MIAOKE_OLD_KEY", OLD.secret.hex())
    monkeypatch.setenv("MIAOKE_KEY", NEW.secret.hex())
    refused = run("keys", "rotate")
    assert refused.exit_code == 2
    assert "还在运行" in refused.output
    assert {one.key_mark for one in database_of(papers)} == {OLD.mark}


def test_what_neither_key_opens_is_left_alone_and_told(home, database_of, monkeypatch):
    database_of(lambda one: fill(one, home / "data", Key(bytes(32))))
    monkeypatch.setenv("MIAOKE_OLD_KEY", OLD.secret.hex())
    monkeypatch.setenv("MIAOKE_KEY", NEW.secret.hex())
    told = run("keys", "rotate", "--json")
    assert told.exit_code == 1
    assert len(list((home / "data").rglob("*.sealed"))) == 10


def test_a_key_that_is_missing_or_the_same_is_told_in_words(home, monkeypatch):
    for old in ("", OLD.secret.hex(), "xyz"):
        monkeypatch.setenv("MIAOKE_OLD_KEY", old)
        refused = run("keys", "rotate")
        assert refused.exit_code == 2
