import json
import random
import zipfile

import pytest

from bot.evidence.archive import FORMAT, MANIFEST, SUMS, Packer
from bot.evidence.facts import digest_text
from bot.evidence.verification import verify
from db import ledger
from tests.bot.evidence.forgery import AT, pack, pack_sealed, unpack

HEAD = "e" * 64


@pytest.fixture
def tiny(tmp_path):
    """An archive of a learner whose chain has three lines, small enough to try every byte."""
    lines, before = [], ledger.GENESIS
    for seq in (1, 2, 3):
        salt, payload = f"{seq:032}", {"meeting": seq, "share": 0.1, "who": "杨"}
        content = ledger.digest(salt, ledger.canonical(payload))
        line = {"seq": seq, "at": ledger.stamp(AT), "kind": "mark.made", "payload": payload}
        line |= {"salt": salt, "payload_hash": content, "prev_hash": before}
        before = ledger.chain(before, seq, AT, "mark.made", content)
        lines.append(ledger.canonical(line | {"hash": before}) + "\n")
    path = tmp_path / "tiny.zip"
    packer = Packer(path, AT)
    packer.add("dossiers/P1.pdf", b"%PDF " + digest_text("P1", before, 3).encode())
    packer.add("ledger/P1.jsonl", "".join(lines).encode())
    packer.add("media/00.ogg", b"OggS")
    learner = {"number": "P1", "name": "杨", "entries": 3, "head": before}
    learner |= {"dossier": "dossiers/P1.pdf", "ledger": "ledger/P1.jsonl"}
    packer.finish(
        {"format": FORMAT, "class": "1", "made_at": "", "missing": [], "learners": [learner]}
    )
    return path


def places(path):
    return {problem.where for problem in verify(path)}


def test_the_tiny_archive_is_sound(tiny):
    assert verify(tiny) == []


def test_any_byte_turned_over_anywhere_in_the_file_is_found(tiny):
    sound, chance = tiny.read_bytes(), random.Random(2)
    unseen = []
    for at in range(len(sound)):
        changed = bytearray(sound)
        changed[at] ^= 1 << chance.randrange(8)
        tiny.write_bytes(changed)
        if not verify(tiny):
            unseen.append(at)
    assert unseen == []


@pytest.mark.parametrize("value", [0x00, 0xFF])
def test_bytes_overwritten_in_the_directory_or_headers_never_break_the_check(tiny, value):
    sound = tiny.read_bytes()
    for at in [*range(100), *range(sound.index(b"PK\x01\x02"), len(sound))]:
        tiny.write_bytes(sound[:at] + bytes([value]) + sound[at + 1 :])
        assert bool(verify(tiny)) is (sound[at] != value)


def test_an_archive_cut_off_anywhere_is_found(tiny):
    sound = tiny.read_bytes()
    for length in range(0, len(sound), 7):
        tiny.write_bytes(sound[:length])
        assert verify(tiny)


def test_noise_is_not_an_archive(tmp_path):
    path = tmp_path / "noise.zip"
    for size in (0, 1, 100, 5000):
        path.write_bytes(random.Random(size).randbytes(size))
        assert verify(path)
    assert verify(tmp_path / "missing.zip")
    assert verify(tmp_path)


async def test_random_bytes_of_a_whole_class_are_found(exported):
    sound, chance = exported.archive.read_bytes(), random.Random(1)
    for _ in range(40):
        changed = bytearray(sound)
        changed[chance.randrange(len(sound))] ^= 1 << chance.randrange(8)
        exported.archive.write_bytes(changed)
        assert verify(exported.archive)


async def test_any_file_with_a_changed_byte_is_named_though_packed_anew(exported):
    sound, chance = unpack(exported.archive), random.Random(3)
    for name in sound:
        if not sound[name]:
            continue
        at = chance.randrange(len(sound[name]))
        changed = sound[name][:at] + bytes([sound[name][at] ^ 1]) + sound[name][at + 1 :]
        pack(exported.archive, sound | {name: changed})
        found = places(exported.archive)
        assert exported.archive.name in found, name
        named = {place.partition(":")[0] for place in found} - {exported.archive.name}
        assert named == {name} if name not in {MANIFEST, SUMS} else name in named


def test_files_packed_anew_without_a_change_are_told_from_changed_ones(tiny):
    pack(tiny, unpack(tiny))
    assert places(tiny) == {"tiny.zip"}


