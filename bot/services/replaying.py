"""Hear again: the very recording of a card, as often as one likes."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clips import clips
from bot.services.teaching import course
from bot.voice.buttons import BOTTOM
from bot.voice.choosing_clips import Heard, of_file, reference, voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Way, put
from db import ledger

COMPOSED = re.compile(r"^v[0-9a-f]{24}$")
RECORDED = re.compile(r"^c[0-9]+$")
LESSON = re.compile(r"^(?P<lesson>[a-z]{2,9}[0-9]{1,3}):(?P<step>[0-9]{1,2})$")


async def recording(session: AsyncSession, ref: str) -> Heard | None:
    """Find the recording that a button names; None where there is none."""
    if found := LESSON.match(ref):
        lesson = course().lesson(found["lesson"])
        step_id = f"{found['lesson']}.{found['step']}"
        step = next((one for one in lesson.steps if one.id == step_id), None) if lesson else None
        return of_file(course().path(step.clip)) if step and step.clip else None
    if COMPOSED.match(ref) or RECORDED.match(ref):
        voices = voices_of(session)
        await voices.refresh(session)
        return voices.named(ref)
    shipped = (one.path for one in clips().values() if reference(one.path) == ref)
    return next(map(of_file, shipped), None)


async def replay(session: AsyncSession, here: Listener, ref: str, now: datetime) -> bool:
    """Play a card's voice again; each replay is kept."""
    voice = await recording(session, ref)
    if voice is None:
        return False
    payload = {"voice": {"file": voice.file}, "reply_markup": BOTTOM}
    put(session, here, "sendVoice", payload, now, Way(purpose="replay"))
    if here.person:
        await ledger.record(session, here.person.id, "clip.replayed", now, clip=ref)
    return True
