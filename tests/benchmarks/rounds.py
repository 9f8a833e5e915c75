"""Bots take turns: each in its own process, stopped while the others are measured."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from bot.localchat.world import Bot
from tests.benchmarks.figures import Runs
from tests.benchmarks.phones import Phones
from tests.benchmarks.school import CLASS_SIZE, Room

ROOT = Path(__file__).parent.parent.parent
STOP_SECONDS = 20
LOG_TAIL = 3000


@dataclass(frozen=True)
class Plan:
    """How much is measured: taps of a stretch, by how many are in flight."""

    rounds: int
    warm: int = 300
    taps: Mapping[int, int] = field(default_factory=lambda: {16: 1000, 1: 250})
    spoken: Mapping[int, int] = field(default_factory=lambda: {16: 300})

    @property
    def classes(self) -> tuple[int, int]:
        """Return how many classes tap, of those who read and of those who listen."""
        reading, listening = (
            -(-(self.warm + self.rounds * sum(counts.values())) // CLASS_SIZE)
            for counts in (self.taps, self.spoken)
        )
        return reading, listening


@dataclass(frozen=True)
class Contender:
    """A bot with its process and the taps that it gets."""

    name: str
    bot: Bot
    process: subprocess.Popen[bytes]
    taps: Iterator[tuple[Room, int]]
    counts: Mapping[int, int]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let the bot go on while the block lasts."""
        self.process.send_signal(signal.SIGCONT)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGSTOP)


@contextmanager
def process(
    folder: Path, name: str, *command: str, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a bot beside us; if anything goes wrong, show the end of what it wrote."""
    log = folder / f"{name}.log"
    with log.open("wb") as file:
        running = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            yield running
        except BaseException:
            sys.stderr.write(f"{name}:\n{log.read_text()[-LOG_TAIL:]}\n")
            raise
        finally:
            running.send_signal(signal.SIGCONT)
            running.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(STOP_SECONDS)
            running.kill()
            running.wait()


async def measure(
    contenders: list[Contender], people: Phones, plan: Plan, console: Console
) -> Runs:
    """Warm every bot up, then let them take turns."""
    for one in contenders:
        await people.keep_in_flight(one.bot, one.taps, plan.warm, 16)
        await people.quiet()
    for one in contenders:
        one.process.send_signal(signal.SIGSTOP)
    # Thousands of phones live in this process; looking through them would take 0.1 s of somebody.
    gc.collect()
    gc.freeze()
    runs: Runs = defaultdict(list)
    for number in range(1, plan.rounds + 1):
        for one in contenders:
            with one.alone():
                for at_once, count in one.counts.items():
                    run = await people.keep_in_flight(one.bot, one.taps, count, at_once)
                    runs[one.name, at_once].append(run)
                    await people.quiet()
        rates = (f"{one.name} {runs[one.name, 16][-1].rate:,.0f}/s" for one in contenders)
        console.print(f"round {number} of {plan.rounds}: {', '.join(rates)}")
    return runs
