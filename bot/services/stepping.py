"""One step of a lesson: what its buttons are, and what a tap on one of them comes to.

A wrong tap is met with the clip again and a smaller step: fewer choices, then only the right one
(syllabus 0); where things are pressed one after another, the next one glows.
"""

import enum
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from bot.courses.models import Dial, Match, Order, Pay, PhotoTask, SayAfter, Step, Trace
from bot.courses.playing import (
    dial_press,
    dialled,
    match_place,
    match_right,
    order_done,
    order_next,
    paid,
    pay_next,
    pay_sum,
)
from bot.courses.steps import BACK, KEYPAD, yuan
from bot.voice.buttons import BLUE, GREEN, Button, Keyboard, button

SHOWN_AT = 2  # wrong taps after which the right one is shown
RINGED = "①②③④⑤⑥⑦⑧⑨"
COLUMNS = 3


class Outcome(enum.Enum):
    """What a tap comes to."""

    ON = "on"  # nothing was asked: go on
    RIGHT = "right"
    WRONG = "wrong"
    GOING = "going"  # one of several taps, right so far


def presses(pressed: str) -> list[int]:
    """Return the places that were pressed so far."""
    return [int(place) for place in pressed.split(",") if place]


def written(places: Sequence[int]) -> str:
    """Return pressed places as they are kept."""
    return ",".join(str(place) for place in places)


def judge(  # noqa: PLR0911 - a kind a line
    step: Step, pressed: str, choice: int
) -> tuple[Outcome, str]:
    """Say what a tap comes to, and what is pressed after it."""
    match step:
        case Order():
            row = [*presses(pressed), choice]
            return _several(order_done(step, row), row)
        case Match():
            matched = presses(pressed)
            if not match_right(step, len(matched), choice):
                return Outcome.WRONG, pressed
            matched.append(choice)
            return _several(True if len(matched) == len(step.pairs) else None, matched)
        case Pay(mode="pay"):
            notes = [*presses(pressed), choice]
            return _several(paid(step, notes), notes)
        case Dial():
            digits = dial_press(pressed, KEYPAD[choice])
            done = dialled(step, digits)
            outcome = {True: Outcome.RIGHT, False: Outcome.WRONG, None: Outcome.GOING}[done]
            return outcome, "" if outcome is Outcome.WRONG else digits
        case _ if step.right is None:
            return Outcome.ON, ""
        case _:
            return (Outcome.RIGHT if choice == step.right else Outcome.WRONG), ""


def _several(done: bool | None, places: Sequence[int]) -> tuple[Outcome, str]:  # noqa: FBT001
    """Judge one of several taps; a row that went wrong begins anew."""
    if done is False:
        return Outcome.WRONG, ""
    return (Outcome.RIGHT if done else Outcome.GOING), written(places)


def choices(  # noqa: PLR0911 - a kind a line
    step: Step, act: str, pressed: str, tries: int
) -> Keyboard:
    """Return a step's buttons; `act` is what comes before the place that is pressed."""
    match step:
        case Order():
            return _in_rows(_ordered(step, act, pressed, tries))
        case Match():
            return _in_rows(_matching(step, act, pressed, tries))
        case Pay(mode="pay"):
            return _in_rows(_purse(step, act, pressed, tries))
        case Dial():
            return _in_rows(_keys(step, act, pressed, tries))
        case PhotoTask() | Trace():
            return [[button("▶️", f"{act}:0")]]
        case _ if step.right is None:
            return [[button("▶️", f"{act}:0", BLUE)]]
        case _:
            places = fewer(len(step.options), step.right, tries, step.number)
            return [[button(step.buttons[place], f"{act}:{place}") for place in places]]


def fewer(count: int, right: int, tries: int, number: int) -> list[int]:
    """Return the choices that are left after wrong taps, the right one always among them."""
    if tries == 0:
        return list(range(count))
    if tries >= SHOWN_AT:
        return [right]
    wrong = [place for place in range(count) if place != right]
    return sorted([right, wrong[number % len(wrong)]])


def _ordered(step: Order, act: str, pressed: str, tries: int) -> list[Button]:
    row = presses(pressed)
    glowing = order_next(step, row) if tries >= SHOWN_AT else None
    return [
        button(
            RINGED[row.index(place)] if place in row else face,
            f"{act}:{place}",
            GREEN if place == glowing else None,
        )
        for place, face in enumerate(step.buttons)
    ]


def _matching(step: Match, act: str, pressed: str, tries: int) -> list[Button]:
    matched = presses(pressed)
    right = match_place(step, len(matched))
    left = [place for place in range(len(step.pairs)) if place not in matched]
    if tries >= SHOWN_AT:
        left = [right]
    return [button(step.buttons[place], f"{act}:{place}") for place in left]


def _purse(step: Pay, act: str, pressed: str, tries: int) -> list[Button]:
    notes = presses(pressed)
    glowing = pay_next(step, notes) if tries >= SHOWN_AT else None
    return [
        button(
            f"✔ {face}" if place in notes else face,
            f"{act}:{place}",
            GREEN if place == glowing else None,
        )
        for place, face in enumerate(step.buttons)
    ]


def _keys(step: Dial, act: str, pressed: str, tries: int) -> list[Button]:
    following = step.digits[len(pressed)] if tries >= SHOWN_AT else None
    return [
        button("⌫" if key == BACK else key, f"{act}:{place}", GREEN if key == following else None)
        for place, key in enumerate(step.buttons)
    ]


def _in_rows(buttons: Sequence[Button]) -> Keyboard:
    width = len(buttons) if len(buttons) <= COLUMNS + 2 else COLUMNS
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def caption(step: Step, pressed: str) -> str:
    """Return the words under a card, with what was pressed so far."""
    match step:
        case Dial() if pressed:
            return f"{step.caption}\n{pressed}"
        case Pay(mode="pay") if pressed:
            total = pay_sum(step, presses(pressed))
            return f"{step.caption}\n{yuan(str(total.quantize(Decimal('0.1'))))}"
        case _:
            return step.caption


def card(step: Step, pressed: str) -> Path:
    """Return a step's card: of a pair the one that asks for it, of a stroke its animation."""
    match step:
        case Match():
            return step.asking[len(presses(pressed))]
        case Trace() if step.animation is not None:
            return step.animation
        case _:
            return step.picture


def awaits(step: Step) -> str:
    """Return what free input means at a step: a voice, a proof, or nothing of its own."""
    match step:
        case SayAfter():
            return "say"
        case PhotoTask() | Trace():
            return "photo"
        case _:
            return "step"
