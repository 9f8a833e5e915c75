"""Brings in the bytes of files that people sent; nothing in a name says whose they are."""

import asyncio
import hashlib
import logging
import os
import tempfile
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.transport import Api, BadRequest, Forbidden, TelegramError
from db.models import Media
from db.queries import media
from db.session import Database

logger = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024  # more, Telegram does not hand to a bot
TRIES = 5
FIRST_WAIT = timedelta(seconds=10)
AT_ONCE = 4
MODE = 0o600
TOO_BIG = "file is too big"
SUFFIXES = {
    "voice": ".ogg",
    "photo": ".jpg",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
}


@dataclass(frozen=True)
class Fetched:
    """A file that lies in its place."""

    sha256: str
    path: str  # under the data folder
    size: int


class TooBigError(Exception):
    """More bytes came than a bot may have."""


async def fetch_due(database: Database, api: Api, data: Path, now: datetime, limit: int = 8) -> int:
    """Fetch what waits; return how many files were settled, for good or until later."""
    async with database.read() as session:
        due = await media.due(session, now, limit)
    gate = asyncio.Semaphore(AT_ONCE)

    async def settle(row: Media) -> None:
        async with gate:
            await fetch(database, api, data, row, now)

    async with asyncio.TaskGroup() as group:
        for row in due:
            group.create_task(settle(row))
    return len(due)


async def fetch(database: Database, api: Api, data: Path, row: Media, now: datetime) -> None:
    """Fetch one file and write down what became of it."""
    try:
        got = await download(api, data, row)
    except (TooBigError, BadRequest, Forbidden) as error:
        # Asked again it would be refused again.
        await give_up(database, row, TOO_BIG if isinstance(error, TooBigError) else str(error))
    except (TelegramError, OSError) as error:
        reason = f"{type(error).__name__}: {error}"[:255]
        if row.tries + 1 >= TRIES:
            await give_up(database, row, reason)
            return
        async with database.begin() as session:
            await media.again(session, row.id, reason, now + FIRST_WAIT * 4**row.tries)
    else:
        async with database.begin() as session:
            await media.stored(session, row.id, got.sha256, got.path, got.size, now)


async def give_up(database: Database, row: Media, reason: str) -> None:
    """Say that a file will not come, and why."""
    logger.warning("file %d cannot be fetched: %s", row.id, reason)
    async with database.begin() as session:
        await media.failed(session, row.id, reason[:255])


async def download(api: Api, data: Path, row: Media) -> Fetched:
    """Stream a file to its place; it appears there whole or not at all."""
    if row.size > LARGEST:
        raise TooBigError
    told = await api.call("getFile", {"file_id": row.file_id})
    if told.get("file_size", 0) > LARGEST:
        raise TooBigError
    folder = data / "media"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".coming-")  # readable by its owner only
    coming, digest, size = Path(name), hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as file:
            async with aclosing(api.download(told["file_path"])) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > LARGEST:
                        raise TooBigError
                    digest.update(chunk)
                    file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        sha256 = digest.hexdigest()
        path = Path("media", sha256[:2], sha256 + suffix(row))
        place(coming, data / path)
    finally:
        coming.unlink(missing_ok=True)  # noqa: ASYNC240 - no slower than a thread
    return Fetched(sha256, path.as_posix(), size)


def place(coming: Path, path: Path) -> None:
    """Move a whole file to where it belongs."""
    path.parent.mkdir(exist_ok=True)
    coming.replace(path)


def suffix(row: Media) -> str:
    """Return how a file's name ends, by what Telegram says it is."""
    return SUFFIXES.get(row.mime) or SUFFIXES.get(row.kind, ".bin")
