"""A whole county is due at the same minute: 23 groups and 1,150 learners, Telegram's limits on.

The bot runs as in production, at Telegram's own pace; the chat refuses what is too fast with 429.
All reminders of the hour before fall due at once. Each learner reads nothing and gets a voice note
and a card; meanwhile sixty of them write to the bot. The time is a clock file that this process
moves on with the real seconds, because at night nobody is reminded.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlalchemy import func, select

from bot.clock import Clock, write_clock
from bot.language import MANDARIN, translate
from bot.localchat import LocalChat
from bot.localchat.control.acting import say
from bot.localchat.limits import Limits
from bot.localchat.world import Bot
from db.models import Reads, Reminder, ReminderKind, ReminderState
from db.session import connect
from tests.benchmarks import school
from tests.benchmarks.phones import Phones
from tests.benchmarks.rounds import process
from tests.benchmarks.school import USERS

CLASSES = 23
WRITERS = 60
WRITING = 60.0  # seconds over which they write
USERNAME = "miaoke_bench_bot"
BEGIN = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
DUE_IN = timedelta(seconds=45)  # meanwhile the bot starts and plans
PATIENCE = timedelta(minutes=5)
EACH_SECOND = 30  # messages that Telegram takes
AT, METHOD, CHAT, OK, MESSAGE = 1, 2, 3, 4, 6  # of a call in the chat's record
KEPT = translate(MANDARIN, "I have kept it. Your teacher will get it.")


@dataclass(frozen=True)
class Fanout:
    """The phones, the bot, who is due, and when."""

    people: Phones
    bot: Bot
    users: list[int]
    due: datetime
    now: Clock

    async def until(self, moment: datetime) -> None:
        """Wait until the clock says so."""
        await asyncio.sleep(max((moment - self.now()).total_seconds(), 0))

    async def write(self, user: int, after: float) -> datetime:
        """Let a learner write to the bot; return when."""
        await self.until(self.due + timedelta(seconds=after))
        await say(self.people.world, {"user": user, "text": "老师好"}, [])
        return self.now()

    def arrivals(self) -> dict[tuple[int, int], datetime]:
        """Return when each message reached its chat, by chat and number."""
        return {
            (call[CHAT], call[MESSAGE]): datetime.fromtimestamp(call[AT], UTC)
            for call in self.people.world.calls
            if call[OK] and call[METHOD].startswith("send") and call[AT] >= self.due.timestamp()
        }

    def cards(self) -> dict[int, int]:
        """Return the number of the reminder's card in each chat that has it."""
        world = self.people.world
        chats = {group: world.groups[group] for group in self.people.groups}
        chats |= {user: world.private[self.bot.id, user] for user in self.users}
        reminded = ("还有一小时", "今天")
        return {
            where: number
            for where, chat in chats.items()
            for number, entry in chat.messages.items()
            if entry.message.get("caption", "").startswith(reminded)
        }

    def answer_to(self, user: int) -> int:
        """Return the number of the message that says that a learner's words were kept."""
        entries = self.people.world.private[self.bot.id, user].messages.items()
        return next(
            number
            for number, entry in entries
            if KEPT in (entry.message.get("caption"), entry.message.get("text"))
        )


async def fanout(folder: Path, console: Console) -> dict[str, float]:
    """Let everything fall due at once; return how late it came."""
    began = time.monotonic()

    def now() -> datetime:
        return BEGIN + timedelta(seconds=time.monotonic() - began)

    chat = LocalChat(Limits(), now=now)
    async with chat.running() as url, moving(folder / "clock", now):
        people = Phones(chat)
        bot = people.add_bot("4:bench", USERNAME)
        await people.move_in(CLASSES)
        rooms = school.rooms(people.groups, [Reads.NOTHING] * CLASSES)
        await people.fill(rooms)
        users = [USERS + learner for room in rooms for learner in room.learners]
        run = Fanout(people, bot, users, now() + DUE_IN, now)
        database = f"sqlite:///{folder / 'miaoke.db'}"
        await school.plan(
            database, rooms, run.due + timedelta(hours=1), run.due - timedelta(days=2)
        )
        settings = {
            "MIAOKE_TOKEN": bot.token,
            "MIAOKE_API_URL": url,
            "MIAOKE_DATA": str(folder),
            "MIAOKE_DATABASE_URL": database,
            "MIAOKE_USERNAME": USERNAME,
            "MIAOKE_CLOCK": str(folder / "clock"),
        }
        with process(folder, "fanout", "-m", "bot", "run", **settings):
            writers = Random(1).sample(users, WRITERS)
            said = await asyncio.gather(
                *(run.write(user, WRITING * n / WRITERS) for n, user in enumerate(writers))
            )
            await everywhere(run)
        await check(database, len(users) + CLASSES)
        refused = chat.world.limiter.refused
    at, cards = run.arrivals(), run.cards()
    late = {where: (at[where, card] - run.due).total_seconds() for where, card in cards.items()}
    last = max(late.values())
    count = sum(moment <= run.due + timedelta(seconds=last) for moment in at.values())
    waits = sorted(
        (at[user, run.answer_to(user)] - moment).total_seconds()
        for user, moment in zip(writers, said, strict=True)
    )
    console.print(
        f"{len(users)} learners and {CLASSES} groups due at once: {count} messages, the last "
        f"after {last:.1f} s; Telegram would take {count / EACH_SECOND:.1f} s"
    )
    return {
        "fanout_last_over_limit": round(last * EACH_SECOND / count, 3),
        "fanout_group_late_s": round(max(late[group] for group in people.groups), 2),
        "fanout_429": refused,
        "fanout_reply_p95_s": round(waits[int(WRITERS * 0.95) - 1], 3),
    }


async def everywhere(run: Fanout) -> None:
    """Wait until the card has come to every chat."""
    while len(run.cards()) < len(run.users) + CLASSES:
        if run.now() > run.due + PATIENCE:
            raise TimeoutError(f"{len(run.cards())} cards came")
        await asyncio.sleep(0.5)
    await run.people.quiet()


async def check(url: str, due: int) -> None:
    """See that the database knows of each reminder of the hour before that it was queued."""
    database = connect(url)
    found = (
        select(func.count())
        .select_from(Reminder)
        .where(Reminder.kind == ReminderKind.HOUR_BEFORE, Reminder.state == ReminderState.QUEUED)
    )
    async with database.read() as session:
        queued = await session.scalar(found)
    await database.close()
    if queued != due:
        raise SystemExit(f"{queued} reminders were queued, {due} were due")


@asynccontextmanager
async def moving(clock: Path, now: Clock) -> AsyncIterator[None]:
    """Move the clock file on while the block lasts."""
    write_clock(clock, now())

    async def move() -> None:
        while True:
            write_clock(clock, now())
            await asyncio.sleep(0.01)

    mover = asyncio.create_task(move())
    try:
        yield
    finally:
        mover.cancel()
        with suppress(asyncio.CancelledError):
            await mover
