"""People and groups: made, joined, left, promoted, moved."""

from typing import Any

from bot.localchat.control.asking import group, number, person, text, which_bot
from bot.localchat.posting import RIGHTS, change_member, member_json, post, publish, set_blocked
from bot.localchat.refusals import ControlError
from bot.localchat.world import Bot, Chat, Member, Person, World, brief

JSON = dict[str, Any]


async def make_person(world: World, data: JSON, _: list[int]) -> JSON:
    """Make a person with a phone."""
    user_id = number(data, "id") if data.get("id") else next(world.user_ids)
    if user_id <= 0 or user_id in world.people or user_id in world.bots:
        raise ControlError("this id is taken or impossible")
    user: JSON = {"id": user_id, "is_bot": False, "first_name": text(data, "first_name")}
    for name in ("last_name", "username", "language_code"):
        if data.get(name):
            user[name] = str(data[name])
    world.people[user_id] = Person(user, forbids_voice=bool(data.get("forbids_voice")))
    return user


async def list_people(world: World, _: JSON, __: list[int]) -> list[JSON]:
    """Return everybody."""
    return [one.user for one in world.people.values()]


async def change_person(world: World, data: JSON, numbers: list[int]) -> JSON:
    """Change what a person allows."""
    one = person(world, {"user": numbers[0]})
    one.forbids_voice = bool(data.get("forbids_voice", one.forbids_voice))
    return one.user


async def make_group(world: World, data: JSON, _: list[int]) -> JSON:
    """Make a group; the owner is in it."""
    kind = data.get("type", "group")
    if kind not in {"group", "supergroup"}:
        raise ControlError("type must be group or supergroup")
    owner = person(world, data, "owner")
    chat_id = -next(world.group_ids) if kind == "group" else -next(world.super_ids)
    shape: JSON = {"id": chat_id, "title": text(data, "title"), "type": kind}
    if kind == "group":
        shape["all_members_are_administrators"] = bool(data.get("all_members_are_administrators"))
    chat = Chat(shape, members={owner.user["id"]: Member("creator")})
    for member in data.get("members") or []:
        user_id = person(world, {"user": member}).user["id"]
        chat.members.setdefault(user_id, Member("member"))
    world.groups[chat_id] = chat
    return shape


async def list_groups(world: World, _: JSON, __: list[int]) -> list[JSON]:
    """Return the groups and who is in them; moved ones name their new id."""
    return [
        chat.json
        | {
            "members": [uid for uid, member in chat.members.items() if member.present],
            "migrated_to": chat.migrated_to,
        }
        for chat in world.groups.values()
    ]


def _user_or_bot(world: World, data: JSON, name: str = "user") -> JSON:
    user = world.user(number(data, name))
    if user is None:
        raise ControlError(f"no such person: {data.get(name)}", 404)
    return user


async def join(world: World, data: JSON, numbers: list[int]) -> JSON:
    """Put someone into a group."""
    chat = group(world, numbers[0])
    user = _user_or_bot(world, data)
    by = _user_or_bot(world, data, "by") if data.get("by") else user
    if user["id"] in world.bots and by is user:
        by = _owner(world, chat)
    before = chat.members.get(user["id"])
    if before is not None and before.present:
        return member_json(world, chat, user["id"])
    change_member(world, chat, user["id"], Member("member"), by)
    post(world, chat, {"new_chat_members": [user], "new_chat_member": user}, sender=by)
    return member_json(world, chat, user["id"])


def _owner(world: World, chat: Chat) -> JSON:
    for uid, member in chat.members.items():
        if member.status == "creator":
            return world.people[uid].user
    raise ControlError("this group has no owner")


async def part(world: World, data: JSON, numbers: list[int]) -> JSON:
    """Take someone out of a group; a bot finds itself kicked."""
    chat = group(world, numbers[0])
    user = _user_or_bot(world, {"user": numbers[1]})
    member = chat.members.get(user["id"])
    if member is None or not member.present:
        raise ControlError("not in this group")
    is_bot = user["id"] in world.bots
    by = _user_or_bot(world, data, "by") if data.get("by") else user
    if is_bot and by is user:
        by = _owner(world, chat)
    kicked = by["id"] != user["id"]
    post(world, chat, {"left_chat_member": user}, sender=by)
    change_member(world, chat, user["id"], Member("kicked" if kicked else "left"), by)
    return member_json(world, chat, user["id"])


