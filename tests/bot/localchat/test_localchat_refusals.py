import json

import pytest

MB = 1024 * 1024


def keyboard(**button):
    return json.dumps({"inline_keyboard": [[{"text": "tap", **button}]]})


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("/bot2:other/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/bot1:secret/sendNothing", 404, "Not Found"),
        ("/bot1:secret/", 404, "Not Found"),
        ("/file/bot2:other/photos/file_1.jpg", 401, "Unauthorized"),
        ("/file/bot1:secret/photos/file_1.jpg", 404, "Not Found"),
    ],
)
async def test_unknown_tokens_methods_and_files_are_refused(phone, path, code, words):
    answer = await phone.http.get(path)

    assert answer.status_code == code
    assert answer.json() == {"ok": False, "error_code": code, "description": words}


async def test_a_bot_cannot_write_first(phone):
    user = await phone.person(started=False)

    assert await phone.refused("sendMessage", chat_id=user, text="hi") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )


async def test_a_bot_cannot_write_to_who_blocked_it(phone):
    user = await phone.person()
    await phone.act("block", user=user)

    assert await phone.refused("sendMessage", chat_id=user, text="hi") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    await phone.act("unblock", user=user)
    assert (await phone.done("sendMessage", chat_id=user, text="hi"))["text"] == "hi"


@pytest.mark.parametrize(
    ("kind", "words"), [("group", "group chat"), ("supergroup", "supergroup chat")]
)
async def test_a_bot_cannot_write_where_it_was_kicked(phone, kind, words):
    owner = await phone.person()
    group = await phone.group(owner, kind)
    await phone.act(f"groups/{group}/members/1", "DELETE", by=owner)

    assert await phone.refused("sendMessage", chat_id=group, text="hi") == (
        403,
        f"Forbidden: bot was kicked from the {words}",
    )


async def test_a_bot_cannot_write_where_it_left(phone):
    group = await phone.group(await phone.person())
    await phone.done("leaveChat", chat_id=group)

    assert await phone.refused("sendMessage", chat_id=group, text="hi") == (
        403,
        "Forbidden: bot is not a member of the supergroup chat",
    )


@pytest.mark.parametrize("chat_id", ["-100999", "12345", "@nobody_here"])
async def test_a_chat_that_nobody_knows_is_not_found(phone, chat_id):
    assert await phone.refused("sendMessage", chat_id=chat_id, text="hi") == (
        400,
        "Bad Request: chat not found",
    )


async def test_a_group_without_the_bot_is_not_found(phone):
    group = await phone.group(await phone.person(), bot=False)

    assert (await phone.refused("sendMessage", chat_id=group, text="hi"))[1] == (
        "Bad Request: chat not found"
    )


async def test_a_bot_cannot_write_to_a_bot(phone):
    assert (await phone.refused("sendMessage", chat_id=1, text="hi"))[0] == 403


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "<b>" + "x" * 4097 + "</b>", "parse_mode": "HTML"}, "message is too long"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n\t "}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": "a", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        (
            {"text": "a", "reply_parameters": '{"message_id": 99}'},
            "message to be replied not found",
        ),
        ({"text": "a", "reply_markup": keyboard(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": keyboard(callback_data="签" * 22)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": keyboard(callback_data="")}, "BUTTON_DATA_INVALID"),
        (
            {"text": "a", "reply_markup": keyboard()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "a", "reply_markup": keyboard(url="ftp://example.org")},
            "inline keyboard button URL 'ftp://example.org' is invalid: Unsupported URL protocol",
        ),
        (
            {"text": "a", "reply_markup": keyboard(url="nowhere")},
            "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "a", "reply_markup": keyboard(callback_data="a", style="pink")},
            "can't parse inline keyboard button: Invalid button style specified",
        ),
        (
            {"text": "a", "reply_markup": "{broken"},
            "can't parse reply keyboard markup JSON object",
        ),
    ],
)
async def test_a_message_that_cannot_be_sent_is_refused(phone, parameters, words):
    user = await phone.person()

    assert await phone.refused("sendMessage", chat_id=user, **parameters) == (
        400,
        f"Bad Request: {words}",
    )
    assert len(await phone.see("messages", user=user)) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        {"text": "x" * 4096},
        {"text": "😀" * 2048},
        {"text": "<b>" + "&lt;" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "a", "reply_markup": keyboard(callback_data="x" * 64)},
        {"text": "a", "reply_markup": keyboard(callback_data="a", style="success")},
        {"text": "a", "reply_markup": keyboard(url="https://t.me/miaoke_bot?start=a")},
        {"text": "a", "reply_markup": keyboard(url="tg://user?id=1")},
    ],
)
async def test_a_message_at_the_limit_is_sent(phone, parameters):
    user = await phone.person()

    message = await phone.done("sendMessage", chat_id=user, **parameters)

    assert message["chat"]["id"] == user
    if "reply_markup" in parameters:
        assert message["reply_markup"] == json.loads(parameters["reply_markup"])


