"""Papers of a class out of the safe, for the office: by learner number, recorded line by line."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.documents.kinds import kind_of, required
from bot.services import document_store
from bot.services.permitting import holds
from bot.services.refusing import Refusal
from db import ledger
from db.models import Document, DocumentState, Person, Role, StudyClass
from db.queries import documents, people
from db.sealing import Key

OWNER_ONLY = 0o600
OWNER_FOLDER = 0o700


@dataclass(frozen=True)
class Listed:
    """One page of one learner's papers, and where it stands."""

    number: str
    item: str
    kind: str
    page: int
    state: str  # a document's, or "missing"


async def listing(session: AsyncSession, study_class: StudyClass, now: datetime) -> list[Listed]:
    """List what is there of a class, and what is missing."""
    learners = await documents.of_class(session, study_class.id, now)
    kept = await documents.kept_of(session, [one.id for one in learners])
    found = []
    for person in learners:
        own = [one for one in kept if one.person_id == person.id]
        there = {(one.kind, one.page) for one in own}
        found += [_listed(person, one.kind, one.page, one.state) for one in own]
        found += [
            _listed(person, kind.key, page, "missing")
            for kind, page in required()
            if (kind.key, page) not in there
        ]
    return found


def _listed(person: Person, key: str, page: int, state: str) -> Listed:
    kind = kind_of(key)
    return Listed(person.number, kind.item if kind else "", key, page, state)


async def exporter(
    session: AsyncSession, number: str, study_class: StudyClass, now: datetime
) -> Person:
    """Find who exports: the head of the class, the county's school, or an administrator."""
    person = await documents.numbered(session, number)
    held = await people.memberships(session, person.id, now) if person else ()
    above = any(
        one.role in (Role.SCHOOL, Role.ADMINISTRATOR) and one.study_class_id is None for one in held
    )
    near = person is not None and person.county_id == study_class.county_id
    if person and near and (above or holds(held, Role.CLASS_HEAD, study_class.id)):
        return person
    raise Refusal(
        f"{number} 不能导出“{study_class.name}”的证件：要班主任、学校或管理员。",
        f"{number} may not export the papers of “{study_class.name}”: "
        "its head, the school or an administrator may.",
        "role",
    )


async def record(
    session: AsyncSession, study_class: StudyClass, by: Person, now: datetime
) -> list[tuple[Person, list[Document]]]:
    """Write the export into each learner's ledger; return what is to be written where."""
    learners = await documents.of_class(session, study_class.id, now)
    kept = await documents.kept_of(session, [one.id for one in learners])
    approved = [one for one in kept if one.state is DocumentState.APPROVED]
    found = []
    for person in learners:
        own = [one for one in approved if one.person_id == person.id]
        if own:
            about = {"documents": [one.id for one in own], "by": by.id}
            await ledger.record(session, person.id, "document.exported", now, **about)
            found.append((person, own))
    return found


def write(
    data: Path, key: Key, out: Path, found: Sequence[tuple[Person, list[Document]]]
) -> list[Path]:
    """Write the pictures, a folder a learner, named by number and item; their owner's only."""
    written = []
    for person, own in found:
        folder = out / person.number
        folder.mkdir(parents=True, exist_ok=True, mode=OWNER_FOLDER)
        for document in own:
            path = folder / _file_name(document)
            content = document_store.read(data, key, document)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            written.append(path)
    return written


def _file_name(document: Document) -> str:
    kind = kind_of(document.kind)
    page = f"-{document.page}" if kind and kind.pages else ""
    return f"{kind.item if kind else 'P'}-{document.kind}{page}.jpg"
