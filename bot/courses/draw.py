"""Draw the cards of a course and the screens: `python -m bot.courses.draw` (for authors).

Needs resvg-py (extra "authors") and Noto Sans CJK SC; what is committed is PNG only.
"""

import argparse
import sys
from pathlib import Path

from bot.courses import WENHUA, Option, Step, load
from bot.courses.drawings import drawing
from bot.courses.svg import (
    BLUE,
    HEIGHT,
    INK,
    SOFT,
    WIDTH,
    box,
    card,
    choices,
    is_emoji,
    plate,
    words,
    write_png,
)
from bot.screens.scenes import SCENES

MIDDLE = WIDTH / 2
EDGE = 24


def step_card(step: Step) -> str:
    """Draw the card of a step; a question's card never shows which choice is right."""
    if step.kind == "tap_picture":
        return card(choices([option_drawing(option) for option in step.options]))
    if step.kind in {"tap_number", "count"}:
        return card(things(step.drawing or "🔊") + numerals([o.label for o in step.options]))
    if step.word:
        return card(taught(step))
    return card(pictured(step))


def option_drawing(option: Option) -> tuple[str, bool]:
    """Draw one choice: its drawing, or its word alone; and whether it is tall."""
    if option.drawing:
        return drawing(option.drawing), option.drawing.startswith("door ")
    return words(option.label, 64, 64, 124 / len(option.label)), False


def things(name: str) -> str:
    """Draw what is counted or heard, above the numerals."""
    count = len(name) if is_emoji(name) and len(set(name)) == 1 else 1
    if count == 1:
        return box(drawing(name), MIDDLE - 185, 8, 370)
    size = min(240, (WIDTH - 2 * EDGE) / count)
    left = MIDDLE - size * count / 2
    top = 196 - size / 2
    return "".join(box(drawing(name[0]), left + i * size, top, size) for i in range(count))


def numerals(labels: list[str]) -> str:
    """Draw the numerals to choose from, as on the buttons."""
    width = (WIDTH - EDGE * (len(labels) + 1)) / len(labels)
    parts = []
    for index, label in enumerate(labels):
        x = EDGE + index * (width + EDGE)
        parts.append(plate(x, 396, width, 180, SOFT, BLUE))
        parts.append(words(label, x + width / 2, 486, 150, BLUE))
    return "".join(parts)


def taught(step: Step) -> str:
    """Draw a character: pictogram at the left, pinyin and character at the right."""
    word = step.word or ""
    size = 290 if len(word) == 1 else 330 / len(word)
    below = 0 if step.numeral is None else 100
    picture = drawing("press-microphone" if step.drawing == "🎤" else step.drawing or "🔊")
    parts = [
        box(picture, EDGE, 40 if below else 130, 350),
        plate(400, EDGE, WIDTH - 400 - EDGE, HEIGHT - 2 * EDGE),
        words(step.pinyin or "", 588, 110, 84, BLUE),
        words(word, 588, 350, size),
    ]
    if step.numeral is not None:
        parts.append(words(step.numeral, 200, 490, 170, BLUE))
    return "".join(parts)


def pictured(step: Step) -> str:
    """Draw a picture with its caption in large words."""
    name = "press-microphone" if step.drawing == "🎤" else step.drawing or "🔊"
    size = min(84, (WIDTH - 80) / len(step.caption))
    return (
        box(drawing(name), MIDDLE - 215, 14, 430)
        + plate(EDGE, 456, WIDTH - 2 * EDGE, 120)
        + words(step.caption, MIDDLE, 514, size, INK)
    )


def main() -> None:
    """Draw all cards of a pack, and all screens."""
    parser = argparse.ArgumentParser(prog="python -m bot.courses.draw", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=WENHUA)
    options = parser.parse_args()
    course = load(options.folder, media=False)
    sizes = [
        write_png(course.path(step.picture), step_card(step))
        for lesson in course.lessons
        for step in lesson.steps
    ]
    screens = Path(__file__).parent.parent / "screens"
    sizes += [write_png(screens / f"{name}.png", card(draw())) for name, draw in SCENES.items()]
    sys.stdout.write(f"{len(sizes)} pictures, {sum(sizes)} bytes, largest {max(sizes)}\n")


if __name__ == "__main__":
    main()