async def test_a_call_without_a_chat_is_refused(phone):
    assert (await phone.refused("sendMessage", text="a"))[1] == "Bad Request: chat_id is empty"


async def test_a_caption_is_limited(phone, png):
    user, photo = await phone.person(), {"photo": ("a.png", png())}

    assert await phone.refused("sendPhoto", chat_id=user, caption="x" * 1025, files=photo) == (
        400,
        "Bad Request: message caption is too long",
    )
    sent = await phone.done("sendPhoto", chat_id=user, caption="x" * 1024, files=photo)
    assert len(sent["caption"]) == 1024


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((9000, 1100), "PHOTO_INVALID_DIMENSIONS"),
        ((2100, 100), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_a_photo_of_impossible_size_is_refused(phone, png, size, words):
    user = await phone.person()

    assert await phone.refused("sendPhoto", chat_id=user, files={"photo": png(*size)}) == (
        400,
        f"Bad Request: {words}",
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
        (
            bytes(10 * MB + 1),
            "file of size 10485761 bytes is too big for a photo; "
            "the maximum size is 10485760 bytes",
        ),
    ],
    ids=["text", "empty", "too big"],
)
async def test_what_is_no_photo_is_refused(phone, data, words):
    user = await phone.person()

    answer = await phone.refused("sendPhoto", chat_id=user, files={"photo": ("a.png", data)})

    assert answer == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        ("AgACAgmade-up", "wrong file identifier/HTTP URL specified"),
        ("https://example.org/a.png", "failed to get HTTP URL content"),
        ("", "there is no photo in the request"),
    ],
)
async def test_a_photo_that_is_not_there_is_refused(phone, photo, words):
    user = await phone.person()

    assert await phone.refused("sendPhoto", chat_id=user, photo=photo) == (
        400,
        f"Bad Request: {words}",
    )


async def test_a_file_of_another_kind_is_refused(phone):
    user = await phone.person()
    sent = await phone.done("sendDocument", chat_id=user, files={"document": ("a.txt", b"text")})

    assert await phone.refused(
        "sendPhoto", chat_id=user, photo=sent["document"]["file_id"]
    ) == (400, "Bad Request: can't use file of type Document as Photo")


@pytest.mark.parametrize("size", [50 * MB + 1, 60 * MB])
async def test_an_upload_over_fifty_megabytes_is_refused(phone, size):
    user = await phone.person()

    answer = await phone.refused(
        "sendDocument", chat_id=user, files={"document": ("big.bin", bytes(size))}
    )

    assert answer == (413, "Request Entity Too Large")
    assert len(await phone.see("messages", user=user)) == 1


async def test_a_file_over_twenty_megabytes_cannot_be_fetched(phone):
    user = await phone.person()
    message = await phone.act("document", user=user, file_name="a.mp4", declared_size=60 * MB)
    assert message["document"]["file_size"] == 60 * MB

    assert await phone.refused("getFile", file_id=message["document"]["file_id"]) == (
        400,
        "Bad Request: file is too big",
    )
    assert (await phone.refused("getFile", file_id="none"))[1] == "Bad Request: invalid file_id"
    assert (await phone.refused("getFile"))[1] == "Bad Request: file_id not specified"


async def test_who_forbids_voice_gets_none(phone, wav, b64):
    user = await phone.person(forbids_voice=True)
    voice = (await phone.act("voice", user=user, audio=b64(wav())))["voice"]["file_id"]

    assert await phone.refused("sendVoice", chat_id=user, voice=voice) == (
        400,
        "Bad Request: VOICE_MESSAGES_FORBIDDEN",
    )


