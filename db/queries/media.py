"""Files that people sent: what is still to be fetched, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Media, MediaState


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[Media]:
    """Return files that are to be fetched now, oldest first."""
    waiting = select(Media).where(Media.state == MediaState.WAITING, Media.retry_at <= now)
    return (await session.scalars(waiting.order_by(Media.id).limit(limit))).all()


async def stored(
    session: AsyncSession, media_id: int, sha256: str, path: str, size: int, now: datetime
) -> None:
    """Write down where a file lies, and what it must hash to."""
    fetched = {"state": MediaState.STORED, "sha256": sha256, "path": path, "size": size}
    await _change(session, media_id, **fetched, error="", retry_at=now)


async def again(session: AsyncSession, media_id: int, reason: str, retry_at: datetime) -> None:
    """Count a try that failed; there will be another."""
    await _change(session, media_id, tries=Media.tries + 1, error=reason, retry_at=retry_at)


async def failed(session: AsyncSession, media_id: int, reason: str) -> None:
    """Give a file up."""
    await _change(session, media_id, tries=Media.tries + 1, error=reason, state=MediaState.FAILED)


async def _change(session: AsyncSession, media_id: int, **values: Any) -> None:  # noqa: ANN401
    await session.execute(update(Media).where(Media.id == media_id).values(**values))
