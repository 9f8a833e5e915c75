"""How a learner who knows everything takes a step: the places to press, one after another."""

from bot.courses import Dial, Match, Order, Pay
from bot.courses.playing import match_place, pay_next
from bot.courses.steps import KEYPAD


def right_taps(step):
    """Return the places that are pressed at a step, in their order."""
    match step:
        case Order():
            return [step.shown.index(one) for one in range(len(step.options))]
        case Match():
            return [match_place(step, left) for left in range(len(step.pairs))]
        case Pay(mode="pay"):
            taps: list[int] = []
            while (note := pay_next(step, taps)) is not None:
                taps.append(note)
            return taps
        case Dial():
            return [KEYPAD.index(digit) for digit in step.digits]
        case _:
            return [step.right or 0]


async def take(room, user, sitting, step):
    """Do the right thing at a step, by the buttons that are offered."""
    if step.kind == "say_after":
        await room.speaks(user)
    for place in right_taps(step):
        await room.taps(user, f"step:{sitting.id}:{sitting.step}:{place}")