async def test_a_message_that_does_not_change_is_not_edited(phone):
    user = await phone.person()
    buttons = keyboard(callback_data="a")
    sent = await phone.done("sendMessage", chat_id=user, text="a", reply_markup=buttons)
    where = {"chat_id": user, "message_id": sent["message_id"]}

    refusal = await phone.refused("editMessageText", **where, text="a", reply_markup=buttons)

    assert refusal == (
        400,
        "Bad Request: message is not modified: specified new message content and reply markup "
        "are exactly the same as a current content and reply markup of the message",
    )
    edited = await phone.done("editMessageText", **where, text="a")
    assert "reply_markup" not in edited
    assert (await phone.refused("editMessageReplyMarkup", **where))[1].startswith(
        "Bad Request: message is not modified"
    )


async def test_what_is_not_the_bots_own_cannot_be_edited(phone):
    user = await phone.person()
    theirs = (await phone.see("messages", user=user))[0]["message_id"]

    async def refusal(message_id):
        where = {"chat_id": user, "message_id": message_id}
        return (await phone.refused("editMessageText", **where, text="b"))[1]

    assert await refusal(theirs) == "Bad Request: message can't be edited"
    assert await refusal(999) == "Bad Request: message to edit not found"
    assert await refusal("") == "Bad Request: message identifier is not specified"
    typed = '{"keyboard": [["a"]]}'
    sent = await phone.done("sendMessage", chat_id=user, text="a", reply_markup=typed)
    assert await refusal(sent["message_id"]) == "Bad Request: message can't be edited"


async def test_an_edit_must_fit_the_message(phone, png):
    user = await phone.person()
    text = await phone.done("sendMessage", chat_id=user, text="a")
    photo = await phone.done("sendPhoto", chat_id=user, files={"photo": png()})

    def at(message, **more):
        return {"chat_id": user, "message_id": message["message_id"], **more}

    assert (await phone.refused("editMessageCaption", **at(text, caption="b")))[1] == (
        "Bad Request: there is no caption in the message to edit"
    )
    assert (await phone.refused("editMessageText", **at(photo, text="b")))[1] == (
        "Bad Request: there is no text in the message to edit"
    )
    assert (await phone.refused("editMessageText", **at(text, text="x" * 4097)))[1] == (
        "Bad Request: message is too long"
    )
    voice = json.dumps({"type": "voice", "media": "x"})
    assert (await phone.refused("editMessageMedia", **at(photo, media=voice)))[0] == 400


async def test_what_cannot_be_deleted_stays(phone, clock):
    owner = await phone.person()
    group = await phone.group(owner, rights=["pin_messages"])
    said = await phone.act("say", user=owner, chat=group, text="1234")
    own = await phone.done("sendMessage", chat_id=owner, text="a")

    assert await phone.refused(
        "deleteMessage", chat_id=group, message_id=said["message_id"]
    ) == (400, "Bad Request: message can't be deleted")
    assert (await phone.refused("deleteMessage", chat_id=group, message_id=777))[1] == (
        "Bad Request: message to delete not found"
    )
    clock.seconds += 49 * 3600
    assert (await phone.refused("deleteMessage", chat_id=owner, message_id=own["message_id"]))[
        1
    ] == "Bad Request: message can't be deleted for everyone"


async def test_rights_are_needed_to_pin_and_to_invite(phone):
    group = await phone.group(await phone.person())
    sent = await phone.done("sendMessage", chat_id=group, text="a")

    assert (await phone.refused("pinChatMessage", chat_id=group, message_id=sent["message_id"]))[
        1
    ] == "Bad Request: not enough rights to manage pinned messages in the chat"
    assert (await phone.refused("createChatInviteLink", chat_id=group))[1] == (
        "Bad Request: not enough rights to manage chat invite link"
    )


