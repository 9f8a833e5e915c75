"""What can be seen from outside: messages, answers, calls, what is pending."""

import asyncio
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from bot.localchat.control.asking import number, person, place, which_bot
from bot.localchat.methods.profile import menu
from bot.localchat.posting import shown
from bot.localchat.refusals import ControlError
from bot.localchat.world import World

JSON = dict[str, Any]

MESSAGES_SHOWN = 500
LONGEST_WAIT = 60.0
CALL = ("n", "at", "method", "chat_id", "ok", "error_code", "message_id", "bot")


async def messages(world: World, data: JSON, _: list[int]) -> list[JSON]:
    """Return the latest messages of a chat as a person sees them."""
    who = person(world, data)
    user_id = who.user["id"]
    named = data.get("chat")
    if named in (None, "", "bot") or str(named) == str(user_id):
        chat = world.private.get((which_bot(world, data).id, user_id))
        if chat is None:
            return []
    else:
        moved = world.groups.get(number(data, "chat"))
        # What was said in a group before it moved can still be read.
        chat = moved if moved and moved.migrated_to else place(world, data, who)
    after = number(data, "after") if data.get("after") else 0
    seen = [shown(entry) for mid, entry in chat.messages.items() if mid > after]
    return seen[-MESSAGES_SHOWN:]


async def answers(world: World, data: JSON, numbers: list[int]) -> JSON:
    """Return what a tap brought, waiting for it if asked to."""
    query = world.queries.get(str(numbers[0]))
    if query is None:
        raise ControlError("no such tap", 404)
    seconds = min(float(data.get("wait") or 0), LONGEST_WAIT)
    if seconds > 0 and query.answer is None:
        with suppress(TimeoutError):
            await asyncio.wait_for(query.answered.wait(), seconds)
    if query.answer is None:
        return {"answered": False}
    return {"answered": True} | query.answer


async def pending(world: World, data: JSON, _: list[int]) -> JSON:
    """Return what waits and what was done."""
    updates = which_bot(world, data).updates
    return {
        "updates_waiting": len(updates.waiting),
        "updates_total": updates.total,
        "calls": dict(world.counts),
        "too_many": world.limiter.refused,
    }


async def calls(world: World, data: JSON, _: list[int]) -> list[JSON]:
    """Return the Bot API calls in order; polling for updates is left out."""
    after = number(data, "after") if data.get("after") else 0
    return [
        {name: value for name, value in zip(CALL, call, strict=True) if value is not None}
        for call in world.calls
        if call[0] > after
    ]


async def commands(world: World, data: JSON, _: list[int]) -> list[JSON]:
    """Return the menu of commands that a person sees in a chat."""
    who = person(world, data)
    bot = which_bot(world, data)
    chat = place(world, data, who)
    return menu(bot, chat, who.user["id"], who.user.get("language_code", ""))


async def add_fault(world: World, data: JSON, _: list[int]) -> JSON:
    """Order a fault."""
    return asdict(world.faults.add(data))


async def drop_faults(world: World, _: JSON, __: list[int]) -> JSON:
    """Take all orders of faults back."""
    dropped = len(world.faults.orders)
    world.faults.orders.clear()
    return {"dropped": dropped}


async def get_phones(world: World, _: JSON, __: list[int]) -> JSON:
    """Return what the page shows."""
    return world.phones


async def put_phones(world: World, data: JSON, _: list[int]) -> JSON:
    """Set what the page shows."""
    world.phones = {"phones": data.get("phones") or [], "cards": data.get("cards") or []}
    return world.phones


ROUTES = {
    ("GET", "messages"): messages,
    ("GET", "answers/#"): answers,
    ("GET", "pending"): pending,
    ("GET", "calls"): calls,
    ("GET", "commands"): commands,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): drop_faults,
    ("GET", "phones"): get_phones,
    ("PUT", "phones"): put_phones,
}
