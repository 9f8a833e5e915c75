"""The card of every kind of step; a question's card never shows the answer."""

from pathlib import Path

from bot.courses.models import (
    Count,
    Dial,
    Match,
    Order,
    Pay,
    PhotoTask,
    Step,
    TapNumber,
    TapPicture,
    Trace,
)
from bot.courses.options import numerals
from bot.courses.placing import option_drawing, placed
from bot.courses.quizzes import asked, dialled, joined, paid, traced
from bot.courses.svg import (
    BLUE,
    EDGE,
    HEIGHT,
    INK,
    SOFT,
    WIDTH,
    card,
    choices,
    fitted,
    pictogram,
    plate,
    words,
)

PROMPT, READ = 196.0, 250.0  # what is asked about; more where it must be read
WORDED = {"form", "paper", "table", "phone", "box", "pack", "bottle", "list", "week"}


def step_cards(step: Step) -> dict[Path, str]:
    """Draw every card of a step."""
    drawn = {step.picture: card(_content(step))}
    if isinstance(step, Match):
        drawn |= {path: card(asked(step, left)) for left, path in enumerate(step.asking)}
    return drawn


def _content(step: Step) -> str:  # noqa: PLR0911 -- one for each kind
    """Draw what stands on the main card."""
    match step:
        case TapPicture():
            return prompted(step)
        case TapNumber() | Count():
            return things(step) + keys([o.label for o in step.options])
        case Order():
            mixed = [option_drawing(step.options[place]) for place in step.shown]
            return choices(mixed, marked=not numerals(step.options))
        case Match():
            return joined(step)
        case Trace():
            return traced(step)
        case Pay():
            return paid(step)
        case Dial():
            return dialled(step)
        case PhotoTask():
            camera = "📷" in (step.drawing or "📷")
            return pictured(step) if camera else pictured(step, aside=150) + _camera()
        case _:
            return taught(step) if step.word else pictured(step)


def prompted(step: TapPicture) -> str:
    """Draw the choices, and what is asked about above them."""
    drawn = [option_drawing(one, roomy=len(step.options) < len("1234")) for one in step.options]
    if step.drawing in {None, "🔊"}:
        return choices(drawn, marked=not numerals(step.options))
    name = step.drawing or ""
    height = READ if name.partition(" ")[0] in WORDED else PROMPT
    return placed(step, 60, 10, WIDTH - 120, height - 10) + choices(
        drawn, height, marked=not numerals(step.options)
    )


def things(step: Step) -> str:
    """Draw what is counted or heard, above the numerals."""
    return placed(step, EDGE, 8, WIDTH - 2 * EDGE, 376)


def keys(labels: list[str]) -> str:
    """Draw the numerals to choose from, as on the buttons."""
    width = (WIDTH - EDGE * (len(labels) + 1)) / len(labels)
    parts = []
    for index, label in enumerate(labels):
        x = EDGE + index * (width + EDGE)
        parts.append(plate(x, 396, width, 180, SOFT, BLUE))
        parts.append(fitted(label, x + 10, 400, width - 20, 172, BLUE, 150))
    return "".join(parts)


def taught(step: Step) -> str:
    """Draw a character: pictogram at the left, pinyin and character at the right."""
    word = step.word or ""
    below = 0 if step.numeral is None else 100
    parts = [
        placed(step, EDGE, 40 if below else 130, 350, 350),
        plate(400, EDGE, WIDTH - 400 - EDGE, HEIGHT - 2 * EDGE),
        fitted(step.pinyin or "", 412, 50, 352, 110, BLUE, 84),
        fitted(word, 412, 170, 352, 380, largest=290),
    ]
    if step.numeral is not None:
        parts.append(words(step.numeral, 200, 490, 170, BLUE))
    return "".join(parts)


def pictured(step: Step, aside: float = 0) -> str:
    """Draw a picture with its caption in large words; something aside may need room."""
    return (
        placed(step, EDGE + 40, 14, WIDTH - 2 * EDGE - 80 - aside, 430)
        + plate(EDGE, 456, WIDTH - 2 * EDGE, 120)
        + fitted(step.caption, EDGE + 12, 460, WIDTH - 2 * EDGE - 24, 112, INK, 84)
    )


def _camera() -> str:
    """Draw that a photo is sent."""
    return pictogram("📷", WIDTH - 170, 20, 140)
