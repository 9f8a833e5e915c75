"""Keyboards under messages: what Telegram takes and what it refuses."""

from typing import Any
from urllib.parse import urlsplit

from bot.localchat.arguments import Args
from bot.localchat.refusals import Refusal, bad

DATA_LIMIT = 64
STYLES = {"danger", "success", "primary"}
_ACTIONS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text")

Markup = dict[str, Any]


def read_markup(args: Args) -> Markup | None:
    """Return the keyboard of a request, None when it has none."""
    markup = args.structure("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = [_inline_row(row) for row in _rows(markup, "inline_keyboard")]
        rows = [row for row in rows if row]
        return {"inline_keyboard": rows} if rows else None
    if "keyboard" in markup:
        rows = [[_reply_button(button) for button in row] for row in _rows(markup, "keyboard")]
        return markup | {"keyboard": [row for row in rows if row]}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def inline(markup: Markup | None) -> Markup | None:
    """Return the part of a keyboard that stands in the message itself."""
    return markup if markup and "inline_keyboard" in markup else None


def button_data(markup: Markup | None) -> list[list[Markup]]:
    """Return the rows of an inline keyboard."""
    rows: list[list[Markup]] = (markup or {}).get("inline_keyboard", [])
    return rows


def _rows(markup: Markup, field: str) -> list[list[Any]]:
    rows = markup[field]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{field}" must be of type Array of Arrays')
    return rows


def _inline_row(row: list[Any]) -> list[Markup]:
    return [_inline_button(button) for button in row]


def _inline_button(button: object) -> Markup:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise _unparsed('Can\'t find field "text"')
    if not button["text"].strip():
        raise _unparsed("Text of the button must be non-empty", "")
    if not any(action in button for action in _ACTIONS):
        raise _unparsed("Text buttons are unallowed in the inline keyboard")
    _check_style(button)
    if "url" in button:
        _check_url(button["url"])
    elif "callback_data" in button:
        data = str(button["callback_data"]).encode()
        if not 0 < len(data) <= DATA_LIMIT:
            raise bad("BUTTON_DATA_INVALID")
    return button


def _reply_button(button: object) -> Markup:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad("can't parse keyboard button: KeyboardButton must be a String or an Object")
    _check_style(button)
    return button


def _check_style(button: Markup) -> None:
    if button.get("style") is not None and button["style"] not in STYLES:
        raise _unparsed("Invalid button style specified")


def _check_url(url: object) -> None:
    words = f"inline keyboard button URL '{url}' is invalid: "
    try:
        parts = urlsplit(str(url) if "://" in str(url) else f"http://{url}")
    except ValueError as error:
        raise bad(words + "Wrong HTTP URL") from error
    if parts.scheme not in {"http", "https", "tg", "ton"}:
        raise bad(words + "Unsupported URL protocol")
    host = parts.hostname or ""
    if parts.scheme in {"http", "https"} and "." not in host and ":" not in host:
        raise bad(words + "Wrong HTTP URL")


def _unparsed(words: str, prefix: str = "can't parse inline keyboard button: ") -> Refusal:
    return bad(prefix + words)
