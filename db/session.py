"""One database, two doors: `begin` to write, `read` to look."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from db import sqlite


class Database:
    """An engine and its sessions; on SQLite one turn writes at a time."""

    def __init__(self, engine: AsyncEngine, synced: AsyncEngine | None = None) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._synced = synced or engine
        # SQLite has one writer: waiting here lets the loop run, waiting in the driver would not.
        self._writing = asyncio.Lock() if self.is_sqlite else nullcontext()
        writers = engine.execution_options(writes=True)
        self._writers = async_sessionmaker(writers, expire_on_commit=False)
        self._syncers = async_sessionmaker(
            self._synced.execution_options(writes=True), expire_on_commit=False
        )
        self._readers = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that is committed at the end, or undone by an exception."""
        async with self._writing, self._writers.begin() as session:
            yield session

    @asynccontextmanager
    async def begin_synced(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that outlives a power cut, with all that was committed before it."""
        async with self._writing, self._syncers.begin() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a view on the database; nothing is committed."""
        async with self._readers() as session:
            yield session

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()
        await self._synced.dispose()


def connect(url: str) -> Database:
    """Open the database that a URL names: `sqlite:///file` or `postgresql://…`."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        parsed = parsed.set(drivername="postgresql+asyncpg")
        return Database(create_async_engine(parsed, pool_size=20, max_overflow=0))
    parsed = parsed.set(drivername="sqlite+inline")
    Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed, pool_size=5, max_overflow=20)
    synced = create_async_engine(parsed, pool_size=1, max_overflow=0)
    sqlite.prepare(engine)
    sqlite.prepare(synced, synced=True)
    return Database(engine, synced)
