"""A learner's voice notes: what was sent, what it is joined from, and what other programs hear."""

import asyncio
import json
import re
import shutil
import subprocess
from hashlib import sha256

from sqlalchemy import delete, select

from bot.clips.parts import parts
from db.models import (
    Clip,
    ClipState,
    LedgerEntry,
    Meeting,
    Message,
    OutboxState,
    Person,
    Reminder,
    ReminderKind,
    Wanted,
)
from tests.handlers.room import TOKEN, YANG

PROBE = (
    "ffprobe -v error -select_streams a -show_entries stream=codec_name,channels:format=duration"
    " -of csv=p=0"
)


async def in_class(room, speaks="hea"):
    """Let Yang, who reads nothing, be in the class; the second meeting is in two days."""
    yang = (await room.rows(select(Person).where(Person.id == 3)))[0]
    await room.enrols(YANG, yang)
    async with room.house.database.begin() as session:
        (await session.get_one(Meeting, 2)).place = "学校"
        (await session.get_one(Person, 3)).speaks = speaks
        await session.execute(delete(Wanted))
    return room


async def remind(room):
    """Let it be the eve of the second meeting, when Yang is to be reminded."""
    await room.house.heartbeat.plan(room.now)
    mine = (Reminder.person_id == 3) & (Reminder.meeting_id == 2)
    eve = Reminder.kind == ReminderKind.DAY_BEFORE
    (due_at,) = await room.rows(select(Reminder.due_at).where(mine, eve))
    room.wait(seconds=(due_at - room.now).total_seconds() + 60)
    told = select(Message.id).where(
        Message.chat_id == YANG,
        Message.purpose == "reminder",
        Message.state == OutboxState.SENT,
    )
    async with asyncio.timeout(100):
        while not await room.rows(told):  # the house's own heart may just be at it
            await room.house.heartbeat.remind(room.now)
            await room.settle()


async def record(room, key, language="hea"):
    """Let a speaker's recording of a key have been approved."""
    data = room.house.app.bot_data["data"]
    sound = parts()["lesson.防骗"].path.read_bytes()
    path = data / "clips" / f"{language}.ogg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound)
    async with room.house.database.begin() as session:
        session.add(
            Clip(
                key=key,
                language=language,
                version=1,
                path=f"clips/{language}.ogg",
                sha256=sha256(sound).hexdigest(),
                milliseconds=800,
                state=ClipState.APPROVED,
                recorded_at=room.now,
                decided_at=room.now,
            )
        )
    return path


async def voices(room):
    return [one for one in await room.messages(YANG) if "voice" in one]


async def files(room):
    """Return what each voice note to Yang was made from, oldest first."""
    rows = await room.rows(
        select(Message)
        .where(Message.chat_id == YANG, Message.method == "sendVoice")
        .order_by(Message.id)
    )
    return [row.payload["voice"]["file"] for row in rows]


async def fetched(room, message):
    """Return the bytes that a phone gets of a voice note."""
    kept = await room.house.api.call("getFile", {"file_id": message["voice"]["file_id"]})
    async with room.http.get(f"/file/bot{TOKEN}/{kept['file_path']}") as answer:
        return await answer.read()


async def last_voice(room):
    """Return the bytes of the newest voice note in Yang's chat, and what was said to be in it."""
    name = (await files(room))[-1].removeprefix("data:")
    recipe = (room.house.app.bot_data["data"] / name).with_suffix(".json")
    sound = await fetched(room, (await voices(room))[-1])
    return sound, json.loads(recipe.read_text(encoding="utf-8"))["pieces"]


async def lines(room, kind):
    """Return what the ledger tells of Yang under a kind, oldest first."""
    found = select(LedgerEntry).where(LedgerEntry.person_id == 3, LedgerEntry.kind == kind)
    return [one.payload for one in await room.rows(found.order_by(LedgerEntry.seq))]


def heard_by_others(path):
    """Return codec, channels and seconds as each independent decoder that is here tells them."""
    told = []
    if shutil.which("ffprobe"):
        stream, seconds = _run(*PROBE.split(), path).split()
        codec, channels = stream.split(",")
        told.append((codec, int(channels), float(seconds)))
    if shutil.which("opusinfo"):
        info = _run("opusinfo", path)
        ((minutes, seconds),) = re.findall(r"Playback length: (\d+)m:([\d.]+)s", info)
        (channels,) = map(int, re.findall(r"Channels: (\d+)", info))
        codec = "opus" if "Opus stream 1" in info else "another"
        told.append((codec, channels, int(minutes) * 60 + float(seconds)))
    return told


def _run(*command):
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
