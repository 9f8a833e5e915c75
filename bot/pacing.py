"""How fast we may speak: to all, to one chat, to one group. No clock is read here."""

import math
from collections import deque
from dataclasses import dataclass, field, replace

MINUTE = 60.0
SECOND = 1.0
SWEEP = 5.0
# Calls sent apart may arrive a little closer together.
SLACK = 0.1
BOT_SLACK = 0.02
# Bulk is spread over the second, for a burst would leave no room for what arrives closer together.
BULK_BURST = 3
# So many chats told to wait within a second mean that the bot as a whole was too fast.
REFUSED_CHATS = 3


@dataclass(frozen=True)
class Pace:
    """What Telegram allows (30/s, 1/s a chat, 20/min a group) and what we leave free of it."""

    per_second: int | None = 30
    kept_for_replies: int = 2
    chat_every: float | None = 1.0
    chat_burst: int = 3
    group_per_minute: int | None = 20
    group_edits: int = 14
    speed: float = 1.0

    def faster(self, times: float) -> "Pace":
        """Return the same pace for a day that passes so many times faster."""
        return replace(self, speed=self.speed * times)

    @staticmethod
    def free() -> "Pace":
        """Return no pace at all."""
        return Pace(per_second=None, chat_every=None, group_per_minute=None)


@dataclass
class Throttle:
    """What was sent lately, and who must wait until when; moments are seconds of any clock."""

    pace: Pace
    sent: deque[float] = field(default_factory=deque)  # by the bot, within a second
    spread_until: float = -math.inf  # when what was sent is spread at the pace of bulk
    chats: dict[int, float] = field(default_factory=dict)  # when a chat's bucket is empty again
    before: dict[int, float] = field(default_factory=dict)  # the same, before what is in flight
    groups: dict[int, deque[tuple[float, bool]]] = field(default_factory=dict)  # moment, an edit?
    pauses: dict[int, float] = field(default_factory=dict)  # of single chats
    paused_until: float = -math.inf  # all of the bot
    refused: deque[tuple[float, int]] = field(default_factory=deque)
    swept: float = -math.inf

    def ready_at(self, chat_id: int, now: float, *, reply: bool, edit: bool) -> float:
        """Return the moment from which a message may go to a chat; `now` or earlier: at once."""
        return max(self.bot_ready_at(now, reply=reply), self.chat_ready_at(chat_id, now, edit=edit))

    def bot_ready_at(self, now: float, *, reply: bool) -> float:
        """Return when the bot may speak; bulk leaves some of each second to replies."""
        if self.pace.per_second is None:
            return self.paused_until
        if not reply:
            return max(self.paused_until, self.spread_until - (BULK_BURST - 1) * self._bulk_every())
        second = (SECOND + BOT_SLACK) / self.pace.speed
        while self.sent and self.sent[0] <= now - second:
            self.sent.popleft()
        over = len(self.sent) - self.pace.per_second
        return max(self.paused_until, self.sent[over] + second if over >= 0 else -math.inf)

    def _bulk_every(self) -> float:
        """Return the seconds from one message of bulk to the next."""
        pace = self.pace
        return SECOND / (((pace.per_second or 0) - pace.kept_for_replies) * pace.speed)

    def chat_ready_at(self, chat_id: int, now: float, *, edit: bool) -> float:
        """Return when a chat may hear from us."""
        pace = self.pace
        ready = self.pauses.get(chat_id, -math.inf)
        if pace.chat_every is not None:
            every = pace.chat_every / pace.speed
            empty_at = self.chats.get(chat_id, -math.inf)
            ready = max(ready, empty_at - (pace.chat_burst - 1) * every + SLACK / pace.speed)
        if pace.group_per_minute is not None and chat_id < 0:
            ready = max(ready, self._group_ready_at(chat_id, now, pace.group_per_minute, edit=edit))
        return ready

    def _group_ready_at(self, chat_id: int, now: float, limit: int, *, edit: bool) -> float:
        minute = (MINUTE + SLACK) / self.pace.speed
        heard = self.groups.get(chat_id, deque())
        while heard and heard[0][0] <= now - minute:
            heard.popleft()
        ready = -math.inf
        if (over := len(heard) - limit) >= 0:
            ready = heard[over][0] + minute
        if edit:
            edits = [moment for moment, was_edit in heard if was_edit]
            if (over := len(edits) - self.pace.group_edits) >= 0:
                ready = max(ready, edits[over] + minute)
        return ready

    def took(self, chat_id: int, now: float, *, edit: bool, count: int = 1) -> None:
        """Count what leaves for a chat now."""
        pace = self.pace
        if pace.per_second is not None:
            self.sent.extend([now] * count)
            self.spread_until = max(self.spread_until, now) + count * self._bulk_every()
        if pace.chat_every is not None:
            every = pace.chat_every / pace.speed
            self.before[chat_id] = self.chats.get(chat_id, -math.inf)
            self.chats[chat_id] = max(self.before[chat_id], now) + every * count
        if pace.group_per_minute is not None and chat_id < 0:
            self.groups.setdefault(chat_id, deque()).extend([(now, edit)] * count)
        if now > self.swept + SWEEP:
            self.sweep(now)

    def landed(self, chat_id: int, now: float) -> None:
        """Count what was in flight for a chat from when it arrived, for so does Telegram."""
        before = self.before.pop(chat_id, None)
        if before is not None and self.pace.chat_every is not None:
            self.chats[chat_id] = max(before, now) + self.pace.chat_every / self.pace.speed
        heard = self.groups.get(chat_id)
        if heard:
            heard[-1] = (now, heard[-1][1])

    def pause(self, chat_id: int, until: float) -> None:
        """Let a chat wait."""
        self.pauses[chat_id] = max(until, self.pauses.get(chat_id, until))

    def pause_all(self, until: float) -> None:
        """Let every chat wait."""
        self.paused_until = max(until, self.paused_until)

    def refuse(self, chat_id: int, now: float, seconds: float) -> bool:
        """Take a 429: that chat waits; the whole bot, if it happens in several chats at once."""
        self.pause(chat_id, now + seconds)
        self.refused.append((now, chat_id))
        while self.refused[0][0] <= now - SECOND:
            self.refused.popleft()
        if len({chat for _, chat in self.refused}) < REFUSED_CHATS:
            return False
        self.pause_all(now + seconds)
        return True

    def waiting_chats(self, now: float) -> dict[int, float]:
        """Return the chats that may hear nothing yet, whatever it is, and until when."""
        known = {*self.pauses, *self.chats, *self.groups}
        ready = {chat: self.chat_ready_at(chat, now, edit=False) for chat in known}
        return {chat: moment for chat, moment in ready.items() if moment > now}

    def sweep(self, now: float) -> None:
        """Forget what no longer holds anybody up."""
        self.swept = now
        self.pauses = {chat: until for chat, until in self.pauses.items() if until > now}
        self.chats = {chat: until for chat, until in self.chats.items() if until > now}
        self.groups = {
            chat: heard
            for chat, heard in self.groups.items()
            if heard and heard[-1][0] > now - MINUTE
        }


def backoff(attempt: int, chance: float, first: float = 0.5, longest: float = 60.0) -> float:
    """Return the seconds to wait after so many failures; `chance` in 0–1 spreads them."""
    return min(longest, first * 2.0 ** min(attempt, 16)) * (0.5 + chance / 2)
