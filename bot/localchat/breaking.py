"""Ordered faults at work: slow, refused, cut off."""

import asyncio
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Scope

from bot.localchat.world import World


class Dropped(Exception):  # noqa: N818 - an order that is carried out
    """The connection is to be cut without an answer."""

    def __init__(self, cut: Callable[[MutableMapping[str, Any]], None]) -> None:
        """Keep how to cut it."""
        super().__init__("connection cut as ordered")
        self.cut = cut

    async def drop(self, scope: Scope, receive: Receive) -> None:
        """Cut the connection and wait until the server knows."""
        self.cut(scope)
        while (await receive())["type"] != "http.disconnect":
            pass


async def strike_before(world: World, method: str, chat_id: str) -> Dropped | None:
    """Carry out a fault ordered for this call; return a cut that comes after the effect."""
    fault = world.faults.strike(method, chat_id)
    if fault is None:
        return None
    if fault.kind == "status":
        raise fault.refusal()
    if fault.kind == "drop_after":
        return Dropped(world.cut)
    if fault.kind == "timeout":
        with suppress(TimeoutError):
            await asyncio.wait_for(world.closing.wait(), fault.seconds)
    raise Dropped(world.cut)
