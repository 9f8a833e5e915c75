"""What a course and a lesson are."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.courses.options import Frozen, Option, Text
from bot.courses.steps import (
    KINDS,
    Amount,
    BaseStep,
    Count,
    Dial,
    Match,
    NumberStep,
    Numeral,
    Order,
    Pair,
    Pay,
    PhotoTask,
    SayAfter,
    SeeHear,
    Step,
    TapNumber,
    TapPicture,
    Trace,
)

Key = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,9}[0-9]{0,3}$")]
Skill = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Za-z]+)*$")]
StepNumber = Annotated[int, Field(ge=1, le=99)]

__all__ = [
    "KINDS",
    "Amount",
    "BaseStep",
    "Character",
    "Count",
    "Course",
    "Dial",
    "Evidence",
    "Frozen",
    "Key",
    "Lesson",
    "Match",
    "NumberStep",
    "Numeral",
    "Option",
    "Order",
    "Pair",
    "Pay",
    "PhotoTask",
    "SayAfter",
    "SeeHear",
    "Step",
    "TapNumber",
    "TapPicture",
    "Text",
    "Trace",
    "Word",
]


class Character(Frozen):
    """A character that a lesson teaches."""

    character: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    pinyin: Text


class Word(Frozen):
    """A word that a lesson shows and says."""

    word: Text
    pinyin: Text


class Evidence(Frozen):
    """The step whose answer is kept as homework, spoken or written."""

    kind: Literal["口头", "书面"]
    step: StepNumber


class Lesson(Frozen):
    """One lesson: a few minutes, taken step by step."""

    key: Key
    number: int = Field(ge=1, le=999)
    title: Text
    thread: Text | None = None
    aim: Text
    strand: Text
    minutes: int = Field(ge=1, le=60)
    characters: tuple[Character, ...] = Field(default=(), max_length=12)
    words: tuple[Word, ...] = Field(default=(), max_length=20)
    seen: tuple[Text, ...] = ()
    skills: tuple[Skill, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fast_path: tuple[StepNumber, ...] = ()
    fast_to: StepNumber | None = None
    warm_up: int = Field(default=2, ge=0, le=8)
    verify: bool = False
    steps: tuple[Step, ...] = Field(min_length=1, max_length=30)
    version: Digest

    def place(self, number: int) -> int | None:
        """Find the step that is numbered so in its id."""
        wanted = f"{self.key}.{number}"
        return next((i for i, step in enumerate(self.steps) if step.id == wanted), None)


class Course(Frozen):
    """A course pack as it was read: its lessons and the digest of all its content."""

    key: Key
    title: Text
    language: Language
    lessons: tuple[Lesson, ...] = Field(min_length=1, max_length=200)
    version: Digest
    folder: Path

    def lesson(self, key: str) -> Lesson | None:
        """Find a lesson by its key."""
        return next((lesson for lesson in self.lessons if lesson.key == key), None)

    def path(self, relative: Path) -> Path:
        """Give the file that a picture or clip of this pack names."""
        return self.folder / relative
