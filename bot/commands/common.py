"""What every command needs: the moment, the key, the database, ways to print."""

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from bot.clock import file_clock, utcnow
from bot.language import SHANGHAI
from bot.services.refusing import Refusal
from bot.settings import Settings
from db.sealing import Key, load_key
from db.session import Database, connect
from db.upgrade import configured

KEY_BYTES = 32
PARTS = 10  # plain lines that a long command prints
AsJson = Annotated[bool, typer.Option("--json", help="machine output 机器可读")]
Moved = Callable[[int, int], None]


def moment(settings: Settings) -> datetime:
    """Return the present moment, or that of a rehearsal."""
    return (file_clock(settings.clock) if settings.clock else utcnow)()


def day(text: str) -> date:
    """Read a day that was given as an option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            f"日期“{text}”不对，请写成 2026-11-23 的样子。",
            f"“{text}” is no date; write it like 2026-11-23.",
            "date",
        ) from None


def today(settings: Settings) -> date:
    """Return the day that it is in the county."""
    return moment(settings).astimezone(SHANGHAI).date()


def key_of(settings: Settings) -> Key:
    """Return the school's key."""
    try:
        key = load_key(settings.data, settings.key.get_secret_value())
    except ValueError:
        key = Key(b"")
    if len(key.secret) != KEY_BYTES:
        raise Refusal(
            "密钥不对：MIAOKE_KEY（或数据文件夹里的 key）应是 64 位十六进制数字。",
            "The key is not valid: MIAOKE_KEY, or key in the data folder, has 64 hex digits.",
            "key",
        )
    return key


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database, once it is there and at the present schema."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not _is_file(str(url.database)):
        raise _outdated()  # connecting would make it
    database = connect(settings.database)
    try:
        if not await _reaches(database):
            raise _outdated()
        yield database
    finally:
        await database.close()


def _is_file(name: str) -> bool:
    return Path(name).is_file()


async def _reaches(database: Database) -> bool:
    """Reach a database; say whether its schema is the present one."""
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(is_current)
    except OSError as error:
        raise Refusal(
            "数据库连不上，请检查 MIAOKE_DATABASE_URL 和数据库服务。",
            "The database cannot be reached; check MIAOKE_DATABASE_URL and its server.",
            "unreachable",
        ) from error


def is_current(connection: Connection) -> bool:
    """Say whether every migration has been run."""
    heads = ScriptDirectory.from_config(configured(connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def _outdated() -> Refusal:
    return Refusal(
        "数据库还没有建好或不是最新，请先运行 python -m bot db upgrade。",
        "The database is not there or not up to date; run python -m bot db upgrade first.",
        "outdated",
    )


def print_json(value: object) -> None:
    """Print machine output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table for eyes on a terminal, and lines with tabs elsewhere."""
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(row))
        return
    table = Table(*heads)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def complain(chinese: str, english: str) -> None:
    """Say on stderr what is wrong."""
    typer.echo(f"{chinese} {english}", err=True)


@contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[Moved]:
    """Show how far a long command is: a bar on a terminal, a few plain lines elsewhere."""
    if quiet:
        yield lambda _done, _total: None
        return
    if not sys.stderr.isatty():
        yield _lines(label)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(label: str) -> Moved:
    said = 0

    def moved(done: int, total: int) -> None:
        nonlocal said
        part = done * PARTS // max(total, 1)
        if part > said:
            said = part
            typer.echo(f"{label} {done}/{total}", err=True)

    return moved
