"""Messages waiting to leave, and what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Message, OutboxState, Upload
from db.types import UTCDateTime

TABLE = cast("Table", Message.__table__)
COLUMNS = TABLE.c
PAGE = 256

# Between the edits of one live card: the first at once, the next after 3 s, then 5 s apart.
GAPS = (timedelta(seconds=3), timedelta(seconds=5))


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


@dataclass(frozen=True, slots=True)
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
    message_id: int | None = None  # of the target, where there is one


def put(session: AsyncSession, message: Message) -> Message:
    """Queue a message; it leaves only if this transaction commits."""
    session.add(message)
    return message


async def waiting_edit(session: AsyncSession, target_id: int, purpose: str) -> int | None:
    """Return the edit of a message that has not left yet; it stays locked."""
    found: int | None = await session.scalar(
        select(COLUMNS.id)
        .where(
            COLUMNS.target_id == target_id,
            COLUMNS.purpose == purpose,
            COLUMNS.state == OutboxState.WAITING,
        )
        .order_by(COLUMNS.id.desc())
        .limit(1)
        .with_for_update()
    )
    return found


async def supersede(
    session: AsyncSession,
    target: Message,
    purpose: str,
    method: str,
    payload: dict[str, Any],
    now: datetime,
    gaps: tuple[timedelta, timedelta] = GAPS,
) -> None:
    """Edit a message for the last time so far: an edit that still waits says this instead."""
    await session.flush()
    waiting = await waiting_edit(session, target.id, purpose)
    if waiting is not None:
        row = update(TABLE).where(COLUMNS.id == waiting)
        await session.execute(row.values(method=method, payload=payload))
        return
    earlier = select(COLUMNS.not_before, COLUMNS.sent_at).where(
        COLUMNS.target_id == target.id, COLUMNS.purpose == purpose
    )
    latest = (await session.execute(earlier.order_by(COLUMNS.id.desc()).limit(2))).all()
    not_before = now
    if latest:
        gap = gaps[0] if len(latest) == 1 else gaps[1]
        not_before = max(now, (latest[0].sent_at or latest[0].not_before) + gap)
    put(
        session,
        Message(
            chat_id=target.chat_id,
            method=method,
            payload=payload,
            priority=target.priority,
            target_id=target.id,
            study_class_id=target.study_class_id,
            purpose=purpose,
            created_at=now,
            not_before=not_before,
        ),
    )


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
_OPEN = select(*_HAND, COLUMNS.state).where(
    COLUMNS.state.in_((OutboxState.SENDING, OutboxState.UNCERTAIN))
)
_NEXT = select(func.min(COLUMNS.not_before)).where(COLUMNS.state == OutboxState.WAITING)
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
    page = [Due(*row) for row in await session.execute(statement, wanted)]
    return page, len(page) == PAGE


async def due_in(session: AsyncSession, now: datetime, chats: Iterable[int]) -> list[Due]:
    """Return what may leave for some chats, oldest first."""
    wanted = {"now": now, "chats": list(chats)}
    return [Due(*row) for row in await session.execute(_BEFORE, wanted)]


async def claim(session: AsyncSession, ids: Sequence[int]) -> list[Leaving]:
    """Take rows in hand."""
    return [Leaving(*row) for row in await session.execute(_CLAIM, {"ids": ids})]


async def settle(session: AsyncSession, results: Sequence[Mapping[str, Any]]) -> None:
    """Write down what became of rows: row_id, to, number, reason, more (attempts), moment."""
    await session.execute(_SETTLE, list(results))


async def skip(
    session: AsyncSession, ids: Iterable[int], reason: str
) -> list[tuple[int, str | None, int | None, str]]:
    """Let waiting rows never leave; return number, key, person and purpose of each."""
    statement = (
        update(TABLE)
        .where(COLUMNS.id.in_(list(ids)), COLUMNS.state == OutboxState.WAITING)
        .values(state=OutboxState.SKIPPED, error=reason)
        .returning(COLUMNS.id, COLUMNS.key, COLUMNS.person_id, COLUMNS.purpose)
    )
    return [tuple(row) for row in await session.execute(statement)]


async def waiting_in(session: AsyncSession, chat_id: int) -> list[int]:
    """Return what waits for a chat, now or later."""
    return list(
        await session.scalars(
            select(COLUMNS.id).where(
                COLUMNS.chat_id == chat_id, COLUMNS.state == OutboxState.WAITING
            )
        )
    )


async def readdress(session: AsyncSession, old: int, new: int) -> None:
    """Let what has not left for a chat follow it to its new number."""
    statement = update(TABLE).where(
        COLUMNS.chat_id == old,
        COLUMNS.state.in_((OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNCERTAIN)),
    )
    await session.execute(statement.values(chat_id=new))


async def abandoned(session: AsyncSession) -> list[tuple[Leaving, OutboxState]]:
    """Return the rows whose fate is not known: a sender had them in hand when it ended."""
    rows = await session.execute(_OPEN.order_by(COLUMNS.id))
    return [(Leaving(*row[:-1]), row[-1]) for row in rows]


async def next_moment(session: AsyncSession) -> datetime | None:
    """Return when the next waiting row may leave."""
    found: datetime | None = await session.scalar(_NEXT)
    return found


async def message_id_of(session: AsyncSession, row_id: int) -> int | None:
    """Return the number under which a row stands in its chat."""
    found: int | None = await session.scalar(select(COLUMNS.message_id).where(COLUMNS.id == row_id))
    return found


async def latest(session: AsyncSession, limit: int) -> list[tuple[int, int, datetime | None]]:
    """Return chat, message number and moment of what was sent lately."""
    return [
        (row.chat_id, row.message_id, row.sent_at)
        for row in await session.execute(_LATEST, {"size": limit})
    ]


async def latest_in(session: AsyncSession, chat_id: int) -> int:
    """Return the highest message number that we have in a chat; 0 where there is none."""
    highest = select(func.max(COLUMNS.message_id)).where(COLUMNS.chat_id == chat_id)
    return await session.scalar(highest) or 0


async def uploads(session: AsyncSession, bot_id: int) -> dict[str, str]:
    """Return the file_id of everything that a bot has uploaded."""
    rows = await session.execute(
        select(Upload.digest, Upload.file_id).where(Upload.bot_id == bot_id)
    )
    return {row.digest: row.file_id for row in rows}


async def keep_upload(session: AsyncSession, bot_id: int, digest: str, file_id: str) -> None:
    """Remember under which file_id some bytes are known."""
    await session.merge(Upload(bot_id=bot_id, digest=digest, file_id=file_id))


async def forget_upload(session: AsyncSession, bot_id: int, digest: str) -> None:
    """Forget a file_id that is no longer known."""
    known = await session.get(Upload, (bot_id, digest))
    if known is not None:
        await session.delete(known)
