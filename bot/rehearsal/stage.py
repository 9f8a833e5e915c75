"""Compressed time: it passes only when everybody waits and the bot has nothing left to do."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import write_clock


class Stage:
    """Many people's days, side by side; who acts at the same moment acts at once."""

    def __init__(
        self, clock: Path, now: datetime, quiet: Callable[[datetime], Awaitable[None]]
    ) -> None:
        self.now = now
        self.moments = 0
        self._clock = clock
        self._quiet = quiet
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._serial = itertools.count()
        self._acting = 0
        self._all_wait = asyncio.Event()
        write_clock(clock, now)

    async def until(self, moment: datetime) -> None:
        """Wait until a moment; whatever was done before it has been answered by then."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (max(moment, self.now), next(self._serial), future))
        self._rest()
        await future

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds."""
        await self.until(self.now + timedelta(seconds=seconds))

    async def play(self, *people: Coroutine[Any, Any, None]) -> None:
        """Let people live until all have ended."""
        self._acting = len(people)
        async with asyncio.TaskGroup() as group:
            for one in people:
                group.create_task(self._live(one))
            group.create_task(self._direct())

    async def _live(self, one: Coroutine[Any, Any, None]) -> None:
        await one
        self._rest()

    def _rest(self) -> None:
        self._acting -= 1
        if not self._acting:
            self._all_wait.set()

    async def _direct(self) -> None:
        """Move time on from quiet to quiet."""
        while True:
            if self._acting:
                self._all_wait.clear()
                await self._all_wait.wait()
            await self._quiet(self.now)
            if not self._waiting:
                return
            self.moments += 1
            moment = self._waiting[0][0]
            if moment > self.now:
                self.now = moment
                write_clock(self._clock, moment)
                await self._quiet(moment)
            while self._waiting and self._waiting[0][0] <= moment:
                _, _, future = heapq.heappop(self._waiting)
                self._acting += 1
                future.set_result(None)
