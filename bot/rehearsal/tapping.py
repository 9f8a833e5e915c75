"""Which buttons answer a step of a lesson, whatever its kind."""

from collections.abc import Callable

from bot.courses import Step
from bot.courses.models import Dial, Match, Order, Pay
from bot.courses.playing import match_place, match_right, order_next, paid, pay_next
from bot.courses.steps import BACK, KEYPAD


def right_taps(step: Step) -> list[int]:
    """Return the places that are tapped, one after another, to do what a step asks."""
    match step:
        case Order():
            return _followed(lambda row: order_next(step, row))
        case Match():
            return [match_place(step, left) for left in range(len(step.pairs))]
        case Pay(mode="pay"):
            return _followed(lambda notes: None if paid(step, notes) else pay_next(step, notes))
        case Dial():
            return [KEYPAD.index(digit) for digit in step.digits]
        case _:
            return [step.right or 0]


def wrong_taps(step: Step) -> list[int]:
    """Return the places at which the first tap is wrong; none where nothing is asked."""
    match step:
        case Order():
            return [at for at in range(len(step.options)) if at != order_next(step, [])]
        case Match():
            return [at for at in range(len(step.pairs)) if not match_right(step, 0, at)]
        case Pay(mode="pay"):
            return [at for at in range(len(step.purse)) if paid(step, [at]) is False]
        case Dial():
            return [at for at, key in enumerate(KEYPAD) if key not in (step.digits[0], BACK)]
        case _ if step.right is None:
            return []
        case _:
            return [at for at in range(len(step.options)) if at != step.right]


def _followed(following: Callable[[list[int]], int | None]) -> list[int]:
    """Tap what comes next until nothing does."""
    taps: list[int] = []
    while (place := following(taps)) is not None:
        taps.append(place)
    return taps
