"""Answers to taps."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.localchat.arguments import Args
from bot.localchat.formatting import length
from bot.localchat.posting import show
from bot.localchat.refusals import bad
from bot.localchat.world import Bot, World

TOAST_LIMIT = 200


async def answer_callback_query(world: World, bot: Bot, args: Args) -> bool:
    """Answer a tap: a toast, an alert, a link to the bot, or nothing."""
    query = world.queries.get(args.text("callback_query_id"))
    late = (
        query is None
        or query.answer is not None
        or (world.monotonic() - query.tapped_at > world.query_seconds)
    )
    if query is None or late or query.bot_id != bot.id:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    text, url = args.text("text"), args.text("url")
    if length(text) > TOAST_LIMIT:
        raise bad("MESSAGE_TOO_LONG")
    if url and not _leads_to(bot, url):
        raise bad("URL_INVALID")
    answer: dict[str, Any] = {
        "text": text or None,
        "show_alert": args.flag("show_alert"),
        "url": url or None,
    }
    query.answer = answer
    query.answered.set()
    show(world, query.user_id, query.chat, "answer", callback_query_id=query.id, **answer)
    return True


def _leads_to(bot: Bot, url: str) -> bool:
    """Say whether a link opens this bot with a start parameter."""
    parts = urlsplit(url)
    name = parts.path.strip("/").lower()
    own = parts.hostname in {"t.me", "telegram.me"} and name == bot.user["username"].lower()
    return own and "start" in parse_qs(parts.query)


METHODS = {"answerCallbackQuery": answer_callback_query}
