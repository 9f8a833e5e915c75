"""First lines of many chains at once: who came with a roster has no line yet."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.ledger import GENESIS, canonical, chain, digest
from db.models import LedgerEntry, LedgerHead

PAGE = 2_000
_LINES = cast("Table", LedgerEntry.__table__)
_HEADS = cast("Table", LedgerHead.__table__)
First = tuple[int, list[tuple[str, dict[str, Any]]]]  # a person, and kinds with payloads


async def begin(session: AsyncSession, firsts: Iterable[First], at: datetime) -> None:
    """Write the first lines of persons who were added in this very transaction."""
    lines: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    for person_id, said in firsts:
        made = list(_lines(person_id, said, at))
        lines += made
        heads.append({"person_id": person_id, "seq": len(made), "hash": made[-1]["hash"]})
    for start in range(0, len(lines), PAGE):
        await session.execute(insert(_LINES), lines[start : start + PAGE])
    for start in range(0, len(heads), PAGE):
        await session.execute(insert(_HEADS), heads[start : start + PAGE])


def _lines(
    person_id: int, said: Iterable[tuple[str, dict[str, Any]]], at: datetime
) -> Iterator[dict[str, Any]]:
    prev_hash = GENESIS
    for seq, (kind, payload) in enumerate(said, 1):
        salt = secrets.token_hex(16)
        payload_hash = digest(salt, canonical(payload))
        line_hash = chain(prev_hash, seq, at, kind, payload_hash)
        yield {
            "person_id": person_id,
            "seq": seq,
            "at": at,
            "kind": kind,
            "payload": payload,
            "salt": salt,
            "payload_hash": payload_hash,
            "prev_hash": prev_hash,
            "hash": line_hash,
        }
        prev_hash = line_hash
