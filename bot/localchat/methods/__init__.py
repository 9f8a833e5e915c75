"""The methods of the Bot API, by their lower-case names, for Telegram minds no capitals."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot.localchat.arguments import Args
from bot.localchat.methods import chats, editing, polls, profile, receiving, sending, tapping
from bot.localchat.world import Bot, World

Method = Callable[[World, Bot, Args], Awaitable[object]]

_ALL: dict[str, Method] = {
    **receiving.METHODS,
    **sending.METHODS,
    **editing.METHODS,
    **polls.METHODS,
    **tapping.METHODS,
    **chats.METHODS,
    **profile.METHODS,
}
METHODS: Mapping[str, tuple[str, Method]] = MappingProxyType(
    {name.lower(): (name, method) for name, method in _ALL.items()}
)
