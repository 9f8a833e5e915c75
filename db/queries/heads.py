"""The ends of the ledger's chains, page by page."""

from collections.abc import AsyncIterator, Collection
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import LedgerEntry, LedgerHead, Message
from db.prepared import Prepared, fetch

PAGE = 1000
_HEADS = cast("Table", LedgerHead.__table__).c
_LINES = cast("Table", LedgerEntry.__table__).c
_MESSAGES = cast("Table", Message.__table__).c
_PAGE = Prepared(
    select(_HEADS.person_id, _HEADS.seq, _HEADS.hash)
    .where(_HEADS.person_id > bindparam("after"))
    .order_by(_HEADS.person_id)
    .limit(PAGE)
)


async def all_(session: AsyncSession) -> AsyncIterator[tuple[int, int, str]]:
    """Yield person, number of the last line and its hash, by person."""
    page: Any = await _PAGE.rows(session, {"after": -1})
    while page:
        for person_id, seq, line_hash in page:
            yield person_id, seq, line_hash
        page = await _PAGE.rows(session, {"after": page[-1][0]}) if len(page) == PAGE else ()


async def hashes(
    session: AsyncSession, lines: Collection[tuple[int, int]]
) -> dict[tuple[int, int], str]:
    """Return the hashes of single lines, by person and number."""
    found = select(_LINES.person_id, _LINES.seq, _LINES.hash).where(
        tuple_(_LINES.person_id, _LINES.seq).in_(list(lines))
    )
    return {(row[0], row[1]): row[2] for row in await fetch(session, found)}


async def told(session: AsyncSession, purpose: str) -> set[str]:
    """Return the keys of the messages of one purpose."""
    found = select(_MESSAGES.key).where(_MESSAGES.purpose == purpose, _MESSAGES.key.is_not(None))
    return {row[0] for row in await fetch(session, found)}
