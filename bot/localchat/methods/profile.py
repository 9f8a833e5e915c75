"""What the bot says about itself: commands by scope and language, name, description."""

import re
from functools import partial
from typing import Any

from bot.localchat.addressing import find_chat
from bot.localchat.arguments import Args
from bot.localchat.refusals import bad
from bot.localchat.world import Bot, Chat, World

JSON = dict[str, Any]

COMMANDS_LIMIT = 100
DESCRIPTION_LIMIT = 256
SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_LIMITS = {"name": 64, "description": 512, "short_description": 120}

Key = tuple[str, int, int, str]


def _key(world: World, bot: Bot, args: Args) -> Key:
    scope = args.record("scope", "BotCommandScope") or {"type": "default"}
    kind = str(scope.get("type"))
    language = _language(args)
    if kind in SCOPES:
        return kind, 0, 0, language
    if kind not in CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    chat = find_chat(world, bot, Args(scope))
    user_id = Args(scope).number("user_id") if kind == "chat_member" else 0
    return kind, chat.id, user_id, language


def _language(args: Args) -> str:
    code = args.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad("LANG_CODE_INVALID")
    return code


async def set_my_commands(world: World, bot: Bot, args: Args) -> bool:
    """Set the menu for a scope and language."""
    key = _key(world, bot, args)
    given = args.records("commands", "commands")
    if len(given) > COMMANDS_LIMIT:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = []
    for one in given:
        command, description = str(one.get("command", "")), str(one.get("description", "")).strip()
        if not _COMMAND.fullmatch(command):
            raise bad("BOT_COMMAND_INVALID")
        if not 0 < len(description) <= DESCRIPTION_LIMIT:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": command.lstrip("/"), "description": description})
    bot.commands[key] = commands
    return True


async def delete_my_commands(world: World, bot: Bot, args: Args) -> bool:
    """Take the menu of a scope and language away."""
    bot.commands.pop(_key(world, bot, args), None)
    return True


async def get_my_commands(world: World, bot: Bot, args: Args) -> list[JSON]:
    """Return the menu of a scope and language."""
    return bot.commands.get(_key(world, bot, args), [])


def menu(bot: Bot, chat: Chat, user_id: int, language: str) -> list[JSON]:
    """Return the commands that a person sees in a chat, the narrowest scope first."""
    member = chat.members.get(user_id)
    head = member is not None and member.status in {"creator", "administrator"}
    scopes: list[tuple[str, int, int]] = [("chat", chat.id, 0)]
    if chat.private:
        scopes.append(("all_private_chats", 0, 0))
    else:
        scopes.insert(0, ("chat_member", chat.id, user_id))
        if head:
            scopes.insert(1, ("chat_administrators", chat.id, 0))
            scopes.append(("all_chat_administrators", 0, 0))
        scopes.append(("all_group_chats", 0, 0))
    scopes.append(("default", 0, 0))
    for scope in scopes:
        for code in (language[:2], ""):
            if bot.commands.get((*scope, code)):
                return bot.commands[(*scope, code)]
    return []


async def set_profile(_: World, bot: Bot, args: Args, *, field: str) -> bool:
    """Set the name or a description for a language."""
    value = args.text(field)
    if len(value) > _LIMITS[field]:
        raise bad(f"bot {field.replace('_', ' ')} is too long")
    bot.profile[field, _language(args)] = value
    if field == "name" and value and not args.text("language_code"):
        bot.user["first_name"] = value
    return True


async def get_profile(_: World, bot: Bot, args: Args, *, field: str) -> JSON:
    """Return the name or a description for a language."""
    usual = bot.user["first_name"] if field == "name" else ""
    code = _language(args)
    return {field: bot.profile.get((field, code)) or bot.profile.get((field, ""), usual)}


METHODS = {
    "setMyCommands": set_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getMyCommands": get_my_commands,
} | {
    f"{verb}My{name.title().replace('_', '')}": partial(function, field=name)
    for verb, function in (("set", set_profile), ("get", get_profile))
    for name in _LIMITS
}
