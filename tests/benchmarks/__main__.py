"""Measures our durable check-in turn beside empty bots of the usual libraries.

Everything runs on this machine at once: the chat and the phones in this process, each bot in its
own. A tap is one update and one `answerCallbackQuery`, the same for every bot: the same card in
the same groups, tapped by the same people. The empty bots do nothing else. Ours stores the update
(synced to the disk), finds out who tapped, writes a mark, a ledger line and two tallies in one
transaction, and answers after the commit; the tallies' edits leave as in production. The second
row adds what a learner hears who reads nothing: a voice note in private. Bots take turns, round
after round, while the others are stopped, and medians are kept, because machines are noisy. At the
end the database must hold one mark of everybody who tapped, and a ledger that verifies.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import orjson
import uvloop
from rich.console import Console

from db.models import Reads
from tests.benchmarks import school
from tests.benchmarks.fanout import fanout
from tests.benchmarks.figures import figures, table
from tests.benchmarks.phones import Phones, phones
from tests.benchmarks.rosters import rosters
from tests.benchmarks.rounds import Contender, Plan, measure, process
from tests.benchmarks.school import CLASS_SIZE, Room

FOLDER = Path(__file__).parent
TOAST = "✅ 已记下，8:30"
USERNAME = "miaoke_bench_bot"
PACE = "10"  # 300 messages a second: Telegram's own pace would hold up the tallies


async def bench(plan: Plan, folder: Path, console: Console) -> dict[str, float]:
    """Set everything up, measure, and check what is in the database."""
    database = f"sqlite:///{folder / 'data' / 'miaoke.db'}"
    async with phones() as (people, url):
        ours = people.add_bot("1:bench", USERNAME)
        aiogram = people.add_bot("2:bench", "aiogram_bench_bot")
        ptb = people.add_bot("3:bench", "ptb_bench_bot")
        readers, listeners = await open_school(people, plan, database)
        settings = {
            "MIAOKE_TOKEN": ours.token,
            "MIAOKE_API_URL": url,
            "MIAOKE_DATA": str(folder / "data"),
            "MIAOKE_DATABASE_URL": database,
            "MIAOKE_USERNAME": USERNAME,
            "MIAOKE_PACE": PACE,
        }
        console.print(f"{len(people.groups)} classes of {CLASS_SIZE}, their check-in opened")
        with ExitStack() as stack:
            turning = stack.enter_context(process(folder, "turn", "-m", "bot", "run", **settings))
            await people.find_cards(ours)
            contenders = [
                Contender("turn", ours, turning, school.taps(readers), plan.taps),
                Contender("turn_voice", ours, turning, school.taps(listeners), plan.spoken),
            ]
            for name, bot in (("aiogram_echo", aiogram), ("ptb_echo", ptb)):
                people.copy_cards(ours, bot)
                told = {"ECHO_TOKEN": bot.token, "ECHO_API": url, "ECHO_TOAST": TOAST}
                file = str(FOLDER / "bots" / f"{name}.py")
                running = stack.enter_context(process(folder, name, file, **told))
                taps = school.taps(readers)
                contenders.append(Contender(name, bot, running, taps, plan.taps))
            runs = await measure(contenders, people, plan, console)
    wrong = await school.faults(database, people.tapped[ours.id])
    if wrong:
        raise SystemExit("the turn was not kept: " + "; ".join(wrong))
    console.print(f"{len(people.tapped[ours.id])} tapped and are marked once; the ledger verifies")
    return figures(runs)


async def open_school(people: Phones, plan: Plan, database: str) -> tuple[list[Room], list[Room]]:
    """Fill the groups and the database; return the classes that read, and those that listen."""
    reading, listening = plan.classes
    await people.move_in(reading + listening)
    reads = [Reads.SOME] * reading + [Reads.NOTHING] * listening
    rooms = school.rooms(people.groups, reads)
    await people.fill(rooms)
    await school.found(database, rooms)
    return rooms[:reading], rooms[reading:]


def main() -> None:
    """Measure, print the table and write the figures down."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("turns", "fanout", "rosters"), default="")
    parser.add_argument("--out", type=Path, default=Path("out/bench.json"))
    asked = parser.parse_args()
    console = Console()
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        found: dict[str, float] = {}
        if asked.only in ("", "turns"):
            found |= runner.run(bench(Plan(asked.rounds), Path(folder), console))
            console.print(table(found))
        if asked.only in ("", "fanout"):
            (data := Path(folder) / "fanout").mkdir()
            late = runner.run(fanout(data, console))
            console.print(*(f"{key} {figure}" for key, figure in late.items()), sep="\n")
            found |= late
        if asked.only in ("", "rosters"):
            (data := Path(folder) / "rosters").mkdir()
            imported = rosters(data, console)
            console.print(*(f"{key} {figure}" for key, figure in imported.items()), sep="\n")
            found |= imported
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.write(f"{asked.out}\n")


if __name__ == "__main__":
    main()
