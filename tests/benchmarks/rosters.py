"""Imports a county's roster beside plain reading of the same file, each in a process of its own.

Ours reads the file, checks every cell, finds who stands twice, and takes everybody into the base in
one transaction: people, seats in classes, ledger lines. Plain reading is openpyxl's `load_workbook`
and every value of every row, nothing else. They take turns, and medians are kept.
"""

import asyncio
import gc
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import openpyxl
import orjson
from rich.console import Console

from bot.services.roster_file import read_roster
from bot.services.rostering import file_digest, import_people
from bot.services.samples import sample_roster
from db.sealing import Key
from db.session import connect
from db.upgrade import upgrade

PEOPLE, CLASSES = 11_500, 230
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
KIB = 1024


def rosters(folder: Path, console: Console, rounds: int = 3) -> dict[str, float]:
    """Measure, and return the figures."""
    file = folder / "county.xlsx"
    sample_roster(file, learners=PEOPLE // CLASSES, classes=CLASSES, on=NOW.date())
    plain, ours = [], []
    for at in range(rounds):
        plain.append(_apart("plain", file))
        ours.append(_apart("import", file, folder / f"county-{at}.db"))
        console.print(
            f"round {at + 1}: plain {plain[-1]['seconds']} s, ours {ours[-1]['seconds']} s"
        )
    return {
        "roster_people": PEOPLE,
        "roster_import_s": round(median(one["seconds"] for one in ours), 2),
        "roster_plain_read_s": round(median(one["seconds"] for one in plain), 2),
        "roster_vs_plain_read": round(
            median(
                one["seconds"] / other["seconds"] for one, other in zip(ours, plain, strict=True)
            ),
            3,
        ),
        "roster_peak_mib": round(max(one["peak"] for one in ours), 1),
        "roster_plain_peak_mib": round(max(one["peak"] for one in plain), 1),
    }


def _apart(*told: object) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.rosters", *map(str, told)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return orjson.loads(done.stdout)  # type: ignore[no-any-return]


def plain(file: Path) -> int:
    """Read every value of the file, and nothing else."""
    book = openpyxl.load_workbook(file)
    return sum(1 for row in book.worksheets[0].iter_rows(values_only=True) if any(row))


async def take_in(file: Path, database_file: Path) -> int:
    """Read, check and import the file."""
    database = connect(f"sqlite:///{database_file}")
    reading = read_roster(file, on=NOW.date())
    async with database.begin() as session:
        result = await import_people(
            session, reading, file_digest(file), Key(bytes(32)), "示例县", NOW
        )
    await database.close()
    return result.new


async def prepare(database_file: Path) -> None:
    """Make the tables, which is no part of an import."""
    database = connect(f"sqlite:///{database_file}")
    await upgrade(database)
    await database.close()


def main() -> None:
    """Do one of the two, and say how long it took and how much memory it needed."""
    what, *paths = sys.argv[1:]
    if what == "import":
        asyncio.run(prepare(Path(paths[1])))
    gc.collect()
    begun = perf_counter()
    if what == "plain":
        count = plain(Path(paths[0]))
    else:
        count = asyncio.run(take_in(Path(paths[0]), Path(paths[1])))
    seconds = perf_counter() - begun
    if count < PEOPLE:
        raise SystemExit(f"only {count} people")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    sys.stdout.write(orjson.dumps({"seconds": round(seconds, 3), "peak": peak}).decode())


if __name__ == "__main__":
    main()
