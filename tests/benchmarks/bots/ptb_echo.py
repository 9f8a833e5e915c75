"""An empty bot of python-telegram-bot as it comes: each tap is answered, nothing kept."""

import os
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

TOAST = os.environ["ECHO_TOAST"]


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a tap."""
    if update.callback_query:
        await update.callback_query.answer(TOAST)


def main() -> None:
    """Poll with the default client, updates beside each other as the documentation advises."""
    builder = Application.builder().token(os.environ["ECHO_TOKEN"])
    builder = builder.base_url(f"{os.environ['ECHO_API']}/bot").concurrent_updates(True)  # noqa: FBT003
    application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    application.add_handler(CallbackQueryHandler(echo))
    application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
