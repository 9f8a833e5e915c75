"""Messages waiting to leave."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Message, OutboxState
from db.prepared import Prepared, fetch

TABLE = cast("Table", Message.__table__)
COLUMNS = TABLE.c
FILLED = "outbox"
AUDIO = "sendAudio"  # a voice note to whom voice notes cannot be sent; nothing else is sent so
REPLAY = "replay"  # purpose of what is played again
# Between the edits of one live card: the first at once, the next after 3 s, then 5 s apart.
GAPS = (timedelta(seconds=3), timedelta(seconds=5))


# By the chat, which has an index; an edit is always younger than what it edits.
_EDITS = (
    COLUMNS.chat_id == bindparam("chat"),
    COLUMNS.id > bindparam("target"),
    COLUMNS.target_id == bindparam("target"),
    COLUMNS.purpose == bindparam("for"),
)
_TARGET = Prepared(
    select(COLUMNS.id, COLUMNS.chat_id, COLUMNS.priority, COLUMNS.study_class_id).where(
        COLUMNS.id == bindparam("number")
    )
)
_WAITING = Prepared(
    select(COLUMNS.id)
    .where(*_EDITS, COLUMNS.state == OutboxState.WAITING)
    .order_by(COLUMNS.id.desc())
    .limit(1)
    .with_for_update()
)
_EARLIER = Prepared(
    select(COLUMNS.not_before, COLUMNS.sent_at).where(*_EDITS).order_by(COLUMNS.id.desc()).limit(2)
)
_REPLACE = Prepared(
    update(TABLE)
    .where(COLUMNS.id == bindparam("number"))
    .values(method=bindparam("act"), payload=bindparam("words"))
)


class Target(Protocol):
    """A message that is edited: what an edit needs of it."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def chat_id(self) -> int:
        """Where it stands."""

    @property
    def priority(self) -> int:
        """How urgent it was."""

    @property
    def study_class_id(self) -> int | None:
        """Whose it is."""


def put(session: AsyncSession, message: Message) -> Message:
    """Queue a message; it leaves only if this transaction commits."""
    session.add(message)
    session.info[FILLED] = True
    return message


def is_filled(session: AsyncSession) -> bool:
    """Say whether this transaction queued anything, so that the sender should look."""
    return FILLED in session.info


async def target(session: AsyncSession, message_id: int) -> Target | None:
    """Return what an edit needs of the message that it changes."""
    found: Target | None = await _TARGET.row(session, {"number": message_id})
    return found


async def waiting_edit(session: AsyncSession, target: Target, purpose: str) -> int | None:
    """Return the edit of a message that has not left yet; it stays locked."""
    found: int | None = await _WAITING.one(session, _about(target, purpose))
    return found


def _about(target: Target, purpose: str) -> dict[str, object]:
    return {"chat": target.chat_id, "target": target.id, "for": purpose}


async def supersede(
    session: AsyncSession,
    target: Target,
    purpose: str,
    method: str,
    payload: dict[str, Any],
    now: datetime,
    gaps: tuple[timedelta, timedelta] = GAPS,
) -> None:
    """Edit a message for the last time so far: an edit that still waits says this instead."""
    waiting = await waiting_edit(session, target, purpose)
    if waiting is not None:
        said = {"number": waiting, "act": method, "words": payload}
        await _REPLACE.run(session, said)
        return
    latest = await _EARLIER.rows(session, _about(target, purpose))
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
    waiting = select(COLUMNS.id).where(
        COLUMNS.chat_id == chat_id, COLUMNS.state == OutboxState.WAITING
    )
    return [row.id for row in await fetch(session, waiting)]


async def rewrite(
    session: AsyncSession, message_id: int, method: str, payload: dict[str, Any]
) -> None:
    """Write down that a message left in another form than it was queued in."""
    await _REPLACE.run(session, {"number": message_id, "act": method, "words": payload})


async def voiceless(session: AsyncSession) -> set[int]:
    """Return the chats that take no voice notes: they were sent one as an audio file."""
    sent = select(COLUMNS.chat_id).where(COLUMNS.method == AUDIO).distinct()
    return {row.chat_id for row in await fetch(session, sent)}


async def last_replay(
    session: AsyncSession, chat_id: int, since: datetime, after: int
) -> dict[str, Any]:
    """Return what was played last because somebody asked for it: lately, and `after` a row."""
    found = (
        select(COLUMNS.payload)
        .where(
            COLUMNS.chat_id == chat_id,
            COLUMNS.id > after,
            COLUMNS.purpose == REPLAY,
            COLUMNS.created_at >= since,
        )
        .order_by(COLUMNS.id.desc())
        .limit(1)
    )
    rows = await fetch(session, found)
    return dict(rows[0].payload) if rows else {}


async def readdress(session: AsyncSession, old: int, new: int) -> None:
    """Let what has not left for a chat follow it to its new number."""
    statement = update(TABLE).where(
        COLUMNS.chat_id == old,
        COLUMNS.state.in_((OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNCERTAIN)),
    )
    await session.execute(statement.values(chat_id=new))
