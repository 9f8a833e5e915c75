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
PAGE = 500  # rows that are looked at together

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


class Walk:
    """Goes along one person's lines and says which does not hold; none of them is kept."""

    def __init__(self, person_id: int) -> None:
        self.person_id, self.seq, self.hash = person_id, 0, GENESIS

    def step(self, entry: LedgerEntry) -> Iterator[Fault]:
        """Take the next line."""
        if what := check_line(entry, self.seq + 1, self.hash):
            yield Fault(self.person_id, entry.seq, what)
        self.seq, self.hash = entry.seq, entry.hash

    def end(self, head: LedgerHead | None) -> Iterator[Fault]:
        """Check that the lines end where the head says."""
        if head is None:
            if self.seq:
                yield Fault(self.person_id, 0, "the head of the chain is missing")
        elif (head.seq, head.hash) != (self.seq, self.hash):
            what = "the chain does not end where its head says"
            yield Fault(self.person_id, head.seq, what)


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
    if mark.minutes is not None:
        payload["minutes"] = mark.minutes
    if mark.feeling:
        payload["feeling"] = mark.feeling
    if mark.leave:
        payload["leave"] = mark.leave
    if mark.metres is not None:
        payload |= {"metres": mark.metres, "accuracy": mark.accuracy}
    return payload


async def verify(session: AsyncSession) -> AsyncIterator[Fault]:
    """Check every chain, and the marks that it tells of: a page of one person's lines at a time."""
    async for person_id in _everybody(session):
        walk, marked = Walk(person_id), []
        async for entry in _lines_of(session, person_id):
            for fault in walk.step(entry):
                yield fault
            if entry.kind == MARK_MADE:
                marked.append(entry)
        for fault in walk.end(await session.get(LedgerHead, person_id)):
            yield fault
        marks = await session.scalars(select(Mark).where(Mark.person_id == person_id))
        for fault in check_marks(marked, marks):
            yield fault
        session.expunge_all()


async def _everybody(session: AsyncSession) -> AsyncIterator[int]:
    """Yield everybody of whom there is a head, a line or a mark, in order."""
    after: int | None = None
    while True:
        columns = (LedgerHead.person_id, LedgerEntry.person_id, Mark.person_id)
        page: set[int] = set()
        for column in columns:
            found = select(column).distinct().order_by(column).limit(PAGE)
            page |= set(
                await session.scalars(found if after is None else found.where(column > after))
            )
        some = sorted(page)[:PAGE]  # of each list the smallest are there, so of all of them too
        for person_id in some:
            yield person_id
        if len(some) < PAGE:
            return
        after = some[-1]


async def _lines_of(session: AsyncSession, person_id: int) -> AsyncIterator[LedgerEntry]:
    """Yield one person's lines in order."""
    found = select(LedgerEntry).where(LedgerEntry.person_id == person_id)
    found = found.order_by(LedgerEntry.seq).limit(PAGE)
    after: int | None = None
    while True:
        page = found if after is None else found.where(LedgerEntry.seq > after)
        entries = (await session.scalars(page)).all()
        for entry in entries:
            session.expunge(entry)
            yield entry
        if len(entries) < PAGE:
            return
        after = entries[-1].seq
