"""The control API, by method and path; # stands for a number."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.localchat.control import acting, people, sharing, watching
from bot.localchat.world import World

Control = Callable[[World, dict[str, Any], list[int]], Awaitable[object]]

CONTROLS: Mapping[tuple[str, str], Control] = MappingProxyType(
    people.ROUTES | acting.ROUTES | sharing.ROUTES | watching.ROUTES
)
