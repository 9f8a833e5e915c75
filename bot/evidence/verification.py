"""Checks an archive of evidence on any machine: nothing but the file is needed.

What it can say alone: whether a single byte differs from what was written. Who writes a whole new
archive, ledgers and all, is found by `compare`, which asks the database for the ledgers' hashes.
"""

import hashlib
import json
import lzma
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt
from sqlalchemy.ext.asyncio import AsyncSession

from bot.evidence.archive import FORMAT, MANIFEST, SUMS, Listed, chunks, seal_of, sums
from bot.evidence.chains import chain_problems
from bot.evidence.facts import digest_text
from bot.evidence.problems import Problem
from bot.language import N_
from db.queries import evidence as queries

LARGEST_LIST = 64 << 20  # a manifest over this many bytes is not one of ours
# What the standard library raises on an archive with a byte turned over.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,  # a flag that says "encrypted"
    ValueError,
)


class Strict(BaseModel):
    """What an archive says of itself, and nothing besides."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ListedFile(Strict):
    """A file, as the manifest lists it."""

    path: str
    size: NonNegativeInt
    sha256: str


class LearnerEntry(Strict):
    """A learner, as the manifest lists them."""

    number: str
    name: str
    dossier: str
    ledger: str
    entries: NonNegativeInt
    head: str


class WalkInEntry(Strict):
    """A walk-in who was found to be a learner, as the manifest lists their chain."""

    number: str
    of: str  # the learner's number
    ledger: str
    entries: NonNegativeInt
    head: str


class Manifest(Strict):
    """What an archive holds."""

    format: str
    class_: str = Field(alias="class")
    made_at: str
    learners: list[LearnerEntry]
    walk_ins: list[WalkInEntry] = []
    missing: list[str]
    files: list[ListedFile]


@dataclass(frozen=True)
class Opened:
    """An archive that could be opened, and what its files add up to."""

    archive: zipfile.ZipFile
    found: dict[str, Listed]


def verify(path: Path) -> list[Problem]:
    """Say what is wrong with an archive; an empty list means that no byte of it was changed."""
    try:
        named, true = seal_of(path)
    except OSError:
        return [Problem(path.name, N_("the file cannot be read"))]
    problems = list(_seal_problems(path, named, true))
    try:
        with zipfile.ZipFile(path) as archive:
            problems += _inside(archive)
    except UNREADABLE:
        problems.append(Problem(path.name, N_("it cannot be opened as an archive")))
    return problems


async def compare(path: Path, session: AsyncSession) -> list[Problem]:
    """Say which ledgers of a sound archive are not the beginning of those in the database."""
    with zipfile.ZipFile(path) as archive:
        manifest = _manifest(archive.read(MANIFEST))
    problems = []
    everybody: list[LearnerEntry | WalkInEntry] = [*manifest.learners, *manifest.walk_ins]
    for learner in everybody:
        if learner.entries == 0:
            continue
        if await queries.hash_at(session, learner.number, learner.entries) != learner.head:
            where = f"{learner.ledger}:{learner.entries}"
            problems.append(Problem(where, N_("the database has another line here")))
    return problems


def _seal_problems(path: Path, named: str | None, true: str) -> Iterator[Problem]:
    if named is None:
        yield Problem(path.name, N_("its seal is missing: it was packed anew or cut off"))
    elif named != true:
        yield Problem(path.name, N_("its seal is broken: a byte of the file was changed"))


def _inside(archive: zipfile.ZipFile) -> Iterator[Problem]:
    """Check file after file, so that what was changed is named."""
    names = [entry.filename for entry in archive.infolist()]
    for name in sorted(name for name, count in Counter(names).items() if count > 1):
        yield Problem(name, N_("the archive holds this file twice"))
    found: dict[str, Listed] = {}
    for entry in archive.infolist():
        listed = _listed(archive, entry)
        if listed is None:
            yield Problem(entry.filename, N_("its bytes are damaged"))
        else:
            found[entry.filename] = listed
    if MANIFEST not in found or found[MANIFEST].size > LARGEST_LIST:
        yield Problem(MANIFEST, N_("the list of files is missing"))
        return
    opened = Opened(archive, found)
    try:
        manifest = _manifest(archive.read(MANIFEST))
    except (ValueError, RecursionError):
        yield Problem(MANIFEST, N_("the list of files cannot be read"))
        return
    yield from _list_problems(opened, manifest, set(names))
    for learner in manifest.learners:
        yield from _learner_problems(opened, learner)
    for walk_in in manifest.walk_ins:
        yield from _chain_of(opened, walk_in)


def _listed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Listed | None:
    """Add up a file's bytes, None where they cannot be unpacked."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(entry) as file:
            for chunk in chunks(file):
                digest.update(chunk)
                size += len(chunk)
    except UNREADABLE:
        return None
    return Listed(entry.filename, size, digest.hexdigest())


