"""What must hold inside a lesson beyond the form of its fields."""

from collections.abc import Iterator
from decimal import Decimal

from bot.courses.models import Lesson, Match, Order, Pay, Step, Trace
from bot.courses.playing import sums
from bot.courses.yamlfile import Place

Fault = tuple[Place, str]
FEWEST = 2
UNASKED = {"see_hear", "say_after", "trace", "photo_task"}


def faults(lesson: Lesson) -> Iterator[Fault]:
    """Give every place of a lesson that contradicts another, and one sentence each."""
    yield from _references(lesson)
    yield from _repeated(("characters",), [one.character for one in lesson.characters])
    for index, step in enumerate(lesson.steps):
        for place, sentence in _step(step):
            yield ("steps", index, *place), sentence


def _references(lesson: Lesson) -> Iterator[Fault]:
    """Look at the steps that a lesson names by their numbers."""
    named: list[tuple[Place, int]] = [
        (("evidence", index, "step"), one.step) for index, one in enumerate(lesson.evidence)
    ]
    named += [(("fast_path", index), number) for index, number in enumerate(lesson.fast_path)]
    if lesson.fast_to is not None:
        named.append((("fast_to",), lesson.fast_to))
    for place, number in named:
        if lesson.place(number) is None:
            yield place, f"there is no step “{lesson.key}.{number}”"
    for index, number in enumerate(lesson.fast_path):
        found = lesson.place(number)
        if found is not None and lesson.steps[found].kind in UNASKED:
            yield ("fast_path", index), f"step “{lesson.key}.{number}” has no right answer to test"


def _step(step: Step) -> Iterator[Fault]:
    """Look at one step by its kind."""
    if (step.word is None) != (step.pinyin is None):
        yield (), "a card that teaches has both word and pinyin"
    if isinstance(step, Order):
        yield from _repeated(("options",), [option.label for option in step.options])
        for index, option in enumerate(step.options):
            if option.right:
                yield ("options", index, "right"), "the order itself says what is right"
    elif isinstance(step, Match):
        yield from _repeated(("pairs",), [pair.left.label for pair in step.pairs])
        yield from _repeated(("pairs",), [pair.right.label for pair in step.pairs])
    elif isinstance(step, Trace):
        if bool(step.characters) == (step.slot is not None):
            yield (), "it traces either characters or the slot of an own name"
    elif isinstance(step, Pay):
        yield from _pay(step) if step.mode == "pay" else _change(step)


def _pay(step: Pay) -> Iterator[Fault]:
    """Look at a price that is laid out from a purse."""
    if step.options or step.given is not None:
        yield (), "given and options belong to the mode “change”"
    if not step.purse:
        yield (), "the purse is missing"
    elif Decimal(step.price) not in sums([Decimal(note) for note in step.purse]):
        yield ("purse",), f"nothing in the purse makes {step.price}"


def _change(step: Pay) -> Iterator[Fault]:
    """Look at a choice of change."""
    if step.purse:
        yield ("purse",), "a purse belongs to the mode “pay”"
    if step.given is None:
        yield (), "the money that is given is missing"
        return
    if len(step.options) < FEWEST:
        yield ("options",), f"at least {FEWEST} are needed, there are {len(step.options)}"
    change = Decimal(step.given) - Decimal(step.price)
    for index, option in enumerate(step.options):
        if index == step.right and Decimal(option.label) != change:
            yield ("options", index, "label"), f"the change is {change}, not {option.label}"


def _repeated(place: Place, words: list[str]) -> Iterator[Fault]:
    """Find what is written twice."""
    for word in sorted({word for word in words if words.count(word) > 1}):
        yield place, f"“{word}” stands there twice"