def read_rights(given: object) -> frozenset[str]:
    """Return rights by their short names; all usual ones when none are named."""
    names = [str(one).removeprefix("can_") for one in given] if isinstance(given, list) else RIGHTS
    unknown = set(names) - {*RIGHTS, "anonymous"}
    if unknown:
        raise ControlError(f"unknown rights: {', '.join(sorted(unknown))}")
    return frozenset(names)


async def promote(world: World, data: JSON, numbers: list[int]) -> JSON:
    """Make someone in a group its administrator, or a plain member again."""
    chat = group(world, numbers[0])
    user = _user_or_bot(world, data)
    member = chat.members.get(user["id"])
    if member is None or not member.present:
        raise ControlError("not in this group")
    rights = read_rights(data.get("rights"))
    status = "administrator" if rights else "member"
    change_member(world, chat, user["id"], Member(status, rights), _owner(world, chat))
    return member_json(world, chat, user["id"])


async def migrate(world: World, _: JSON, numbers: list[int]) -> JSON:
    """Turn a group into a supergroup with another id."""
    chat = group(world, numbers[0])
    if chat.json["type"] != "group":
        raise ControlError("only a basic group can be moved")
    return {"id": upgrade(world, chat).id}


def upgrade(world: World, chat: Chat) -> Chat:
    """Return the supergroup that a group has become."""
    owner = _owner(world, chat)
    shape = {"id": -next(world.super_ids), "title": chat.json["title"], "type": "supergroup"}
    moved = Chat(shape, members=dict(chat.members), last_bot=chat.last_bot)
    world.groups[moved.id] = moved
    post(world, chat, {"migrate_to_chat_id": moved.id}, sender=owner)
    chat.migrated_to = moved.id
    publish(world, chat, "migrated", **{"from": chat.id, "to": moved.id})
    post(world, moved, {"migrate_from_chat_id": chat.id}, sender=owner)
    return moved


async def block(world: World, data: JSON, _: list[int]) -> JSON:
    """Let a person block the bot."""
    return _block(world, data, blocked=True)


async def unblock(world: World, data: JSON, _: list[int]) -> JSON:
    """Let a person take the block back."""
    return _block(world, data, blocked=False)


def _block(world: World, data: JSON, *, blocked: bool) -> JSON:
    who, bot = person(world, data), which_bot(world, data)
    chat = world.private.get((bot.id, who.user["id"]))
    if chat is None:
        raise ControlError("this person has not started the bot")
    set_blocked(world, bot, chat, blocked=blocked)
    return {"blocked": blocked}


def enter_private(world: World, bot: Bot, who: Person) -> Chat:
    """Return a person's chat with a bot, opened and unblocked if need be."""
    user = who.user
    chat = world.private.get((bot.id, user["id"]))
    if chat is None:
        names = {k: user[k] for k in ("first_name", "last_name", "username") if k in user}
        chat = Chat({"id": user["id"], "type": "private"} | names, bot_id=bot.id)
        world.private[bot.id, user["id"]] = chat
    set_blocked(world, bot, chat, blocked=False)
    return chat


def add_bot_to(world: World, bot: Bot, chat: Chat, by: JSON) -> None:
    """Put a bot into a group, if it is not there yet."""
    member = chat.members.get(bot.id)
    if member is None or not member.present:
        change_member(world, chat, bot.id, Member("member"), by)
        user = brief(bot)
        post(world, chat, {"new_chat_members": [user], "new_chat_member": user}, sender=by)


ROUTES = {
    ("POST", "people"): make_person,
    ("GET", "people"): list_people,
    ("POST", "people/#"): change_person,
    ("POST", "groups"): make_group,
    ("GET", "groups"): list_groups,
    ("POST", "groups/#/members"): join,
    ("DELETE", "groups/#/members/#"): part,
    ("POST", "groups/#/admin"): promote,
    ("POST", "groups/#/migrate"): migrate,
    ("POST", "block"): block,
    ("POST", "unblock"): unblock,
}
