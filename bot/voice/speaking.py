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
from bot.voice.sentences import STOPS, Slot, grammar, sentences

NAMES = frozenset({"place", "class", "trade", "lesson", "person"})
PRIVATE = frozenset({"person"})  # a person's name is nobody's to record for all

Value = object  # int, Decimal, datetime, date or the written form


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


def choose(
    voices: Voices,
    language: str,
    key: str,
    values: Mapping[str, Value],
    now: datetime,
    brought: Path | None = None,
) -> Choice:
    """Choose what a listener hears for a message or a lesson step.

    Own variety, then Mandarin. A sentence with slots is joined from its parts where all were
    recorded, unless that has nothing of the own variety and the clip without slots does.
    """
    own = voices.find(key, language, brought if language == SPOKEN else None)
    whole = own or voices.find(key, SPOKEN, brought)
    joined, missed = _join(voices, language, key, values, now, whole)
    if joined and (language in {joined.language, SPOKEN} or own is None):
        return Choice(joined, language, missed)
    if own is None:
        missed = (*missed, (key, language))
    return Choice(whole, language, missed)


def _join(
    voices: Voices,
    language: str,
    key: str,
    values: Mapping[str, Value],
    now: datetime,
    whole: Heard | None,
) -> tuple[Heard | None, tuple[tuple[str, str], ...]]:
    """Join a sentence the best way that can be said; say what was missing for the best of all."""
    missed: dict[tuple[str, str], None] = {}
    for place, way in enumerate(sentences().get(key, ())):
        pieces, lacking = pieces_of(voices, language, way, values, now)
        if place == 0:
            missed = dict.fromkeys(lacking)
        if pieces is None or voices.data is None:
            continue
        spoken_in = {piece.language for piece in pieces if isinstance(piece, Heard)}
        heard_in = language if language in spoken_in else SPOKEN
        return plan(voices.data, pieces, heard_in, whole), tuple(missed)
    return None, tuple(missed)


def pieces_of(
    voices: Voices,
    language: str,
    way: Sequence[str | Slot],
    values: Mapping[str, Value],
    now: datetime,
) -> tuple[list[Piece] | None, list[tuple[str, str]]]:
    """Return the parts of one way to say a sentence, None where one is missing; and what is."""
    pieces: list[Piece] = []
    missed: list[tuple[str, str]] = []
    complete = True
    for token in way:
        if isinstance(token, Slot):
            found = _slot(voices, language, token, values.get(token.name), now, missed)
        elif token in STOPS:
            found = [token]
        else:
            found = _parts(voices, language, (token,), missed)
        complete = complete and found is not None
        pieces += found or ()
    return (pieces if complete else None), missed


def _slot(
    voices: Voices,
    language: str,
    slot: Slot,
    value: Value,
    now: datetime,
    missed: list[tuple[str, str]],
) -> list[Piece] | None:
    """Return a slot's parts: wholly in the own variety, or else wholly in Mandarin."""
    try:
        reading = read(slot.kind, value, now)
    except ValueError:
        return None
    if isinstance(value, int) and language != SPOKEN:
        counted = grammar(language).counted.get(slot.kind, {}).get(value)
        reading_own: Reading = (counted,) if counted else reading
    else:
        reading_own = reading
    own = _parts(voices, language, reading_own, missed, alone=True)
    if own is not None or language == SPOKEN:
        return own
    lacking: list[tuple[str, str]] = []
    found = _parts(voices, SPOKEN, reading, lacking, alone=True)
    missed += [] if slot.kind in PRIVATE else lacking
    return found


def _parts(
    voices: Voices,
    language: str,
    reading: Reading,
    missed: list[tuple[str, str]],
    *,
    alone: bool = False,
) -> list[Piece] | None:
    """Return the recordings of parts, each in the own variety or else, unless alone, Mandarin."""
    says = grammar(language).says
    if alone and not all(key in STOPS or says(key) for key in reading):
        return None
    pieces: list[Piece] = []
    complete = True
    for key in reading:
        if key in STOPS:
            pieces.append(key)
            continue
        found = voices.find(key, language) if says(key) else None
        if found is None and says(key) and key.partition(".")[0] not in PRIVATE:
            missed.append((key, language))
        if found is None and not alone:
            found = voices.find(key, SPOKEN)
        if found is None:
            complete = False
        else:
            pieces.append(found)
    return pieces if complete else None


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
