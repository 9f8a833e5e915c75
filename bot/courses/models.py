"""What a course, a lesson and a step are."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,9}[0-9]{0,3}$")]
StepId = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,9}[0-9]{1,3}\.[0-9]{1,2}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Frozen(BaseModel):
    """A value that does not change and has no fields that nobody asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Character(Frozen):
    """A character that a lesson teaches."""

    character: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    pinyin: Text


class Option(Frozen):
    """One choice of a question: what it is called, how it is drawn, whether it is right."""

    label: Text
    drawing: Text | None = None
    right: bool = False
    clip: Path | None = None


class BaseStep(Frozen):
    """One screen of a lesson: a card, what is said, and a short caption."""

    id: StepId
    number: int
    picture: Path
    say: Text
    caption: Text
    clip: Path | None = None
    drawing: Text | None = None
    word: Text | None = None
    pinyin: Text | None = None
    numeral: Text | None = None
    options: tuple[Option, ...] = Field(default=(), max_length=0)

    @property
    def right(self) -> int | None:
        """Give the index of the right option, None where nothing is asked."""
        return next((i for i, option in enumerate(self.options) if option.right), None)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Give the words of the answer buttons: the numbers that the card shows."""
        return ()


class SeeHear(BaseStep):
    """Look at the card and hear the clip."""

    kind: Literal["see_hear"]


class SayAfter(BaseStep):
    """Hear it, then say it; the voice is kept as oral homework."""

    kind: Literal["say_after"]


class TapPicture(BaseStep):
    """Tap one of two to four pictures or words, numbered on the card."""

    kind: Literal["tap_picture"]
    options: tuple[Option, ...] = Field(min_length=2, max_length=4)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Give the numbers under which the choices are drawn."""
        return tuple(str(number) for number in range(1, len(self.options) + 1))


class Numeral(Option):
    """A choice that is a number, written in digits."""

    label: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]


class NumberStep(BaseStep):
    """A question whose three choices are numerals."""

    options: tuple[Numeral, ...] = Field(min_length=3, max_length=3)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Give the numerals themselves."""
        return tuple(option.label for option in self.options)


class TapNumber(NumberStep):
    """Hear or reckon a number and tap it."""

    kind: Literal["tap_number"]


class Count(NumberStep):
    """Count the things on the card and tap the number."""

    kind: Literal["count"]


Step = Annotated[
    SeeHear | SayAfter | TapPicture | TapNumber | Count,
    Field(discriminator="kind"),
]
KINDS = ("see_hear", "say_after", "tap_picture", "tap_number", "count")


class Lesson(Frozen):
    """One lesson: a few minutes, taken step by step."""

    key: Key
    number: int = Field(ge=1, le=999)
    title: Text
    aim: Text
    strand: Text
    minutes: int = Field(ge=1, le=60)
    characters: tuple[Character, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1, max_length=30)
    version: Digest


class Course(Frozen):
    """A course pack as it was read: its lessons and the digest of all its content."""

    key: Key
    title: Text
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Za-z]+)*$")]
    lessons: tuple[Lesson, ...] = Field(min_length=1, max_length=200)
    version: Digest
    folder: Path

    def lesson(self, key: str) -> Lesson | None:
        """Find a lesson by its key."""
        return next((lesson for lesson in self.lessons if lesson.key == key), None)

    def path(self, relative: Path) -> Path:
        """Give the file that a picture or clip of this pack names."""
        return self.folder / relative
