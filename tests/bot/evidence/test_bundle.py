import hashlib
import json
import subprocess
import zipfile

import pytest
from sqlalchemy import update
from sqlalchemy.exc import NoResultFound

from bot.evidence.bundle import export_class
from bot.evidence.verification import compare, verify
from bot.language import MANDARIN
from db import ledger
from db.models import Media


async def test_a_class_leaves_dossiers_sheets_and_one_archive(exported, tmp_path):
    out = tmp_path / "out"
    assert sorted(
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()
    ) == [
        "dossiers/P00001.pdf",
        "dossiers/P00002.pdf",
        "dossiers/P00003.pdf",
        "示例村_2_班-signin.xlsx",
        "示例村_2_班.zip",
    ]
    assert exported.archive == out / "示例村_2_班.zip"
    assert len(exported.dossiers) == 3
    assert exported.missing == ()


async def test_an_archive_that_nobody_touched_has_no_problem(exported):
    assert verify(exported.archive) == []


async def test_the_archive_holds_every_dossier_ledger_and_voice(exported, data):
    with zipfile.ZipFile(exported.archive) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        voices = {hashlib.sha256(p.read_bytes()).hexdigest() for p in data.rglob("*.ogg")}
        packed = {name for name in names if name.startswith("media/")}
        assert packed == {f"media/{digest}.ogg" for digest in voices}
        index = archive.read("index.html").decode()
        for number in (1, 2, 3):
            assert f"dossiers/P0000{number}.pdf" in names
            assert f'href="ledger/P0000{number}.jsonl"' in index
        assert "示例龙𠅤&lt;b&gt;#x" in index


def test_another_program_can_check_the_digests(exported, tmp_path):
    with zipfile.ZipFile(exported.archive) as archive:
        archive.extractall(tmp_path / "unpacked")
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST.sha256"],
        cwd=tmp_path / "unpacked",
        check=False,
    )
    assert done.returncode == 0


async def test_ledger_lines_can_be_checked_with_sha256_alone(exported):
    with zipfile.ZipFile(exported.archive) as archive:
        lines = [json.loads(line) for line in archive.read("ledger/P00001.jsonl").splitlines()]
    before = "0" * 64
    for seq, line in enumerate(lines, 1):
        content = json.dumps(
            line["payload"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        payload_hash = hashlib.sha256(f"{line['salt']}\n{content}".encode()).hexdigest()
        parts = [before, str(seq), line["at"], line["kind"], payload_hash]
        before = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        assert line["hash"] == before
    assert len(lines) == 23


async def test_the_same_moment_gives_the_same_archive(school, exported, tmp_path, data, later):
    async with school.read() as session:
        again = await export_class(session, 1, tmp_path / "again", later, data=data)
    assert again.archive.read_bytes() == exported.archive.read_bytes()
    assert again.seal == exported.seal


async def test_progress_counts_learners(school, tmp_path, later):
    seen = []
    async with school.read() as session:
        await export_class(
            session, 1, tmp_path, later, progress=lambda done, of: seen.append((done, of))
        )
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_voices_that_are_not_there_whole_are_named_and_left_out(
    school, tmp_path, data, later
):
    gone, changed, *_ = sorted(data.rglob("*.ogg"))
    gone.unlink()
    changed.write_bytes(b"another voice")
    async with school.read() as session:
        exported = await export_class(session, 1, tmp_path, later, data=data)
    assert set(exported.missing) == {gone.stem, changed.stem}
    assert verify(exported.archive) == []
    with zipfile.ZipFile(exported.archive) as archive:
        assert f"media/{gone.stem}.ogg" not in archive.namelist()
        assert gone.stem in archive.read("index.html").decode()


async def test_a_path_that_leads_out_of_the_data_folder_is_not_followed(
    school, tmp_path, data, later
):
    outside = tmp_path / "outside.ogg"
    outside.write_bytes(b"not ours")
    digest = hashlib.sha256(b"not ours").hexdigest()
    async with school.begin() as session:
        await session.execute(update(Media).values(path="../outside.ogg", sha256=digest))
    async with school.read() as session:
        exported = await export_class(session, 1, tmp_path / "out", later, data=data)
    assert exported.missing == (digest,)


async def test_a_class_that_is_not_there_leaves_nothing(school, tmp_path, later):
    async with school.read() as session:
        with pytest.raises(NoResultFound):
            await export_class(session, 7, tmp_path / "out", later)
    assert not (tmp_path / "out").exists()


async def test_an_export_that_breaks_off_leaves_no_archive(school, tmp_path, later):
    def stop(done, of):
        raise KeyboardInterrupt

    async with school.read() as session:
        with pytest.raises(KeyboardInterrupt):
            await export_class(session, 1, tmp_path, later, progress=stop)
    assert [path.name for path in tmp_path.glob("*.zip*")] == []


async def test_the_database_still_holds_what_the_archive_says(school, exported, later):
    async with school.begin() as session:
        await ledger.record(session, 1, "export.made", later, seal=exported.seal)
    async with school.read() as session:
        assert await compare(exported.archive, session) == []


async def test_a_ledger_written_anew_differs_from_the_database(
    school, tmp_path, later, exported, rewritten
):
    async with school.read() as session:
        forged = await export_class(session, 1, tmp_path / "forged", later)
    assert verify(forged.archive) == []
    rewritten(forged.archive)
    assert verify(forged.archive) == []
    async with school.read() as session:
        problems = await compare(forged.archive, session)
    assert [problem.where for problem in problems] == ["ledger/P00003.jsonl:1"]


async def test_problems_are_said_in_chinese_and_english(exported):
    exported.archive.write_bytes(exported.archive.read_bytes() + b"x")
    problem = verify(exported.archive)[0]
    assert str(problem).endswith("its seal is missing: it was packed anew or cut off")
    assert problem.say(MANDARIN).startswith("示例村_2_班.zip: ")


@pytest.fixture
def rewritten():
    """Give what a forger with our own programs could do: a whole chain, lists and seal anew."""
    from tests.bot.evidence.forgery import forge_chain  # noqa: PLC0415

    return forge_chain
