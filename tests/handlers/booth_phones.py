"""The recording booth at the phones of a class: what a speaker says, and what comes of it."""

import asyncio
import base64

import numpy as np
from sqlalchemy import select

from bot.clips.sound import write_opus
from bot.services.voice_catalogue import catalogue
from db.models import Clip, Message
from tests.handlers.room import YANG

RATE = 48_000
LISTED = catalogue("hea")
FIRST = next(iter(LISTED.values()))
PLAYED = "听一遍，留下吗？"
KEPT = "留下了，等第二个人听。"


def tone(path, seconds, *, before=0.0, after=0.0, loud=0.3):
    """Something to be heard between two silences, as a voice message."""
    times = np.arange(int(seconds * RATE)) / RATE
    sound = loud * np.sin(2 * np.pi * 220 * times) * (1 + np.sin(2 * np.pi * 3 * times)) / 2
    quiet = [np.zeros(int(one * RATE)) for one in (before, after)]
    samples = np.concatenate([quiet[0], sound, quiet[1]]).astype(np.float32)
    write_opus(path, samples, RATE)
    return path.read_bytes()


async def sends(room, user, data, **more):
    await room.do("voice", user=user, audio=base64.b64encode(data).decode(), **more)
    await room.settle()


async def until(room, user, words, count=1):
    """Let the recording be fetched and heard."""
    async with asyncio.timeout(100):
        while sum(words in one for one in await room.sees(user)) < count:
            await room.house.heartbeat.fetch(room.now)
            await room.settle()


async def booth(room, user, *, tongue=1):
    """Come in for the first time: language, consent."""
    await room.says(user, "/record")
    await room.taps(user, f"btongue:{tongue}")
    await room.speaks(user)


async def keeps(room, user, data):
    seen = sum(PLAYED in one for one in await room.sees(user))
    await sends(room, user, data)
    await until(room, user, PLAYED, seen + 1)
    await room.taps(user, "bkeep:")


async def clips(room):
    return await room.rows(select(Clip).order_by(Clip.id))


async def injects(room, user, **content):
    last = (await room.messages(user))[-1]
    person = {"id": user, "is_bot": False, "first_name": "石"}
    message = {
        "message_id": last["message_id"] + 1000,
        "date": last["date"],
        "chat": {"id": user, "type": "private", "first_name": "石"},
        "from": person,
    }
    await room.do("update", update={"message": message | content})
    await room.settle()


async def played(room, clip):
    """Return the voice notes of a clip that a learner was sent."""
    sent = await room.rows(select(Message).where(Message.chat_id == YANG))
    return [one for one in sent if one.payload.get("voice") == {"file": f"data:{clip.path}"}]