async def test_a_tap_is_answered_once_and_soon(phone, clock):
    user = await phone.person()
    sent = await phone.done(
        "sendMessage", chat_id=user, text="a", reply_markup=keyboard(callback_data="a")
    )
    late = "Bad Request: query is too old and response timeout expired or query ID is invalid"

    async def tap():
        tapped = await phone.act("tap", user=user, message_id=sent["message_id"], data="a")
        return tapped["callback_query_id"]

    first, second = await tap(), await tap()
    await phone.done("answerCallbackQuery", callback_query_id=first)
    clock.seconds += 16

    for query in (first, second, "123", ""):
        refusal = await phone.refused("answerCallbackQuery", callback_query_id=query)
        assert refusal == (400, late)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ({"url": "https://example.org"}, "URL_INVALID"),
        ({"url": "https://t.me/other_bot?start=a"}, "URL_INVALID"),
    ],
)
async def test_an_impossible_answer_to_a_tap_is_refused(phone, parameters, words):
    user = await phone.person()
    sent = await phone.done(
        "sendMessage", chat_id=user, text="a", reply_markup=keyboard(callback_data="a")
    )
    tapped = await phone.act("tap", user=user, message_id=sent["message_id"], row=0, col=0)

    assert (await phone.refused("answerCallbackQuery", **tapped, **parameters))[1] == (
        f"Bad Request: {words}"
    )


@pytest.mark.parametrize(
    ("reaction", "words"),
    [
        ([{"type": "emoji", "emoji": "✅"}], "REACTION_INVALID"),
        ([{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "👏"}], "REACTIONS_TOO_MANY"),
    ],
)
async def test_a_reaction_outside_the_list_is_refused(phone, reaction, words):
    user = await phone.person()

    refusal = await phone.refused(
        "setMessageReaction", chat_id=user, message_id=1, reaction=json.dumps(reaction)
    )

    assert refusal == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"question": ""}, "poll question must be non-empty"),
        ({"question": "x" * 301}, "poll question length must not exceed 300"),
        ({"options": ["a"]}, "poll must have at least 2 option"),
        ({"options": ["a"] * 13}, "poll can't have more than 12 options"),
        ({"options": ["a", ""]}, "poll options must be non-empty"),
        ({"options": ["a", "x" * 101]}, "poll options length must not exceed 100"),
        ({"type": "quiz"}, "wrong correct option ID specified"),
    ],
)
async def test_an_impossible_poll_is_refused(phone, parameters, words):
    user = await phone.person()
    poll = {"question": "q", "options": ["a", "b"]} | parameters
    poll["options"] = json.dumps(poll["options"])

    assert (await phone.refused("sendPoll", chat_id=user, **poll))[1] == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"commands": '[{"command": "Grüße", "description": "a"}]'}, "BOT_COMMAND_INVALID"),
        (
            {"commands": '[{"command": "a", "description": ""}]'},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ({"commands": "[]", "language_code": "zh-Hans"}, "LANG_CODE_INVALID"),
        ({"commands": "[]", "scope": '{"type": "chat", "chat_id": 5}'}, "chat not found"),
    ],
)
async def test_an_impossible_menu_is_refused(phone, parameters, words):
    assert (await phone.refused("setMyCommands", **parameters))[1] == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "there are no media to send"),
        ([{"type": "photo", "media": "x"}], "wrong number of media in the album"),
        ([{"type": "voice", "media": "x"}] * 2, "media type can't be used in the album"),
        (
            [{"type": "photo", "media": "x"}, {"type": "document", "media": "x"}],
            "document can't be mixed with other media types",
        ),
    ],
)
async def test_an_impossible_album_is_refused(phone, items, words):
    user = await phone.person()

    refusal = await phone.refused("sendMediaGroup", chat_id=user, media=json.dumps(items))

    assert refusal[1] == f"Bad Request: {words}"


async def test_other_impossible_calls_are_refused(phone):
    user = await phone.person()

    assert (await phone.refused("sendChatAction", chat_id=user, action="sleeping"))[1] == (
        "Bad Request: wrong parameter action in request"
    )
    assert (await phone.refused("getChatAdministrators", chat_id=user))[1] == (
        "Bad Request: there are no administrators in the private chat"
    )
    assert (
        await phone.refused("copyMessage", chat_id=user, from_chat_id=user, message_id=99)
    )[1] == "Bad Request: message to copy not found"
    assert (await phone.refused("unpinChatMessage", chat_id=user))[1] == (
        "Bad Request: message to unpin not found"
    )
    assert (await phone.refused("stopPoll", chat_id=user, message_id=1))[1] == (
        "Bad Request: message is not a poll"
    )
