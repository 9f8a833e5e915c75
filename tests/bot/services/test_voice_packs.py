import hashlib
import io
import json
import os
import shutil
import zipfile
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import numpy as np
import pytest
from sqlalchemy import delete, distinct, func, select
from typer.testing import CliRunner

from bot.__main__ import app
from bot.clips import clips as shipped_clips
from bot.clips.sound import write_opus
from bot.language import LOCALE, SHANGHAI
from bot.services import voice_files
from bot.services.refusing import Refusal
from bot.services.reviewing import Decision, write_back
from bot.services.voice_catalogue import catalogue
from bot.services.voice_coverage import coverage
from bot.services.voice_files import MOST_BYTES, UnusableError
from bot.services.voice_packs import export_pack, import_pack, read_pack
from db.models import Clip, ClipState, County, LedgerEntry, Person, ReviewState

RATE = 48_000
KEYS = list(catalogue("hea"))


def sound(path, seconds=1.0, pitch=220.0):
    times = np.arange(int(seconds * RATE)) / RATE
    write_opus(path, (0.3 * np.sin(2 * np.pi * pitch * times)).astype(np.float32), RATE)
    return path.read_bytes()


def clip(now, key, state, language="hea", version=1, content=b"x", data=None):
    digest = hashlib.sha256(content).hexdigest()
    place = voice_files.lay(data, content)[0] if data else "clips/none.ogg"
    return Clip(
        key=key,
        language=language,
        version=version,
        path=place,
        sha256=digest,
        milliseconds=1000,
        speaker_id=1,
        state=state,
        recorded_at=now,
    )


@pytest.fixture
async def speakers(database, now):
    async with database.begin() as session:
        session.add(County(id=1, name="示例县"))
        await session.flush()
        for number in (1, 2):
            session.add(
                Person(
                    id=number, county_id=1, number=f"P00000{number}", name="示例", created_at=now
                )
            )
    return database


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Stand in an empty folder with a base of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    told("db", "upgrade")
    return tmp_path


def run(*args):
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert "Traceback" not in result.output
    return result


def told(*args):
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_commands_move_a_pack_and_count_what_waits(home):
    told("voice", "export", "empty.zip", "--json")
    listed = json.loads(zipfile.ZipFile("empty.zip").read("index.json"))
    assert len(listed["clips"]) == len(KEYS)
    pack(home / "v.zip", [entry()], {"clips/1.ogg": sound(home / "s.ogg")})
    first = json.loads(told("voice", "import", "v.zip", "--json"))
    again = json.loads(told("voice", "import", "v.zip", "--json"))
    assert (first["new"], again["new"], again["known"]) == (1, 0, 1)

    counted = json.loads(told("voice", "status", "--json"))["languages"]
    assert set(counted) == {"hea", "zh"}
    assert (counted["hea"]["person"], counted["hea"]["waiting"]) == (0, 1)
    with closing(connect(home / "data" / "miaoke.db")) as database:
        database.execute("UPDATE clip SET state = 'approved'")
        database.commit()
        direct = database.execute(
            "SELECT count(DISTINCT key) FROM clip WHERE state = 'approved' AND language = 'hea'"
        ).fetchone()[0]
    hea = json.loads(told("voice", "status", "--language", "hea", "--json"))["languages"]["hea"]
    assert (hea["person"], hea["missing"], hea["keys"]) == (direct, len(KEYS) - 1, len(KEYS))
    assert "合计 all" in told("voice", "status")
    assert json.loads(told("voice", "reviews", "--json")) == {"reviews": [], "written": 0}


def test_a_bad_pack_leaves_nothing_behind_and_is_told_in_one_sentence(home):
    pack(home / "v.zip", [entry(), entry(2)], {"clips/1.ogg": sound(home / "s.ogg")} | BAD)
    result = run("voice", "import", "v.zip")
    assert result.exit_code == 2
    assert "没有导入" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list((home / "data").glob("clips/**/*.ogg"))
    refused = run("voice", "import", "v.zip", "--speaker", "P000099")
    assert refused.exit_code == 2


BAD = {"clips/2.ogg": b"MZ" * 100}


def pack(path, entries, files, **more):
    index = {"format": 1, "language": "hea", "clips": entries} | more
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("index.json", json.dumps(index, ensure_ascii=False))
        for name, content in files.items():
            made.writestr(name, content)
    return path


