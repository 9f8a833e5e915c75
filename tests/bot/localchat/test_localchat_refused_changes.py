import json

import pytest

JUNK = ["5", '"x"', "[5]", "[[]]", "{}", '{"type": []}', "[{}]", "[", "null"]


def keyboard(**button):
    return json.dumps({"inline_keyboard": [[{"text": "tap", **button}]]})


async def test_a_message_that_does_not_change_is_not_edited(phone):
    user = await phone.person()
    buttons = keyboard(callback_data="a")
    sent = await phone.done("sendMessage", chat_id=user, text="a", reply_markup=buttons)
    where = {"chat_id": user, "message_id": sent["message_id"]}

    refusal = await phone.refused("editMessageText", **where, text="a", reply_markup=buttons)

    assert refusal == (
        400,
        (
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message"
        ),
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

    assert await phone.refused("deleteMessage", chat_id=group, message_id=said["message_id"]) == (
        400,
        "Bad Request: message can't be deleted",
    )
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
        (
            [{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "👏"}],
            "REACTIONS_TOO_MANY",
        ),
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


async def test_other_impossible_calls_are_refused(phone):
    user = await phone.person()

    assert (await phone.refused("sendChatAction", chat_id=user, action="sleeping"))[1] == (
        "Bad Request: wrong parameter action in request"
    )
    assert (await phone.refused("getChatAdministrators", chat_id=user))[1] == (
        "Bad Request: there are no administrators in the private chat"
    )
    assert (await phone.refused("copyMessage", chat_id=user, from_chat_id=user, message_id=99))[
        1
    ] == "Bad Request: message to copy not found"
    assert (await phone.refused("unpinChatMessage", chat_id=user))[1] == (
        "Bad Request: message to unpin not found"
    )
    assert (await phone.refused("stopPoll", chat_id=user, message_id=1))[1] == (
        "Bad Request: message is not a poll"
    )


@pytest.mark.parametrize(
    ("method", "field"),
    [
        ("sendMessage", "reply_markup"),
        ("sendMessage", "reply_parameters"),
        ("sendMessage", "entities"),
        ("sendMessage", "message_id"),
        ("sendMediaGroup", "media"),
        ("editMessageMedia", "media"),
        ("setMessageReaction", "reaction"),
        ("sendPoll", "options"),
        ("setMyCommands", "commands"),
        ("setMyCommands", "scope"),
        ("getUpdates", "allowed_updates"),
        ("getUpdates", "offset"),
    ],
)
async def test_junk_is_never_an_accident(phone, method, field):
    user = await phone.person()
    sent = await phone.done("sendMessage", chat_id=user, text="a")
    usual = {"chat_id": user, "text": "a", "question": "q", "message_id": sent["message_id"]}

    for junk in JUNK:
        body = await phone.call(method, **usual | {field: junk})

        assert body["ok"] or body["error_code"] == 400, junk
