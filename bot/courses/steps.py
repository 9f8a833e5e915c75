"""The kinds of steps of a lesson, as they are written and as a player needs them."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.courses.options import Frozen, Option, Text, named, shuffled

StepId = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,9}[0-9]{1,3}\.[0-9]{1,2}$")]
Money = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$")]
Slip = Literal["100", "50", "20", "10", "5", "1", "0.5", "0.1"]
Written = Annotated[str, StringConstraints(pattern=r"^[㐀-鿿]$")]
BACK = "⌫"
KEYPAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", BACK, "0")
LETTERS = "abcdefgh"


class BaseStep(Frozen):
    """One screen of a lesson: a card, what is said, and a short caption."""

    id: StepId
    number: int
    picture: Path
    say: Text
    caption: Text
    clip: Path | None = None
    say_slots: Text | None = None
    drawing: Text | None = None
    word: Text | None = None
    pinyin: Text | None = None
    numeral: Text | None = None
    verify: bool = False
    options: tuple[Option, ...] = Field(default=(), max_length=0)

    @property
    def right(self) -> int | None:
        """Give the index of the right option, None where nothing is asked."""
        return next((i for i, option in enumerate(self.options) if option.right), None)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Give the words of the answer buttons: the numbers that the card shows."""
        return ()

    @property
    def shown(self) -> tuple[int, ...]:
        """Give the index of what stands at each place of the card, where it was shuffled."""
        return ()

    @property
    def animation(self) -> Path | None:
        """Give the moving picture that goes with the card."""
        return None


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
        return named(self.options)


class Numeral(Option):
    """A choice that is a number, a time or a code, written in digits."""

    label: Annotated[str, StringConstraints(max_length=9, pattern=r"^[0-9]+([.:-][0-9]+)*$")]


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


class Order(BaseStep):
    """Tap three to five cards one after another; they are written in the right order."""

    kind: Literal["order"]
    options: tuple[Option, ...] = Field(min_length=3, max_length=5)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Give the numbers under which the cards are drawn."""
        return named(tuple(self.options[place] for place in self.shown))

    @property
    def shown(self) -> tuple[int, ...]:
        """Give the option that stands at each place of the card."""
        return shuffled(self.id, *(option.label for option in self.options))


class Pair(Frozen):
    """Two things that belong together."""

    left: Option
    right: Option


class Match(BaseStep):
    """Join two to four pairs; one left thing after another is asked for."""

    kind: Literal["match"]
    pairs: tuple[Pair, ...] = Field(min_length=2, max_length=4)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Give the numbers under which the right things are drawn."""
        return named(tuple(self.pairs[place].right for place in self.shown))

    @property
    def shown(self) -> tuple[int, ...]:
        """Give the pair whose right thing stands at each place of the card."""
        return shuffled(self.id, *(pair.right.label for pair in self.pairs))

    @property
    def asking(self) -> tuple[Path, ...]:
        """Give for each pair the card that asks what goes with its left thing."""
        stem = self.picture.stem
        return tuple(
            self.picture.with_name(f"{stem}.{letter}.png")
            for letter, _ in zip(LETTERS, self.pairs, strict=False)
        )


class Trace(BaseStep):
    """Watch the strokes and write; done when tapped or when a photo comes."""

    kind: Literal["trace"]
    characters: tuple[Written, ...] = Field(default=(), max_length=4)
    slot: Literal["姓", "名"] | None = None

    @property
    def animation(self) -> Path | None:
        """Give the strokes one after another; an own name has none that was made before."""
        if self.slot is not None:
            return None
        return self.picture.parent.parent / "strokes" / f"{self.id}.gif"


class Amount(Option):
    """A choice that is a sum of money in yuan."""

    label: Money


class Pay(BaseStep):
    """Lay out a price from a purse, or choose the right change."""

    kind: Literal["pay"]
    mode: Literal["pay", "change"]
    price: Money
    purse: tuple[Slip, ...] = Field(default=(), max_length=9)
    given: Money | None = None
    options: tuple[Amount, ...] = Field(default=(), max_length=4)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Give the money of the purse, or the sums to choose from."""
        labels: tuple[str, ...] = self.purse or tuple(option.label for option in self.options)
        return tuple(yuan(label) for label in labels)


class Dial(BaseStep):
    """Tap digits on a drawn keypad; nothing is ever called."""

    kind: Literal["dial"]
    digits: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,11}$")]
    slot: Literal["电话"] | None = None  # the learner's own number, where it is known

    @property
    def buttons(self) -> tuple[str, ...]:
        """Give the keys in their order."""
        return KEYPAD


class PhotoTask(BaseStep):
    """Do something in real life; a photo or a voice message shows it, or it is done later."""

    kind: Literal["photo_task"]
    proof: Text


Step = Annotated[
    SeeHear
    | SayAfter
    | TapPicture
    | TapNumber
    | Count
    | Order
    | Match
    | Trace
    | Pay
    | Dial
    | PhotoTask,
    Field(discriminator="kind"),
]
KINDS = (
    "see_hear",
    "say_after",
    "tap_picture",
    "tap_number",
    "count",
    "order",
    "match",
    "trace",
    "pay",
    "dial",
    "photo_task",
)


def yuan(amount: str) -> str:
    """Write an amount as it is said on the market: 3元5角."""
    cents = int(Decimal(amount) * 100)
    parts = ((cents // 100, "元"), (cents // 10 % 10, "角"), (cents % 10, "分"))
    return "".join(f"{value}{unit}" for value, unit in parts if value) or "0元"