def entry(number=1, key=None, **more):
    return {"key": key or KEYS[number], "mandarin": "字", "file": f"clips/{number}.ogg"} | more


async def test_the_counts_of_coverage_are_those_of_the_database(speakers, now):
    async with speakers.begin() as session:
        session.add_all(
            [
                clip(now, KEYS[0], ClipState.APPROVED),
                clip(now, KEYS[0], ClipState.APPROVED, version=2),
                clip(now, KEYS[1], ClipState.RECORDED),
                clip(now, KEYS[2], ClipState.RETURNED),
                clip(now, "wh01.1", ClipState.APPROVED),
                clip(now, "no longer said", ClipState.APPROVED),
                clip(now, KEYS[0], ClipState.APPROVED, language="zh"),
            ]
        )
    async with speakers.read() as session:
        counted = {one.language: one for one in await coverage(session)}
        for language, one in counted.items():
            direct = await session.scalar(
                select(func.count(distinct(Clip.key))).where(
                    Clip.language == language,
                    Clip.state == ClipState.APPROVED,
                    Clip.key.in_(list(catalogue(language))),
                )
            )
            assert one.all("person") == direct
            assert sum(one.all(who) for who in ("person", "machine", "missing")) == len(
                catalogue(language)
            )
    assert set(counted) == {"hea", "zh"}
    assert (counted["hea"].all("person"), counted["hea"].all("machine")) == (2, 0)
    assert (counted["hea"].waiting, counted["hea"].outdated) == (1, 1)
    assert counted["hea"].paths["wh01"]["person"] == 1
    assert counted["zh"].paths["enrolment"]["person"] == 1
    assert counted["zh"].paths["home"]["machine"] == sum(
        1 for key in shipped_clips() if catalogue()[key].path == "home"
    )


