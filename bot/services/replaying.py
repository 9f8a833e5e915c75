"""Hear again: the very recording of a card; asked once more, in the other language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clips import clips
from bot.language import MIAO
from bot.services import voice_varieties
from bot.services.teaching import course
from bot.voice.buttons import BOTTOM
from bot.voice.choosing_clips import (
    SPOKEN,
    Heard,
    Voices,
    of_file,
    read_recipe,
    reference,
    voices_of,
)
from bot.voice.listening import Listener
from bot.voice.saying import Way, put
from bot.voice.speaking import choose
from bot.voice.telling import Value, value_of
from bot.voice.wanting import heard
from db import ledger
from db.queries import clips as recorded
from db.queries import outbox

SOON = timedelta(seconds=60)  # until then a second press asks for the other language
ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
COMPOSED = re.compile(r"^v[0-9a-f]{24}$")
RECORDED = re.compile(r"^c[0-9]{1,18}$")
LESSON = re.compile(r"^(?P<lesson>[a-z]{2,9}[0-9]{1,3}):(?P<step>[0-9]{1,2})$")


@dataclass(frozen=True)
class Said:
    """What a button's recording says: enough to say it in another language."""

    key: str
    at: datetime = ANY_DAY  # when it was said, where it names a day
    values: Mapping[str, Value] = field(default_factory=dict)
    brought: Path | None = None  # the Mandarin that a lesson brings along


async def replay(session: AsyncSession, here: Listener, ref: str, now: datetime) -> bool:
    """Play a card's voice again; each replay is kept, with what was heard."""
    voices = voices_of(session)
    await voices.refresh(session)
    if here.person:
        await voices.meet(session, here.person.id, here.speaks)
    said = await _said(session, voices, ref)
    first = _named(voices, ref, said) or (_choice(voices, here, said) if said else None)
    if first is None:
        return False
    voice, nearby = first, None
    if said and await _just_played(session, here, first, now):
        voice = other(voices, here, first, said) or first
        if voice == first:
            nearby = await voice_varieties.nearby(session, voices, here, said.key)
            voice = nearby or first
    payload = {"voice": {"file": voice.file}, "reply_markup": BOTTOM}
    put(session, here, "sendVoice", payload, now, Way(purpose=outbox.REPLAY))
    if here.person:
        line = {"of": ref, "key": said.key if said else "", **heard(voice)}
        await ledger.record(session, here.person.id, "clip.replayed", now, **line)
    if nearby:
        await voice_varieties.ask(session, here, nearby.language, now)
    return True


async def recording(session: AsyncSession, ref: str) -> Heard | None:
    """Find the recording that a button names; None where it is gone, or was taken back."""
    voices = voices_of(session)
    await voices.refresh(session)
    return _named(voices, ref, await _said(session, voices, ref))


def _named(voices: Voices, ref: str, said: Said | None) -> Heard | None:
    if COMPOSED.match(ref) or RECORDED.match(ref):
        return voices.named(ref)
    if said is None:
        return None
    if said.brought:
        return of_file(said.brought)
    shipped = clips().get(said.key)
    return of_file(shipped.path, shipped.version, shipped.made_by) if shipped else None


async def _said(session: AsyncSession, voices: Voices, ref: str) -> Said | None:
    """Find out what a button's recording says; None where nobody can tell."""
    if LESSON.match(ref):
        return _step(ref.replace(":", "."))
    if RECORDED.match(ref):
        key = await recorded.key_of(session, int(ref[1:]))
        return (_step(key) or Said(key)) if key else None
    if COMPOSED.match(ref):
        if voices.data is None:
            return None
        told = read_recipe(voices.data / "voice" / f"{ref[1:]}.ogg").get("says")
        if not told:
            return None
        values = {name: value_of(one) for name, one in told["values"].items()}
        return Said(told["key"], datetime.fromisoformat(told["at"]), values)
    key = next((key for key, one in clips().items() if reference(one.path) == ref), None)
    return Said(key) if key else None


def _step(key: str) -> Said | None:
    """Find a lesson's step, whose Mandarin the lesson brings along."""
    lesson = course().lesson(key.partition(".")[0])
    step = next((one for one in lesson.steps if one.id == key), None) if lesson else None
    if lesson is None or step is None or not step.clip:
        return None
    return Said(key, brought=course().path(step.clip))


def _choice(voices: Voices, here: Listener, said: Said, wanted: str = "") -> Heard | None:
    """Choose anew what somebody hears of a card."""
    also = voices.accepted.get(here.person.id, ()) if here.person and wanted != SPOKEN else ()
    language = wanted or here.speaks
    return choose(voices, language, said.key, said.values, said.at, said.brought, also).voice


def other(voices: Voices, here: Listener, first: Heard, said: Said) -> Heard | None:
    """Return the same in the other language: Mandarin, or Miao where Mandarin was heard."""
    own = here.speaks if here.speaks != SPOKEN else MIAO
    found = _choice(voices, here, said, SPOKEN if first.language != SPOKEN else own)
    return found if found and found.language != first.language else None


async def _just_played(session: AsyncSession, here: Listener, first: Heard, now: datetime) -> bool:
    """Say whether this recording was the last to be heard again, just now and since the screen."""
    screen = here.account.screen_id or 0
    last = await outbox.last_replay(session, here.chat_id, now - SOON, screen)
    voice = last.get("voice")
    return isinstance(voice, dict) and voice.get("file") == first.file
