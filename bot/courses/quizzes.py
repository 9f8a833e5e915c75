"""The cards of the kinds that take several taps: pairs, strokes, money, a keypad."""

from bot.courses.models import Dial, Match, Option, Pay, Trace
from bot.courses.money import broken, slips
from bot.courses.options import numerals
from bot.courses.placing import option_drawing, placed, shown
from bot.courses.steps import BACK, yuan
from bot.courses.svg import (
    BLUE,
    EDGE,
    HEIGHT,
    INK,
    LINE,
    SOFT,
    WIDTH,
    badge,
    box,
    fitted,
    pictogram,
    plate,
    words,
)

MIDDLE = WIDTH / 2
MARKS = ("#d8a100", "#2e7d32", "#8e44ad", "#d35400")
RULED = "#e3c9b4"
ARROW = (
    '<path d="M338 300 h52 m-22 -24 l24 24 l-24 24" fill="none" stroke-width="14" '
    f'stroke="{BLUE}" stroke-linecap="round" stroke-linejoin="round"/>'
)


def thing(option: Option, x: float, y: float, width: float, height: float) -> str:
    """Draw one side of a pair in the middle of a rectangle; a word may use all of it."""
    if option.drawing is None:
        return fitted(option.label, x + 6, y + 6, width - 12, height - 12, largest=150)
    size = min(width, height) - 10
    content, _ = option_drawing(option)
    return box(content, x + (width - size) / 2, y + (height - size) / 2, size)


def joined(step: Match) -> str:
    """Draw all left things with their marks, and the right ones with their numbers."""
    count = len(step.pairs)
    height = (HEIGHT - EDGE * (count + 1)) / count
    width = WIDTH / 2 - 64
    marked = not numerals([pair.right for pair in step.pairs])
    parts = []
    for row, place in enumerate(step.shown):
        y = EDGE + row * (height + EDGE)
        for x, option in ((EDGE, step.pairs[row].left), (MIDDLE + 40, step.pairs[place].right)):
            parts += [plate(x, y, width, height), thing(option, x + 96, y, width - 100, height)]
        mark = f'<circle cx="{EDGE + 56}" cy="{y + height / 2}" r="26" fill="{MARKS[row]}"/>'
        parts += [mark, badge(row + 1, MIDDLE + 96, y + height / 2, 36) if marked else ""]
    return "".join(parts)


def asked(step: Match, left: int) -> str:
    """Draw one left thing large, and the right ones with their numbers."""
    count = len(step.pairs)
    columns, rows = (2, 2) if count == len(MARKS) else (1, count)
    marked = not numerals([pair.right for pair in step.pairs])
    asks = thing(step.pairs[left].left, EDGE, 120, 300, 360)
    parts = [plate(EDGE, 120, 300, 360, SOFT, BLUE), asks, ARROW]
    width = (WIDTH - 410 - EDGE * columns) / columns
    height = (HEIGHT - EDGE * (rows + 1)) / rows
    for index, place in enumerate(step.shown):
        x = 410 + (index % columns) * (width + EDGE)
        y = EDGE + (index // columns) * (height + EDGE)
        option = step.pairs[place].right
        parts.append(plate(x, y, width, height))
        if not marked:
            parts.append(thing(option, x, y, width, height))
        elif columns > 1:
            parts.append(thing(option, x, y + 72, width, height - 76))
            parts.append(badge(index + 1, x + 40, y + 40, 32))
        else:
            parts.append(thing(option, x + 100, y, width - 104, height))
            parts.append(badge(index + 1, x + 58, y + height / 2, 38))
    return "".join(parts)


def traced(step: Trace) -> str:
    """Draw the characters to write on squared paper, and a pencil."""
    letters = step.characters or ("",)
    size = min(400, (WIDTH - 2 * EDGE) / len(letters))
    left, top = MIDDLE - size * len(letters) / 2, (HEIGHT - size) / 2 - 50
    parts = []
    for index, letter in enumerate(letters):
        x = left + index * size
        parts.append(
            f'<rect x="{x + 4}" y="{top}" width="{size - 8}" height="{size - 8}" fill="#ffffff" '
            f'stroke="{RULED}" stroke-width="5"/><path d="M{x + size / 2} {top} v{size - 8} '
            f'M{x + 4} {top + size / 2 - 4} h{size - 8}" stroke="{RULED}" stroke-width="3" '
            'stroke-dasharray="10 8"/>'
        )
        if letter:
            parts.append(words(letter, x + size / 2, top + size / 2, size * 0.8))
    return "".join(parts) + pictogram("✍️", WIDTH - 190, HEIGHT - 180, 160)


def paid(step: Pay) -> str:
    """Draw what is bought, and the purse; or the money given and the sums to choose from."""
    bought = box(shown(step.drawing or "🛒", step.caption), EDGE, 20, 270)
    if step.purse:
        caption = fitted(step.caption, 330, 40, 440, 220, BLUE, 110)
        purse = slips(list(step.purse), EDGE + 16, 326, WIDTH - 2 * EDGE - 32, 238)
        return bought + caption + plate(EDGE, 314, WIDTH - 2 * EDGE, 262) + purse
    given = slips(broken(step.given or "0"), 330, 140, 440, 150, 210)
    parts = [bought, fitted(step.caption, 330, 24, 440, 110, BLUE, 90), given]
    labels = [yuan(option.label) for option in step.options]
    width = (WIDTH - EDGE * (len(labels) + 1)) / len(labels)
    for index, (label, option) in enumerate(zip(labels, step.options, strict=True)):
        x = EDGE + index * (width + EDGE)
        parts += [
            plate(x, 310, width, 266, SOFT, BLUE),
            fitted(label, x + 8, 318, width - 16, 96, BLUE, 74),
            slips(broken(option.label), x + 10, 420, width - 20, 146, 120),
        ]
    return "".join(parts)


def dialled(step: Dial) -> str:
    """Draw what happens, and a keypad that says it is for practice."""
    parts = [
        placed(step, EDGE, 110, 370, 380),
        f'<rect x="424" y="8" width="352" height="584" rx="36" fill="{INK}"/>',
        '<rect x="440" y="30" width="320" height="540" rx="16" fill="#f4f6f8"/>',
        plate(452, 42, 296, 84, "#fff3c4", "#c79a00"),
        words("练习", 600, 84, 60),
    ]
    for index, key in enumerate((*"123456789", BACK, "0", "")):
        x, y = 496 + index % 3 * 104, 188 + index // 3 * 108
        if key == BACK:
            parts.append(
                f'<path d="M{x - 34} {y} l22 -24 h46 v48 h-46 z M{x} {y - 10} l20 20 m0 -20 '
                f'l-20 20" fill="none" stroke="{INK}" stroke-width="6"/>'
            )
        elif key:
            parts.append(
                f'<circle cx="{x}" cy="{y}" r="46" fill="#ffffff" stroke="{LINE}" '
                f'stroke-width="4"/>' + words(key, x, y, 62)
            )
    return "".join(parts)
