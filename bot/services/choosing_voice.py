"""A language chosen by ear: each recorded variety says the same sentence above its own button."""

from collections import Counter
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.voice.buttons import button, inline
from bot.voice.choosing_clips import SPOKEN, Heard, Voices, voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, receipt, show, words
from bot.voice.speaking import Choice
from bot.voice.wanting import note
from db import ledger
from db.models import Person
from db.queries import choices, clips

STATE = "lang"  # what free input means while a voice is being chosen
MOST = 4
SHIPPED = 0  # the number of the machine's Mandarin; a person's recording has its own
SAYS = _("If you understand me best, press here.")


def varieties(voices: Voices, own: str) -> list[Heard]:
    """Return how each recorded variety says it: the own one first, then what has most clips."""
    recorded = Counter(language for _key, language in voices.approved)
    others = sorted({language for _key, language in voices.approved} - {SPOKEN})
    others.sort(key=lambda one: (one != own, -recorded[one]))
    miao = [found for one in others if (found := voices.find(SAYS, one))][: MOST - 1]
    mandarin = voices.find(SAYS, SPOKEN)
    every = [*miao, mandarin] if mandarin else miao
    return sorted(every, key=lambda one: one.language != own)


def number_of(voice: Heard) -> int:
    """Return the number by which a button names a variety: that of the clip that was heard."""
    return int(voice.ref[1:]) if voice.ref.startswith("c") else SHIPPED


async def ask(session: AsyncSession, here: Listener, now: datetime) -> bool:
    """Let a learner hear each variety; False where there is no choice, which is said."""
    person = here.person
    if person is None:
        return False
    voices = voices_of(session)
    await voices.refresh(session)
    heard = varieties(voices, here.speaks)
    if len(heard) < 2:  # noqa: PLR2004 - one is no choice
        if not any(one.language != SPOKEN for one in heard):
            await _admit(session, here, person, now)
        return False
    here.account.state = STATE
    asked = Screen(
        _("Which voice do you understand best? Press the button under it."),
        picture=picture("language"),
    )
    await show(session, here, asked, now)
    for number, voice in enumerate(heard, 1):
        await note(session, here, SAYS, Choice(voice, voice.language), now)
        payload = {
            "voice": {"file": voice.file},
            "caption": words(here, Screen(SAYS)),
            "parse_mode": "HTML",
            "reply_markup": inline([[button(str(number), f"lang:{person.id}:{number_of(voice)}")]]),
        }
        put(session, here, "sendVoice", payload, now, Way(purpose=choices.CHOICE))
    return True


async def _admit(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Say that Miao is not recorded yet, and once for each person that theirs is wanted."""
    if here.speaks == SPOKEN:
        return
    said = Screen(_("Miao has not been recorded here yet, so I speak Mandarin for now."))
    receipt(session, here, said, now)
    if not await choices.wanted_before(session, person.id, person.speaks):
        await ledger.record(session, person.id, "voice.wanted", now, language=person.speaks)
        await clips.want(session, [(SAYS, here.speaks)], now)


async def choose(session: AsyncSession, here: Listener, number: int, now: datetime) -> bool:
    """Let a learner be spoken to in the variety of a clip; False where it is no longer recorded."""
    person = here.person
    voices = voices_of(session)
    await voices.refresh(session)
    heard = voices.every.get(f"c{number}") if number else None
    if person is None or (number and (heard is None or heard.key != SAYS)):
        return False
    language = heard.language if heard else SPOKEN
    if language != here.speaks or here.account.state == STATE:
        before, person.speaks = person.speaks, language
        line = {"speaks": language, "before": before, "clip": heard.ref if heard else ""}
        await ledger.record(session, person.id, "language.chosen", now, **line)
        await session.flush()
        await voices.meet(session, person.id, here.speaks)
        receipt(session, here, Screen(_("Done. From now on like this.")), now)
    return True
