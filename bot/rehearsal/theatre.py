"""The house of a rehearsal: chat, bot, clock and watch, opened and closed together."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.rehearsal.phones import Control
from bot.rehearsal.plan import Plan
from bot.rehearsal.processes import (
    STOP_SECONDS,
    Launch,
    Process,
    bot_settings,
    start_chat,
    stop_bot,
    tail,
)
from bot.rehearsal.quiet import Watch
from bot.rehearsal.stage import Stage

CONNECTIONS = 64


class BotEndedError(Exception):
    """The bot ended by itself."""


@dataclass
class Theatre:
    """A rehearsal under way; who wants to disturb it may end and start the bot."""

    settings: dict[str, str]
    launch: Launch
    log: Path
    control: Control
    watch: Watch
    stage: Stage
    bot: Process | None = None
    over: bool = False

    def start_bot(self) -> None:
        """Start the bot."""
        self.bot = self.launch(self.settings, self.log)

    def kill_bot(self) -> None:
        """Kill the bot as a power cut would."""
        if self.bot:
            bot, self.bot = self.bot, None
            bot.kill()
            bot.wait(STOP_SECONDS)

    def stop_bot(self) -> int:
        """Let the bot end; return its exit code."""
        bot, self.bot = self.bot, None
        return stop_bot(bot) if bot else 0

    def check_bot(self) -> None:
        """Complain where the bot ended by itself."""
        if self.bot and (code := self.bot.poll()) is not None:
            raise BotEndedError(f"exit code {code}: {tail(self.log)}")


Disturb = Callable[[Theatre], Awaitable[None]]


@asynccontextmanager
async def opened(plan: Plan, now: datetime, launch: Launch) -> AsyncIterator[Theatre]:
    """Run chat and bot while the block lasts."""
    clock, base = plan.data.resolve() / "clock", plan.data.resolve() / "miaoke.db"
    chat = await start_chat(clock, plan.data.resolve() / "chat.log")
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    try:
        async with aiohttp.ClientSession(chat.url, connector=connector) as http:
            control = Control(http)
            watch = Watch(base, control)
            house = Theatre(
                settings=bot_settings(plan, chat.url, clock),
                launch=launch,
                log=plan.data.resolve() / "bot.log",
                control=control,
                watch=watch,
                stage=Stage(clock, now, watch.quiet),
            )
            watch.alive = house.check_bot
            house.start_bot()
            try:
                yield house
            finally:
                house.kill_bot()
                watch.close()
    finally:
        chat.stop()
