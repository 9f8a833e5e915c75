"""Puts the parts together; nothing else may."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, ContextTypes, ExtBot

import handlers
from bot.clock import file_clock, utcnow
from bot.context import Context
from bot.heartbeat import Heartbeat
from bot.language import ENGLISH, MANDARIN, translate
from bot.language import N_ as _
from bot.pacing import Pace
from bot.receiver import InboxRow, Receiver
from bot.sender import Sender
from bot.services import document_store, failing, greeting, grouping, losing, menus, special_days
from bot.settings import Settings
from bot.transport import AioRequest, Api
from bot.voice.choosing_clips import Voices
from db.queries import outbox
from db.sealing import load_key
from db.session import Database, connect
from db.upgrade import upgrade
from handlers.door import App, take

logger = logging.getLogger(__name__)


@dataclass
class House:
    """Everything that runs while the bot runs."""

    app: App
    api: Api
    database: Database
    receiver: Receiver
    sender: Sender
    heartbeat: Heartbeat
    answers: set[asyncio.Task[None]]
    parts: tuple[asyncio.Task[None], ...] = ()  # receiver and sender, while they run

    async def drained(self) -> None:
        """Wait until every stored update is handled and everything due is sent."""
        await self.receiver.drained()
        await self.sender.drained()


def build(settings: Settings) -> House:
    """Return the bot, wired and ready to run."""
    token = settings.token.get_secret_value()
    clock = file_clock(settings.clock) if settings.clock else utcnow
    database = connect(settings.database)
    database.carry(voices=Voices(settings.data))
    api = Api(token, settings.api_url)
    request = AioRequest()
    bot = ExtBot(
        token, base_url=f"{settings.api_url}/bot", request=request, get_updates_request=request
    )
    types = ContextTypes(context=Context)
    app: App = (
        Application.builder().bot(bot).updater(None).job_queue(None).context_types(types).build()
    )
    app.add_handlers(handlers.HANDLERS)
    app.bot_data["key"] = load_key(settings.data, settings.key.get_secret_value())
    app.bot_data["data"] = settings.data
    answers: set[asyncio.Task[None]] = set()

    async def turn(row: InboxRow) -> None:
        """Handle one update in one transaction; answer its tap after the commit."""
        async with database.begin() as session:
            context = await take(app, row, session, clock())
        if outbox.is_filled(session):
            sender.wake()
        if context and context.query_id:
            task = asyncio.create_task(answer(api, context))
            answers.add(task)
            task.add_done_callback(answers.discard)

    async def failed(row: InboxRow) -> None:
        async with database.begin() as session:
            await failing.say_sorry(session, row.chat_id, clock())
        sender.wake()

    async def lost(session: AsyncSession, chat_id: int) -> None:
        lose = losing.lose if chat_id > 0 else grouping.lose
        await lose(session, chat_id, clock())

    async def migrated(session: AsyncSession, old: int, new: int) -> None:
        await grouping.migrate(session, old, new, clock())

    receiver = Receiver(database, api, clock, turn, failed)
    pace = Pace().faster(settings.pace) if settings.pace != 1 else Pace()
    sender = Sender(
        database,
        api,
        clock,
        pace,
        settings.data,
        lost=lost,
        migrated=migrated,
        caught_up=receiver.caught_up,
        unseal=partial(document_store.opened, settings.data, app.bot_data["key"]),
        idle=0.02 if settings.clock else 1.0,
    )
    heartbeat = Heartbeat(
        database, api, clock, app.bot_data["key"], settings.data, sender.wake, settings.pace
    )
    return House(app, api, database, receiver, sender, heartbeat, answers)


async def answer(api: Api, context: Context) -> None:
    """Answer a tap; an answer that comes too late is worth nothing."""
    params: dict[str, Any] = {"callback_query_id": context.query_id}
    if context.url:
        params["url"] = context.url
    elif context.toast:
        params |= {"text": context.toast[:200], "show_alert": context.alert}
    with contextlib.suppress(BadRequest):
        try:
            await api.call("answerCallbackQuery", params)
        except TelegramError as error:
            logger.warning("a tap was not answered: %s", type(error).__name__)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[House]:
    """Run the bot while the block lasts."""
    special_days.use_almanac(settings.data)
    house = build(settings)
    await upgrade(house.database)
    async with house.api, house.app:
        await introduce(house.api)
        house.heartbeat.start(house.app.bot.username)
        house.parts = tuple(
            asyncio.create_task(part.run()) for part in (house.receiver, house.sender)
        )
        try:
            yield house
        finally:
            await house.heartbeat.stop()
            house.receiver.stop()
            house.sender.stop()
            await asyncio.gather(*house.parts)
            await asyncio.gather(*house.answers)
            await house.database.close()


async def introduce(api: Api) -> None:
    """Tell Telegram the bot's name, what it is, and its commands; polling needs no webhook."""
    await api.call("deleteWebhook", {})
    for listed in menus.standing():
        await api.call("setMyCommands", listed)
    for code, language in (({}, MANDARIN), ({"language_code": "en"}, ENGLISH)):
        await api.call("setMyName", {"name": translate(language, _("Miaoke"))} | code)
        words = translate(language, greeting.STRANGER)
        await api.call("setMyDescription", {"description": words} | code)


async def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Run the bot until it is told to stop; say as which bot it runs."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    async with running(settings) as house:
        name = house.app.bot.username
        say(f"运行中 running: @{name}  (Ctrl-C 结束 ends)")
        # A part that ends by itself has failed: better to end aloud than to go on without it.
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait([waiting, *house.parts], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