def test_a_file_removed_added_or_renamed_is_named(tiny):
    files = unpack(tiny)
    pack(tiny, {name: files[name] for name in files if name != "media/00.ogg"})
    assert "media/00.ogg" in places(tiny)
    pack(tiny, files | {"extra.txt": b"x"})
    assert "extra.txt" in places(tiny)
    pack(tiny, {name.replace("00", "01"): files[name] for name in files})
    assert {"media/00.ogg", "media/01.ogg"} <= places(tiny)
    for name in (MANIFEST, SUMS, "ledger/P1.jsonl", "dossiers/P1.pdf"):
        pack(tiny, {each: files[each] for each in files if each != name})
        assert name in places(tiny)


def test_a_file_packed_twice_is_named(tiny):
    files = unpack(tiny)
    pack(tiny, files)
    with zipfile.ZipFile(tiny, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("media/00.ogg", files["media/00.ogg"])
    assert "media/00.ogg" in places(tiny)


def rewrite(files, change):
    """Change the lines of the ledger."""
    lines = files["ledger/P1.jsonl"].splitlines(keepends=True)
    return files | {"ledger/P1.jsonl": b"".join(change(lines))}


def second(lines, old, new):
    """Change the second line."""
    return [lines[0], lines[1].replace(old, new), lines[2]]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda lines: [lines[0], lines[2]], "ledger/P1.jsonl:2"),
        (lambda lines: [lines[0], lines[2], lines[1]], "ledger/P1.jsonl:2"),
        (lambda lines: lines[:2], "ledger/P1.jsonl"),
        (lambda lines: [], "ledger/P1.jsonl"),
        (lambda lines: [*lines, lines[2]], "ledger/P1.jsonl:4"),
        (lambda lines: second(lines, b'"who":"', b'"who":"x'), "ledger/P1.jsonl:2"),
        (lambda lines: second(lines, b"0.1", b"0.2"), "ledger/P1.jsonl:2"),
        (lambda lines: second(lines, b":2,", b": 2,"), "ledger/P1.jsonl:2"),
        (lambda lines: [lines[0], b"[" * 200_000 + b"\n", lines[2]], "ledger/P1.jsonl:2"),
        (lambda lines: [lines[0], b"null\n", lines[2]], "ledger/P1.jsonl:2"),
    ],
    ids=["removed", "exchanged", "end", "all", "twice", "word", "number", "space", "deep", "null"],
)
def test_a_changed_ledger_is_found_though_every_list_and_the_seal_were_made_anew(
    tiny, change, place
):
    pack_sealed(tiny, rewrite(unpack(tiny), change))
    found = places(tiny)
    assert place in found
    assert tiny.name not in found


def test_any_byte_of_a_ledger_is_found_though_lists_and_seal_were_made_anew(tiny):
    files = unpack(tiny)
    sound = files["ledger/P1.jsonl"]
    first = len(sound.splitlines(keepends=True)[0])
    for at in range(len(sound)):
        changed = sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :]
        pack_sealed(tiny, files | {"ledger/P1.jsonl": changed})
        found = places(tiny)
        assert any(place.startswith("ledger/P1.jsonl") for place in found)
        if at < first - 1:
            assert "ledger/P1.jsonl:1" in found


def test_another_learners_dossier_is_found_though_lists_and_seal_were_made_anew(tiny):
    files = unpack(tiny)
    files["dossiers/P1.pdf"] = b"%PDF " + digest_text("P2", HEAD, 3).encode()
    pack_sealed(tiny, files)
    assert places(tiny) == {"dossiers/P1.pdf"}


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b'{"class": 1}', b"\xff", b"[" * 200_000, b'{"format": "other"}'],
)
def test_a_list_of_files_that_makes_no_sense_is_named(tiny, content):
    pack(tiny, unpack(tiny) | {MANIFEST: content})
    assert MANIFEST in places(tiny)


def test_a_list_of_another_format_is_refused(tiny):
    files = unpack(tiny)
    manifest = json.loads(files[MANIFEST]) | {"format": "another"}
    pack_sealed(tiny, files | {MANIFEST: json.dumps(manifest).encode()})
    assert places(tiny) == {MANIFEST}


def test_a_bomb_is_read_in_small_pieces(tiny):
    files = unpack(tiny)
    pack(tiny, files | {"media/00.ogg": bytes(50_000_000)})
    assert "media/00.ogg" in places(tiny)
