"""Hear again: the very recording of a card, as often as one likes."""

import re
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clips import clips
from bot.services.teaching import course
from bot.voice.buttons import BOTTOM
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, reference, shipped
from db import ledger

LESSON = re.compile(r"^(?P<lesson>[a-z]{2,9}[0-9]{1,3}):(?P<step>[0-9]{1,2})$")


def recording(ref: str) -> Path | None:
    """Find the recording that a button names; None where there is none."""
    if found := LESSON.match(ref):
        lesson = course().lesson(found["lesson"])
        step_id = f"{found['lesson']}.{found['step']}"
        step = next((one for one in lesson.steps if one.id == step_id), None) if lesson else None
        return course().path(step.clip) if step and step.clip else None
    return next((one.path for one in clips().values() if reference(one.path) == ref), None)


async def replay(session: AsyncSession, here: Listener, ref: str, now: datetime) -> bool:
    """Play a card's voice again; each replay is kept."""
    voice = recording(ref)
    if voice is None:
        return False
    payload = {"voice": shipped(voice), "reply_markup": BOTTOM}
    put(session, here, "sendVoice", payload, now, Way(purpose="replay"))
    if here.person:
        await ledger.record(session, here.person.id, "clip.replayed", now, clip=ref)
    return True
