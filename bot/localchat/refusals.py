"""What Telegram refuses, in Telegram's own words."""

from typing import Any


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """An answer with ok false."""

    def __init__(
        self, code: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        """Keep the code, the words and what a client may act on."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        """Return the body that Telegram would send."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(words: str) -> Refusal:
    """Return a refusal of a request that cannot be done."""
    return Refusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refusal:
    """Return a refusal by someone who does not want it."""
    return Refusal(403, f"Forbidden: {words}")


def conflict(words: str) -> Refusal:
    """Return a refusal because another consumer of updates is at work."""
    return Refusal(409, f"Conflict: {words}")


def too_many(seconds: int) -> Refusal:
    """Return a refusal that names the wait."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def upgraded(new_id: int) -> Refusal:
    """Return a refusal that names the supergroup's id."""
    words = "group chat was upgraded to a supergroup chat"
    return Refusal(400, f"Bad Request: {words}", {"migrate_to_chat_id": new_id})


class ControlError(Exception):
    """A control call that makes no sense."""

    def __init__(self, words: str, status: int = 400) -> None:
        """Keep the words and the HTTP status."""
        super().__init__(words)
        self.status = status
