"""What the bot may know about its chats and their people."""

from secrets import token_urlsafe
from typing import Any

from bot.localchat.addressing import find_chat, may
from bot.localchat.arguments import Args
from bot.localchat.posting import change_member, member_json, post
from bot.localchat.refusals import bad
from bot.localchat.world import Bot, Member, World, brief

JSON = dict[str, Any]

PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
    "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls",
    "can_send_other_messages", "can_add_web_page_previews", "can_invite_users",
)  # fmt: skip
CLOSED = ("can_change_info", "can_pin_messages", "can_manage_topics")


async def get_chat(world: World, bot: Bot, args: Args) -> JSON:
    """Return all that is known about a chat."""
    chat = find_chat(world, bot, args, writing=False)
    full: JSON = chat.json | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if not chat.private:
        full["permissions"] = dict.fromkeys(PERMISSIONS, True) | dict.fromkeys(CLOSED, False)
    elif world.people[chat.id].forbids_voice:
        full["has_restricted_voice_and_video_messages"] = True
    pinned = chat.messages.get(chat.pinned[-1]) if chat.pinned else None
    if pinned is not None:
        full["pinned_message"] = pinned.message
    return full


async def get_chat_member(world: World, bot: Bot, args: Args) -> JSON:
    """Return what someone is in a chat."""
    chat = find_chat(world, bot, args, writing=False)
    user_id = args.number("user_id")
    if user_id <= 0:
        raise bad("invalid user_id specified")
    known = {chat.id, bot.id} if chat.private else {*world.people, *world.bots}
    if user_id not in known:
        raise bad("member not found" if chat.private else "user not found")
    return member_json(world, chat, user_id)


async def get_chat_administrators(world: World, bot: Bot, args: Args) -> list[JSON]:
    """Return the administrators of a group, other bots left out."""
    chat = find_chat(world, bot, args)
    if chat.private:
        raise bad("there are no administrators in the private chat")
    return [
        member_json(world, chat, uid)
        for uid, member in chat.members.items()
        if member.status in {"creator", "administrator"}
        and (uid not in world.bots or uid == bot.id)
    ]


async def create_chat_invite_link(world: World, bot: Bot, args: Args) -> JSON:
    """Make a link that leads into a group."""
    chat = find_chat(world, bot, args)
    if chat.private:
        raise bad("can't invite members to a private chat")
    if not may(bot, chat, "invite_users"):
        raise bad("not enough rights to manage chat invite link")
    link: JSON = {
        "invite_link": f"https://t.me/+{token_urlsafe(12)}",
        "creator": brief(bot),
        "creates_join_request": args.flag("creates_join_request"),
        "is_primary": False,
        "is_revoked": False,
    }
    if args.text("name"):
        link["name"] = args.text("name")[:32]
    for name in ("expire_date", "member_limit"):
        if args.number(name):
            link[name] = args.number(name)
    chat.links.append(link)
    return link


async def leave_chat(world: World, bot: Bot, args: Args) -> bool:
    """Leave a group."""
    chat = find_chat(world, bot, args)
    if chat.private:
        raise bad("can't leave a private chat")
    user = brief(bot)
    post(world, chat, {"left_chat_member": user}, sender=user, bot=bot)
    change_member(world, chat, bot.id, Member("left"), user)
    return True


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "createChatInviteLink": create_chat_invite_link,
    "leaveChat": leave_chat,
}
