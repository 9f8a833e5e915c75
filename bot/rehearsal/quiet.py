"""Has the bot anything left to do at this moment? Asked of the chat and of the database."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.rehearsal.phones import Control

LOOK_EVERY = 0.004  # seconds
PATIENCE = 60.0  # seconds without any change
WORK = """
SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting'),
       (SELECT count(*) FROM reminder WHERE state = 'planned' AND due_at <= :now),
       (SELECT count(*) FROM media WHERE state = 'waiting' AND retry_at <= :now),
       (SELECT count(*) FROM outbox WHERE state IN ('sending', 'uncertain')
            OR (state = 'waiting' AND not_before <= :now))
"""
Alive = Callable[[], None]
TICKS = "SELECT name FROM tick WHERE last_at >= :since"


class StuckError(Exception):
    """The bot does not get on."""


@dataclass(frozen=True)
class Work:
    """What is left to do: updates, reminders, files, messages."""

    updates: int
    reminders: int
    files: int
    messages: int

    @property
    def any(self) -> bool:
        """Whether something is left."""
        return bool(self.updates or self.reminders or self.files or self.messages)


class Watch:
    """A look at the rehearsal's database from outside."""

    def __init__(self, path: Path, control: Control) -> None:
        self.alive: Alive = lambda: None  # raises where waiting is in vain
        self._base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        self._control = control

    def close(self) -> None:
        """Look no more."""
        self._base.close()

    def work(self, now: datetime) -> Work:
        """Count what is left to do; one statement sees one state of the base."""
        return Work(*self._base.execute(WORK, {"now": stored(now)}).fetchone())

    async def quiet(self, now: datetime) -> None:
        """Wait until every update was taken and handled, and all that is due was done."""
        seen: object = None
        since = time.monotonic()
        while True:
            pending = await self._control.get("pending")
            work = self.work(now)
            if not pending["updates_waiting"] and not work.any:
                return
            state = (pending["updates_waiting"], pending["updates_total"], work)
            if state != seen:
                seen, since = state, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                raise StuckError(f"nothing moves at {now}: {state}")
            self.alive()
            await asyncio.sleep(LOOK_EVERY)

    async def ticked(self, since: datetime, names: frozenset[str]) -> None:
        """Wait until each recurring act has ended since a moment."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = {row[0] for row in self._base.execute(TICKS, {"since": stored(since)})}
            if names <= found:
                return
            if time.monotonic() > deadline:
                raise StuckError(f"no tick since {since}: {sorted(names - found)}")
            self.alive()
            await asyncio.sleep(LOOK_EVERY)


def stored(moment: datetime) -> str:
    """Write a moment the way SQLite keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