async def test_a_pack_goes_out_and_comes_in_elsewhere(speakers, now, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    content = sound(tmp_path / "one.ogg")
    async with speakers.begin() as session:
        session.add(clip(now, KEYS[3], ClipState.APPROVED, content=content, data=here))
        session.add(clip(now, KEYS[4], ClipState.RECORDED))
    async with speakers.read() as session:
        assert await export_pack(session, tmp_path / "a.zip", "hea", here) == 1
        assert await export_pack(session, tmp_path / "b.zip", "hea", here) == 1
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    index, sounds = read_pack(tmp_path / "a.zip")
    assert [one.key for one in index.clips] == KEYS
    assert [one.content for one in sounds] == [content]

    async with speakers.begin() as session:
        again = await import_pack(session, index, sounds, None, here, now)
        assert (again.new, again.known) == (0, 1)
        await session.execute(delete(Clip))
        came = await import_pack(session, index, sounds, None, there, now)
        assert (came.new, came.known, came.missing) == (1, 0, len(KEYS) - 1)
    async with speakers.read() as session:
        (row,) = await session.scalars(select(Clip))
    assert (row.key, row.state, row.speaker_id) == (KEYS[3], ClipState.RECORDED, None)
    assert (there / row.path).read_bytes() == content


async def test_a_volunteers_new_recording_needs_no_digest_and_is_tidied(speakers, now, tmp_path):
    times = np.arange(3 * RATE) / RATE
    samples = np.where((times > 1) & (times < 2), 0.2 * np.sin(2 * np.pi * 300 * times), 0)
    write_opus(tmp_path / "raw.ogg", samples.astype(np.float32), RATE)
    raw = (tmp_path / "raw.ogg").read_bytes()
    index, sounds = read_pack(pack(tmp_path / "v.zip", [entry()], {"clips/1.ogg": raw}))
    async with speakers.begin() as session:
        speaker = await session.get_one(Person, 1)
        came = await import_pack(session, index, sounds, speaker, tmp_path / "data", now)
    assert came.new == 1
    async with speakers.read() as session:
        (row,) = await session.scalars(select(Clip))
        kinds = list(await session.scalars(select(LedgerEntry.kind)))
    assert 1000 <= row.milliseconds <= 1500
    assert kinds == ["clip.recorded"]


def bomb(tmp_path):
    return pack(tmp_path / "bomb.zip", [entry()], {"clips/1.ogg": b"\0" * (MOST_BYTES + 1)})


def faulty(tmp_path):
    good = sound(tmp_path / "good.ogg")
    digest = hashlib.sha256(good).hexdigest()
    one = {"clips/1.ogg": good}
    return {
        "not audio": ([entry()], {"clips/1.ogg": b"MZ" * 500}),
        "wrong digest": ([entry(sha256="0" * 64)], one),
        "unknown key": ([entry(key="no such key")], one),
        "missing file": ([entry(sha256=digest)], {}),
        "unnamed file": ([entry()], one | {"clips/2.ogg": good}),
        "key twice": ([entry(), entry(2, key=KEYS[1])], one | {"clips/2.ogg": good}),
        "file twice": ([entry(), entry(2, file="clips/1.ogg")], one),
        "file outside": ([entry(file="../1.ogg")], one),
        "unknown field": ([entry(colour="red")], one),
        "silence": ([entry()], {"clips/1.ogg": silent(tmp_path)}),
        "one bad of two": (
            [entry(), entry(2)],
            one | {"clips/2.ogg": b"#EXTM3U\nfile:///etc/hostname\n"},
        ),
    }


def silent(tmp_path):
    path = tmp_path / "silent.ogg"
    write_opus(path, np.zeros(2 * RATE, np.float32), RATE)
    return path.read_bytes()


FAULTS = (
    "not audio",
    "wrong digest",
    "unknown key",
    "missing file",
    "unnamed file",
    "key twice",
    "file twice",
    "file outside",
    "unknown field",
    "silence",
    "one bad of two",
)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pack_with_a_fault_is_refused_whole(tmp_path, fault):
    entries, files = faulty(tmp_path)[fault]
    with pytest.raises(Refusal) as refused:
        read_pack(pack(tmp_path / "bad.zip", entries, files))
    assert "没有导入" in refused.value.chinese
    assert "Nothing was imported" in refused.value.english


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    with pytest.raises(Refusal, match="too large"):
        read_pack(bomb(tmp_path))


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip" * 100])
def test_what_is_no_zip_is_refused(tmp_path, content):
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    with pytest.raises(Refusal, match="not a whole ZIP"):
        read_pack(file)


def test_a_cut_zip_is_refused(tmp_path):
    whole = pack(tmp_path / "w.zip", [entry()], {"clips/1.ogg": sound(tmp_path / "s.ogg")})
    for size in (200, whole.stat().st_size // 2):
        cut = tmp_path / f"{size}.zip"
        cut.write_bytes(whole.read_bytes()[:size])
        with pytest.raises(Refusal):
            read_pack(cut)


def test_a_recording_that_broke_off_is_seen_by_its_told_length(tmp_path):
    content = sound(tmp_path / "s.ogg", 2)
    voice_files.cleaned(content, 2)
    with pytest.raises(UnusableError) as cut:
        voice_files.cleaned(content, 9)
    assert cut.value.msgid == voice_files.CUT


def test_twenty_minutes_are_not_decoded_to_the_end(tmp_path):
    out = io.BytesIO()
    path = tmp_path / "long.ogg"
    write_opus(path, np.zeros(20 * 60 * 8000, np.float32), 8000)
    out.write(path.read_bytes())
    assert len(out.getvalue()) < MOST_BYTES
    with pytest.raises(UnusableError) as long:
        voice_files.cleaned(out.getvalue())
    assert long.value.msgid == voice_files.TOO_LONG


def test_decisions_go_back_into_the_catalog_with_reviewer_and_date(tmp_path, now):
    path = Path(shutil.copy(LOCALE / "hea" / "LC_MESSAGES" / "messages.po", tmp_path))
    head = path.read_text(encoding="utf-8").partition("\n\n")[0]
    decided = {
        "tomorrow": Decision(ReviewState.CORRECTED, "Fub fal", "P000001", now),
        "Study": Decision(ReviewState.REFUSED, "", "P000002", now),
        "Ask": Decision(ReviewState.APPROVED, "Nais", "P000001", now),
    }
    assert write_back(path, decided) == 3
    text = path.read_text(encoding="utf-8")
    day = f"{now.astimezone(SHANGHAI):%Y-%m-%d}"
    assert text.startswith(head)
    assert f'# corrected P000001 {day}\n#, reviewed\nmsgid "tomorrow"' in text
    assert f'# refused P000002 {day}\n#, fuzzy\nmsgid "Study"' in text
    assert f'# approved P000001 {day}\n#, reviewed\nmsgid "Ask"' in text
    assert write_back(path, decided) == 0
