"""What a handlers file is made of: taps, commands and kinds of messages, as data."""

import re

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.context import Context
from handlers.door import Callback

Handler = BaseHandler[Update, Context, None]
PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
IN_GROUP = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE
NUMBER = r"[0-9]{1,13}"


def on_tap(act: str, callback: Callback) -> Handler:
    """Match a button by its act, such as `step:{sitting}:{step}:{choice}`."""
    pattern = re.sub(r"\{(\w+)\}", rf"(?P<\1>{NUMBER})", act)
    return CallbackQueryHandler(callback, pattern=f"^{pattern}$")


def on_command(name: str, callback: Callback) -> Handler:
    """Match a command in a private chat."""
    return CommandHandler(name, callback, filters=PRIVATE)


def on_group_command(name: str, callback: Callback) -> Handler:
    """Match a command in a group."""
    return CommandHandler(name, callback, filters=IN_GROUP)


def on_message(kind: filters.BaseFilter, callback: Callback) -> Handler:
    """Match a kind of message in a private chat."""
    return MessageHandler(PRIVATE & kind, callback)
