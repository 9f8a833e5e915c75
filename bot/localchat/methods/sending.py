"""Messages from the bot: texts, pictures, voice, albums, copies."""

from functools import partial
from typing import Any

from bot.localchat.addressing import admit, find_chat, find_message
from bot.localchat.arguments import Args
from bot.localchat.formatting import CAPTION_LIMIT, TEXT_LIMIT, read_text
from bot.localchat.keyboards import read_markup
from bot.localchat.methods.uploading import accept
from bot.localchat.posting import post, publish
from bot.localchat.refusals import bad
from bot.localchat.world import Bot, Chat, World, brief

JSON = dict[str, Any]

ALBUM = range(2, 11)
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note",
}  # fmt: skip
CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "voice", "audio",
           "animation", "document", "sticker", "location", "contact")  # fmt: skip


async def send_message(world: World, bot: Bot, args: Args) -> JSON:
    """Send a text."""
    chat = find_chat(world, bot, args)
    text, entities = read_text(args, "text", TEXT_LIMIT)
    if not text:
        raise bad("message text is empty")
    content: JSON = {"text": text}
    if entities:
        content["entities"] = entities
    return say(world, bot, chat, args, content)


def say(world: World, bot: Bot, chat: Chat, args: Args, content: JSON) -> JSON:
    """Put content into a chat as the bot, with the reply and keyboard asked for."""
    markup = read_markup(args)
    content |= _reply(chat, args)
    if args.flag("protect_content"):
        content["has_protected_content"] = True
    admit(world, bot, chat)
    return post(world, chat, content, sender=brief(bot), bot=bot, markup=markup).message


def _reply(chat: Chat, args: Args) -> JSON:
    parameters = args.record("reply_parameters", "reply parameters")
    message_id = Args(parameters).number("message_id") or args.number("reply_to_message_id")
    if not message_id:
        return {}
    entry = chat.messages.get(message_id)
    if entry is None or entry.deleted:
        lenient = parameters.get("allow_sending_without_reply") or args.flag(
            "allow_sending_without_reply"
        )
        if lenient:
            return {}
        raise bad("message to be replied not found")
    replied = {k: v for k, v in entry.message.items() if k != "reply_to_message"}
    return {"reply_to_message": replied}


def read_caption(args: Args) -> JSON:
    """Return the caption's part of a message."""
    caption, entities = read_text(args, "caption", CAPTION_LIMIT)
    content: JSON = {}
    if caption:
        content["caption"] = caption
        if entities:
            content["caption_entities"] = entities
        if args.flag("show_caption_above_media"):
            content["show_caption_above_media"] = True
    return content


async def send_media(world: World, bot: Bot, args: Args, *, kind: str) -> JSON:
    """Send a file of one kind with its caption."""
    chat = find_chat(world, bot, args)
    caption = read_caption(args)
    if kind == "voice" and chat.private and world.people[chat.id].forbids_voice:
        raise bad("VOICE_MESSAGES_FORBIDDEN")
    media = await accept(world.files, args, args.text(kind), kind, args.values)
    return say(world, bot, chat, args, media | caption)


async def send_media_group(world: World, bot: Bot, args: Args) -> list[JSON]:
    """Send an album."""
    chat = find_chat(world, bot, args)
    items = args.records("media", "media")
    if not items:
        raise bad("there are no media to send")
    if len(items) not in ALBUM:
        raise bad("wrong number of media in the album")
    kinds = {str(item.get("type")) for item in items}
    if not kinds <= {"photo", "audio", "document"}:
        raise bad("media type can't be used in the album")
    if len(kinds) > 1:
        odd = "document" if "document" in kinds else "audio"
        raise bad(f"{odd} can't be mixed with other media types")
    album = []
    for item in items:
        content = await read_input(world, args, item)
        album.append(content)
    reply = _reply(chat, args)
    admit(world, bot, chat, len(album))
    group = {"media_group_id": world.serial()}
    return [
        post(world, chat, content | group | reply, sender=brief(bot), bot=bot).message
        for content in album
    ]


async def read_input(world: World, args: Args, item: JSON) -> JSON:
    """Return the content of one InputMedia."""
    part = Args(item, args.files)
    caption = read_caption(part)
    media = part.text("media")
    return await accept(world.files, part, media, part.text("type"), item) | caption


async def send_chat_action(world: World, bot: Bot, args: Args) -> bool:
    """Show that the bot is doing something."""
    chat = find_chat(world, bot, args)
    action = args.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    publish(world, chat, "action", action=action)
    return True


async def copy_message(world: World, bot: Bot, args: Args) -> JSON:
    """Send a message's content again, without a link to its author."""
    chat = find_chat(world, bot, args)
    source = find_chat(world, bot, args, "from_chat_id")
    entry = find_message(source, args, "copy")
    content = {key: entry.message[key] for key in CONTENT if key in entry.message}
    if not content:
        raise bad("message can't be copied")
    if "caption" in args.values and "text" not in content:
        content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content |= read_caption(args)
    return {"message_id": say(world, bot, chat, args, content)["message_id"]}


METHODS = {
    "sendMessage": send_message,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
    "copyMessage": copy_message,
} | {
    f"send{kind.title()}": partial(send_media, kind=kind)
    for kind in ("photo", "voice", "audio", "animation", "document")
}
