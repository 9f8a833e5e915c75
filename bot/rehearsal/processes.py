"""The programs of a rehearsal: our own chat and the bot, each a process of its own."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from bot.rehearsal.plan import Plan

TOKEN = "1000000002:a-token-that-only-our-own-chat-knows"  # noqa: S105
USERNAME = "miaoke_rehearsal_bot"
HASTE = 300.0
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
        return subprocess.Popen(
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
    command += ["--token", TOKEN, "--username", USERNAME, "--clock", str(clock)]
    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program
            command,
            cwd=log.parent,
            env=bare_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
        )
    line = await asyncio.to_thread(first_line, process)
    word, _, url = line.partition(" ")
    if word != "ready":
        process.kill()
        process.wait()
        raise RuntimeError(f"the chat did not start; see {log}")
    return ChatProcess(process, url)


def first_line(process: subprocess.Popen[bytes]) -> str:
    """Return the first line that a program says, an empty one if it ends without a word."""
    if process.stdout is None:
        return ""
    with process.stdout as out:
        return out.readline().decode().strip()


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


def launch_forked(settings: Mapping[str, str], log: Path) -> Process:
    """Start the bot from a process that has read its code already: a restart takes no second."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bot.app"])
    forked = context.Process(target=run_forked, args=(dict(settings), log), daemon=True)
    forked.start()
    return Forked(forked)


@dataclass(frozen=True)
class Forked:
    """A forked process, with the manners of any other."""

    process: BaseProcess

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()

    def terminate(self) -> None:
        """Ask it to end."""
        self.process.terminate()

    def wait(self, timeout: float) -> int:
        """Wait for its end; return its exit code."""
        self.process.join(timeout)
        code = self.process.exitcode
        if code is None:
            raise TimeoutError
        return code

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self.process.exitcode


def run_forked(settings: dict[str, str], log: Path) -> None:
    """Be the bot, in a process that was just forked."""
    from bot.app import serve  # noqa: PLC0415 - read ahead in the process that forks
    from bot.settings import Settings  # noqa: PLC0415

    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    os.chdir(log.parent)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        del os.environ[name]
    os.environ.update(settings)
    asyncio.run(serve(Settings(), print))
