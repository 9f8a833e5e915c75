"""What people do on their phones: start, write, tap, vote, change."""

from typing import Any

from bot.localchat.control.asking import group, number, person, place, standing, text, which_bot
from bot.localchat.control.people import add_bot_to, enter_private, read_rights, upgrade
from bot.localchat.formatting import find_entities
from bot.localchat.keyboards import button_data
from bot.localchat.methods.polls import vote
from bot.localchat.posting import ANONYMOUS, change_member, post, publish, shown, tell
from bot.localchat.refusals import ControlError
from bot.localchat.world import QUERIES_KEPT, Chat, Member, Person, Query, World, brief

JSON = dict[str, Any]

HEADS = {"creator", "administrator"}


def speak(world: World, data: JSON, chat: Chat, who: Person, said: JSON) -> JSON:
    """Put what a person sends into a chat; return the message as people see it."""
    sender, extra = who.user, {}
    if data.get("anonymous"):
        member = chat.members.get(who.user["id"])
        if chat.private or member is None or member.status not in HEADS:
            raise ControlError("only administrators of a group may be anonymous")
        sender, extra = ANONYMOUS, {"sender_chat": chat.json}
    if data.get("reply_to"):
        entry = standing(chat, data, "reply_to")
        extra["reply_to_message"] = {
            k: v for k, v in entry.message.items() if k != "reply_to_message"
        }
    return shown(post(world, chat, said | extra, sender=sender))


def written(words: str) -> JSON:
    """Return a text message's content with the entities found in it."""
    content: JSON = {"text": words}
    entities = find_entities(words)
    return content | {"entities": entities} if entities else content


async def start(world: World, data: JSON, _: list[int]) -> JSON:
    """Press START in the chat with the bot, perhaps through a deep link."""
    who = person(world, data)
    chat = enter_private(world, which_bot(world, data), who)
    payload = str(data.get("payload") or "")
    return speak(world, {}, chat, who, written(f"/start {payload}".strip()))


async def start_group(world: World, data: JSON, _: list[int]) -> JSON:
    """Add the bot to a group through a startgroup link."""
    who, bot = person(world, data), which_bot(world, data)
    chat = group(world, number(data, "group"))
    member = chat.members.get(who.user["id"])
    if member is None or not member.present:
        raise ControlError("this person is not in the group")
    if data.get("admin") and member.status not in HEADS:
        raise ControlError("only administrators can make the bot one")
    add_bot_to(world, bot, chat, who.user)
    if data.get("admin"):
        rights = read_rights(data["admin"])
        # As in Telegram, rights of its own kind turn a basic group into a supergroup.
        if data.get("migrate") and chat.json["type"] == "group":
            chat = upgrade(world, chat)
        change_member(world, chat, bot.id, Member("administrator", rights), who.user)
    words = f"/start@{bot.user['username']} {data.get('payload') or ''}".strip()
    return speak(world, {}, chat, who, written(words))


async def say(world: World, data: JSON, _: list[int]) -> JSON:
    """Write a text."""
    who = person(world, data)
    words = text(data, "text")
    return speak(world, data, place(world, data, who), who, written(words))


async def edit(world: World, data: JSON, _: list[int]) -> JSON:
    """Change a text one has written."""
    who = person(world, data)
    chat = place(world, data, who)
    entry = standing(chat, data)
    if entry.message.get("from", {}).get("id") != who.user["id"]:
        raise ControlError("this is not one's own message")
    kept = {k: v for k, v in entry.message.items() if k not in {"text", "entities"}}
    entry.message = kept | written(text(data, "text")) | {"edit_date": world.timestamp()}
    entry.edited += 1
    publish(world, chat, "edited", message=shown(entry))
    tell(world, chat, "edited_message", entry.message)
    return shown(entry)


async def tap(world: World, data: JSON, _: list[int]) -> JSON:
    """Tap a button under a message."""
    who = person(world, data)
    chat = place(world, data, who)
    entry = standing(chat, data)
    if entry.bot_id is None:
        raise ControlError("this message is from no bot")
    query = Query(world.serial(), entry.bot_id, who.user["id"], chat, world.monotonic())
    tapped = _data(entry.markup, data)
    world.queries[query.id] = query
    if len(world.queries) > QUERIES_KEPT:
        world.queries.popitem(last=False)
    update = {
        "id": query.id,
        "from": who.user,
        "message": entry.message,
        "chat_instance": str(abs(chat.id) * 7919 + entry.bot_id),
        "data": tapped,
    }
    world.bots[entry.bot_id].updates.put("callback_query", update)
    return {"callback_query_id": query.id}


def _data(markup: JSON | None, data: JSON) -> str:
    """Return the data of the button tapped; forged data need not stand on one."""
    if data.get("forged"):
        return text(data, "data")
    rows = button_data(markup)
    if "data" in data:
        wanted = text(data, "data")
        if any(button.get("callback_data") == wanted for row in rows for button in row):
            return wanted
        raise ControlError("no such button")
    row, column = number(data, "row"), number(data, "col")
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        raise ControlError("no such button")
    button = rows[row][column]
    if "callback_data" not in button:
        raise ControlError("this button opens a link")
    return str(button["callback_data"])


async def cast(world: World, data: JSON, _: list[int]) -> JSON:
    """Vote in a poll."""
    who = person(world, data)
    poll = world.polls.get(str(data.get("poll_id")))
    if poll is None:
        raise ControlError("no such poll", 404)
    if who not in world.people_in(poll.chat):
        raise ControlError("this person does not see the poll")
    options = data.get("options")
    if not isinstance(options, list) or not all(isinstance(n, int) for n in options):
        raise ControlError("options must be a list of numbers")
    return vote(world, poll, who.user, options)


async def channel_post(world: World, data: JSON, _: list[int]) -> JSON:
    """Post in a channel where the bot is an administrator."""
    bot, title = which_bot(world, data), text(data, "title")
    words = text(data, "text")
    for chat in world.groups.values():
        if chat.json["type"] == "channel" and chat.json["title"] == title:
            break
    else:
        shape = {"id": -next(world.super_ids), "title": title, "type": "channel"}
        chat = Chat(shape)
        world.groups[chat.id] = chat
    chat.members.setdefault(bot.id, Member("administrator", frozenset({"post_messages"})))
    content = written(words) | {"sender_chat": chat.json}
    return shown(post(world, chat, content, sender=None))


async def inject(world: World, data: JSON, _: list[int]) -> JSON:
    """Hand the bot any update at all."""
    update = data.get("update")
    if not isinstance(update, dict):
        raise ControlError("update must be an object")
    bot = which_bot(world, data)
    plain = {k: v for k, v in update.items() if k != "update_id"}
    return {"update_id": bot.updates.inject(plain), "bot": brief(bot)}


ROUTES = {
    ("POST", "start"): start,
    ("POST", "startgroup"): start_group,
    ("POST", "say"): say,
    ("POST", "edit"): edit,
    ("POST", "tap"): tap,
    ("POST", "vote"): cast,
    ("POST", "channel_post"): channel_post,
    ("POST", "update"): inject,
}
