"""What a learner wanted to hear and did not: counted for the booth, and written down as heard."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.voice.listening import Listener
from bot.voice.speaking import Choice
from db import ledger
from db.models import Role
from db.queries import clips, people


async def note(
    session: AsyncSession, listener: Listener, key: str, choice: Choice, now: datetime
) -> None:
    """Count what was missing; keep in the ledger which language a learner heard instead.

    Only learners count: staff who look at a screen want no clip of it.
    """
    person = listener.person
    if person is None or not (choice.missed or choice.fell_back):
        return
    if await people.class_id_of(session, person.id, Role.LEARNER, now) is None:
        return
    await clips.want(session, choice.missed, now)
    if not choice.fell_back or not listener.reads_nothing:
        return
    heard = choice.voice
    await ledger.record(
        session,
        person.id,
        "voice.fallback",
        now,
        key=key,
        wanted=choice.wanted,
        given=heard.language if heard else "",
        version=heard.version if heard else 0,
        made_by=heard.made_by if heard else "",
        clip=heard.ref if heard else "",
    )
