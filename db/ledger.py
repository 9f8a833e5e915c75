"""The ledger: per person a chain of lines that nobody can reword unseen (台账).

`hash = sha256(prev_hash ‖ seq ‖ at ‖ kind ‖ payload_hash)` with
`payload_hash = sha256(salt ‖ canonical JSON)`; `at` is ISO 8601 in UTC, parts are joined by a
newline, and the first line of a chain follows `GENESIS`. Whoever has the lines can check them with
nothing but SHA-256.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import LedgerEntry, LedgerHead, Mark
from db.prepared import Prepared

GENESIS = "0" * 64
MARK_MADE = "mark.made"

_LINES = cast("Table", LedgerEntry.__table__)
_HEADS = cast("Table", LedgerHead.__table__)
_HEAD = Prepared(
    select(_HEADS.c.seq, _HEADS.c.hash)
    .where(_HEADS.c.person_id == bindparam("person"))
    .with_for_update()
)
_ADD = Prepared(insert(_LINES).values({one: bindparam(one.key) for one in _LINES.c}))
_MOVED: dict[str, Any] = {"seq": bindparam("number"), "hash": bindparam("line")}
_MOVE = Prepared(update(_HEADS).where(_HEADS.c.person_id == bindparam("person")).values(_MOVED))
_BEGIN = Prepared(insert(_HEADS).values({"person_id": bindparam("person")} | _MOVED))


BEGINNING = 1  # kind of the advisory lock under which a chain begins


@dataclass(frozen=True)
class Fault:
    """A line that does not hold."""

    person_id: int
    seq: int
    what: str


def canonical(payload: dict[str, Any]) -> str:
    """Write a payload the one way in which it is hashed."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(*parts: str) -> str:
    """Hash parts joined by newlines."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp(at: datetime) -> str:
    """Write a moment the one way in which it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def chain(prev_hash: str, seq: int, at: datetime, kind: str, payload_hash: str) -> str:
    """Return the hash of a line that follows `prev_hash`."""
    return digest(prev_hash, str(seq), stamp(at), kind, payload_hash)


async def record(
    session: AsyncSession, person_id: int, kind: str, at: datetime, **payload: object
) -> None:
    """Add a line to a person's chain; its head stays locked until the transaction ends."""
    head = await _HEAD.row(session, {"person": person_id})
    if head is None and session.get_bind().dialect.name == "postgresql":
        # There is no head to lock yet, and two first lines at once would both be line 1.
        await session.execute(select(func.pg_advisory_xact_lock(BEGINNING, person_id % 2**31)))
        head = await _HEAD.row(session, {"person": person_id})
    seq, prev_hash = (head.seq + 1, head.hash) if head else (1, GENESIS)
    salt = secrets.token_hex(16)
    payload_hash = digest(salt, canonical(payload))
    line_hash = chain(prev_hash, seq, at, kind, payload_hash)
    line = {
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
    await _ADD.run(session, line)
    await (_MOVE if head else _BEGIN).run(
        session, {"person": person_id, "number": seq, "line": line_hash}
    )


def check_line(entry: LedgerEntry, seq: int, prev_hash: str) -> str | None:
    """Say what is wrong with a line that should follow `prev_hash` as number `seq`."""
    if entry.seq != seq:
        return f"line {seq} is missing"
    if entry.prev_hash != prev_hash:
        return "does not follow the line before it"
    if entry.payload is not None and (
        digest(entry.salt, canonical(entry.payload)) != entry.payload_hash
    ):
        return "its content was changed"
    if chain(prev_hash, seq, entry.at, entry.kind, entry.payload_hash) != entry.hash:
        return "its hash does not fit"
    return None


def check_chain(entries: Iterable[LedgerEntry], head: LedgerHead | None = None) -> list[Fault]:
    """Check one person's lines in order, and that they end where the head says."""
    faults: list[Fault] = []
    seq, prev_hash, person_id = 0, GENESIS, head.person_id if head else 0
    for entry in entries:
        seq, person_id = seq + 1, entry.person_id
        if what := check_line(entry, seq, prev_hash):
            faults.append(Fault(person_id, entry.seq, what))
        seq, prev_hash = entry.seq, entry.hash
    if head and (head.seq, head.hash) != (seq, prev_hash):
        faults.append(Fault(person_id, head.seq, "the chain does not end where its head says"))
    return faults


def check_marks(entries: Iterable[LedgerEntry], marks: Iterable[Mark]) -> Iterator[Fault]:
    """Check that a person's marks are those, and only those, that the ledger tells of."""
    told = {
        entry.payload["mark"]: entry
        for entry in entries
        if entry.kind == MARK_MADE and entry.payload and "mark" in entry.payload
    }
    for mark in marks:
        entry = told.pop(mark.id, None)
        if entry is None:
            yield Fault(mark.person_id, 0, f"mark {mark.id} has no line")
        elif entry.at != mark.at or told_of(mark) != entry.payload:
            yield Fault(mark.person_id, entry.seq, f"mark {mark.id} was changed")
    for entry in told.values():
        yield Fault(entry.person_id, entry.seq, "its mark is missing")


def told_of(mark: Mark) -> dict[str, Any]:
    """Return what the ledger tells of a mark."""
    payload: dict[str, Any] = {
        "mark": mark.id,
        "meeting": mark.meeting_id,
        "phase": mark.phase,
        "status": mark.status,
        "how": mark.how,
        "sure": mark.sure,
        "by": mark.made_by,
    }
    if mark.minutes_late:
        payload["late"] = mark.minutes_late
    if mark.feeling:
        payload["feeling"] = mark.feeling
    if mark.leave:
        payload["leave"] = mark.leave
    if mark.metres is not None:
        payload |= {"metres": mark.metres, "accuracy": mark.accuracy}
    return payload


async def verify(session: AsyncSession) -> AsyncIterator[Fault]:
    """Check every chain, and the marks that it tells of, one person at a time."""
    heads = {head.person_id: head for head in await session.scalars(select(LedgerHead))}
    written = await session.scalars(select(LedgerEntry.person_id).distinct())
    marked = await session.scalars(select(Mark.person_id).distinct())
    for person_id in sorted({*heads, *written, *marked}):
        lines = select(LedgerEntry).where(LedgerEntry.person_id == person_id)
        entries = (await session.scalars(lines.order_by(LedgerEntry.seq))).all()
        head = heads.get(person_id)
        for fault in check_chain(entries, head):
            yield fault
        if head is None and entries:
            yield Fault(person_id, 0, "the head of the chain is missing")
        marks = await session.scalars(select(Mark).where(Mark.person_id == person_id))
        for fault in check_marks(entries, marks):
            yield fault
        session.expunge_all()
