import asyncio
import shutil
import sqlite3
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot.evidence.verification import verify
from bot.rehearsal import Plan, rehearse
from bot.rehearsal.checks import problems
from bot.rehearsal.performing import run
from bot.rehearsal.processes import launch_forked
from bot.rehearsal.readers import Reader, reader
from bot.rehearsal.voiced import unheard
from bot.voice.choosing_clips import Voices
from db.models import Person, Reads
from db.session import connect

WEDNESDAY = date(2026, 11, 25)


def execute(base, *statements):
    connection = sqlite3.connect(base)
    triggers = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    with connection:
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("rehearsal")


@pytest.fixture(scope="module")
def outcome(out):
    return asyncio.run(run(Plan(learners=6, date=WEDNESDAY, out=out), launch=launch_forked))


def test_a_rehearsal_from_the_command_line_ends_well_and_leaves_the_evidence(tmp_path, capsys):
    plan = Plan(learners=3, date=WEDNESDAY, out=tmp_path)
    assert rehearse(plan) == 0
    said = capsys.readouterr().out
    for label in ("reminded the day before: 2", "checked in: 3", "late: 1", "unreachable: 1"):
        assert label in said
    dossiers = sorted(path.name for path in (tmp_path / "dossiers").iterdir())
    assert dossiers == ["P000001.pdf", "P000002.pdf", "P000003.pdf"]
    (archive,) = tmp_path.glob("*.zip")
    assert verify(archive) == []
    (sheet,) = tmp_path.glob("*.xlsx")
    assert load_workbook(sheet).sheetnames
    with zipfile.ZipFile(archive) as packed:
        assert any(name.startswith("media/") for name in packed.namelist())


def test_a_mark_that_vanished_ends_with_1(tmp_path, capsys):
    plan = Plan(learners=2, date=WEDNESDAY, out=tmp_path, json=True)
    assert rehearse(plan, tamper=lambda base: execute(base, "DELETE FROM mark WHERE id = 1")) == 1
    assert "marks: missing" in capsys.readouterr().out


def test_what_people_did_is_what_the_school_kept(outcome):
    assert outcome.problems == []
    assert outcome.played.truth.marks
    assert outcome.played.truth.answers
    assert outcome.played.truth.consents


def test_a_class_reads_nothing_numbers_some_or_well():
    assert {reader(place) for place in range(50)} == set(Reader)
    assert {one.stored for one in Reader} == {str(one) for one in Reads}


async def test_whoever_reads_nothing_has_heard_every_message(outcome, out):
    database = connect(f"sqlite:///{out / 'data' / 'miaoke.db'}")
    database.carry(voices=Voices(out / "data"))
    async with database.read() as session:
        assert await unheard(session) == []
        readers = set(await session.scalars(select(Person.reads).where(Person.id > 0)))
    await database.close()
    assert readers == {Reads.NOTHING, Reads.SOME}
    assert {answer[3] for answer in outcome.played.truth.answers} > {"say_after", "match"}


TAMPERINGS = {
    "a mark is gone": ("DELETE FROM mark WHERE id = 2", "marks: missing"),
    "a mark was made up": (
        """INSERT INTO mark (meeting_id, person_id, phase, key, status, how, sure, minutes_late,
            made_by, at) SELECT meeting_id, person_id, phase, 'self:9', status, how, sure, 0,
            made_by, at FROM mark WHERE id = 1""",
        "marks: nobody did",
    ),
    "somebody late became punctual": (
        "UPDATE mark SET status = 'present', minutes_late = 0 WHERE status = 'late'",
        "marks: missing",
    ),
    "an answer is gone": ("DELETE FROM answer WHERE id = 1", "answers: missing"),
    "a lesson was never finished": (
        "UPDATE sitting SET finished_at = NULL WHERE finished_at IS NOT NULL",
        "lessons: missing",
    ),
    "a consent turned": ("UPDATE consent SET state = 'refused' WHERE id = 1", "consents: missing"),
    "an update was lost": ("DELETE FROM inbox WHERE id = 5", "inbox:"),
    "an update failed": ("UPDATE inbox SET state = 'failed' WHERE id = 5", "inbox: update"),
    "a message failed": (
        "UPDATE outbox SET state = 'failed', error = 'why' WHERE id = 9",
        "outbox:",
    ),
    "a reminder never left": (
        "UPDATE outbox SET state = 'skipped', error = 'expired' WHERE purpose = 'reminder'",
        "reminder:",
    ),
    "a reminder was not settled": (
        "UPDATE reminder SET state = 'planned' WHERE id = 1",
        "reminder:",
    ),
    "a reminder was skipped without a word": (
        "UPDATE reminder SET reason = '' WHERE state = 'skipped'",
        "without a reason",
    ),
    "a voice was not fetched": ("UPDATE media SET state = 'failed' WHERE id = 1", "media:"),
    "a choice of reading was lost": (
        "UPDATE person SET reads = 'some' WHERE reads = 'nothing'",
        "readers: missing",
    ),
    "a voice was left out": (
        """UPDATE outbox SET method = 'sendMessage', payload = json_object('text', 'words alone')
            WHERE id = (SELECT min(outbox.id) FROM outbox JOIN person ON person.id = person_id
            WHERE purpose = 'voice' AND outbox.state = 'sent' AND reads = 'nothing')""",
        "neither voice nor note of a missing one: 'words alone'",
    ),
    "a phone was forgotten": ("DELETE FROM account_person WHERE person_id = 1", "phones: missing"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_what_is_missing_is_found(outcome, out, tmp_path, what):
    statement, expected = TAMPERINGS[what]
    base = tmp_path / "miaoke.db"
    for name in ("miaoke.db", "miaoke.db-wal"):
        if (out / "data" / name).exists():
            shutil.copy(out / "data" / name, tmp_path / name)
    execute(base, statement)
    database = connect(f"sqlite:///{base}")
    played = outcome.played
    _facts, found = await problems(
        database, outcome.school, played.truth, played.updates, played.ended
    )
    await database.close()
    assert any(expected in line for line in found), found


async def test_a_changed_ledger_line_is_found(outcome, out, tmp_path):
    base = tmp_path / "miaoke.db"
    shutil.copy(out / "data" / "miaoke.db", base)
    execute(base, "UPDATE ledger_entry SET kind = 'nothing' WHERE person_id = 1 AND seq = 1")
    database = connect(f"sqlite:///{base}")
    played = outcome.played
    _facts, found = await problems(
        database, outcome.school, played.truth, played.updates, played.ended
    )
    await database.close()
    assert any(line.startswith("ledger:") for line in found)
