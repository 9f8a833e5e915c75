"""SQLite for asyncio without a thread: a statement takes microseconds, a thread hop does not."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Pool, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool

BUSY_SECONDS = 10
CACHE_KIB = 16 * 1024
# Written back into the file only after so many pages (16 MB): each time the disk is waited for.
WAL_PAGES = 4000


class Cursor(sqlite3.Cursor):
    """The driver's cursor, with the one thing that asynchronous results ask of it."""

    async def _async_soft_close(self) -> None:
        """Let go of nothing: the rows are read as they are asked for."""


class Connected(sqlite3.Connection):
    """The driver's connection, whose cursors are ours."""

    def cursor(self, factory: type[sqlite3.Cursor] | None = None) -> sqlite3.Cursor:  # type: ignore[override]
        """Open a cursor."""
        return super().cursor(factory or Cursor)


class InlineSQLite(SQLiteDialect_pysqlite):
    """The standard driver, spoken to from the event loop itself."""

    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003
        """Return a pool that may wait without blocking the loop."""
        return AsyncAdaptedQueuePool

    def connect(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Open a connection of ours."""
        return super().connect(*args, factory=Connected, **options)

    def get_driver_connection(self, connection: Any) -> Any:  # noqa: ANN401
        """Return what the driver itself gave."""
        return connection


registry.register("sqlite.inline", __name__, "InlineSQLite")


def prepare(engine: AsyncEngine, *, synced: bool = False) -> None:
    """Set up each connection; begin writing turns with the lock already held.

    A power cut may take the last commits of a WAL that is not synced. What Telegram is told that
    we have (the inbox) is synced, and with it all before it; what came after is handled again.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver must not begin on its own
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        connection.execute(f"PRAGMA synchronous={'FULL' if synced else 'NORMAL'}")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        # A deferred transaction that turns to writing fails at once if another wrote meanwhile.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