def _manifest(content: bytes) -> Manifest:
    """Read the manifest; raises `ValueError` where it is none of ours."""
    manifest = Manifest.model_validate(json.loads(content))
    if manifest.format != FORMAT:
        raise ValueError(f"another format: {manifest.format}")
    return manifest


def _list_problems(opened: Opened, manifest: Manifest, names: set[str]) -> Iterator[Problem]:
    """Compare every file with both lists, and the second list with what it must be."""
    listed = {file.path: (file.size, file.sha256) for file in manifest.files}
    for name in sorted(names - listed.keys() - {MANIFEST, SUMS}):
        yield Problem(name, N_("the list of files does not know it"))
    for name in sorted(listed.keys() - names):
        yield Problem(name, N_("it is missing from the archive"))
    there = {name: (each.size, each.sha256) for name, each in opened.found.items()}
    changed = {name for name in listed.keys() & there.keys() if listed[name] != there[name]}
    if SUMS not in there or there[SUMS][0] > LARGEST_LIST:
        yield Problem(SUMS, N_("the list of digests is missing"))
    else:
        changed = _blamed(opened, changed)
    for name in sorted(changed):
        yield Problem(name, N_("it was changed"))


def _blamed(opened: Opened, changed: set[str]) -> set[str]:
    """Say which files were changed: each file is known to two lists, and they to each other."""
    files = [each for name, each in opened.found.items() if name != SUMS]
    written = opened.archive.read(SUMS)
    if written == sums(files):
        return changed
    second = {}
    for line in written.decode(errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        second[name] = digest
    differing = {file.path for file in files if second.get(file.path) != file.sha256}
    if MANIFEST in differing:
        # What only the first list says otherwise, it says wrongly. Where nothing but the two lists
        # disagree, nobody can tell which of them was changed.
        return differing if changed or len(differing) > 1 else {MANIFEST, SUMS}
    itself = {SUMS} if differing - changed or not differing else set()
    return changed | itself


def _chain_of(opened: Opened, person: LearnerEntry | WalkInEntry) -> Iterator[Problem]:
    """Check a person's chain."""
    if person.ledger in opened.found:
        with opened.archive.open(person.ledger) as lines:
            yield from chain_problems(person.ledger, lines, person.entries, person.head)
    else:
        yield Problem(person.ledger, N_("the ledger cannot be read"))


def _learner_problems(opened: Opened, learner: LearnerEntry) -> Iterator[Problem]:
    """Check a learner's chain, and that the dossier names its end."""
    yield from _chain_of(opened, learner)
    if learner.dossier in opened.found:
        mark = digest_text(learner.number, learner.head, learner.entries).encode()
        if not _holds(opened.archive, learner.dossier, mark):
            yield Problem(learner.dossier, N_("it was made from another ledger"))
    else:
        yield Problem(learner.dossier, N_("the dossier cannot be read"))


def _holds(archive: zipfile.ZipFile, name: str, mark: bytes) -> bool:
    """Look for some bytes in a file, wherever its pieces are cut."""
    before = b""
    with archive.open(name) as file:
        for chunk in chunks(file):
            if mark in before + chunk:
                return True
            before = chunk[-len(mark) :]
    return False
