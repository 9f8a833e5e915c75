"""Takes updates in: stored before they are acknowledged, handled each chat in order."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.faults import named
from bot.pacing import backoff
from bot.transport import (
    Api,
    Conflict,
    EndPointNotFound,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from bot.turns import Turn, Turns, pause
from db.queries import inbox
from db.queries.inbox import InboxRow
from db.session import Database

__all__ = ["ALLOWED_UPDATES", "InboxRow", "Receiver", "chat_of"]

logger = logging.getLogger(__name__)

# Named one by one: Telegram remembers the last list it was given, and its own default is shorter.
ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "poll",
    "poll_answer",
    "message_reaction",
]
LIMIT = 100  # updates a call
LONGEST = 30.0  # seconds between polls that fail
INT64 = range(-(2**63), 2**63)


def chat_of(update: dict[str, Any]) -> int:
    """Return whose order an update keeps: its chat, else its person, else 0."""
    for name, part in update.items():
        if not isinstance(part, dict):
            continue
        if name == "callback_query":
            message = part.get("message")
            part = message if isinstance(message, dict) else part  # noqa: PLW2901
        for key in ("chat", "user", "from"):
            who = part.get(key)
            if isinstance(who, dict) and isinstance(who.get("id"), int):
                found: int = who["id"]
                return found if found in INT64 else 0
    return 0


class Receiver:
    """Polls, stores, and gives each stored update its turn."""

    def __init__(  # noqa: PLR0913 - it stands between all the parts
        self,
        database: Database,
        api: Api,
        clock: Clock,
        turn: Turn,
        failed: Turn,
        *,
        at_once: int = 16,
        poll_seconds: int = 25,
        pauses: Sequence[float] = (0.2, 1.0),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._api = api
        self._clock = clock
        self._at_once = at_once
        self._poll_seconds = poll_seconds
        self._chance = chance
        self._stopping = asyncio.Event()
        self._turns = Turns(database, turn, failed, self._stopping, pauses)
        self._caught_up = asyncio.Event()

    def stop(self) -> None:
        """End: turns in hand are finished; what waits is handled after the next start."""
        self._stopping.set()

    async def drained(self) -> None:
        """Wait until every update that was stored has had its turn."""
        await self._turns.calm.wait()

    async def caught_up(self) -> None:
        """Wait until everything that had happened before our start is stored."""
        await self._caught_up.wait()

    async def run(self) -> None:
        """Receive until stopped; what waited before comes first."""
        await self._turns.recall(self._api.bot_id)
        workers = [asyncio.create_task(self._turns.work()) for _ in range(self._at_once)]
        polling = asyncio.create_task(self._poll())
        stopped = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({polling, stopped, *workers}, return_when=asyncio.FIRST_COMPLETED)
        self._stopping.set()
        # Cut off at any moment: what is not stored was not acknowledged either.
        polling.cancel()
        stopped.cancel()
        self._turns.dismiss(self._at_once)
        ends = await asyncio.gather(polling, *workers, return_exceptions=True)
        self._turns.calm.set()
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                raise end

    async def _poll(self) -> None:
        """Ask for updates again and again; the next offset only once a batch is stored."""
        async with self._database.read() as session:
            newest = await inbox.newest(session, self._api.bot_id)
        offset = None if newest is None else newest + 1
        failures = 0
        while not self._stopping.is_set():
            try:
                offset = await self._receive(offset)
            except TelegramError as error:
                wait = self._wait(error, failures)
                logger.warning("%s; the next try is in %.1f s", plain(error), wait)
            except (SQLAlchemyError, OSError) as error:
                wait = backoff(failures, self._chance(), longest=LONGEST)
                told = named(error), wait
                logger.error("updates cannot be stored (%s); next try in %.1f s", *told)  # noqa: TRY400
            else:
                failures = 0
                continue
            failures += 1
            await pause(self._stopping, wait)

    def _wait(self, error: TelegramError, failures: int) -> float:
        if isinstance(error, RetryAfter):
            after = error.retry_after
            return after if isinstance(after, int) else after.total_seconds()
        return backoff(failures, self._chance(), longest=LONGEST)

    async def _receive(self, offset: int | None) -> int | None:
        """Fetch and store one batch; return the offset that acknowledges it."""
        # The first calls do not wait, so that it is soon known whether anything is behind.
        seconds = self._poll_seconds if self._caught_up.is_set() else 0
        params = {"timeout": seconds, "limit": LIMIT, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            params["offset"] = offset
        batch = await self._api.call("getUpdates", params, timeout=seconds + 10.0)
        if batch:
            updates = [
                (update["update_id"], chat_of(update), orjson.dumps(update).decode())
                for update in batch
            ]
            async with self._database.begin_synced() as session:
                rows = await inbox.store(session, self._api.bot_id, updates, self._clock())
            self._turns.queue(rows)
            offset = max(update[0] for update in updates) + 1
        if len(batch) < LIMIT:
            self._caught_up.set()
        return offset


def plain(error: TelegramError) -> str:
    """Say in plain words why no updates come."""
    match error:
        case Conflict():
            return "another process takes this bot's updates"
        case InvalidToken() | EndPointNotFound():
            return "Telegram does not know this token"
        case RetryAfter():
            return "Telegram tells us to wait"
    return f"Telegram cannot be reached ({error.message})"
