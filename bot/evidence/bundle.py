"""Writes the evidence of a class: dossiers, sign-in sheets, ledgers, and one sealed archive."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.evidence.archive import FORMAT, Packer, chunks
from bot.evidence.attendance import ClassFacts
from bot.evidence.dossier import Press
from bot.evidence.facts import chain_end, dossier_facts, without
from bot.evidence.index import index_page
from bot.evidence.sheets import signin_book
from bot.evidence.titles import own_titles, taught_titles
from bot.evidence.words import file_safe
from bot.services.hours_of_class import LearnerHours, class_hours
from db import ledger
from db.models import LedgerEntry, Media, MediaState, Role
from db.queries import evidence as queries
from db.queries.evidence import Kept, WalkIn

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ClassExport:
    """What an export wrote."""

    archive: Path
    signin: Path
    dossiers: tuple[Path, ...]
    seal: str
    missing: tuple[str, ...]


@dataclass
class _Work:
    """An export under way."""

    about: ClassFacts
    press: Press
    packer: Packer
    out: Path
    data: Path | None
    names: dict[int, str]
    rows: list[LearnerHours] = field(default_factory=list)
    learners: list[dict[str, Any]] = field(default_factory=list)
    walk_ins: list[dict[str, Any]] = field(default_factory=list)
    dossiers: list[Path] = field(default_factory=list)
    packed: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


async def export_class(
    session: AsyncSession,
    class_id: int,
    out: Path,
    now: datetime,
    *,
    data: Path | None = None,
    titles: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> ClassExport:
    """Write a class's evidence; `data` is where voices are kept, `titles` name lessons by key."""
    study_class = await queries.study_class(session, class_id)
    of_class = await class_hours(session, study_class, now)
    meetings = of_class.meetings
    learners = [one for one in of_class.learners if one.membership]
    own = await own_titles(session, class_id)
    names = await queries.names_of(session, {meeting.teacher_id for meeting in meetings})
    about = ClassFacts(
        study_class=study_class,
        head="、".join(await queries.staff_names(session, class_id, Role.CLASS_HEAD, now)),
        meetings=meetings,
        names=names,
        titles={
            **taught_titles(),
            **(titles or {}),
            **{meeting.lesson: meeting.title for meeting in meetings if meeting.lesson},
            **own,
        },
        now=now,
    )
    label = file_safe(study_class.name, f"class-{class_id}")
    (out / "dossiers").mkdir(parents=True, exist_ok=True)
    packer = Packer(out / f"{label}.zip", now)
    try:
        work = _Work(about, Press(), packer, out, data, names)
        for done, learner in enumerate(learners, 1):
            await _learner(session, work, learner)
            if progress is not None:
                progress(done, len(learners))
        return _finish(work, label)
    except BaseException:
        packer.abandon()
        raise


async def _learner(session: AsyncSession, work: _Work, learner: LearnerHours) -> None:
    """Write one learner's dossier, ledger and voices."""
    kept = await queries.kept(session, learner.person.id, work.about.study_class.id)
    strangers = _people(kept) - work.names.keys()
    if strangers:
        work.names.update(await queries.names_of(session, strangers))
    kept = without(kept, _pack_media(work, kept))
    facts = dossier_facts(work.about, learner, kept)
    pdf = await asyncio.to_thread(work.press.dossier, facts, work.about.now)
    name = file_safe(learner.person.number, f"person-{learner.person.id}")
    path = work.out / "dossiers" / f"{name}.pdf"
    path.write_bytes(pdf)
    work.packer.add(f"dossiers/{name}.pdf", pdf)
    work.packer.add(f"ledger/{name}.jsonl", ledger_lines(kept.lines))
    for walk_in in kept.walk_ins:
        _walk_in(work, walk_in, learner.person.number)
    seq, head = chain_end(kept)
    work.learners.append(
        {
            "number": learner.person.number,
            "name": learner.person.name,
            "dossier": f"dossiers/{name}.pdf",
            "ledger": f"ledger/{name}.jsonl",
            "entries": seq,
            "head": head,
        }
    )
    work.dossiers.append(path)
    work.rows.append(learner)


def _walk_in(work: _Work, walk_in: WalkIn, number: str) -> None:
    """Pack the chain of a walk-in who was found to be a learner; their marks rest on it."""
    path = f"ledger/{file_safe(walk_in.number, f'person-{walk_in.person_id}')}.jsonl"
    work.packer.add(path, ledger_lines(walk_in.lines))
    work.walk_ins.append(
        {
            "number": walk_in.number,
            "of": number,
            "ledger": path,
            "entries": walk_in.entries,
            "head": walk_in.head,
        }
    )


def _people(kept: Kept) -> set[int]:
    """Gather whom a person's rows name."""
    named = [
        *(mark.made_by for mark in kept.marks),
        *(answer.reviewed_by for answer in kept.answers),
        *(question.answered_by for question in kept.questions),
        *(consent.witness_id for consent in kept.consents),
    ]
    return {person_id for person_id in named if person_id is not None}


def _pack_media(work: _Work, kept: Kept) -> set[str]:
    """Pack a person's files, each once; return the digests of those that are not there whole."""
    lost: set[str] = set()
    for file in kept.media.values():
        if file.state is not MediaState.STORED or file.sha256 in work.packed:
            continue
        source = _whole(work.data, file)
        if source is None:
            lost.add(file.sha256)
            work.missing.add(file.sha256)
            continue
        work.packed.add(file.sha256)
        work.packer.add_file(f"media/{file.sha256}{source.suffix}", source)
    return lost


def _whole(data: Path | None, file: Media) -> Path | None:
    """Find a stored file, if its bytes are what they were."""
    if data is None or not file.path:
        return None
    source = data / file.path
    if not source.resolve().is_relative_to(data.resolve()) or not source.is_file():
        return None
    digest = hashlib.sha256()
    with source.open("rb") as content:
        for chunk in chunks(content):
            digest.update(chunk)
    return source if digest.hexdigest() == file.sha256 else None


def ledger_line(line: LedgerEntry) -> str:
    """Write a ledger line so that it can be checked with SHA-256 alone."""
    return ledger.canonical(
        {
            "seq": line.seq,
            "at": ledger.stamp(line.at),
            "kind": line.kind,
            "payload": line.payload,
            "salt": line.salt,
            "payload_hash": line.payload_hash,
            "prev_hash": line.prev_hash,
            "hash": line.hash,
        }
    )


def ledger_lines(lines: Sequence[LedgerEntry]) -> bytes:
    """Write a person's whole chain, a line each."""
    return "".join(f"{ledger_line(line)}\n" for line in lines).encode()


def _finish(work: _Work, label: str) -> ClassExport:
    signin = work.out / f"{label}-signin.xlsx"
    signin.write_bytes(signin_book(work.about, work.rows))
    work.packer.add_file(signin.name, signin)
    missing = tuple(sorted(work.missing))
    work.packer.add(
        "index.html", index_page(work.about, work.learners, work.missing, signin.name).encode()
    )
    seal = work.packer.finish(
        {
            "format": FORMAT,
            "class": work.about.study_class.name,
            "made_at": ledger.stamp(work.about.now),
            "learners": work.learners,
            **({"walk_ins": work.walk_ins} if work.walk_ins else {}),
            "missing": missing,
        }
    )
    return ClassExport(
        archive=work.out / f"{label}.zip",
        signin=signin,
        dossiers=tuple(work.dossiers),
        seal=seal,
        missing=missing,
    )
