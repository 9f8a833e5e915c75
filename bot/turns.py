"""Each stored update gets its turn: in order within a chat, tried again when it raises."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from bot.faults import named, trail
from bot.lanes import Lanes
from db.queries import inbox
from db.queries.inbox import InboxRow
from db.session import Database

logger = logging.getLogger(__name__)

PAGE = 1000
TRIES = 3  # of a turn that raises
DATABASE_SECONDS = 1.0

Turn = Callable[[InboxRow], Awaitable[None]]


class Turns:
    """The rows that wait, and the workers that give them their turns."""

    def __init__(
        self,
        database: Database,
        turn: Turn,
        failed: Turn,
        stopping: asyncio.Event,
        pauses: Sequence[float],
    ) -> None:
        self._database = database
        self._handle = turn
        self._failed = failed
        self._stopping = stopping
        self._pauses = pauses
        self._lanes = Lanes()
        self._ready = asyncio.Semaphore(0)  # counts the chats that may go
        self.calm = asyncio.Event()  # nothing waits

    async def recall(self, bot_id: int) -> None:
        """Queue what was stored but not handled when the last process ended."""
        after = 0
        while True:
            async with self._database.read() as session:
                page = await inbox.waiting_ids(session, bot_id, after, PAGE)
            self.queue(page)
            if len(page) < PAGE:
                break
            after = page[-1][0]
        if not self._lanes.size:
            self.calm.set()

    def queue(self, rows: Iterable[InboxRow | tuple[int, int]]) -> None:
        """Let rows wait for their turn, whole or by number and chat."""
        for row in rows:
            self.calm.clear()
            if self._lanes.add(row) if isinstance(row, InboxRow) else self._lanes.put(*row):
                self._ready.release()

    def dismiss(self, workers: int) -> None:
        """Let waiting workers see that it is over."""
        for _ in range(workers):
            self._ready.release()

    async def work(self) -> None:
        """Give one chat after another a turn, until stopped."""
        while True:
            await self._ready.acquire()
            if self._stopping.is_set():
                return
            chat_id, row = self._lanes.take()
            if not await self._turn(row):
                return
            if self._lanes.end(chat_id):
                self._ready.release()
            elif not self._lanes.size:
                self.calm.set()

    async def _turn(self, waiting: InboxRow | int) -> bool:
        """Handle a row; say whether it is over, so that its chat may go on."""
        while not self._stopping.is_set():
            try:
                row = await self._whole(waiting)
                last = row.attempts + 1 >= TRIES
                if await self._try(row, last=last):
                    return True
            except (SQLAlchemyError, OSError) as error:
                logger.error("the database does not answer: %s", named(error))  # noqa: TRY400
                await pause(self._stopping, DATABASE_SECONDS)
                continue
            row.attempts += 1
            waiting = row
            if last:
                await self._give_up(row)
                return True
            await pause(self._stopping, self._pauses[min(row.attempts, len(self._pauses)) - 1])
        return False

    async def _whole(self, row: InboxRow | int) -> InboxRow:
        if isinstance(row, InboxRow):
            return row
        async with self._database.read() as session:
            (found,) = await inbox.rows(session, [row])
        return found

    async def _try(self, row: InboxRow, *, last: bool) -> bool:
        """Give a row its turn; where that raises, write down the kind of the error alone."""
        try:
            await self._handle(row)
        except Exception as error:  # noqa: BLE001 - one update must not stop all others
            told = named(error), trail(error)
            logger.error("update %d failed, try %d: %s\n%s", row.id, row.attempts + 1, *told)  # noqa: TRY400
            async with self._database.begin() as session:
                await inbox.failed(session, row.id, named(error), last=last)
            return False
        return True

    async def _give_up(self, row: InboxRow) -> None:
        try:
            await self._failed(row)
        except Exception as error:  # noqa: BLE001 - the chat goes on all the same
            told = named(error), trail(error)
            logger.error("nobody was told that update %d failed: %s\n%s", row.id, *told)  # noqa: TRY400


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait, but not beyond the end."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
