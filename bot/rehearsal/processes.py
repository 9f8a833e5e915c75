"""The programs of a rehearsal: our own chat and the bot, each a process of its own."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.rehearsal.plan import Plan

TOKEN = "1000000002:a-token-that-only-our-own-chat-knows"  # noqa: S105
USERNAME = "miaoke_rehearsal_bot"
HASTE = 600.0
START_SECONDS = 30
STOP_SECONDS = 20
ROOT = Path(__file__).resolve().parent.parent.parent


class Process(Protocol):
    """A running program."""

    def kill(self) -> None:
        """End it at once."""

    def terminate(self) -> None:
        """Ask it to end."""

    def wait(self, timeout: float) -> int:
        """Wait for its end; return its exit code."""

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""


Launch = Callable[[Mapping[str, str], Path], Process]


@dataclass(frozen=True)
class ChatProcess:
    """Our own chat, running."""

    process: subprocess.Popen[bytes]
    url: str

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def bare_environment() -> dict[str, str]:
    """Return this process's environment without anybody's settings of the bot."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MIAOKE_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def bot_settings(plan: Plan, url: str, clock: Path) -> dict[str, str]:
    """Return the settings under which the bot is rehearsed."""
    data = plan.data.resolve()
    return {
        "MIAOKE_TOKEN": TOKEN,
        "MIAOKE_API_URL": url,
        "MIAOKE_DATA": str(data),
        "MIAOKE_DATABASE_URL": f"sqlite:///{data / 'miaoke.db'}",
        "MIAOKE_KEY": "",
        "MIAOKE_CLOCK": str(clock.resolve()),
        "MIAOKE_PACE": str(HASTE),
    }


def launch_bot(settings: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start the bot the way staff start it."""
    with log.open("ab") as file:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "bot", "run"],
            cwd=log.parent,
            env=bare_environment() | dict(settings),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )


async def start_chat(clock: Path, log: Path) -> ChatProcess:
    """Start our own chat on a free port and wait until it listens."""
    command = [sys.executable, "-m", "bot.localchat", "--port", "0", "--no-limits"]
    command += ["--token", TOKEN, "--username", USERNAME, "--clock", str(clock.resolve())]
    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program
            command,
            cwd=log.parent,
            env=bare_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
        )
    out = process.stdout
    if out is None:
        raise RuntimeError("no pipe")
    try:
        line = await asyncio.wait_for(asyncio.to_thread(out.readline), START_SECONDS)
    except TimeoutError:
        process.kill()
        raise
    word, _, url = line.decode().strip().partition(" ")
    if word != "ready":
        process.kill()
        raise RuntimeError(f"the chat did not start; see {log}")
    return ChatProcess(process, url)


def stop_bot(process: Process) -> int:
    """Ask the bot to end; return its exit code."""
    process.terminate()
    try:
        return process.wait(STOP_SECONDS)
    except (subprocess.TimeoutExpired, TimeoutError):
        process.kill()
        return process.wait(STOP_SECONDS)


def tail(log: Path, lines: int = 20) -> str:
    """Return the end of a log."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
