"""What a learner wanted to hear and did not is counted; what was heard is written down."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.voice.choosing_clips import Heard
from bot.voice.listening import Listener
from bot.voice.speaking import Choice
from db import ledger
from db.models import Role
from db.queries import clips, people


async def note(
    session: AsyncSession, listener: Listener, key: str, choice: Choice, now: datetime
) -> None:
    """Count what was missing; keep in the ledger what exactly a learner heard, and why that.

    Only learners count: staff who look at a screen want no clip of it.
    """
    person = listener.person
    if person is None or not (choice.missed or choice.fell_back or listener.reads_nothing):
        return
    if await people.class_id_of(session, person.id, Role.LEARNER, now) is None:
        return
    await clips.want(session, choice.missed, now)
    if not listener.reads_nothing:
        return
    kind = "voice.fallback" if choice.fell_back else "voice.heard"
    line = {"key": key, "wanted": choice.wanted, "reason": choice.reason, **heard(choice.voice)}
    await ledger.record(session, person.id, kind, now, **line)


def heard(voice: Heard | None) -> dict[str, object]:
    """Return what the ledger tells of a recording, and of each part of a composed one."""
    if voice is None:
        return {"given": "", "version": 0, "made_by": "", "clip": ""}
    told: dict[str, object] = {
        "given": voice.language,
        "version": voice.version,
        "made_by": voice.made_by,
        "clip": voice.ref,
    }
    if voice.parts:
        told["parts"] = [
            {"clip": part.ref, "language": part.language, "version": part.version}
            for part in voice.parts
        ]
    return told
