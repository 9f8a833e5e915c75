"""A new key for what is sealed: papers and ID numbers, one step a transaction, taken up anywhere.

Wherever it is cut off, every row names the key that opens it or opens with one of the two; run
again it finds what is still under the old one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import document_store
from db.models import Base
from db.queries import documents, sealed
from db.sealing import Key
from db.session import Database

PAGE = 100
Moved = Callable[[int, int], None]


@dataclass(frozen=True)
class Rotated:
    """What became of a rotation."""

    documents: int
    numbers: int
    strange: int  # that neither key opens


async def rotate(database: Database, data: Path, old: Key, new: Key, moved: Moved) -> Rotated:
    """Seal everything anew; what is done already is left alone."""
    pages, strange = await _documents(database, data, old, new, moved)
    numbers = 0
    for model in sealed.models():
        done, unread = await _numbers(database, model, old, new)
        numbers, strange = numbers + done, strange + unread
    async with database.read() as session:
        wanted = await documents.paths(session)
    _sweep(data, old, wanted)
    return Rotated(pages, numbers, strange)


async def _documents(
    database: Database, data: Path, old: Key, new: Key, moved: Moved
) -> tuple[int, int]:
    """Seal the papers anew, one by one; return how many, and how many neither key opens."""
    done = strange = after = 0
    async with database.read() as session:
        total = await documents.count_otherwise(session, new.mark)
    while True:
        async with database.read() as session:
            page = await documents.sealed_otherwise(session, new.mark, after, PAGE)
        if not page:
            return done, strange
        for document in page:
            after = document.id
            try:
                content = document_store.read(data, old, document)
            except (InvalidTag, FileNotFoundError):
                strange += 1
                continue
            place = document_store.put(data, new, document.id, document.kind, content)
            async with database.begin_synced() as session:  # before the old copy goes
                row = await documents.locked(session, document.id)
                if row and row.path == document.path:
                    row.path, row.key_mark = place, new.mark
                    row.keyed, row.keyed_by = "", None  # a fingerprint that nobody makes any more
            document_store.drop(data, document.path)
            done += 1
            moved(done + strange, total)


async def _numbers(database: Database, model: type[Base], old: Key, new: Key) -> tuple[int, int]:
    """Seal the ID numbers of one table anew, a page a transaction."""
    done = strange = after = 0
    while True:
        async with database.begin() as session:
            page = await sealed.page(session, model, after, PAGE)
            if not page:
                return done, strange
            after = page[-1].id
            for row in page:
                match await _again(session, row, old, new):
                    case True:
                        done += 1
                    case None:
                        strange += 1


async def _again(session: AsyncSession, row: Any, old: Key, new: Key) -> bool | None:  # noqa: ANN401
    """Seal one number anew; False where it is done already, None where neither key opens it."""
    try:
        new.unseal(row.id_sealed)
    except InvalidTag:
        pass
    else:
        return False
    try:
        number = old.unseal(row.id_sealed)
    except InvalidTag:
        return None
    row.id_sealed = new.seal(number)
    if row.id_fingerprint:
        row.id_fingerprint = new.fingerprint(number)
    await session.flush()
    return True


def _sweep(data: Path, old: Key, wanted: set[str]) -> None:
    """Take away the old copies that a crash has left behind."""
    for path in (data / document_store.FOLDER).rglob(f"*-{old.mark}.{document_store.SEALED}"):
        if path.relative_to(data).as_posix() not in wanted:
            path.unlink(missing_ok=True)
