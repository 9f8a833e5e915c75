"""The phones of the benchmark: our own chat in this process, and taps kept in flight."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice

from bot.localchat import LocalChat
from bot.localchat.control.acting import tap
from bot.localchat.control.people import enter_private, make_group, make_person
from bot.localchat.posting import post
from bot.localchat.world import Bot, Entry, Member, World, brief
from tests.benchmarks.school import USERS, Room

PATIENCE = 60.0
QUIET = 0.1
OWNER = 9_000_001  # of the groups
RIGHTS = frozenset({"pin_messages", "delete_messages"})


@dataclass
class Phones:
    """People, groups and bots of one chat; which message to tap in each group for each bot."""

    chat: LocalChat
    groups: list[int] = field(default_factory=list)
    cards: dict[tuple[int, int], int] = field(default_factory=dict)  # by bot and group
    tapped: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # by bot

    @property
    def world(self) -> World:
        """Return what the chat knows."""
        return self.chat.world

    def add_bot(self, token: str, username: str) -> Bot:
        """Make a bot."""
        self.chat.add_bot(token, username, username)
        return self.world.tokens[token]

    async def move_in(self, classes: int) -> None:
        """Make a group for each class, with every bot in it."""
        await self._person(OWNER)
        for number in range(1, classes + 1):
            named = {"title": f"示例{number}班", "type": "supergroup", "owner": OWNER}
            made = await make_group(self.world, named, [])
            self.groups.append(made["id"])
            members = self.world.groups[made["id"]].members
            members |= {bot: Member("administrator", RIGHTS) for bot in self.world.bots}

    async def fill(self, rooms: list[Room]) -> None:
        """Give teachers and learners a phone, and learners a place in the group."""
        for room in rooms:
            members = self.world.groups[room.chat_id].members
            await self._person(USERS + room.teacher)
            for learner in room.learners:
                await self._person(USERS + learner)
                members[USERS + learner] = Member("member")

    async def _person(self, user: int) -> None:
        """Make a person who has talked with every bot."""
        await make_person(self.world, {"id": user, "first_name": f"示例{user}"}, [])
        for bot in self.world.bots.values():
            enter_private(self.world, bot, self.world.people[user])

    async def find_cards(self, bot: Bot) -> None:
        """Wait until a bot has posted its check-in card in every group."""
        deadline = time.monotonic() + PATIENCE
        for group in self.groups:
            while (card := self._card(group, bot)) is None:
                if time.monotonic() > deadline:
                    raise TimeoutError("the check-in cards do not come")
                await asyncio.sleep(0.05)
            self.cards[bot.id, group] = card.message["message_id"]

    def _card(self, group: int, bot: Bot) -> Entry | None:
        entries = self.world.groups[group].messages.values()
        return next((one for one in entries if one.bot_id == bot.id and one.markup), None)

    def copy_cards(self, bot: Bot, by: Bot) -> None:
        """Post the very same cards in the name of another bot."""
        for group in self.groups:
            card = self.world.groups[group].messages[self.cards[bot.id, group]]
            content = {key: card.message[key] for key in ("photo", "caption")}
            chat = self.world.groups[group]
            copied = post(self.world, chat, content, sender=brief(by), bot=by, markup=card.markup)
            self.cards[by.id, group] = copied.message["message_id"]

    async def tap(self, bot: Bot, room: Room, learner: int) -> float:
        """Tap a bot's card; return the seconds until the tap is answered."""
        tapped = {
            "user": USERS + learner,
            "chat": room.chat_id,
            "message_id": self.cards[bot.id, room.chat_id],
            "row": 0,
            "col": 0,
        }
        began = time.perf_counter()
        made = await tap(self.world, tapped, [])
        query = self.world.queries[made["callback_query_id"]]
        await asyncio.wait_for(query.answered.wait(), PATIENCE)
        answer = query.answer or {}
        if not str(answer.get("text")).startswith("✅"):
            raise ValueError(f"a tap was answered with {answer}")
        self.tapped[bot.id].add(learner)
        return time.perf_counter() - began

    async def keep_in_flight(
        self, bot: Bot, taps: Iterator[tuple[Room, int]], count: int, at_once: int
    ) -> "Run":
        """Tap so often, so many taps unanswered at any time."""
        left = islice(taps, count)
        waits: list[float] = []

        async def hand() -> None:
            for room, learner in left:
                waits.append(await self.tap(bot, room, learner))

        began = time.perf_counter()
        await asyncio.gather(*(hand() for _ in range(at_once)))
        return Run(time.perf_counter() - began, sorted(waits))

    async def quiet(self) -> None:
        """Wait until no bot says anything for a while."""
        counts: dict[str, int] = {}
        while counts != (counts := dict(self.world.counts)):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(QUIET)


@dataclass(frozen=True)
class Run:
    """One measured stretch: its length and each tap's wait, shortest first, in seconds."""

    seconds: float
    waits: list[float]

    @property
    def rate(self) -> float:
        """Return the taps answered in a second."""
        return len(self.waits) / self.seconds

    def quantile(self, part: float) -> float:
        """Return the wait, in milliseconds, that so large a part of all did not exceed."""
        return self.waits[min(int(len(self.waits) * part), len(self.waits) - 1)] * 1000


@asynccontextmanager
async def phones() -> AsyncIterator[tuple[Phones, str]]:
    """Serve the chat without limits; yield it with its address."""
    chat = LocalChat(limits=None)
    async with chat.running() as url:
        yield Phones(chat), url
