"""What the local chat knows: bots, people, chats and their messages."""

import asyncio
import itertools
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.localchat.faults import Faults
from bot.localchat.limits import Limiter
from bot.localchat.media import Files
from bot.localchat.updates import Updates

JSON = dict[str, Any]

MESSAGES_KEPT = 1000
EVENTS_KEPT = 500
CALLS_KEPT = 50_000
QUERIES_KEPT = 10_000
PRESENT = {"creator", "administrator", "member"}


@dataclass(slots=True)
class Webhook:
    """Where updates are posted to."""

    url: str
    secret: str
    max_connections: int
    task: asyncio.Task[None] | None = None
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass(slots=True)
class Bot:
    """A bot and what it has set about itself."""

    token: str
    user: JSON
    privacy: bool
    updates: Updates = field(default_factory=Updates)
    webhook: Webhook | None = None
    commands: dict[tuple[str, int, int, str], list[JSON]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """Return the bot's user id."""
        number: int = self.user["id"]
        return number


@dataclass(slots=True)
class Person:
    """A human being with a phone."""

    user: JSON
    forbids_voice: bool = False
    events: deque[JSON] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    listeners: set[asyncio.Event] = field(default_factory=set)


@dataclass(slots=True)
class Member:
    """What someone is in a group."""

    status: str
    rights: frozenset[str] = frozenset()

    @property
    def present(self) -> bool:
        """Say whether this one is in the group."""
        return self.status in PRESENT


@dataclass(slots=True)
class Entry:
    """A message as it stands in a chat."""

    message: JSON
    bot_id: int | None = None
    markup: JSON | None = None
    deleted: bool = False
    edited: int = 0


@dataclass(slots=True)
class Chat:
    """A private chat with one bot, a group, a supergroup or a channel."""

    json: JSON
    bot_id: int | None = None
    blocked: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: OrderedDict[int, Entry] = field(default_factory=OrderedDict)
    last_id: int = 0
    migrated_to: int | None = None
    pinned: list[int] = field(default_factory=list)
    last_bot: int | None = None
    links: list[JSON] = field(default_factory=list)

    @property
    def id(self) -> int:
        """Return the chat's id as bots see it."""
        number: int = self.json["id"]
        return number

    @property
    def private(self) -> bool:
        """Say whether one person talks with one bot here."""
        return self.bot_id is not None


@dataclass(slots=True)
class Query:
    """A tap that waits for its answer."""

    id: str
    bot_id: int
    user_id: int
    chat: Chat
    tapped_at: float
    answer: JSON | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Poll:
    """A poll, its message and who voted for what."""

    json: JSON
    bot_id: int
    chat: Chat
    message_id: int
    correct: list[int] = field(default_factory=list)
    votes: dict[int, list[int]] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class World:
    """Everything, in memory."""

    files: Files
    limiter: Limiter
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    query_seconds: float = 15.0
    webhook_retry: float = 0.2
    faults: Faults = field(default_factory=Faults)
    tokens: dict[str, Bot] = field(default_factory=dict)
    bots: dict[int, Bot] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    private: dict[tuple[int, int], Chat] = field(default_factory=dict)
    groups: dict[int, Chat] = field(default_factory=dict)
    queries: OrderedDict[str, Query] = field(default_factory=OrderedDict)
    polls: dict[str, Poll] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    calls: deque[tuple[Any, ...]] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    phones: JSON = field(default_factory=lambda: {"phones": [], "cards": []})
    user_ids: Iterator[int] = field(default_factory=lambda: itertools.count(500_000_001))
    group_ids: Iterator[int] = field(default_factory=lambda: itertools.count(4_000_000_001))
    super_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_002_000_000_001))
    message_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    sequence: int = 0
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    cut: Callable[[MutableMapping[str, Any]], None] = lambda _: None

    def timestamp(self) -> int:
        """Return the moment as messages carry it."""
        return int(self.now().timestamp())

    def serial(self) -> str:
        """Return a fresh id for taps, polls and albums."""
        return str(7_000_000_000_000 + next(self.serials))

    def next_message_id(self, chat: Chat) -> int:
        """Return the next message id: per supergroup, else one row of numbers for all."""
        if chat.json["type"] in {"private", "group"}:
            return next(self.message_ids)
        chat.last_id += 1
        return chat.last_id

    def people_in(self, chat: Chat) -> list[Person]:
        """Return the people who see what is said in a chat."""
        if chat.private:
            return [self.people[chat.id]]
        return [
            self.people[uid]
            for uid, member in chat.members.items()
            if member.present and uid in self.people
        ]

    def bots_in(self, chat: Chat) -> list[Bot]:
        """Return the bots in a chat."""
        if chat.bot_id is not None:
            return [self.bots[chat.bot_id]]
        return [
            self.bots[uid]
            for uid, member in chat.members.items()
            if member.present and uid in self.bots
        ]

    def user(self, user_id: int) -> JSON | None:
        """Return a person or bot as a User."""
        if user_id in self.people:
            return self.people[user_id].user
        return brief(self.bots[user_id]) if user_id in self.bots else None


def brief(bot: Bot) -> JSON:
    """Return a bot as it stands in messages."""
    user = bot.user
    return {key: user[key] for key in ("id", "is_bot", "first_name", "username")}
