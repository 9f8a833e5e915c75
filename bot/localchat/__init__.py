"""Our own small Bot API server, with phones in the browser."""

from bot.localchat.limits import Limits
from bot.localchat.server import LocalChat

__all__ = ["Limits", "LocalChat"]
