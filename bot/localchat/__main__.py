"""Run the local chat by itself: python -m bot.localchat."""

import argparse
import asyncio
import signal
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.localchat.limits import Limits
from bot.localchat.server import LocalChat

CLOCK = struct.Struct("<d")


def read_clock(file: Path) -> Callable[[], datetime]:
    """Return a clock that a file holds: unix seconds as a little-endian float64."""
    return lambda: datetime.fromtimestamp(CLOCK.unpack(file.read_bytes())[0], UTC)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bot.localchat", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", action="append", required=True, help="may be given repeatedly")
    parser.add_argument("--username", action="append", required=True, help="one for each token")
    parser.add_argument("--name", default="Miaoke")
    parser.add_argument("--no-limits", action="store_true")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster the day passes")
    parser.add_argument("--clock", type=Path, help="a file with the moment as float64")
    parser.add_argument("--folder", type=Path, help="where files are kept; else in memory")
    return parser.parse_args()


def build(asked: argparse.Namespace) -> LocalChat:
    """Return the chat as the command line asks for it."""
    limits = None if asked.no_limits else Limits().faster(asked.speed)
    now = read_clock(asked.clock) if asked.clock else lambda: datetime.now(UTC)
    chat = LocalChat(limits, asked.folder, now)
    for token, username in zip(asked.token, asked.username, strict=True):
        chat.add_bot(token, asked.name, username)
    return chat


async def run(asked: argparse.Namespace) -> None:
    """Serve until told to stop."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await build(asked).serve(asked.host, asked.port, _ready)


def _ready(url: str) -> None:
    print(f"ready {url}", flush=True)  # noqa: T201 - the line that starters wait for


def main() -> None:
    """Run with the faster event loop where it is installed."""
    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    stopped = suppress(KeyboardInterrupt, asyncio.CancelledError)
    with stopped, asyncio.Runner(loop_factory=factory) as runner:
        runner.run(run(parse()))


if __name__ == "__main__":
    main()
