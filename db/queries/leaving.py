"""The outbox as the sender sees it: what may leave, what is in its hand, what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Message, OutboxState
from db.prepared import fetch
from db.types import UTCDateTime

TABLE = cast("Table", Message.__table__)
COLUMNS = TABLE.c
PAGE = 64


@dataclass(frozen=True, slots=True)
class Due:
    """A row that may leave now, as far as the database knows."""

    id: int
    chat_id: int
    priority: int
    method: str
    expires_at: datetime | None
    target_id: int | None
    target_state: OutboxState | None
    target_message_id: int | None


@dataclass(slots=True)
class Leaving:
    """A row in the sender's hand."""

    id: int
    key: str | None
    chat_id: int
    method: str
    payload: dict[str, Any]
    priority: int
    person_id: int | None
    purpose: str
    created_at: datetime
    not_before: datetime
    attempts: int
    target_message_id: int | None = None


_TARGET = TABLE.alias("target")
_DUE = (
    select(
        COLUMNS.id,
        COLUMNS.chat_id,
        COLUMNS.priority,
        COLUMNS.method,
        COLUMNS.expires_at,
        COLUMNS.target_id,
        _TARGET.c.state,
        _TARGET.c.message_id,
    )
    .select_from(TABLE.outerjoin(_TARGET, _TARGET.c.id == COLUMNS.target_id))
    .where(COLUMNS.state == OutboxState.WAITING, COLUMNS.not_before <= bindparam("now"))
)
_PAGE = (
    _DUE.order_by(COLUMNS.priority, COLUMNS.id)
    .limit(PAGE)
    .with_for_update(of=TABLE, skip_locked=True)
)
_OTHERS = (
    _DUE.where(COLUMNS.chat_id.not_in(bindparam("busy", expanding=True)))
    .order_by(COLUMNS.priority, COLUMNS.id)
    .limit(PAGE)
    .with_for_update(of=TABLE, skip_locked=True)
)
_BEFORE = (
    _DUE.where(COLUMNS.chat_id.in_(bindparam("chats", expanding=True)))
    .order_by(COLUMNS.id)
    .limit(PAGE)
    .with_for_update(of=TABLE, skip_locked=True)
)
_HAND = (
    COLUMNS.id,
    COLUMNS.key,
    COLUMNS.chat_id,
    COLUMNS.method,
    COLUMNS.payload,
    COLUMNS.priority,
    COLUMNS.person_id,
    COLUMNS.purpose,
    COLUMNS.created_at,
    COLUMNS.not_before,
    COLUMNS.attempts,
)
_CLAIM = (
    update(TABLE)
    .where(COLUMNS.id.in_(bindparam("ids", expanding=True)), COLUMNS.state == OutboxState.WAITING)
    .values(state=OutboxState.SENDING)
    .returning(*_HAND)
)
_OPEN = (
    select(*_HAND)
    .where(COLUMNS.state.in_((OutboxState.SENDING, OutboxState.UNCERTAIN)))
    .order_by(COLUMNS.id)
)
_NEXT = select(func.min(COLUMNS.not_before)).where(
    COLUMNS.state == OutboxState.WAITING, COLUMNS.not_before > bindparam("now")
)
_SETTLE = (
    update(TABLE)
    .where(COLUMNS.id == bindparam("row_id"))
    .values(
        state=bindparam("to", type_=COLUMNS.state.type),
        message_id=bindparam("number"),
        error=bindparam("reason"),
        attempts=COLUMNS.attempts + bindparam("more"),
        sent_at=bindparam("moment", type_=UTCDateTime()),
    )
)
_LATEST = (
    select(COLUMNS.chat_id, COLUMNS.message_id, COLUMNS.sent_at)
    .where(COLUMNS.message_id.is_not(null()))
    .order_by(COLUMNS.id.desc())
    .limit(bindparam("size"))
)


async def due(session: AsyncSession, now: datetime, busy: Iterable[int]) -> tuple[list[Due], bool]:
    """Return a page of what may leave, and whether there is more; replies first, then by age."""
    left_out = list(busy)
    statement, wanted = (
        (_OTHERS, {"now": now, "busy": left_out}) if left_out else (_PAGE, {"now": now})
    )
    page = [Due(*row) for row in await fetch(session, statement, wanted)]
    return page, len(page) == PAGE


async def due_in(session: AsyncSession, now: datetime, chats: Iterable[int]) -> list[Due]:
    """Return what may leave for some chats, oldest first."""
    wanted = {"now": now, "chats": list(chats)}
    return [Due(*row) for row in await fetch(session, _BEFORE, wanted)]


async def claim(session: AsyncSession, rows: Iterable[Due]) -> list[Leaving]:
    """Take rows in hand."""
    targets = {row.id: row.target_message_id for row in rows}
    taken = [Leaving(*row) for row in await fetch(session, _CLAIM, {"ids": list(targets)})]
    for row in taken:
        row.target_message_id = targets[row.id]
    return taken


async def settle(session: AsyncSession, results: Sequence[Mapping[str, Any]]) -> None:
    """Write down what became of rows: row_id, to, number, reason, more (attempts), moment."""
    await session.execute(_SETTLE, list(results))


async def abandoned(session: AsyncSession) -> list[Leaving]:
    """Return the rows whose fate is not known: a sender had them in hand when it ended."""
    return [Leaving(*row) for row in await fetch(session, _OPEN)]


async def next_moment(session: AsyncSession, now: datetime) -> datetime | None:
    """Return when the next row that may not leave yet may leave."""
    found: datetime | None = await session.scalar(_NEXT, {"now": now})
    return found


async def is_due(session: AsyncSession, now: datetime) -> bool:
    """Say whether anything could leave now, were there no pace."""
    return bool(await fetch(session, _DUE.limit(1), {"now": now}))


async def latest(session: AsyncSession, limit: int) -> list[tuple[int, int, datetime | None]]:
    """Return chat, message number and moment of what was sent lately."""
    return [
        (row.chat_id, row.message_id, row.sent_at)
        for row in await fetch(session, _LATEST, {"size": limit})
    ]


async def latest_in(session: AsyncSession, chat_id: int) -> int:
    """Return the highest message number that we have in a chat; 0 where there is none."""
    highest = select(func.max(COLUMNS.message_id)).where(COLUMNS.chat_id == chat_id)
    return await session.scalar(highest) or 0
