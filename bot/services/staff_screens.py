"""Dense screens of staff: one message a task, edited in place by a tap that stands on it (R18)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.services.refusing import Refusal
from bot.voice.buttons import Button, Keyboard, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put

PURPOSE = "staff-screen"


def say(
    session: AsyncSession,
    here: Listener,
    lines: Sequence[str],
    rows: Sequence[Sequence[Button]],
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Show lines of HTML with buttons: in the message that was tapped, else in a new one."""
    payload: dict[str, Any] = {"text": "\n".join(lines), "parse_mode": "HTML"}
    payload["reply_markup"] = inline(rows)
    method = "sendMessage"
    if message_id is not None:
        payload["message_id"], method = message_id, "editMessageText"
    put(session, here, method, payload, now, Way(purpose=PURPOSE))


def why_not(here: Listener, refusal: Refusal) -> str:
    """Say why something was not done, in the language of who asked."""
    return refusal.chinese if here.language == MANDARIN else refusal.english


def refuse(session: AsyncSession, here: Listener, refusal: Refusal, now: datetime) -> None:
    """Say why something was not done, in a message of its own."""
    say(session, here, [escaped(why_not(here, refusal))], [], now)


def escaped(words: str) -> str:
    """Return words that are no sentence of the catalog, safe in HTML."""
    return html(MANDARIN, "%(words)s", words=words)


def columns(buttons: Sequence[Button], count: int) -> Keyboard:
    """Put buttons into rows of so many."""
    return [list(buttons[start : start + count]) for start in range(0, len(buttons), count)]
