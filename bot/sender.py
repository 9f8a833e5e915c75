"""Empties the outbox: the only place that sends.

A row is marked as being sent, and that is committed, before Telegram is called; no transaction is
open while Telegram thinks. A chat has one message in flight at most, so its order holds, and
after a crash only those in flight are in doubt: `resolving` asks Telegram about each.
"""

import asyncio
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.delivering import Result, deliver, makes_message
from bot.faults import named
from bot.media_out import Shelf
from bot.pacing import Pace, Throttle, backoff
from bot.picking import pick
from bot.resolving import resolve
from bot.settling import Lost, Migrated, skip, write
from bot.transport import Api
from db.models import OutboxState
from db.queries import leaving, outbox, uploads
from db.queries.leaving import Due, Leaving
from db.session import Database

logger = logging.getLogger(__name__)

MAX_FLIGHTS = 64
# So many failures in a row, in whatever chats, are the network's and not a chat's.
TROUBLED = 3
DATABASE_SECONDS = 1.0

Flight = Callable[[], Awaitable[Result]]


class Sender:
    """Delivers what is due, each chat in order, at the pace that Telegram allows."""

    def __init__(  # noqa: PLR0913 - it stands between all the parts
        self,
        database: Database,
        api: Api,
        clock: Clock,
        pace: Pace,
        data: Path,
        *,
        lost: Lost,
        migrated: Migrated,
        caught_up: Callable[[], Awaitable[None]] | None = None,
        unseal: Callable[[str], bytes] | None = None,
        flights: int = 8,
        idle: float = 1.0,
        ticks: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._api = api
        self._clock = clock
        self._throttle = Throttle(pace)
        self._shelf = Shelf(data, unseal=unseal)
        self._lost = lost
        self._migrated = migrated
        self._caught_up = caught_up
        self._flights = min(flights, MAX_FLIGHTS)
        self._idle = idle
        self._ticks = ticks
        self._chance = chance
        self._probe_pause = 1 / (pace.per_second * pace.speed) if pace.per_second else 0.0
        self._stir = asyncio.Event()  # something happened that the loop should look at
        self._woken = True
        self._stopping = False
        self._ended = False
        self._calm = asyncio.Event()
        self._watched = 0  # how many wait for calm
        # By chat, until the result is written down; resolving is flying, too.
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        self._resolving: set[int] = set()
        self._doubtful: dict[int, Leaving] = {}  # by chat: may have arrived
        self._results: list[Result] = []
        self._failures = 0  # in a row

    def wake(self) -> None:
        """Look at the outbox now: something was committed to it."""
        self._woken = True
        self._stir.set()

    def stop(self) -> None:
        """End: what is in flight arrives and is written down, nothing more is begun."""
        self._stopping = True
        # A question may stay open: it is asked again at the next start.
        for chat_id in self._resolving:
            self._in_flight.pop(chat_id).cancel()
        self._resolving.clear()
        self._stir.set()

    async def drained(self) -> None:
        """Wait until nothing is due and nothing is in flight."""
        if self._ended:
            return
        self._watched += 1
        self._calm.clear()
        self.wake()
        try:
            await self._calm.wait()
        finally:
            self._watched -= 1

    async def run(self) -> None:
        """Deliver until stopped."""
        try:
            await self._take_up()
            while not self._stopping or self._in_flight or self._results:
                self._stir.clear()
                await self._rest(await self._turn())
        finally:
            self._ended = True
            self._calm.set()

    async def _take_up(self) -> None:
        """Sort what a sender before us had in hand: repeat it, or find out first."""
        results = []
        async with self._database.begin() as session:
            self._shelf.known = await uploads.known(session, self._api.bot_id)
            self._shelf.voiceless = await outbox.voiceless(session)
            for row in await leaving.abandoned(session):
                if makes_message(row.method):
                    self._doubtful[row.chat_id] = row
                    results.append(Result(row, OutboxState.UNCERTAIN, "sender ended"))
                else:
                    results.append(Result(row, OutboxState.WAITING, "sender ended", tried=1))
            now = self._clock()
            await write(session, self._api.bot_id, results, now, self._lost, self._migrated)

    async def _turn(self) -> float:
        """Write down what came back and take what may leave; return when to look again."""
        tick = self._ticks()
        again_at = self._ask(tick)
        results, self._results = self._results, []
        ready_at = self._throttle.bot_ready_at(tick, reply=True)
        slots = self._flights - len(self._in_flight) + len(results)
        if self._stopping or ready_at > tick:
            slots = 0
        if not results and not (slots and self._woken):
            return min(again_at, ready_at) if ready_at > tick else again_at
        self._woken = False
        landed = {result.row.chat_id for result in results}
        busy = (self._in_flight.keys() - landed) | self._doubtful.keys()
        try:
            async with self._database.begin() as session:
                now = self._clock()
                await write(session, self._api.bot_id, results, now, self._lost, self._migrated)
                taken, later = await self._take(session, slots, busy, now, tick)
        except (SQLAlchemyError, OSError) as error:
            logger.error("the database does not answer: %s", named(error))  # noqa: TRY400
            self._results[:0] = results
            return tick + DATABASE_SECONDS
        for chat_id in landed:
            del self._in_flight[chat_id]
        for row in taken:
            self._fly(row.chat_id, partial(deliver, self._api, self._shelf, row))
        if self._watched:
            await self._look_for_calm()
        return min(again_at, later, ready_at if ready_at > tick else math.inf)

    async def _take(
        self, session: AsyncSession, slots: int, busy: AbstractSet[int], now: datetime, tick: float
    ) -> tuple[list[Leaving], float]:
        """Take rows in hand; return them and when it is worth looking again."""
        if not slots:
            return [], math.inf
        paused = self._throttle.waiting_chats(tick)
        due = await self._due(session, slots, busy | paused.keys(), now)
        picked = pick(due, self._throttle, slots, now, tick)
        await skip(session, picked.skipped, now)
        again_at = min(picked.again_at, *paused.values(), math.inf)
        if picked.leaving:
            return await leaving.claim(session, picked.leaving), again_at
        moment = await leaving.next_moment(session, now)
        if moment is not None:
            again_at = min(again_at, tick + (moment - now).total_seconds())
        return [], again_at

    @staticmethod
    async def _due(
        session: AsyncSession, slots: int, busy: AbstractSet[int], now: datetime
    ) -> Sequence[Due]:
        """Return what may leave, of each chat the oldest at least."""
        page, more = await leaving.due(session, now, busy)
        if not more:
            return page
        # What is less urgent but older in the same chat lies beyond this page.
        chats = list(dict.fromkeys(row.chat_id for row in page))[: 2 * slots]
        return await leaving.due_in(session, now, chats)

    def _fly(self, chat_id: int, flight: Flight) -> None:
        self._in_flight[chat_id] = asyncio.create_task(self._land(chat_id, flight))

    async def _land(self, chat_id: int, flight: Flight) -> None:
        """Wait for an answer and draw the consequences that cannot wait for the database."""
        result = await flight()
        self._resolving.discard(chat_id)
        tick, row = self._ticks(), result.row
        if result.to is OutboxState.SENT:
            self._failures = 0
            self._throttle.landed(chat_id, tick)
        if result.to is OutboxState.UNCERTAIN:
            self._doubtful[chat_id] = replace(row, attempts=row.attempts + 1)
        else:
            self._doubtful.pop(chat_id, None)
        if result.retry_after is not None:
            everywhere = self._throttle.refuse(chat_id, tick, result.retry_after)
            logger.warning(
                "told to wait %.0f s: %s", result.retry_after, "all" if everywhere else "one chat"
            )
        if result.troubled:
            self._failures += 1
            self._throttle.pause(chat_id, tick + backoff(row.attempts, self._chance()))
            if result.bot_troubled or self._failures >= TROUBLED:
                self._throttle.pause_all(tick + backoff(self._failures, self._chance()))
            logger.warning("message %d did not get through: %s", row.id, result.reason)
        self._results.append(result)
        self._stir.set()

    def _ask(self, tick: float) -> float:
        """Begin to ask about messages that may have arrived; return when to ask more."""
        again_at = math.inf
        for chat_id, row in self._doubtful.items():
            if chat_id in self._in_flight or self._stopping:
                continue
            ready_at = max(
                self._throttle.paused_until, self._throttle.pauses.get(chat_id, -math.inf)
            )
            if ready_at > tick:
                again_at = min(again_at, ready_at)
                continue
            self._resolving.add(chat_id)
            asked = self._database, self._api, row, self._caught_up, self._probe_pause
            self._fly(chat_id, partial(resolve, *asked))
        return again_at

    async def _look_for_calm(self) -> None:
        if self._in_flight or self._doubtful or self._results:
            return
        async with self._database.read() as session:
            due = await leaving.is_due(session, self._clock())
        if not due and not self._woken:
            self._calm.set()

    async def _rest(self, again_at: float) -> None:
        """Wait until something happens, or until it is time to look again."""
        seconds = min(self._idle, again_at - self._ticks())
        timer = asyncio.get_running_loop().call_later(max(seconds, 0), self.wake)
        await self._stir.wait()
        timer.cancel()
