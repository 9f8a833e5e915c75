"""What points to the people of an import, and how it goes when the import is undone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Base, Mark, RosterDoubt, RosterEntry, RosterImport

PAGE = 500


def traces(without: Collection[str]) -> list[tuple[str, Any]]:
    """List every column that points to a person, but for those of these tables."""
    found: list[tuple[str, Any]] = []
    for table in Base.metadata.sorted_tables:
        if table.name in without:
            continue
        found += [
            (table.name, column)
            for column in table.columns
            if any(key.column.table.name == "person" for key in column.foreign_keys)
        ]
    return found


async def with_traces(
    session: AsyncSession, numbers: Sequence[int], without: Collection[str]
) -> dict[int, set[str]]:
    """Tell in which tables, but for these, something points to each person."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(numbers), PAGE):
        part = numbers[start : start + PAGE]
        for table, column in traces(without):
            rows = await session.scalars(select(column).where(column.in_(part)).distinct())
            for number in rows:
                found.setdefault(number, set()).add(table)
    return found


async def drop_rows(session: AsyncSession, table: str, numbers: Sequence[int]) -> None:
    """Delete what points to these persons in one table."""
    told = Base.metadata.tables[table]
    for start in range(0, len(numbers), PAGE):
        part = numbers[start : start + PAGE]
        await session.execute(delete(told).where(told.c.person_id.in_(part)))


async def settle_doubts(session: AsyncSession, numbers: Sequence[int], now: datetime) -> None:
    """Close the doubts about persons who are no longer there."""
    for start in range(0, len(numbers), PAGE):
        part = numbers[start : start + PAGE]
        for column in (RosterDoubt.person_id, RosterDoubt.other_id):
            gone = update(RosterDoubt).where(column.in_(part), RosterDoubt.same.is_(None))
            await session.execute(gone.values(same=False, decided_at=now))


async def marked_since(
    session: AsyncSession, numbers: Sequence[int], moment: datetime
) -> Sequence[int]:
    """Tell who of these persons has marks of later than a moment."""
    found: list[int] = []
    for start in range(0, len(numbers), PAGE):
        part = select(Mark.person_id).where(
            Mark.person_id.in_(numbers[start : start + PAGE]), Mark.at >= moment
        )
        found += await session.scalars(part.distinct())
    return found


async def class_is_empty(session: AsyncSession, class_id: int) -> bool:
    """Say whether nothing at all points to a class."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            points = any(key.column.table.name == "study_class" for key in column.foreign_keys)
            if points and await session.scalar(
                select(func.count()).select_from(table).where(column == class_id)
            ):
                return False
    return True


async def later_import(session: AsyncSession, import_id: int, numbers: Sequence[int]) -> int | None:
    """Find the last later roster that stands and speaks of one of these persons."""
    latest: int | None = None
    for start in range(0, len(numbers), PAGE):
        found = (
            select(func.max(RosterEntry.import_id))
            .join(RosterImport, RosterImport.id == RosterEntry.import_id)
            .where(
                RosterEntry.person_id.in_(numbers[start : start + PAGE]),
                RosterEntry.import_id > import_id,
                RosterEntry.kind == "roster",
                RosterImport.undone_at.is_(None),
            )
        )
        latest = max((one for one in (latest, await session.scalar(found)) if one), default=None)
    return latest


async def unlink(session: AsyncSession, numbers: Sequence[int]) -> None:
    """Let the lines of the base lists stand for themselves again."""
    for start in range(0, len(numbers), PAGE):
        part = RosterEntry.person_id.in_(numbers[start : start + PAGE])
        counted = update(RosterEntry).where(part, RosterEntry.kind != "roster")
        await session.execute(counted.values(person_id=None))


async def drop_entries(session: AsyncSession, import_id: int, held: Collection[int]) -> None:
    """Delete the lines of an import, but for those of who stays."""
    gone = delete(RosterEntry).where(RosterEntry.import_id == import_id)
    if held:
        gone = gone.where(RosterEntry.person_id.is_(None) | RosterEntry.person_id.not_in(held))
    await session.execute(gone)
