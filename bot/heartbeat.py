"""Asks again and again what has fallen due; APScheduler only ticks, the due rows are the memory."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.faults import named, trail
from bot.fetcher import fetch_due
from bot.services import (
    announcing,
    clearing,
    code_card,
    document_fetching,
    flagging,
    midway,
    monthly_figures,
    online_importing,
    photos,
    polling,
    proving,
    publishing,
    quieting,
    recording,
    reminding,
    rooting,
    roster_sending,
    roster_settling,
    sheeting,
    summarising,
    tasking,
)
from bot.transport import Api
from db.queries import ticks
from db.sealing import Key
from db.session import Database

logger = logging.getLogger(__name__)

PLAN_EVERY = 60.0  # seconds
REMIND_EVERY = 2.0
PUBLISH_EVERY = 20.0
ANNOUNCE_EVERY = 5.0
POLLS_EVERY = 10.0
FETCH_EVERY = 1.0
LOOK_EVERY = 60.0
CODES_EVERY = 1.0
MIDWAY_EVERY = 10.0
SUMMARIES_EVERY = 30.0
CLEAR_EVERY = 3600.0
ROSTERS_EVERY = 2.0
SHORTEST = 0.05  # however hasty a rehearsal is


class Heartbeat:
    """The repeating acts; one that is missed finds the same work waiting at the next."""

    def __init__(
        self,
        database: Database,
        api: Api,
        clock: Clock,
        key: Key,
        data: Path,
        wake: Callable[[], None],
        haste: float = 1,
    ) -> None:
        self._database = database
        self._api = api
        self._clock = clock
        self._key = key
        self._data = data
        self._wake = wake
        self._haste = haste
        self._ticks = AsyncIOScheduler()
        self._doing: dict[str, asyncio.Task[None]] = {}
        self._username = ""
        self._heard = False  # what the last process left unheard comes first

    def start(self, username: str) -> None:
        """Tick from now on; a tick never overlaps itself."""
        self._username = username
        for act, seconds in (
            (self.plan, PLAN_EVERY),
            (self.remind, REMIND_EVERY),
            (self.publish, PUBLISH_EVERY),
            (self.announce, ANNOUNCE_EVERY),
            (self.close_polls, POLLS_EVERY),
            (self.fetch, FETCH_EVERY),
            (self.take_papers, FETCH_EVERY),
            (self.look_after, LOOK_EVERY),
            (self.check, LOOK_EVERY),
            (self.turn_codes, CODES_EVERY),
            (self.ask_midway, MIDWAY_EVERY),
            (self.summarise, SUMMARIES_EVERY),
            (self.keep_root, LOOK_EVERY),
            (self.clear_up, CLEAR_EVERY),
            (self.take_rosters, ROSTERS_EVERY),
        ):
            self._ticks.add_job(
                self._tick,
                "interval",
                args=(act,),
                seconds=max(seconds / self._haste, SHORTEST),
                coalesce=True,
                misfire_grace_time=None,
                next_run_time=datetime.now().astimezone(),
            )
        self._ticks.start()

    async def stop(self) -> None:
        """Let what is being done end, then tick no more."""
        if self._ticks.running:
            self._ticks.pause()
            await asyncio.gather(*self._doing.values())
            self._ticks.shutdown(wait=False)

    async def _tick(self, act: Callable[[datetime], Awaitable[None]]) -> None:
        """Begin an act as a task that the scheduler's end does not cut off; never twice at once."""
        name = act.__name__
        if name not in self._doing:
            self._doing[name] = asyncio.create_task(self._do(act))
            self._doing[name].add_done_callback(lambda _: self._doing.pop(name))

    async def _do(self, act: Callable[[datetime], Awaitable[None]]) -> None:
        """Do one act; what goes wrong is logged, and the next tick tries again."""
        now = self._clock()
        try:
            await act(now)
            async with self._database.begin() as session:
                await ticks.note(session, act.__name__, now)
        except Exception as error:  # noqa: BLE001 - one bad act must not stop the others
            told = act.__name__, named(error), trail(error)
            logger.error("tick failed: %s: %s\n%s", *told)  # noqa: TRY400

    async def plan(self, now: datetime) -> None:
        """Write the reminders of the next two weeks."""
        async with self._database.begin() as session:
            await reminding.plan(session, now)

    async def remind(self, now: datetime) -> None:
        """Queue the reminders that are due."""
        settled = 1
        while settled:
            async with self._database.begin() as session:
                settled = await reminding.queue_due(session, self._key, self._username, now)
            self._wake()

    async def publish(self, now: datetime) -> None:
        """Give out the teachers' lessons whose time has come."""
        async with self._database.begin() as session:
            published = await publishing.publish_due(session, now)
        if published:
            self._wake()

    async def announce(self, now: datetime) -> None:
        """Queue the announcements whose time has come, a slice of people a transaction."""
        queued = 1
        while queued:
            async with self._database.begin() as session:
                queued = await announcing.queue_due(session, now)
            if queued:
                self._wake()

    async def close_polls(self, now: datetime) -> None:
        """End the polls whose time is over."""
        async with self._database.begin() as session:
            closed = await polling.close_due(session, now)
        if closed:
            self._wake()

    async def fetch(self, now: datetime) -> None:
        """Bring the bytes of the files that people sent, then take in what has come."""
        while await fetch_due(self._database, self._api, self._data, now) or not self._heard:
            self._heard, failed = True, False
            for take_in in (
                partial(recording.hear_due, self._database, self._data, now),
                partial(sheeting.read_due, self._database, self._data, self._key, now),
                partial(online_importing.read_due, self._database, self._data, now),
                partial(roster_sending.read_due, self._database, self._data, self._key, now),
                partial(photos.look_due, self._database, self._data, now),
            ):
                try:
                    if await take_in():
                        self._heard = False  # there may be more
                        self._wake()
                except Exception as error:  # noqa: BLE001 - one bad file must not hold up the others
                    told = named(error), trail(error)
                    logger.error("files were not taken in: %s\n%s", *told)  # noqa: TRY400
                    failed = True
            if failed:
                self._heard = False  # the next tick tries again
                return

    async def take_rosters(self, now: datetime) -> None:
        """Import the rosters that were agreed to in a chat."""
        while await roster_settling.import_due(self._database, self._data, self._key, now):
            self._wake()

    async def take_papers(self, now: datetime) -> None:
        """Bring in the photos of papers, sealed before they touch the disk."""
        while await document_fetching.take_in_due(
            self._database, self._api, self._data, self._key, now
        ):
            self._wake()

    async def look_after(self, now: datetime) -> None:
        """Ask people to call those of whom nothing is heard; pass up what nobody has done."""
        if quieting.awake(now) > now:
            return
        async with self._database.begin() as session:
            asked = await tasking.find_silent(session, now) + await tasking.raise_due(session, now)
            asked += await proving.ask_due(session, now)
        if asked:
            self._wake()

    async def check(self, now: datetime) -> None:
        """Look for what an auditor would ask about."""
        async with self._database.begin() as session:
            await flagging.find_due(session, now)

    async def turn_codes(self, now: datetime) -> None:
        """Show a new check-in code where the old one has passed."""
        async with self._database.begin() as session:
            turned = await code_card.refresh_due(
                session, self._key, self._username, self._data, now
            )
        if turned:
            self._wake()

    async def ask_midway(self, now: datetime) -> None:
        """Ask who is still there, in the classes that want it."""
        async with self._database.begin() as session:
            asked = await midway.ask_due(session, self._data, now)
        if asked:
            self._wake()

    async def summarise(self, now: datetime) -> None:
        """Tell staff what the day brings, and that last month's figures are due."""
        if quieting.awake(now) > now:
            return
        async with self._database.begin() as session:
            told = await summarising.tell_due(session, now)
            told += await monthly_figures.tell_due(session, now)
        if told:
            self._wake()

    async def keep_root(self, now: datetime) -> None:
        """Keep the day's root of the ledger, and tell the school."""
        if quieting.awake(now) > now:
            return
        if await rooting.keep_due(self._database, self._data, now):
            self._wake()

    async def clear_up(self, now: datetime) -> None:
        """Throw away what nobody has finished and what can be made anew."""
        gone = await asyncio.to_thread(clearing.sweep, self._data, now)
        async with self._database.begin() as session:
            gone += await clearing.clear(session, self._data, now)
        clearing.tell(gone)
