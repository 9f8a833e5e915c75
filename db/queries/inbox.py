"""Updates that came in: stored raw, handled once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import InboxState, Update
from db.prepared import Prepared, fetch

TABLE = cast("Table", Update.__table__)
COLUMNS = TABLE.c
READ = (
    COLUMNS.id,
    COLUMNS.update_id,
    COLUMNS.chat_id,
    COLUMNS.payload,
    COLUMNS.received_at,
    COLUMNS.attempts,
)
# What stays of a message whose content is not kept: where it stood in its chat.
PLACE = ("message_id", "date", "chat")

_DONE = Prepared(
    update(TABLE)
    .where(COLUMNS.id == bindparam("row_id"))
    .values(state=InboxState.DONE, done_at=bindparam("now"))
)
_STORE = {
    dialect.__name__.rpartition(".")[2]: Prepared(
        dialect.insert(TABLE)
        .values(
            {name: bindparam(name) for name in ("bot_id", "update_id", "chat_id", "payload")}
            | {"received_at": bindparam("now"), "state": InboxState.WAITING}
            | {"attempts": 0, "error": ""}
        )
        .on_conflict_do_nothing(index_elements=[COLUMNS.bot_id, COLUMNS.update_id])
        .returning(*READ)
    )
    for dialect in (sqlite, postgresql)
}
_WAITING_IDS = (
    select(COLUMNS.id, COLUMNS.chat_id)
    .where(
        COLUMNS.state == InboxState.WAITING,
        COLUMNS.bot_id == bindparam("bot_id"),
        COLUMNS.id > bindparam("after"),
    )
    .order_by(COLUMNS.id)
    .limit(bindparam("size"))
)
_ROWS = select(*READ).where(COLUMNS.id.in_(bindparam("ids", expanding=True))).order_by(COLUMNS.id)
_NEWEST = select(func.max(COLUMNS.update_id)).where(COLUMNS.bot_id == bindparam("bot_id"))
_LATEST = (
    select(COLUMNS.payload, COLUMNS.received_at)
    .order_by(COLUMNS.id.desc())
    .limit(bindparam("size"))
)


@dataclass(slots=True)
class InboxRow:
    """An update as it was stored."""

    id: int
    update_id: int
    chat_id: int
    payload: str  # JSON
    received_at: datetime
    attempts: int
    parsed: dict[str, Any] | None = None

    @property
    def update(self) -> dict[str, Any]:
        """Return the update itself."""
        if self.parsed is None:
            self.parsed = orjson.loads(self.payload)
        return self.parsed


async def store(
    session: AsyncSession, bot_id: int, updates: Iterable[tuple[int, int, str]], now: datetime
) -> list[InboxRow]:
    """Store updates (id, chat, JSON) that are new; return those as they lie in the table."""
    store_one = _STORE[session.get_bind().dialect.name]
    stored: list[Any] = []
    for update_id, chat_id, payload in updates:
        new = {"bot_id": bot_id, "update_id": update_id, "chat_id": chat_id, "payload": payload}
        stored += await store_one.rows(session, new | {"now": now})
    return [InboxRow(*row) for row in stored]


async def newest(session: AsyncSession, bot_id: int) -> int | None:
    """Return the last update that a bot has stored."""
    found: int | None = await session.scalar(_NEWEST, {"bot_id": bot_id})
    return found


async def waiting_ids(
    session: AsyncSession, bot_id: int, after: int, limit: int
) -> Sequence[tuple[int, int]]:
    """Return a page of the rows that wait, each with its chat, oldest first."""
    wanted = {"bot_id": bot_id, "after": after, "size": limit}
    return [(row.id, row.chat_id) for row in await fetch(session, _WAITING_IDS, wanted)]


async def rows(session: AsyncSession, ids: Sequence[int]) -> list[InboxRow]:
    """Return rows by number, oldest first."""
    return [InboxRow(*row) for row in await fetch(session, _ROWS, {"ids": ids})]


async def done(session: AsyncSession, row_id: int, now: datetime) -> None:
    """Mark a row as handled, in the transaction of what it changed."""
    await _DONE.run(session, {"row_id": row_id, "now": now})


async def failed(session: AsyncSession, row_id: int, error: str, *, last: bool) -> None:
    """Count an attempt that raised; the last one gives the row up."""
    statement = update(TABLE).where(COLUMNS.id == row_id)
    values: dict[str, Any] = {"attempts": COLUMNS.attempts + 1, "error": error[:500]}
    if last:
        values["state"] = InboxState.FAILED
    await session.execute(statement.values(values))


async def blank(session: AsyncSession, row_id: int) -> None:
    """Take the content out of a row, but leave which message of which chat it was."""
    payload = await session.scalar(select(COLUMNS.payload).where(COLUMNS.id == row_id))
    if payload is None:
        return
    statement = update(TABLE).where(COLUMNS.id == row_id)
    await session.execute(statement.values(payload=blanked(payload)))


def blanked(payload: str) -> str:
    """Return an update without what anybody said or is called."""
    kept: dict[str, Any] = {}
    for name, part in orjson.loads(payload).items():
        if name == "update_id":
            kept[name] = part
        elif isinstance(part, dict):
            kept[name] = {key: part[key] for key in PLACE if key in part}
            chat = part.get("chat")
            if isinstance(chat, dict):
                kept[name]["chat"] = {key: chat[key] for key in ("id", "type") if key in chat}
    return orjson.dumps(kept).decode()


async def heard(session: AsyncSession, limit: int) -> list[tuple[int, int, datetime]]:
    """Return chat, number and moment of the messages among the latest updates."""
    places = []
    for payload, moment in await fetch(session, _LATEST, {"size": limit}):
        for part in orjson.loads(payload or "{}").values():
            if isinstance(part, dict) and isinstance(part.get("message_id"), int):
                chat = part.get("chat")
                if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                    places.append((chat["id"], part["message_id"], moment))
    return places
