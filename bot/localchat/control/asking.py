"""What a control call names: people, chats, messages, bytes."""

import base64
import binascii
from typing import Any

from bot.localchat.refusals import ControlError
from bot.localchat.world import Bot, Chat, Entry, Person, World

JSON = dict[str, Any]


def number(data: JSON, name: str) -> int:
    """Return a whole number that must be there."""
    value = data.get(name)
    try:
        return int(str(value))
    except ValueError as error:
        raise ControlError(f"{name} must be a whole number") from error


def text(data: JSON, name: str) -> str:
    """Return a text that must be there."""
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise ControlError(f"{name} must be a text")
    return value


def content(data: JSON, name: str) -> bytes:
    """Return the bytes of a base64 field."""
    try:
        decoded = base64.b64decode(text(data, name), validate=True)
    except binascii.Error as error:
        raise ControlError(f"{name} must be base64") from error
    if not decoded:
        raise ControlError(f"{name} must not be empty")
    return decoded


def which_bot(world: World, data: JSON) -> Bot:
    """Return the bot meant: the one named by id or username, else the first."""
    wanted = data.get("bot")
    for bot in world.bots.values():
        if wanted is None or str(wanted) in {str(bot.id), bot.user["username"]}:
            return bot
    raise ControlError("no such bot", 404)


def person(world: World, data: JSON, name: str = "user") -> Person:
    """Return the person meant."""
    found = world.people.get(number(data, name))
    if found is None:
        raise ControlError(f"no such person: {data.get(name)}", 404)
    return found


def group(world: World, chat_id: int) -> Chat:
    """Return the group or channel meant, as it is now."""
    found = world.groups.get(chat_id)
    if found is None:
        raise ControlError(f"no such group: {chat_id}", 404)
    if found.migrated_to is not None:
        raise ControlError(f"this group is now {found.migrated_to}")
    return found


def place(world: World, data: JSON, who: Person) -> Chat:
    """Return the chat in which a person does something; without a name the bot's."""
    user_id = who.user["id"]
    named = data.get("chat")
    if named in (None, "", "bot") or str(named) == str(user_id):
        bot = which_bot(world, data)
        chat = world.private.get((bot.id, user_id))
        if chat is None:
            raise ControlError("this person has not started the bot")
        if chat.blocked:
            raise ControlError("this person has blocked the bot")
        return chat
    chat = group(world, number(data, "chat"))
    member = chat.members.get(user_id)
    if member is None or not member.present:
        raise ControlError("this person is not in the group")
    return chat


def standing(chat: Chat, data: JSON, name: str = "message_id") -> Entry:
    """Return a message that is still there."""
    entry = chat.messages.get(number(data, name))
    if entry is None or entry.deleted:
        raise ControlError("no such message", 404)
    return entry
