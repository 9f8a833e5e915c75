"""What is heard of a sentence: its clip or its joined parts, in the own language first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bot.language import SHANGHAI
from bot.voice import numbers
from bot.voice.choosing_clips import SPOKEN, Heard, Voices
from bot.voice.composing import Piece, plan
from bot.voice.numbers import Reading
from bot.voice.sentences import PRIVATE, STOPS, Slot, grammar, sentences
from bot.voice.telling import Value, said

NAMES = frozenset({"place", "class", "trade", "lesson", "person"})


@dataclass(frozen=True)
class Choice:
    """What is heard, in which language it was wanted, and what was missing for it."""

    voice: Heard | None
    wanted: str = SPOKEN
    missed: tuple[tuple[str, str], ...] = ()  # key and language

    @property
    def fell_back(self) -> bool:
        """Whether the listener hears another language than their own, or nothing."""
        return self.voice is None or self.voice.language != self.wanted

    @property
    def reason(self) -> str:
        """Why something else than the own variety is heard; empty where nothing else is."""
        if self.voice is None:
            return "nothing recorded"
        if self.voice.language == self.wanted:
            mixed = any(part.language != self.wanted for part in self.voice.parts)
            return "some parts are not said in it" if mixed else ""
        if self.voice.language != SPOKEN:
            return "accepted variety"
        return "not recorded in it"


def choose(
    voices: Voices,
    language: str,
    key: str,
    values: Mapping[str, Value],
    now: datetime,
    brought: Path | None = None,
    also: Sequence[str] = (),
) -> Choice:
    """Choose what a listener hears for a message or a lesson step.

    Own variety, then those that the listener accepts `also`, then Mandarin: a person's, else the
    machine's. A sentence with slots is joined from its parts where all were recorded, unless the
    clip without slots is in a language that comes first.
    """
    order = (language, *(one for one in also if one not in {language, SPOKEN}), SPOKEN)
    found = [voices.find(key, one, brought if one == SPOKEN else None) for one in order]
    whole = next((one for one in found if one), None)
    joined, missed = _join(voices, order[:-1], key, values, now, whole)
    if joined and (whole is None or order.index(joined.language) <= order.index(whole.language)):
        return Choice(joined, language, missed)
    if found[0] is None:
        missed = (*missed, (key, language))
    return Choice(whole, language, missed)


def _join(
    voices: Voices,
    order: Sequence[str],
    key: str,
    values: Mapping[str, Value],
    now: datetime,
    whole: Heard | None,
) -> tuple[Heard | None, tuple[tuple[str, str], ...]]:
    """Join a sentence the best way that can be said; say what was missing for the best of all."""
    language, *also = order or (SPOKEN,)
    missed: dict[tuple[str, str], None] = {}
    for place, way in enumerate(sentences().get(key, ())):
        pieces, lacking = pieces_of(voices, language, way, values, now, also)
        if place == 0:
            missed = dict.fromkeys(lacking)
        if pieces is None or voices.data is None:
            continue
        spoken_in = {piece.language for piece in pieces if isinstance(piece, Heard)}
        heard_in = next((one for one in (language, *also) if one in spoken_in), SPOKEN)
        says = said(key, values, now)
        return plan(voices.data, pieces, heard_in, whole, says), tuple(missed)
    return None, tuple(missed)


def pieces_of(
    voices: Voices,
    language: str,
    way: Sequence[str | Slot],
    values: Mapping[str, Value],
    now: datetime,
    also: Sequence[str] = (),
) -> tuple[list[Piece] | None, list[tuple[str, str]]]:
    """Return the parts of one way to say a sentence, None where one is missing; and what is."""
    order = (language, *also)
    pieces: list[Piece] = []
    missed: list[tuple[str, str]] = []
    complete = True
    for token in way:
        if isinstance(token, Slot):
            found = _slot(voices, order, token, values.get(token.name), now, missed)
        elif token in STOPS:
            found = [token]
        else:
            found = _part(voices, order, token, missed)
        complete = complete and found is not None
        pieces += found or ()
    return (pieces if complete else None), missed


def _slot(
    voices: Voices,
    order: Sequence[str],
    slot: Slot,
    value: Value,
    now: datetime,
    missed: list[tuple[str, str]],
) -> list[Piece] | None:
    """Return a slot's parts: wholly in one variety, or else wholly in Mandarin."""
    try:
        reading = read(slot.kind, value, now)
    except ValueError:
        return None
    lacking: list[tuple[str, str]] = []
    for language in order:
        counted = grammar(language).counted.get(slot.kind, {})
        own = counted.get(value) if isinstance(value, int) and language != SPOKEN else None
        # What is missing of an accepted variety is nobody's task: the own one is.
        wanted = missed if language == order[0] else []
        found = _parts(voices, language, (own,) if own else reading, wanted)
        if found is not None or language == SPOKEN:
            return found
    found = _parts(voices, SPOKEN, reading, lacking)
    missed += [] if slot.kind in PRIVATE else lacking
    return found


