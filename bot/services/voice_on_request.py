"""Another voice on request: a class head sets it for a learner who asks, and that is recorded."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, MIAO, html
from bot.language import N_ as _
from bot.services.carding import led, of_class, paged
from bot.services.quieting import awake
from bot.services.reaching import listeners
from bot.services.voice_catalogue import language_of, named, number_of
from bot.voice.buttons import button
from bot.voice.choosing_clips import SPOKEN, voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, receipt, tell
from db import ledger
from db.models import Person, Role
from db.queries import people


async def list_learners(
    session: AsyncSession, here: Listener, now: datetime, page: int = 1
) -> None:
    """Show a class head whose voice can be changed: all who are on a phone."""
    if here.person is None:
        return
    learners = await of_class(session, here.person, now)
    known = await people.with_phones(session, learners)
    shown = [one for one in learners if one.id in known]
    rows = paged(shown, "voiceof", "voices", page)
    tell(session, here, _("Who asks for another voice?"), now, rows)


async def ask(session: AsyncSession, here: Listener, person_id: int, now: datetime) -> bool:
    """Ask which voice a learner wants; False where it is not this head's learner."""
    person = await led(session, here, person_id, now)
    if person is None:
        return False
    rows = [
        [button(html(MANDARIN, named(one)), f"setvoice:{person.id}:{number_of(one)}")]
        for one in await _languages(session, person)
    ]
    text = _("Which voice does %(name)s ask for? Now it is %(voice)s.")
    voice = html(MANDARIN, named(language_of(person.speaks)))
    tell(session, here, text, now, rows, name=person.name, voice=voice)
    return True


async def choose(
    session: AsyncSession, here: Listener, person_id: int, number: int, now: datetime
) -> bool:
    """Keep the voice that a learner asked for; they hear it themselves, outside quiet hours."""
    person = await led(session, here, person_id, now)
    if person is None or here.person is None:
        return False
    offered = {number_of(one): one for one in await _languages(session, person)}
    if number not in offered:
        return False
    before, person.speaks = person.speaks, offered[number]
    line = {"speaks": person.speaks, "before": before, "by": here.person.id}
    await ledger.record(session, person.id, "language.chosen", now, **line)
    await session.flush()
    voices = voices_of(session)
    await voices.meet(session, person.id, language_of(person.speaks))
    study_class = await people.class_of(session, person.id, Role.LEARNER, now)
    way = Way(not_before=awake(now, study_class, person))
    for place in await listeners(session, person):
        receipt(session, place, Screen(_("Done. From now on like this.")), now, way)
    return True


async def _languages(session: AsyncSession, person: Person) -> Sequence[str]:
    """List what may be chosen: Miao, Mandarin, the present one, and each that is recorded."""
    voices = voices_of(session)
    await voices.refresh(session)
    recorded = {language for _key, language in voices.approved}
    return sorted({MIAO, SPOKEN, language_of(person.speaks), *recorded})
