"""Messages changed, deleted, pinned and reacted to."""

from typing import Any

from bot.localchat.addressing import admit, find_chat, find_message, may
from bot.localchat.arguments import Args
from bot.localchat.formatting import TEXT_LIMIT, read_text
from bot.localchat.keyboards import read_markup
from bot.localchat.methods.sending import read_caption, read_input
from bot.localchat.posting import SERVICE, post, publish, shown
from bot.localchat.reactions import REACTIONS
from bot.localchat.refusals import bad
from bot.localchat.world import Bot, Chat, Entry, World, brief

JSON = dict[str, Any]
Target = tuple[Bot, Chat, Entry]

DELETE_SECONDS = 48 * 3600
MEDIA = ("photo", "audio", "animation", "document")
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


async def edit_message_text(world: World, bot: Bot, args: Args) -> JSON:
    """Replace a text and its buttons."""
    target = _editable(world, bot, args)
    message = target[2].message
    text, entities = read_text(args, "text", TEXT_LIMIT)
    if not text:
        raise bad("message text is empty")
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    content: JSON = {"text": text}
    if entities:
        content["entities"] = entities
    return _apply(world, target, ("text", "entities"), content, args)


async def edit_message_caption(world: World, bot: Bot, args: Args) -> JSON:
    """Replace a caption and the buttons."""
    target = _editable(world, bot, args)
    message = target[2].message
    caption = read_caption(args)
    if not any(kind in message for kind in (*MEDIA, "voice")):
        raise bad("there is no caption in the message to edit")
    fields = ("caption", "caption_entities", "show_caption_above_media")
    return _apply(world, target, fields, caption, args)


async def edit_message_media(world: World, bot: Bot, args: Args) -> JSON:
    """Replace the picture or file, its caption and the buttons."""
    target = _editable(world, bot, args)
    message = target[2].message
    item = args.record("media", "input media")
    if not item:
        raise bad("input media is not specified")
    if item.get("type") not in MEDIA:
        raise bad(f'type "{item.get("type")}" can\'t be used as InputMedia')
    if "voice" in message or "poll" in message:
        raise bad("message can't be edited")
    content = await read_input(world, args, item)
    fields = ("text", "entities", "caption", "caption_entities", *MEDIA)
    return _apply(world, target, fields, content, args)


async def edit_message_reply_markup(world: World, bot: Bot, args: Args) -> JSON:
    """Replace the buttons alone."""
    return _apply(world, _editable(world, bot, args), (), {}, args)


def _editable(world: World, bot: Bot, args: Args) -> Target:
    chat = find_chat(world, bot, args)
    entry = find_message(chat, args, "edit")
    service = not SERVICE.isdisjoint(entry.message)
    # Telegram lets no message be edited under which a keyboard for typing was opened.
    typed = entry.markup is not None and "inline_keyboard" not in entry.markup
    if entry.bot_id != bot.id or service or typed:
        raise bad("message can't be edited")
    return bot, chat, entry


def _apply(
    world: World, target: Target, fields: tuple[str, ...], content: JSON, args: Args
) -> JSON:
    """Change a message, unless nothing would change."""
    bot, chat, entry = target
    markup = read_markup(args)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    before = {key: entry.message[key] for key in fields if key in entry.message}
    if before == content and entry.markup == markup:
        raise bad(NOT_MODIFIED)
    admit(world, bot, chat)
    message = {k: v for k, v in entry.message.items() if k not in {*fields, "reply_markup"}}
    message |= content | {"edit_date": world.timestamp()}
    if markup is not None:
        message["reply_markup"] = markup
    entry.message, entry.markup = message, markup
    entry.edited += 1
    publish(world, chat, "edited", message=shown(entry))
    return message


async def delete_message(world: World, bot: Bot, args: Args) -> bool:
    """Take a message away."""
    chat = find_chat(world, bot, args)
    entry = find_message(chat, args, "delete")
    old = world.timestamp() - entry.message["date"] > DELETE_SECONDS
    own = entry.bot_id == bot.id
    allowed = not old if chat.private or own else False
    if not chat.private and may(bot, chat, "delete_messages"):
        allowed = chat.json["type"] != "group" or not old
    if not allowed:
        raise bad("message can't be deleted for everyone" if old else "message can't be deleted")
    remove(world, chat, entry)
    return True


def remove(world: World, chat: Chat, entry: Entry) -> None:
    """Mark a message as deleted and take it from the phones."""
    entry.deleted = True
    message_id = entry.message["message_id"]
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
        _show_pin(world, chat)
    publish(world, chat, "deleted", message_id=message_id)


async def pin_chat_message(world: World, bot: Bot, args: Args) -> bool:
    """Pin a message at the top of the chat."""
    chat = find_chat(world, bot, args)
    entry = find_message(chat, args, "pin")
    _check_pin(bot, chat)
    message_id = entry.message["message_id"]
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
    chat.pinned.append(message_id)
    _show_pin(world, chat)
    post(world, chat, {"pinned_message": entry.message}, sender=brief(bot), bot=bot)
    return True


async def unpin_chat_message(world: World, bot: Bot, args: Args) -> bool:
    """Take down one pinned message, the latest if none is named."""
    chat = find_chat(world, bot, args)
    _check_pin(bot, chat)
    message_id = args.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(message_id)
    _show_pin(world, chat)
    return True


def _check_pin(bot: Bot, chat: Chat) -> None:
    if not may(bot, chat, "pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")


def _show_pin(world: World, chat: Chat) -> None:
    publish(world, chat, "pinned", message_id=chat.pinned[-1] if chat.pinned else None)


async def set_message_reaction(world: World, bot: Bot, args: Args) -> bool:
    """Put one emoji on a message, or take it back."""
    chat = find_chat(world, bot, args)
    entry = find_message(chat, args, "react")
    reactions = args.records("reaction", "reaction types")
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    emoji = None
    for reaction in reactions:
        emoji = str(reaction.get("emoji"))
        if reaction.get("type") != "emoji" or emoji not in REACTIONS:
            raise bad("REACTION_INVALID")
    publish(world, chat, "reaction", message_id=entry.message["message_id"], emoji=emoji)
    return True


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "setMessageReaction": set_message_reaction,
}
