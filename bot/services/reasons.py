"""Reasons that people can read, in the language of whoever reads them."""

from dataclasses import dataclass
from datetime import datetime

from bot.language import ENGLISH, MANDARIN, clock, translate


@dataclass(frozen=True)
class Reason:
    """Why something counts as it does: a sentence and what fills its slots.

    A slot may hold a moment, which is told by the clock, or reasons in their turn.
    """

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def say(self, language: str = MANDARIN) -> str:
        """Say the reason in a language."""
        filled = {name: _filled(value, language) for name, value in self.values}
        return translate(language, self.text, **filled)


def _filled(value: object, language: str) -> object:
    match value:
        case datetime():
            return clock(value)
        case Reason():
            return value.say(language)
        case tuple():
            between = ", " if language == ENGLISH else "，"
            return between.join(str(_filled(one, language)) for one in value)
        case _:
            return value
