"""The file_id under which a bot has already uploaded some bytes."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Upload


async def known(session: AsyncSession, bot_id: int) -> dict[str, str]:
    """Return the file_id of everything that a bot has uploaded."""
    rows = await session.execute(
        select(Upload.digest, Upload.file_id).where(Upload.bot_id == bot_id)
    )
    return {row.digest: row.file_id for row in rows}


async def keep(session: AsyncSession, bot_id: int, digest: str, file_id: str) -> None:
    """Remember under which file_id some bytes are known."""
    await session.merge(Upload(bot_id=bot_id, digest=digest, file_id=file_id))


async def forget(session: AsyncSession, bot_id: int, digest: str) -> None:
    """Forget a file_id that is no longer known."""
    known = await session.get(Upload, (bot_id, digest))
    if known is not None:
        await session.delete(known)
