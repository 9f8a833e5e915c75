"""A message into a chat: kept, shown on the phones, told to the bots that may hear it."""

import re
from typing import Any

from bot.localchat.world import MESSAGES_KEPT, Bot, Chat, Entry, Member, World

JSON = dict[str, Any]

ANONYMOUS: JSON = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
RIGHTS = (
    "manage_chat", "delete_messages", "manage_video_chats", "restrict_members",
    "promote_members", "change_info", "invite_users", "pin_messages", "post_messages",
    "edit_messages", "post_stories", "edit_stories", "delete_stories", "manage_topics",
    "manage_direct_messages",
)  # fmt: skip
CHANNEL_ONLY = {"post_messages", "edit_messages", "manage_direct_messages"}
SERVICE = {
    "new_chat_members",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "group_chat_created",
    "supergroup_chat_created",
    "new_chat_title",
}
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@(\w+))?")


def post(
    world: World,
    chat: Chat,
    content: JSON,
    *,
    sender: JSON | None,
    bot: Bot | None = None,
    markup: JSON | None = None,
) -> Entry:
    """Put a message into a chat; a bot's own is told to no bot."""
    message: JSON = {
        "message_id": world.next_message_id(chat),
        "date": world.timestamp(),
        "chat": chat.json,
    }
    if sender is not None:
        message["from"] = sender
    message |= content
    entry = Entry(message, None if bot is None else bot.id, markup)
    if markup is not None and "inline_keyboard" in markup:
        message["reply_markup"] = markup
    chat.messages[message["message_id"]] = entry
    if len(chat.messages) > MESSAGES_KEPT:
        chat.messages.popitem(last=False)
    if bot is not None:
        chat.last_bot = bot.id
    publish(world, chat, "message", message=shown(entry))
    if bot is None:
        tell(world, chat, "message" if sender else "channel_post", message)
    return entry


def shown(entry: Entry) -> JSON:
    """Return a message as people see it: with any keyboard, deletion and edits."""
    view = entry.message | {"deleted": entry.deleted, "edited": entry.edited}
    if entry.markup is not None:
        view["reply_markup"] = entry.markup
    return view


def tell(world: World, chat: Chat, kind: str, message: JSON) -> None:
    """Tell a message to the bots of a chat that may hear it."""
    for bot in world.bots_in(chat):
        if hears(world, bot, chat, message):
            bot.updates.put(kind, message)


def hears(world: World, bot: Bot, chat: Chat, message: JSON) -> bool:
    """Say whether privacy mode lets a bot hear a message."""
    if chat.private or not bot.privacy or chat.members[bot.id].status == "administrator":
        return True
    if not SERVICE.isdisjoint(message):
        return True
    if _author(message.get("reply_to_message")) == bot.id:
        return True
    text = message.get("text") or message.get("caption") or ""
    command = _COMMAND.match(text)
    if command is None:
        return False
    if command[1]:
        return bool(command[1].lower() == bot.user["username"].lower())
    return chat.last_bot == bot.id or len(world.bots_in(chat)) == 1


def _author(message: JSON | None) -> int | None:
    author: JSON = (message or {}).get("from") or {}
    return author.get("id")


def publish(world: World, chat: Chat, kind: str, **event: object) -> None:
    """Show an event on the phones of all who are in a chat."""
    world.sequence += 1
    happened = {"seq": world.sequence, "kind": kind, "chat": chat.id} | event
    for person in world.people_in(chat):
        person.events.append(happened)
        for listener in person.listeners:
            listener.set()


def show(world: World, user_id: int, chat: Chat, kind: str, **event: object) -> None:
    """Show an event on one person's phone."""
    person = world.people.get(user_id)
    if person is None:
        return
    world.sequence += 1
    person.events.append({"seq": world.sequence, "kind": kind, "chat": chat.id} | event)
    for listener in person.listeners:
        listener.set()


def member_json(world: World, chat: Chat, user_id: int) -> JSON:
    """Return a ChatMember as Telegram shows it."""
    user = world.user(user_id) or {"id": user_id, "is_bot": False, "first_name": "?"}
    if chat.private:
        blocked = chat.blocked and user_id != chat.id
        return (
            {"user": user, "status": "kicked", "until_date": 0}
            if blocked
            else {
                "user": user,
                "status": "member",
            }
        )
    member = chat.members.get(user_id, Member("left"))
    base: JSON = {"user": user, "status": member.status}
    if member.status == "creator":
        return base | {"is_anonymous": False}
    if member.status == "kicked":
        return base | {"until_date": 0}
    if member.status != "administrator":
        return base
    channel = chat.json["type"] == "channel"
    rights = {
        f"can_{right}": right in member.rights or right == "manage_chat"
        for right in RIGHTS
        if channel or right not in CHANNEL_ONLY
    }
    return base | rights | {"can_be_edited": False, "is_anonymous": "anonymous" in member.rights}


def change_member(world: World, chat: Chat, user_id: int, to: Member, by: JSON) -> None:
    """Change what someone is in a group; a bot is told of its own change."""
    before = member_json(world, chat, user_id)
    chat.members[user_id] = to
    bot = world.bots.get(user_id)
    if bot is not None:
        _tell_member(world, bot, chat, by, before)


def set_blocked(world: World, bot: Bot, chat: Chat, *, blocked: bool) -> None:
    """Let a person block a bot or take it back; the bot is told."""
    if chat.blocked == blocked:
        return
    before = member_json(world, chat, bot.id)
    chat.blocked = blocked
    _tell_member(world, bot, chat, world.people[chat.id].user, before)


def _tell_member(world: World, bot: Bot, chat: Chat, by: JSON, before: JSON) -> None:
    """Tell a bot that it is something else in a chat than before."""
    bot.updates.put(
        "my_chat_member",
        {
            "chat": chat.json,
            "from": by,
            "date": world.timestamp(),
            "old_chat_member": before,
            "new_chat_member": member_json(world, chat, bot.id),
        },
    )
