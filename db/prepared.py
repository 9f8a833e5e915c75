"""Statements made once and run by the thousand: on SQLite straight by the driver."""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

DRIVER = "driver"

Values = Mapping[str, object]
Processor = Callable[[Any], Any] | None


def take_driver(session: Session) -> None:
    """Begin a session's turn on SQLite, and let prepared statements go straight to its driver."""
    session.info[DRIVER] = session.connection().connection.driver_connection


async def fetch(
    session: AsyncSession, statement: Executable, values: Values | None = None
) -> Sequence[Any]:
    """Return all rows of a statement, on models or tables, read in one go.

    The asynchronous result of a statement on tables would be closed by a method that SQLite's own
    cursors do not have.
    """
    if DRIVER in session.sync_session.info:
        return session.sync_session.execute(statement, values).all()
    return await session.run_sync(lambda bound: bound.execute(statement, values).all())


class Prepared:
    """A statement on tables with named parameters; running it costs hardly more than its SQL.

    SQLAlchemy compiles it once and says how values go in and come out; the rest of what it does
    for each execution takes ten times as long as SQLite itself.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._direct: Direct | None = None

    async def rows(self, session: AsyncSession, values: Values | None = None) -> Sequence[Any]:
        """Return every row, its columns by name or place."""
        sync = session.sync_session
        driver = sync.info.get(DRIVER)
        if driver is None:
            await session.flush()
            return await fetch(session, self.statement, values)
        if self._direct is None:
            self._direct = Direct(self.statement, sync.get_bind().dialect)
        sync.flush()
        return self._direct.run(driver, values or {})

    async def row(self, session: AsyncSession, values: Values | None = None) -> Any:  # noqa: ANN401 - a row is of any shape
        """Return the first row, or None."""
        found = await self.rows(session, values)
        return found[0] if found else None

    async def one(self, session: AsyncSession, values: Values | None = None) -> Any:  # noqa: ANN401 - so is a value
        """Return the first column of the first row, or None."""
        found = await self.rows(session, values)
        return found[0][0] if found else None

    async def run(self, session: AsyncSession, values: Values | Iterable[Values]) -> None:
        """Run a statement that returns nothing, once or for each of several values."""
        sync = session.sync_session
        driver = sync.info.get(DRIVER)
        each = [values] if isinstance(values, Mapping) else list(values)
        if driver is None:
            await session.flush()
            await session.execute(self.statement, each)
            return
        if self._direct is None:
            self._direct = Direct(self.statement, sync.get_bind().dialect)
        sync.flush()
        for one in each:
            self._direct.run(driver, one)


class Direct:
    """A statement as SQLite takes it, with the way of each value in and out."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = cast("Any", statement).compile(dialect=dialect)
        if compiled.post_compile_params:
            raise ValueError("a prepared statement has no lists of changing length")
        self._sql = str(compiled)
        binds = [compiled.binds[name] for name in compiled.positiontup]
        self._into = [
            (bind.key, bind.value, bind.required, _into(bind.type, dialect)) for bind in binds
        ]
        columns = list(getattr(statement, "exported_columns", ()))
        names = [column.key for column in columns]
        self._made: Any = namedtuple("Row", names, rename=True)._make  # type: ignore[attr-defined]  # noqa: PYI024 - known at run time
        self._out = [
            (place, process)
            for place, column in enumerate(columns)
            if (process := _out(column.type, dialect))
        ]

    def run(self, driver: sqlite3.Connection, values: Values) -> list[Any]:
        """Run it in the driver's open transaction."""
        given = []
        for name, usual, required, process in self._into:
            value = values[name] if required else values.get(name, usual)
            given.append(process(value) if process else value)
        try:
            found = driver.execute(self._sql, given).fetchall()
        except sqlite3.Error as error:
            # As SQLAlchemy names it, for whoever handles it; values may name people.
            raise DBAPIError.instance(self._sql, None, error, sqlite3.Error) from None
        return [self._read(row) for row in found]

    def _read(self, row: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a row is of any shape
        if not self._out:
            return self._made(row)
        cells = list(row)
        for place, process in self._out:
            cells[place] = process(cells[place])
        return self._made(cells)


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
