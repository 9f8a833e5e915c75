"""Buttons: pictures and numbers first, words only beside them."""

from collections.abc import Sequence
from typing import Any

Button = dict[str, Any]
Keyboard = list[list[Button]]

GREEN, RED, BLUE = "success", "danger", "primary"

HEAR, HOME, ME = "🔊", "🏠", "👤"

# Always there in a learner's private chat (storyboard R3).
BOTTOM: dict[str, Any] = {
    "keyboard": [[{"text": HEAR}, {"text": HOME}, {"text": ME}]],
    "is_persistent": True,
    "resize_keyboard": True,
}


def button(text: str, act: str, style: str | None = None) -> Button:
    """Return a button that does an act."""
    made = {"text": text, "callback_data": act}
    return made | {"style": style} if style else made


def link(text: str, url: str) -> Button:
    """Return a button that opens a link."""
    return {"text": text, "url": url}


def inline(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """Return the keyboard under a message."""
    return {"inline_keyboard": [list(row) for row in rows if row]}
