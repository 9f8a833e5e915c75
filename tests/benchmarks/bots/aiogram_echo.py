"""An empty bot of aiogram 3 as its documentation begins one: each tap is answered, nothing kept."""

import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery

TOAST = os.environ["ECHO_TOAST"]
dispatcher = Dispatcher()


@dispatcher.callback_query()
async def echo(query: CallbackQuery) -> None:
    """Answer a tap."""
    await query.answer(TOAST)


def main() -> None:
    """Poll; aiogram itself takes uvloop where it is installed, as it is here."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["ECHO_API"]))
    dispatcher.run_polling(Bot(os.environ["ECHO_TOKEN"], session=session))


if __name__ == "__main__":
    main()
