"""Statements on tables, not on models: for the few places where every microsecond is felt."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


async def fetch(
    session: AsyncSession, statement: Executable, values: Mapping[str, object] | None = None
) -> Sequence[Any]:
    """Return all rows of a statement."""

    # Run and read in one go: the asynchronous result of a plain statement would be closed by a
    # method that the standard SQLite driver's cursors do not have.
    def run(sync: Session) -> Sequence[Any]:
        return sync.execute(statement, values).all()

    return await session.run_sync(run)
