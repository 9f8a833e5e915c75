"""Pieces that the cards of several kinds share."""

from bot.courses.boards import WIDE, framed, tall_paper
from bot.courses.drawings import drawing, is_drawn
from bot.courses.models import Option, Step
from bot.courses.pictures import alphabet_only, run, split
from bot.courses.svg import box, fitted

WIDEST = 1.9


def option_drawing(option: Option, *, roomy: bool = False) -> tuple[str, bool]:
    """Draw one choice: its drawing, or its word alone; and whether it is tall."""
    name = option.drawing
    if name is None:
        return fitted(option.label, 2, 2, 124, 124, largest=110), False
    if roomy and name.startswith("paper ") and name.count("|") > 1:
        return tall_paper(name.removeprefix("paper ")), True
    return shown(name, option.label), name.startswith("door ")


def shown(name: str, instead: str) -> str:
    """Draw a drawing; words in a frame where nobody has drawn it yet."""
    return drawing(name) if is_drawn(name) or not alphabet_only(name) else framed(instead)


def placed(step: Step, x: float, y: float, width: float, height: float) -> str:
    """Draw pictograms in a row, or one drawing in the middle of a rectangle."""
    name = "press-microphone" if step.drawing == "🎤" else step.drawing or "🔊"
    emoji, text = split(name)
    if len(emoji) > 1 and not text:
        return run(emoji, x, y, width, height)
    kind, _, rest = name.partition(" ")
    if kind in WIDE and rest:
        sides = min(width / height, WIDEST) * 128
        left = x + (width - height * sides / 128) / 2
        return (
            f'<svg x="{left}" y="{y}" width="{height * sides / 128}" height="{height}" '
            f'viewBox="0 0 {sides} 128">{WIDE[kind](rest, sides)}</svg>'
        )
    size = min(width, height)
    content = shown(name, step.caption)
    return box(content, x + (width - size) / 2, y + (height - size) / 2, size)
