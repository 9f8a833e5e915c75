"""One database, two doors: `begin` to write, `read` to look."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from db import sqlite
from db.prepared import take_driver


class Database:
    """Engines and their sessions; on SQLite one turn writes at a time."""

    def __init__(self, engine: AsyncEngine, synced: AsyncEngine | None = None) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._synced = synced or engine
        # SQLite has one writer: waiting here lets the loop run, waiting in the driver would not.
        self._writing = asyncio.Lock()
        self._held: dict[AsyncEngine, AsyncConnection] = {}
        self._sessions = async_sessionmaker(expire_on_commit=False)

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a transaction that is committed at the end, or undone by an exception."""
        return self._begun(self.engine)

    def begin_synced(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a transaction that outlives a power cut, with all that was committed before it."""
        return self._begun(self._synced)

    @asynccontextmanager
    async def _begun(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        if not self.is_sqlite:
            async with self._sessions(bind=engine) as session, session.begin():
                yield session
            return
        async with self._writing:
            writer = self._held.get(engine) or await self._hold(engine)
            session = self._sessions(bind=writer)
            # Nothing here ever waits, so it needs none of the switching of asynchronous drivers.
            with session.sync_session as turn, turn.begin():
                take_driver(turn)
                yield session

    async def _hold(self, engine: AsyncEngine) -> AsyncConnection:
        """Open SQLite's writing connection, once for good."""
        opened = await engine.execution_options(writes=True).connect()
        self._held[engine] = opened
        return opened

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a view on the database; nothing is committed."""
        async with self._sessions(bind=self.engine) as session:
            yield session

    def carry(self, **goods: object) -> None:
        """Let every session carry something along, in its `info`."""
        self._sessions.configure(info=goods)

    async def close(self) -> None:
        """Let go of every connection."""
        for connection in self._held.values():
            await connection.close()
        await self.engine.dispose()
        await self._synced.dispose()


def connect(url: str) -> Database:
    """Open the database that a URL names: `sqlite:///file` or `postgresql://…`."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        parsed = parsed.set(drivername="postgresql+asyncpg")
        return Database(create_async_engine(parsed, pool_size=20, max_overflow=0, **JSON))
    parsed = parsed.set(drivername="sqlite+inline")
    Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed, pool_size=5, max_overflow=20, **JSON)
    synced = create_async_engine(parsed, pool_size=1, max_overflow=0, **JSON)
    sqlite.prepare(engine)
    sqlite.prepare(synced, synced=True)
    return Database(engine, synced)


def _write_json(value: object) -> str:
    return orjson.dumps(value).decode()


JSON: dict[str, Any] = {"json_serializer": _write_json, "json_deserializer": orjson.loads}
