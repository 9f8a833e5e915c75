"""Which chat a bot means, and whether it may write there."""

from bot.localchat.arguments import Args
from bot.localchat.refusals import bad, forbidden, too_many, upgraded
from bot.localchat.world import Bot, Chat, Entry, World

_WORDS = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}


def find_chat(
    world: World, bot: Bot, args: Args, name: str = "chat_id", *, writing: bool = True
) -> Chat:
    """Return the chat that a parameter names, if the bot may know it."""
    given = args.text(name)
    if not given:
        raise bad(f"{name} is empty")
    chat = None
    if given.startswith("@"):
        wanted = given[1:].lower()
        for one in world.groups.values():
            if str(one.json.get("username", "")).lower() == wanted:
                chat = one
    else:
        chat_id = args.number(name)
        chat = world.private.get((bot.id, chat_id)) if chat_id > 0 else world.groups.get(chat_id)
        if chat is None and chat_id in world.people:
            raise forbidden("bot can't initiate conversation with a user")
        if chat is None and chat_id in world.bots:
            raise forbidden("bots can't send messages to bots")
    if chat is None:
        raise bad("chat not found")
    if chat.migrated_to is not None:
        raise upgraded(chat.migrated_to)
    if writing or not chat.private:
        _check_present(bot, chat)
    return chat


def _check_present(bot: Bot, chat: Chat) -> None:
    if chat.private:
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return
    member = chat.members.get(bot.id)
    kind = _WORDS[chat.json["type"]]
    if member is None:
        raise bad("chat not found")
    if member.status == "kicked":
        raise forbidden(f"bot was kicked from the {kind}")
    if not member.present:
        raise forbidden(f"bot is not a member of the {kind}")


def find_message(chat: Chat, args: Args, doing: str, name: str = "message_id") -> Entry:
    """Return the message that a parameter names."""
    message_id = args.number(name)
    if message_id <= 0:
        raise bad("message identifier is not specified")
    entry = chat.messages.get(message_id)
    if entry is None or entry.deleted:
        raise bad(f"message to {doing} not found")
    return entry


def admit(world: World, bot: Bot, chat: Chat, count: int = 1) -> None:
    """Let a message or an edit through the limits, or say how long to wait."""
    seconds = world.limiter.take(bot.id, chat.id, count=count)
    if seconds is not None:
        raise too_many(seconds)


def may(bot: Bot, chat: Chat, right: str) -> bool:
    """Say whether a bot has a right in a chat."""
    if chat.private:
        return True
    member = chat.members[bot.id]
    return member.status == "creator" or (
        member.status == "administrator" and right in member.rights
    )