def _parts(
    voices: Voices, language: str, reading: Reading, missed: list[tuple[str, str]]
) -> list[Piece] | None:
    """Return a reading's recordings in one language, None where one is missing."""
    says = grammar(language).says
    if not all(key in STOPS or says(key) for key in reading):
        return None
    pieces: list[Piece] = []
    complete = True
    for key in reading:
        found = key if key in STOPS else voices.find(key, language)
        if found is not None:
            pieces.append(found)
            continue
        complete = False
        if key.partition(".")[0] not in PRIVATE:
            missed.append((key, language))
    return pieces if complete else None


def _part(
    voices: Voices, order: Sequence[str], key: str, missed: list[tuple[str, str]]
) -> list[Piece] | None:
    """Return one part's recording in the first language that has it."""
    for language in dict.fromkeys((*order, SPOKEN)):
        if not grammar(language).says(key):
            continue
        if found := voices.find(key, language):
            return [found]
        if language == order[0]:
            missed.append((key, language))
    return None


def read(kind: str, value: Value, now: datetime) -> Reading:  # noqa: C901, PLR0911 - a kind a line
    """Return the parts that say a value in Mandarin; ValueError where it cannot be said."""
    match kind, value:
        case "number", int():
            return numbers.number(value)
        case "span", int():
            return numbers.span(value)
        case "digits", str():
            return numbers.digits(value)
        case "money", Decimal() | int() | str():
            return numbers.money(_decimal(value))
        case "clock", _:
            return numbers.clock(*_hour_and_minute(value))
        case "day", datetime():
            return numbers.day_from(value, now)
        case "day", date():
            return numbers.day(value)
        case "moment", datetime():
            local = value.astimezone(SHANGHAI)
            return numbers.day_from(value, now) + numbers.clock(local.hour, local.minute)
        case "hour", Decimal() | str():
            return _hours(_decimal(value))
        case _ if kind in NAMES and isinstance(value, str) and value:
            return (f"{kind}.{value}",)
        case _ if isinstance(value, int):
            return numbers.counted(value, f"count.{kind}")
    raise ValueError(f"{value!r} is not said as {kind}")


def _decimal(value: Decimal | int | str) -> Decimal:
    """Read an amount as it is written."""
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is no number") from None


def _hours(value: Decimal) -> Reading:
    """Say class hours, which may have something behind the point."""
    if value == value.to_integral_value():
        return numbers.counted(int(value), "count.hour")
    return (*numbers.decimal(value), "count.hour.unit")


def _hour_and_minute(value: Value) -> tuple[int, int]:
    """Return the time of day of a moment, or of its written form such as 8:30."""
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI)
        return local.hour, local.minute
    hour, _colon, minute = str(value).partition(":")
    return int(hour), int(minute)
