import asyncio
from datetime import timedelta

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeChat,
    ChatMemberAdministrator,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler

from bot.localchat import Limits


async def test_the_library_echoes_over_its_own_client(url, phone):
    application = (
        ApplicationBuilder()
        .token("1:secret")
        .base_url(f"{url}/bot")
        .base_file_url(f"{url}/file/bot")
        .build()
    )
    finished = asyncio.Event()

    async def start(update, _):
        button = InlineKeyboardButton("here", callback_data="here:1", style="success")
        markup = InlineKeyboardMarkup([[button]])
        await update.message.reply_text("Class!", reply_markup=markup)
        tap = {"user": update.effective_user.id, "data": "here:1"}
        await phone.act("tap", **tap, message_id=update.message.message_id + 1)

    async def here(update, _):
        await update.callback_query.answer("Good")
        await update.callback_query.edit_message_text("You are in.")
        finished.set()

    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(here))
    async with application:
        await application.start()
        assert application.updater
        await application.updater.start_polling()
        user = await phone.person()
        await asyncio.wait_for(finished.wait(), 10)
        await application.updater.stop()
        await application.stop()

    shown = await phone.see("messages", user=user)
    assert [message["text"] for message in shown] == ["/start", "You are in."]
    assert (await phone.see("pending"))["updates_waiting"] == 0


async def test_the_library_reads_every_answer(library, phone, png, wav, b64):
    user = await phone.person()
    said = await phone.act("voice", user=user, audio=b64(wav()))

    assert (await library.get_me()).username == "miaoke_bot"
    file = await library.get_file(said["voice"]["file_id"])
    voice = bytes(await file.download_as_bytearray())
    assert (await library.send_voice(user, voice)).voice.duration == timedelta(seconds=2)
    text = await library.send_message(user, "<b>x</b>", parse_mode=ParseMode.HTML)
    assert text.entities[0].type == "bold"
    photo = await library.send_photo(user, png(), caption="x")
    assert (photo.photo[-1].width, photo.caption) == (400, "x")
    album = await library.send_media_group(
        user, [InputMediaPhoto(png()), InputMediaPhoto(photo.photo[-1].file_id)]
    )
    assert len(album) == 2
    edited = await library.edit_message_media(InputMediaPhoto(png(50, 50)), user, photo.message_id)
    assert edited.photo[-1].width == 50
    assert (await library.send_document(user, b"a", filename="a.txt")).document.file_size == 1
    assert (await library.send_audio(user, wav())).audio.duration == timedelta(seconds=2)
    assert (await library.send_animation(user, png(9, 9, "GIF"))).animation.width == 9
    poll = await library.send_poll(user, "?", ["a", "b"], open_period=60)
    assert (await library.stop_poll(user, poll.message_id)).is_closed
    assert (await library.copy_message(user, user, text.message_id)).message_id
    assert await library.send_chat_action(user, "typing")
    assert await library.set_message_reaction(user, text.message_id, "👍")
    assert await library.pin_chat_message(user, text.message_id)
    assert (await library.get_chat(user)).pinned_message.message_id == text.message_id
    assert await library.unpin_chat_message(user)
    assert await library.delete_message(user, text.message_id)


async def test_the_library_reads_chats_and_settings(library, phone):
    owner = await phone.person()
    group = await phone.group(owner, rights=["pin_messages", "invite_users"])
    scope = BotCommandScopeChat(owner)

    member = await library.get_chat_member(group, 1)
    assert isinstance(member, ChatMemberAdministrator)
    assert member.can_pin_messages
    assert len(await library.get_chat_administrators(group)) == 2
    assert (await library.get_chat(group)).permissions.can_send_messages
    assert (await library.create_chat_invite_link(group)).creator.id == 1
    assert await library.set_my_commands([BotCommand("today", "Today")], scope, "zh")
    assert (await library.get_my_commands(scope, "zh"))[0].command == "today"
    assert await library.delete_my_commands(scope, "zh")
    assert await library.set_my_name("苗课", "zh")
    assert (await library.get_my_name("zh")).name == "苗课"
    assert (await library.get_my_name()).name == "Miaoke"
    assert await library.set_my_description("A school")
    assert (await library.get_my_description("zh")).description == "A school"
    assert (await library.get_webhook_info()).url == ""
    assert await library.leave_chat(group)


async def test_the_library_reads_every_update(library, phone, wav, png, b64):
    owner = await phone.person()
    group = await phone.group(owner, "group")
    await phone.act("photo", user=owner, image=b64(png()))
    await phone.act("voice", user=owner, audio=b64(wav()), forward_from="x")
    await phone.act("sticker", user=owner)
    await phone.act("contact", user=owner, phone_number="1")
    await phone.act("document", user=owner, file_name="a.bin", declared_size=99)
    await phone.act("channel_post", title="News", text="a")
    await phone.act(f"groups/{group}/migrate")
    await phone.act("block", user=owner)

    updates = await library.get_updates()

    assert [type(update) for update in updates] == [Update] * 9
    assert updates[1].message.forward_origin.sender_user_name == "x"
    assert updates[8].my_chat_member.new_chat_member.status == "kicked"


async def test_the_library_raises_its_own_errors(chat, library, phone):
    owner, stranger = await phone.person(), await phone.person(started=False)
    group = await phone.group(owner, "group")
    moved = (await phone.act(f"groups/{group}/migrate"))["id"]

    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await library.send_message(stranger, "a")
    with pytest.raises(BadRequest, match="Chat not found"):
        await library.send_message(12345, "a")
    with pytest.raises(ChatMigrated) as migrated:
        await library.send_message(group, "a")
    assert migrated.value.new_chat_id == moved
    await phone.act("faults", method="sendMessage", kind="status", retry_after=3)
    with pytest.raises(RetryAfter) as wait:
        await library.send_message(owner, "a")
    assert wait.value.retry_after == timedelta(seconds=3)
    await library.set_webhook("https://example.org/")
    with pytest.raises(Conflict):
        await library.get_updates()
    del chat.world.tokens["1:secret"]
    with pytest.raises(InvalidToken):
        await library.get_me()


def test_limits_are_values():
    assert Limits() == Limits(30, 1.0, 3, 20)
    assert Limits().faster(2).faster(3).speed == 6
