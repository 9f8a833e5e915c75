"""Faults to order: refusals, silence and broken connections."""

from dataclasses import dataclass, field
from typing import Any

from bot.localchat.refusals import ControlError, Refusal

KINDS = {"status", "timeout", "drop", "drop_after"}
_WORDS = {
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """One order: what happens, to which calls, how often still."""

    method: str
    kind: str
    times: int
    status: int = 500
    description: str | None = None
    retry_after: int | None = None
    chat: int | None = None
    seconds: float = 60.0

    def refusal(self) -> Refusal:
        """Return the answer of an ordered status."""
        if self.retry_after is not None or self.status == 429:  # noqa: PLR2004 - HTTP's number
            seconds = self.retry_after or 1
            words = self.description or f"Too Many Requests: retry after {seconds}"
            return Refusal(self.status, words, {"retry_after": seconds})
        return Refusal(self.status, self.description or _WORDS.get(self.status, "Bad Request"))


@dataclass(slots=True)
class Faults:
    """The orders that are still open."""

    orders: list[Fault] = field(default_factory=list)

    def add(self, data: dict[str, Any]) -> Fault:
        """Take an order."""
        kind = data.get("kind")
        if kind not in KINDS:
            raise ControlError(f"kind must be one of {', '.join(sorted(KINDS))}")
        default = 429 if data.get("retry_after") else 500
        fault = Fault(
            method=str(data.get("method", "*")).lower(),
            kind=str(kind),
            times=int(data.get("times", 1)),
            status=int(data.get("status") or default),
            description=data.get("description"),
            retry_after=data.get("retry_after"),
            chat=data.get("chat"),
            seconds=float(data.get("seconds", 60.0)),
        )
        self.orders.append(fault)
        return fault

    def strike(self, method: str, chat_id: str) -> Fault | None:
        """Return the fault that hits this call, used up by one."""
        for fault in self.orders:
            if fault.method not in {"*", method}:
                continue
            if fault.chat is not None and str(fault.chat) != chat_id:
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.orders.remove(fault)
            return fault
        return None
