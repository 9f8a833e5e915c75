"""How fast a bot may speak: to all, to one chat, to a group."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

MINUTE = 60.0
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's limits; None in a field switches that one off."""

    per_second: float | None = 30
    chat_every: float | None = 1.0
    chat_burst: int = 3
    group_per_minute: int | None = 20
    speed: float = 1.0

    def faster(self, times: float) -> "Limits":
        """Return the same limits for a day that passes so many times faster."""
        return replace(self, speed=self.speed * times)


@dataclass(slots=True)
class Limiter:
    """The state of the limits; what is refused costs nothing."""

    limits: Limits | None
    clock: Callable[[], float]
    refused: int = 0
    bots: dict[int, float] = field(default_factory=dict)
    chats: dict[tuple[int, int], float] = field(default_factory=dict)
    groups: dict[tuple[int, int], deque[float]] = field(default_factory=dict)

    def take(self, bot_id: int, chat_id: int, *, count: int = 1) -> int | None:
        """Take room for some messages; None when there was room, else the seconds to wait."""
        limits = self.limits
        if limits is None:
            return None
        now = self.clock() * limits.speed
        key = (bot_id, chat_id)
        wait = max(
            self._bot_wait(limits, bot_id, now),
            self._chat_wait(limits, key, now),
            self._group_wait(limits, key, now, count),
        )
        if wait > 0:
            self.refused += 1
            return max(1, math.ceil(wait / limits.speed))
        if limits.per_second:
            self.bots[bot_id] = max(self.bots.get(bot_id, 0.0), now) + count / limits.per_second
        if limits.chat_every:
            self.chats[key] = max(self.chats.get(key, 0.0), now) + limits.chat_every
        if key in self.groups:
            self.groups[key].extend([now] * count)
        return None

    def _bot_wait(self, limits: Limits, bot_id: int, now: float) -> float:
        if not limits.per_second:
            return 0.0
        full = self.bots.get(bot_id, 0.0)
        return _wait(full - now, 1 / limits.per_second, limits.per_second)

    def _chat_wait(self, limits: Limits, key: tuple[int, int], now: float) -> float:
        if not limits.chat_every:
            return 0.0
        return _wait(self.chats.get(key, 0.0) - now, limits.chat_every, limits.chat_burst)

    def _group_wait(self, limits: Limits, key: tuple[int, int], now: float, count: int) -> float:
        """Return the wait until enough of the last minute's messages are a minute old."""
        if not limits.group_per_minute or key[1] > 0:
            return 0.0
        sent = self.groups.setdefault(key, deque())
        while sent and sent[0] <= now - MINUTE + ROUNDING:
            sent.popleft()
        over = len(sent) + count - limits.group_per_minute
        if over <= 0:
            return 0.0
        return sent[min(over, len(sent)) - 1] + MINUTE - now if sent else MINUTE


def _wait(backlog: float, interval: float, burst: float) -> float:
    """Return the wait of a leaky bucket; rounding of floats is forgiven."""
    wait = backlog - (burst - 1) * interval
    return wait if wait > ROUNDING else 0.0
