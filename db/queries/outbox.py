"""Messages waiting to leave."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Message, OutboxState
from db.queries.core import fetch

TABLE = cast("Table", Message.__table__)
COLUMNS = TABLE.c
# Between the edits of one live card: the first at once, the next after 3 s, then 5 s apart.
GAPS = (timedelta(seconds=3), timedelta(seconds=5))


def put(session: AsyncSession, message: Message) -> Message:
    """Queue a message; it leaves only if this transaction commits."""
    session.add(message)
    return message


def _edits(target: Message, purpose: str) -> tuple[ColumnElement[bool], ...]:
    # By the chat, which has an index; an edit is always younger than what it edits.
    return (
        COLUMNS.chat_id == target.chat_id,
        COLUMNS.id > target.id,
        COLUMNS.target_id == target.id,
        COLUMNS.purpose == purpose,
    )


async def waiting_edit(session: AsyncSession, target: Message, purpose: str) -> int | None:
    """Return the edit of a message that has not left yet; it stays locked."""
    waiting = select(COLUMNS.id).where(
        *_edits(target, purpose), COLUMNS.state == OutboxState.WAITING
    )
    found: int | None = await session.scalar(
        waiting.order_by(COLUMNS.id.desc()).limit(1).with_for_update()
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
    waiting = await waiting_edit(session, target, purpose)
    if waiting is not None:
        row = update(TABLE).where(COLUMNS.id == waiting)
        await session.execute(row.values(method=method, payload=payload))
        return
    earlier = select(COLUMNS.not_before, COLUMNS.sent_at).where(*_edits(target, purpose))
    latest = await fetch(session, earlier.order_by(COLUMNS.id.desc()).limit(2))
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
    return [tuple(row) for row in await fetch(session, statement)]


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
