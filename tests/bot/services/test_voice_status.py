"""`voice status` beside what a hand-written query counts in the database and a glance at files."""

import json
import os
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
import yaml
from typer.testing import CliRunner

from bot.__main__ import app
from bot.clips import FOLDER
from bot.services.voice_catalogue import catalogue

NOW = "2026-11-23 01:00:00"
APPROVED = """
    SELECT count(DISTINCT key) FROM clip
    WHERE state = 'approved' AND language = ? AND key IN (SELECT value FROM json_each(?))
"""
WAITING = "SELECT count(DISTINCT key) FROM clip WHERE state = 'recorded' AND language = ?"
BACK = """
    SELECT count(*) FROM clip
    WHERE state = 'returned' AND decided_by = speaker_id AND language = ?
"""


@pytest.fixture
def base(tmp_path, monkeypatch):
    """A school of two speakers whose clips stand in every state, in three languages."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    status("db", "upgrade")
    with closing(connect(tmp_path / "data" / "miaoke.db")) as database:
        database.execute("INSERT INTO county (id, name) VALUES (1, '示例县')")
        for number in (1, 2):
            database.execute(
                "INSERT INTO person (id, county_id, number, name, sex, ethnicity, phone, township,"
                " village, address, disability, note, id_tail, speaks, reads, language, created_at)"
                " VALUES (?, 1, ?, '示例', '', '', '', '', '', '', '', '', '', 'hea', 'nothing',"
                " 'zh_Hans_CN', ?)",
                (number, f"P00000{number}", NOW),
            )
        for place, key in enumerate(list(catalogue("hea"))[::3]):
            for turn, language in enumerate(("hea", "zh", "hea-x-leishan")):
                for version in range(1, 1 + (place + turn) % 3):
                    state, judge = states(place, turn, version)
                    database.execute(
                        "INSERT INTO clip (key, language, version, path, sha256, milliseconds,"
                        " speaker_id, state, decided_by, decided_at, recorded_at)"
                        " VALUES (?, ?, ?, 'none.ogg', '', 900, 1, ?, ?, ?, ?)",
                        (key, language, version, state, judge, NOW, NOW),
                    )
        database.commit()
        yield database


def states(place, turn, version):
    """Return a state and who decided it: a second speaker, or the speaker's own second thought."""
    return [
        ("approved", 2),
        ("recorded", None),
        ("returned", 2),
        ("returned", 1),
        ("approved", 2),
    ][(place + 2 * turn + version) % 5]


def status(*args):
    result = CliRunner().invoke(app, [str(one) for one in args])
    assert result.exit_code == 0, result.output
    return result.stdout


def one(database, query, *given):
    return database.execute(query, given).fetchone()[0]


def spoken_by_the_program(path):
    """Return the keys of a path for which a Mandarin file lies in the program."""
    return {
        key
        for key, said in catalogue("zh").items()
        if said.path == path and said.voice and Path(said.voice).is_file()
    }


def test_every_figure_is_that_of_the_database_by_language_and_path(base):
    shown = json.loads(status("voice", "status", "--json"))["languages"]
    assert set(shown) == {"hea", "hea-x-leishan", "zh"}
    for language, told in shown.items():
        listed = catalogue(language)
        assert set(told["paths"]) == {said.path for said in listed.values()}
        for path, counted in told["paths"].items():
            keys = [key for key, said in listed.items() if said.path == path]
            by_people = one(base, APPROVED, language, json.dumps(keys))
            assert counted["person"] == by_people, (language, path)
            rows = base.execute(
                "SELECT DISTINCT key FROM clip WHERE state = 'approved' AND language = ?",
                (language,),
            )
            left = set(keys) - {row[0] for row in rows}
            by_machine = left & spoken_by_the_program(path) if language == "zh" else set()
            assert counted["machine"] == len(by_machine), (language, path)
            assert counted["missing"] == len(left - by_machine), (language, path)
        assert told["person"] == one(base, APPROVED, language, json.dumps(list(listed)))
        assert told["waiting"] == one(base, WAITING, language)
        assert told["withdrawn"] == one(base, BACK, language)
        assert told["keys"] == len(listed)
        assert told["keys"] == told["person"] + told["machine"] + told["missing"]
        assert min(told["person"], told["waiting"], told["withdrawn"]) > 0
    assert shown["hea"]["machine"] == shown["hea-x-leishan"]["machine"] == 0


def test_every_sentence_of_the_catalogue_of_clips_is_counted_once(base):
    listed = yaml.safe_load((FOLDER / "zh" / "sentences.yaml").read_text(encoding="utf-8"))
    sentences = {entry["english"] for entry in listed}
    assert sentences <= set(catalogue("zh"))
    paths = json.loads(status("voice", "status", "--language", "zh", "--json"))["languages"]["zh"]
    assert sum(sum(one.values()) for one in paths["paths"].values()) == len(catalogue("zh"))


def test_the_table_tells_what_waits_and_what_was_taken_back(base):
    back, waiting = one(base, BACK, "hea"), one(base, WAITING, "hea")
    told = status("voice", "status", "--language", "hea")
    assert f"hea: 等第二个人听 {waiting} 条，本人收回 {back} 条。" in told
