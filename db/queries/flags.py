"""Flags that self-checks raised, and how they were settled."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Flag, FlagKind, FlagState

MOST = 500


async def known(session: AsyncSession, keys: Sequence[str]) -> dict[str, Flag]:
    """Return the flags that are there already, by key."""
    found: dict[str, Flag] = {}
    for start in range(0, len(keys), MOST):
        part = select(Flag).where(Flag.key.in_(keys[start : start + MOST]))
        found |= {flag.key: flag for flag in await session.scalars(part)}
    return found


async def add_once(session: AsyncSession, **values: Any) -> bool:  # noqa: ANN401 - a row
    """Write a flag down; False where the same one is there, from another process too."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = insert(Flag).values(state=FlagState.OPEN, reason="", **values)
    number = await session.scalar(added.on_conflict_do_nothing().returning(Flag.id))
    return number is not None


async def renew(session: AsyncSession, flag_id: int, detail: dict[str, Any]) -> None:
    """Bring the evidence of a flag up to date, unless somebody has settled it."""
    renewed = update(Flag).where(Flag.id == flag_id, Flag.state == FlagState.OPEN)
    await session.execute(renewed.values(detail=detail))


def _waiting(classes: Collection[int], *, soft: bool | None) -> Select[Flag]:
    found = select(Flag).where(Flag.state == FlagState.OPEN, Flag.study_class_id.in_(classes))
    return found if soft is None else found.where(Flag.soft.is_(soft))


async def waiting(
    session: AsyncSession, classes: Collection[int], *, soft: bool | None = None
) -> Sequence[Flag]:
    """List the flags of these classes that nobody has settled, oldest first."""
    return (await session.scalars(_waiting(classes, soft=soft).order_by(Flag.id))).all()


async def count(session: AsyncSession, classes: Collection[int], *, soft: bool) -> int:
    """Count the flags of these classes that nobody has settled."""
    found = _waiting(classes, soft=soft).subquery()
    return await session.scalar(select(func.count()).select_from(found)) or 0


async def following(
    session: AsyncSession, classes: Collection[int], after: int, *, soft: bool
) -> Flag | None:
    """Find the next one that waits; past the last one, the first of all."""
    found = _waiting(classes, soft=soft).order_by(Flag.id).limit(1)
    later: Flag | None = await session.scalar(found.where(Flag.id > after))
    if later is None:
        later = await session.scalar(found)
    return later


async def settle(
    session: AsyncSession,
    flag_id: int,
    *,
    state: FlagState,
    by: int,
    at: datetime,
    reason: str,
    voice_id: int | None,
) -> bool:
    """Settle a flag, once: the first word stays."""
    settled = update(Flag).where(Flag.id == flag_id, Flag.state == FlagState.OPEN)
    values = {"state": state, "settled_by": by, "settled_at": at, "reason": reason}
    done = await session.scalar(settled.values(voice_id=voice_id, **values).returning(Flag.id))
    return done is not None


async def counts(
    session: AsyncSession, classes: Iterable[int] | None = None
) -> list[tuple[FlagKind, bool, FlagState, int]]:
    """Count flags by kind, softness and state."""
    found = select(Flag.kind, Flag.soft, Flag.state, func.count())
    if classes is not None:
        found = found.where(Flag.study_class_id.in_(list(classes)))
    rows = await session.execute(found.group_by(Flag.kind, Flag.soft, Flag.state))
    return sorted((row[0], row[1], row[2], row[3]) for row in rows)
