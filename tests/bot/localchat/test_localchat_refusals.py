import json

import pytest


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
