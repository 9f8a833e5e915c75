"""Another variety of Miao: tried by ear, heard from then on only by who understands it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import homing
from bot.voice.buttons import GREEN, RED, button
from bot.voice.choosing_clips import SPOKEN, Heard, Voices, voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import Consent, ConsentState
from db.queries import clips

NOTICE_VERSION = "2026-11"


async def nearby(session: AsyncSession, voices: Voices, here: Listener, key: str) -> Heard | None:
    """Find the same in a variety that a listener has not been asked about yet."""
    if here.person is None or here.speaks == SPOKEN:
        return None
    known = {one.language for one in await clips.asked(session, here.person.id)}
    others = sorted({of for _key, of in voices.approved} - {here.speaks, SPOKEN} - known)
    return next((one for of in others if (one := voices.find(key, of))), None)


async def ask(session: AsyncSession, here: Listener, language: str, now: datetime) -> None:
    """Ask whether the voice that was just heard is understood."""
    if here.person is None:
        return
    asked = Consent(
        person_id=here.person.id,
        kind=clips.VARIETY,
        notice_version=NOTICE_VERSION,
        language=language,
        asked_at=now,
    )
    session.add(asked)
    await session.flush()
    said = Screen(
        _("Do you understand this voice? Then I use it where yours is not recorded."),
        picture=picture("language"),
        rows=[
            [
                button("👍", f"variety:{asked.id}:1", GREEN),
                button("❌", f"variety:{asked.id}:0", RED),
            ]
        ],
    )
    await show(session, here, said, now)


async def decide(
    session: AsyncSession, here: Listener, asked: Consent, now: datetime, *, yes: bool
) -> bool:
    """Take the answer; False where it is not this person's to give."""
    person = here.person
    if person is None or asked.person_id != person.id or asked.kind != clips.VARIETY:
        return False
    asked.state = ConsentState.GIVEN if yes else ConsentState.REFUSED
    asked.decided_at = now
    line = {"speaks": person.speaks, "also": asked.language, "yes": yes}
    await ledger.record(session, person.id, "language.chosen", now, **line)
    await session.flush()
    await voices_of(session).meet(session, person.id, here.speaks)
    receipt(session, here, Screen(_("Done. From now on like this.")), now)
    await homing.go_home(session, here, now)
    return True
