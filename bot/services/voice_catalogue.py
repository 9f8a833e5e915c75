"""Everything that is to have a voice: sentences, sentence parts and lesson steps, in path order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clips import FOLDER, clips, parts
from bot.language import MANDARIN, MIAO
from bot.language import N_ as _
from bot.services.teaching import course
from bot.voice.choosing_clips import SPOKEN
from bot.voice.numbers import counted
from bot.voice.sentences import PRIVATE, grammar
from bot.voice.speaking import NAMES
from db.queries import booth

OTHERS = "others"
PARTS = "parts"
OWN_NAMES = "names"  # of places and classes: each school's own
# The learner's way through the storyboard: up to which number of a sentence each part of it goes.
UP_TO = (
    (17, "enrolment"),
    (32, "home"),
    (49, "unexpected"),
    (70, "lesson"),
    (84, "reminders"),
    (97, "check-in"),
    (101, "questions"),
    (107, "hours"),
    (120, "papers"),
    (130, "settings"),
    (145, "group"),
)
# What a learner meets in the first week comes before what is met later.
FIRST = ("enrolment", "home", "check-in", "lesson", "reminders", PARTS, "wh01")
NUMBERS = 10**12  # so many keys of buttons; two alike are told apart by nobody, and never met


@dataclass(frozen=True)
class Wording:
    """One thing to be spoken: its key, the Mandarin words, where a learner meets it."""

    key: str
    spoken: str
    path: str
    voice: Path | None  # the Mandarin clip that comes with the program


def number_of(key: str) -> int:
    """Return the number by which buttons and states name a key."""
    return int.from_bytes(sha256(key.encode()).digest()[:8]) % NUMBERS


def language_of(speaks: str) -> str:
    """Return the language of a person's clips; every name of Mandarin is the same there."""
    return SPOKEN if speaks in {SPOKEN, MANDARIN} else speaks


def named(language: str) -> str:
    """Return the message that names a language; a village's own pack is called by its own name."""
    return {MIAO: _("Miao"), SPOKEN: _("Mandarin")}.get(language, language)


@cache
def catalogue(language: str = SPOKEN) -> Mapping[str, Wording]:
    """Return everything that is to have a voice in a language, in the order of a learner's path.

    What a language leaves to Mandarin for good, such as bare numbers in Miao, is not asked for.
    """
    says = grammar(language).says
    parts_ = [one for one in _parts() if says(one.key)]
    found = [*_sentences(), *parts_, *_counted(language), *_steps()]
    places = {path: place for place, path in enumerate(FIRST)}
    found.sort(key=lambda one: places.get(one.path, len(places)))
    return {one.key: one for one in found}


def wording(key: str, language: str) -> Wording | None:
    """Return what is to be spoken under a key; a place or class of this school says itself."""
    kind, _dot, name = key.partition(".")
    own = Wording(key, name, OWN_NAMES, None) if kind in NAMES - PRIVATE and name else None
    return catalogue(language).get(key) or own


def words(key: str, language: str) -> str:
    """Return the Mandarin words of a key."""
    found = wording(key, language)
    return found.spoken if found else key


async def open_to(session: AsyncSession, language: str) -> dict[str, Wording]:
    """Return the catalogue with the names that learners here have wanted to hear."""
    used = {*await booth.wanted(session, language), *await booth.keys(session, language)}
    names = (wording(key, language) for key in sorted(used - catalogue(language).keys()))
    return {**catalogue(language), **{one.key: one for one in names if one}}


async def numbered(session: AsyncSession, number: int, language: str) -> Wording | None:
    """Find what a button's number names."""
    listed = await open_to(session, language)
    return next((one for key, one in listed.items() if number_of(key) == number), None)


def _sentences() -> Iterator[Wording]:
    made = clips()
    listed = yaml.safe_load((FOLDER / SPOKEN / "sentences.yaml").read_text(encoding="utf-8"))
    for entry in listed:
        number = Path(entry["file"]).stem
        path = next((name for last, name in UP_TO if number.isdigit() and int(number) <= last), "")
        clip = made.get(entry["english"])
        yield Wording(
            entry["english"], entry["spoken"], path or OTHERS, clip.path if clip else None
        )


def _parts() -> Iterator[Wording]:
    made = parts.parts()
    for key, spoken in parts.spoken().items():
        clip = made.get(key)
        yield Wording(key, spoken, PARTS, clip.path if clip else None)


def _counted(language: str) -> Iterator[Wording]:
    """Give what a language counts in one word, where Mandarin has several."""
    for kind, forms in grammar(language).counted.items():
        for number, key in forms.items():
            if key not in parts.spoken():
                reading = counted(number, f"count.{kind}")
                spoken = "".join(parts.spoken().get(part, "") for part in reading)
                yield Wording(key, spoken, PARTS, None)


def _steps() -> Iterator[Wording]:
    pack = course()
    for lesson in pack.lessons:
        for step in lesson.steps:
            voice = pack.path(step.clip) if step.clip else None
            yield Wording(step.id, step.say, lesson.key, voice)
