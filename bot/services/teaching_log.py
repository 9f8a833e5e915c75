"""What a teacher says was taught in a class (教学日志, C11): by voice, or in writing."""

import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.services import proving
from bot.services.hearing import ID_NUMBER, LONGEST
from bot.services.keeping import SHORTEST, Attachment, keep
from bot.services.proving import CLASS_PHOTO, CLOSING, LOG, PHOTO, Wanted
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db import ledger
from db.models import Meeting, TeachingLog

FULL = 4096  # characters
SAY_OR_WRITE = _("Please say it by voice, or write it.")


async def take(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    said: Attachment | str | None,
    message_id: int,
    now: datetime,
) -> bool:
    """File a voice or words as a meeting's log; say whether the raw update may be kept."""
    if proving.refused(session, here, meeting, now):
        return True
    if isinstance(said, str):
        if ID_NUMBER.search(said):
            way = Way(purpose="cleaning")
            put(session, here, "deleteMessage", {"message_id": message_id}, now, way)
            tell(session, here, _("Please do not write ID numbers here. I have removed it."), now)
            return False
        await _file(session, here, meeting, now, text=said.strip()[:FULL])
    elif said is None or not _is_voice(said):
        tell(session, here, SAY_OR_WRITE, now)
    elif fault := _fault(said):
        tell(session, here, fault, now, minutes=LONGEST // 60)
    else:
        await _file(session, here, meeting, now, said=said)
    return True


def _is_voice(said: Attachment) -> bool:
    """Say whether something can be listened to; a video note can."""
    return said.kind == "voice" or said.seconds > 0


def _fault(said: Attachment) -> str:
    """Return what is wrong with a voice; nothing if nothing is."""
    if said.too_big:
        return _("This file is too big for me. Please send a smaller one.")
    if said.forwarded:
        return _("This voice was forwarded. Please say it yourself.")
    if said.seconds < SHORTEST:
        return _("I hear nothing in it. Hold the microphone and speak close to it.")
    if said.seconds > LONGEST:
        return _("That is too long for me. Please say it in less than %(minutes)d minutes.")
    return ""


async def _file(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    now: datetime,
    *,
    text: str = "",
    said: Attachment | None = None,
) -> None:
    """File a log, and say what is still missing."""
    if here.person is None:
        return
    voice = await keep(session, said, here.person.id, now) if said else None
    log = TeachingLog(
        meeting_id=meeting.id,
        person_id=here.person.id,
        text=text,
        voice_id=voice.id if voice else None,
        at=now,
    )
    session.add(log)
    await session.flush()
    payload: dict[str, object] = {"log": log.id, "meeting": meeting.id}
    if voice:
        payload["media"] = voice.id
    else:
        payload["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    await ledger.record(session, here.person.id, "log.filed", now, **payload)
    lacking = await proving.missing(session, meeting)
    asked = proving.wanted(here)
    if asked.word == CLOSING and CLASS_PHOTO in lacking:
        here.account.state = Wanted(PHOTO, meeting.id, asked.album).state
    elif asked.album:
        here.account.state = Wanted(proving.ALBUM, meeting.id, asked.album).state
    elif asked.word in {LOG, CLOSING}:
        here.account.state = None
    rows = [proving.buttons(meeting, lacking)]
    tell(session, here, _("Filed as the teaching log of this class."), now, rows)
