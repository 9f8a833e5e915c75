"""The rules of the kinds that take more than one tap: pure, so that a player only asks them.

Every rule gives True when the answer is whole and right, False when it went wrong, and None
while it may still become right. What is pressed is counted by its place on the card, from 0.
"""

from collections.abc import Sequence
from decimal import Decimal

from bot.courses.models import Dial, Match, Order, Pay
from bot.courses.steps import BACK


def order_done(step: Order, pressed: Sequence[int]) -> bool | None:
    """Tell whether the cards were pressed in their order."""
    if [step.shown[place] for place in pressed] != list(range(len(pressed))):
        return False
    return True if len(pressed) == len(step.options) else None


def order_next(step: Order, pressed: Sequence[int]) -> int | None:
    """Give the card that comes next, None when the row is whole."""
    done = len(pressed)
    return step.shown.index(done) if done < len(step.options) else None


def match_right(step: Match, left: int, pressed: int) -> bool:
    """Tell whether the pressed thing goes with a left one."""
    return step.shown[pressed] == left


def match_place(step: Match, left: int) -> int:
    """Give the place of the thing that goes with a left one."""
    return step.shown.index(left)


def pay_sum(step: Pay, pressed: Sequence[int]) -> Decimal:
    """Add up the money that was laid out; a note is laid out once."""
    return sum((Decimal(step.purse[place]) for place in set(pressed)), Decimal(0))


def paid(step: Pay, pressed: Sequence[int]) -> bool | None:
    """Tell whether the price lies there; False when what is left cannot make it."""
    missing = Decimal(step.price) - pay_sum(step, pressed)
    if not missing:
        return True
    left = [Decimal(note) for place, note in enumerate(step.purse) if place not in set(pressed)]
    return None if missing in sums(left) else False


def pay_next(step: Pay, pressed: Sequence[int]) -> int | None:
    """Give a note that leads to the price, None where there is none."""
    left = (place for place in range(len(step.purse)) if place not in set(pressed))
    return next((place for place in left if paid(step, [*pressed, place]) is not False), None)


def sums(notes: Sequence[Decimal]) -> set[Decimal]:
    """Give every sum that some of the notes make."""
    reached = {Decimal(0)}
    for note in notes:
        reached |= {amount + note for amount in reached}
    return reached


def dial_press(digits: str, key: str) -> str:
    """Give the digits after a key was pressed."""
    return digits[:-1] if key == BACK else digits + key


def dialled(step: Dial, digits: str) -> bool | None:
    """Tell whether the number was dialled; None while it is on the way."""
    if digits == step.digits:
        return True
    return None if step.digits.startswith(digits) else False
