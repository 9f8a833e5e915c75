"""The queue of updates of one bot, as getUpdates and webhooks see it."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.localchat.refusals import Refusal, conflict

FIRST_UPDATE = 700_000_001
UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = frozenset(
    {
        *UNASKED,
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "inline_query",
        "chosen_inline_result",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_join_request",
    }
)


@dataclass(slots=True)
class Updates:
    """Updates that wait until the bot confirms them."""

    next_id: int = FIRST_UPDATE
    waiting: deque[tuple[int, bytes]] = field(default_factory=deque)
    allowed: frozenset[str] | None = None
    consumer: asyncio.Future[None] | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def total(self) -> int:
        """Return how many updates there have been."""
        return self.next_id - FIRST_UPDATE

    def wants(self, kind: str) -> bool:
        """Say whether the bot asked for this kind of update."""
        return kind not in UNASKED if self.allowed is None else kind in self.allowed

    def put(self, kind: str, payload: Any) -> int | None:  # noqa: ANN401 - JSON is any shape
        """Queue an update; return its id, None when the bot does not want its kind."""
        return self.inject({kind: payload}) if self.wants(kind) else None

    def inject(self, update: dict[str, Any]) -> int:
        """Queue a whole update as it is, under the next id."""
        update_id = self.next_id
        self.next_id += 1
        # Encoded now, because messages change later and an update is a snapshot.
        self.waiting.append((update_id, orjson.dumps({"update_id": update_id} | update)))
        self.arrived.set()
        self.wake()
        return update_id

    def wake(self) -> None:
        """Let the waiting getUpdates answer now."""
        if self.consumer is not None and not self.consumer.done():
            self.consumer.set_result(None)

    def end_poll(self, words: str) -> None:
        """Fail the waiting getUpdates, because another one takes over."""
        if self.consumer is not None and not self.consumer.done():
            self.consumer.set_exception(conflict(words))

    def confirm(self, offset: int) -> None:
        """Forget what the bot has seen; a negative offset keeps only the last ones."""
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
            return
        while self.waiting and self.waiting[0][0] < offset:
            self.waiting.popleft()

    async def poll(self, offset: int, limit: int, timeout: float) -> list[orjson.Fragment]:  # noqa: ASYNC109 - the bot's own word
        """Return the next updates, waiting for the first if asked to."""
        self.confirm(offset)
        self.end_poll(
            "terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        if not self.waiting and timeout > 0:
            await self._wait(timeout)
        if len(self.waiting) <= limit:
            return [orjson.Fragment(update) for _, update in self.waiting]
        return [orjson.Fragment(self.waiting[n][1]) for n in range(limit)]

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        consumer: asyncio.Future[None] = loop.create_future()
        self.consumer = consumer
        timer = loop.call_later(seconds, _settle, consumer)
        try:
            await consumer
        finally:
            timer.cancel()
            if self.consumer is consumer:
                self.consumer = None


def _settle(consumer: asyncio.Future[None]) -> None:
    if not consumer.done():
        consumer.set_result(None)


def read_allowed(value: object) -> frozenset[str] | None:
    """Return the kinds a bot asks for; None for the usual ones."""
    if value in (None, []):
        return None
    if not isinstance(value, list):
        raise Refusal(400, "Bad Request: can't parse allowed updates JSON object")
    return frozenset(str(kind) for kind in value) & KINDS
