"""A teacher with a printed sheet and a camera."""

import asyncio
import base64
import random

from sqlalchemy import select

from bot.services.sheeting import read_due
from db.models import Media, Sheet
from tests.bot.paper.photographing import Shot, photographed, rendered, signed
from tests.handlers.room import TEACHER

SHARP = 130  # dots an inch: as much as the photo can show


async def prints(room, user=TEACHER, meeting=1):
    """Ask for a meeting's sheet; return the PDF that came."""
    await room.says(user, "/sheet")
    await room.taps(user, f"sheet:{meeting}")
    return await printed(room, user)


async def printed(room, user=TEACHER):
    """Return the newest PDF that somebody was sent."""
    message = [one for one in await room.messages(user) if "document" in one][-1]
    return await content(room, message["document"]["file_id"])


async def content(room, file_id):
    """Return the bytes of a file that the bot sent."""
    told = await room.house.api.call("getFile", {"file_id": file_id})
    return b"".join([chunk async for chunk in room.house.api.download(told["file_path"])])


def photo_of(pdf, page=0, rows=(0,), seed=1, **how):
    """Sign a printed page and take a photo of it."""
    paper = signed(rendered(pdf, page, SHARP), rows, random.Random(seed))
    return photographed(paper, Shot("handheld", turn=4, slant=0.1, noise=4, **how), seed)


async def sends(room, photo, user=TEACHER):
    """Send a photo and let it be fetched and read."""
    await room.do("photo", user=user, image=base64.b64encode(photo).decode())
    await read(room)


async def read(room):
    """Let what was sent be fetched and read."""
    await room.settle()
    async with asyncio.timeout(100):
        while await room.rows(select(Media.id).where(Media.kind.startswith("sheet:"))):
            await room.house.heartbeat.fetch(room.now)
            await read_due(room.house.database, room.house.app.bot_data["data"], room.key, room.now)
            room.house.sender.wake()
            await room.settle()
    await room.settle()


async def sheets(room):
    return await room.rows(select(Sheet).order_by(Sheet.id))
