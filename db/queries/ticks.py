"""When each recurring act last ended."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Tick


async def note(session: AsyncSession, name: str, now: datetime) -> None:
    """Write down that an act has ended."""
    tick = await session.get(Tick, name)
    if tick is None:
        session.add(Tick(name=name, last_at=now))
    else:
        tick.last_at = now


async def last(session: AsyncSession) -> dict[str, datetime]:
    """Return when each act last ended."""
    return {tick.name: tick.last_at for tick in await session.scalars(select(Tick))}
