"""From a stored update to python-telegram-bot's own."""

from datetime import UTC, datetime
from typing import Any

from telegram import Bot, CallbackQuery, Chat, Message, Update, User

# A tap has these, and a message; what else it may have (a game, an inline message) is not for us.
TAPPED = {"id", "from", "message", "chat_instance", "data"}


def read(update: dict[str, Any], bot: Bot) -> Update:
    """Return an update; of a tapped message only where it stands.

    Most of what comes in is taps, and most of a tap is the message with its pictures and buttons,
    which we sent ourselves. Taking it apart would cost more than the whole turn's database.
    """
    query = update.get("callback_query")
    if query is None or query.keys() != TAPPED:
        return Update.de_json(update, bot)
    message = query["message"]
    chat = Chat.de_json(message["chat"], bot)
    moment = datetime.fromtimestamp(message["date"], UTC)
    tap = CallbackQuery(
        query["id"],
        User.de_json(query["from"], bot),
        query["chat_instance"],
        message=Message(message["message_id"], moment, chat),
        data=query["data"],
    )
    return Update(update["update_id"], callback_query=tap)
