"""What a composed sentence says, written down so that it can be said in another language."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.voice.sentences import PRIVATE, Slot, sentences

Value = object  # int, Decimal, datetime, date or the written form


def said(key: str, values: Mapping[str, Value], now: datetime) -> dict[str, object]:
    """Write down what a sentence says, without anybody's name."""
    slots = {
        token.name
        for way in sentences().get(key, ())
        for token in way
        if isinstance(token, Slot) and token.kind not in PRIVATE
    }
    told = {name: _written(values[name]) for name in sorted(slots & values.keys())}
    return {"key": key, "values": told, "at": now.isoformat()}


def _written(value: Value) -> list[object]:
    """Write a value so that it is read back as it was."""
    match value:
        case datetime() | date():
            return [type(value).__name__, value.isoformat()]
        case int():
            return ["int", value]
    return [type(value).__name__, str(value)]


def value_of(written: Sequence[Any]) -> Value:
    """Read a value that was written down."""
    kind, value = written
    readers: dict[str, Callable[[Any], Value]] = {
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "Decimal": Decimal,
    }
    return readers[kind](value) if kind in readers else value
