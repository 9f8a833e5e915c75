"""Steps that speak of the learner: the gaps are filled from that learner's own record.

Where the record, the font or a recording lacks something, the step is played in its plain form.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Dial, SayAfter, SeeHear, Step, TapPicture, Trace
from bot.services import name_drawing, stepping
from bot.services.recalling import GAP, own_phone, recall, split_name
from bot.services.taught import course
from bot.voice.choosing_clips import SPOKEN, Heard, Voices, reference, voices_of
from bot.voice.composing import plan
from bot.voice.listening import Listener
from bot.voice.saying import kept
from bot.voice.sentences import Slot, parsed
from bot.voice.speaking import Choice, pieces_of
from bot.voice.wanting import note
from db import ledger
from db.models import Message, Person
from db.queries import clips

SPOKEN_AS = {
    "姓名": "person",
    "姓": "person",
    "名": "person",
    "县": "place",
    "乡镇": "place",
    "村": "place",
    "组": "place",
    "电话": "digits",
    "今天": "day",
    "下次课": "moment",
    "n": "character",
}
MAY_LACK = {"组"}  # a village without groups is no gap in the record
COUNTED = "{n}个字了"  # the count is said with its counter


@dataclass(frozen=True)
class Filled:
    """A step as one learner gets it."""

    step: Step
    voice: Heard | None = None
    told: str = ""  # what stands under its caption
    drawn: str = ""  # its card, where it shows the learner's own name

    @property
    def reference(self) -> str:
        """What the button calls its voice; nothing where it has none."""
        if self.voice:
            return self.voice.ref
        return reference(course().path(self.step.clip)) if self.step.clip else ""

    def draw_on(self, card: Message) -> None:
        """Show the learner's own card instead of the one for everybody."""
        if self.drawn:
            card.payload = {**card.payload, "photo": kept(self.drawn)}


def caption(filled: Filled, pressed: str) -> str:
    """Return the words under a card: the step's, and what was filled in."""
    words = stepping.caption(filled.step, pressed)
    return f"{words}\n{filled.told}" if filled.told else words


def in_play(here: Listener, step: Step) -> Step:
    """Return a step as it is judged: the number to dial is the learner's own, if it is known."""
    if isinstance(step, Dial) and step.slot and here.person and own_phone(here.person):
        return step.model_copy(update={"digits": own_phone(here.person)})
    return step


async def fill(session: AsyncSession, here: Listener, step: Step, now: datetime) -> Filled:
    """Fill a step's gaps for who takes it."""
    gaps = GAP.findall(step.say_slots or "")
    named = isinstance(step, Trace | TapPicture) and _names_one(step)
    if here.person is None or not (gaps or named or isinstance(step, Dial)):
        return Filled(step)
    known = await recall(session, here.person, gaps, now)
    values, shown = known.values, known.shown
    whole = bool(gaps) and all(gap in values or gap in MAY_LACK for gap in gaps)
    voice = await _say(session, here, step, values, now) if whole else None
    told = ""
    if whole and isinstance(step, SeeHear | SayAfter):
        told = "".join(shown[gap] for gap in gaps if gap in shown)
    drawn = await _draw(session, here.person, step, gaps)
    return Filled(in_play(here, step), voice, told, drawn)


def _names_one(step: Trace | TapPicture) -> bool:
    if isinstance(step, Trace):
        return step.slot is not None
    return any(option.slot for option in step.options)


async def _say(
    session: AsyncSession, here: Listener, step: Step, values: Mapping[str, object], now: datetime
) -> Heard | None:
    """Join the sentence with what was filled in; None where a part of it was not recorded."""
    voices = voices_of(session)
    await voices.refresh(session)
    own = voices.find(step.id, here.speaks) if here.speaks != SPOKEN else None
    try:
        told = way(step.say_slots or "", values)
    except ValueError:  # its words are no parts of sentences yet
        return None
    pieces, missed = pieces_of(voices, here.speaks, told, values, now)
    if pieces is None or voices.data is None:
        await clips.want(session, missed, now)
        await _want_names(session, here, step, now)
        return None
    speech = {piece.language for piece in pieces if isinstance(piece, Heard)}
    heard_in = here.speaks if here.speaks in speech else SPOKEN
    if own and heard_in != here.speaks:
        return None
    voice = plan(voices.data, pieces, heard_in, own or _brought(voices, step))
    await note(session, here, step.id, Choice(voice, here.speaks, tuple(missed)), now)
    return voice


def _brought(voices: Voices, step: Step) -> Heard | None:
    return voices.find(step.id, SPOKEN, course().path(step.clip) if step.clip else None)


def way(text: str, values: Mapping[str, object]) -> tuple[str | Slot, ...]:
    """Return the sentence as parts and slots; a gap that may be left out is left out."""
    told = GAP.sub(
        lambda gap: f"{{{gap[1]}:{SPOKEN_AS[gap[1]]}}}" if gap[1] in values else "",
        text.replace(COUNTED, "{n}"),
    )
    return parsed(told)


async def _want_names(session: AsyncSession, here: Listener, step: Step, now: datetime) -> None:
    """Note that a learner's name would have been said, had anybody recorded it; not which name."""
    gaps = [gap for gap in GAP.findall(step.say_slots or "") if SPOKEN_AS[gap] == "person"]
    if here.person and gaps:
        await ledger.record(
            session, here.person.id, "voice.wanted", now, language=here.speaks, key=step.id, of=gaps
        )


async def _draw(session: AsyncSession, person: Person, step: Step, gaps: list[str]) -> str:
    """Draw the card that shows the learner's own name; nothing where the font lacks it."""
    data = voices_of(session).data
    if data is None or not name_drawing.showable(person.name):
        return ""
    draw: Callable[[], str] | None = None
    match step:
        case Trace(slot=str(slot)):
            surname, given = split_name(person.name)
            written = {"姓": surname, "名": given}[slot]
            draw = partial(name_drawing.to_trace, data, written) if written else None
        case TapPicture() if not step.drawing:
            labels = [person.name if one.slot else one.label for one in step.options]
            if len(set(labels)) == len(labels):
                draw = partial(name_drawing.to_choose, data, labels)
        case SeeHear() if gaps == ["姓名"]:
            draw = partial(name_drawing.to_read, data, person.name)
    return await asyncio.to_thread(draw) if draw else ""
