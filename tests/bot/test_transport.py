import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.transport import AioRequest, Api, Unsent, error_of, parse

TOKEN = "77:secret"  # noqa: S105
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)


async def test_a_call_returns_the_result_as_plain_json(api, town):
    (user,) = await town.people(1)
    message = await api.call("sendMessage", {"chat_id": user, "text": "你好"})
    assert (message["text"], message["chat"]["id"]) == ("你好", user)


async def test_a_file_goes_up_and_its_bytes_come_down(api, town):
    (user,) = await town.people(1)
    params = {"chat_id": user, "reply_markup": {"inline_keyboard": []}, "caption": "一"}
    message = await api.call("sendDocument", params, {"document": ("一.txt", b"abc" * 50_000)})
    told = await api.call("getFile", {"file_id": message["document"]["file_id"]})
    chunks = [chunk async for chunk in api.download(told["file_path"])]
    assert b"".join(chunks) == b"abc" * 50_000


async def test_a_file_that_is_not_there_is_refused(api):
    with pytest.raises(EndPointNotFound):
        _ = [chunk async for chunk in api.download("voice/none.oga")]


async def test_the_library_speaks_through_it(town):
    (user,) = await town.people(1)
    request = AioRequest()
    url = town.chat.url
    async with Bot(TOKEN, f"{url}/bot", f"{url}/file/bot", request=request) as bot:
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="ok:1")]])
        text = await bot.send_message(user, "你好", reply_markup=markup)
        photo = await bot.send_photo(user, PICTURE, read_timeout=5, connect_timeout=5)
        file = await bot.get_file(photo.photo[-1].file_id)
        assert text.reply_markup == markup
        assert len(await file.download_as_bytearray()) > 0
        with pytest.raises(BadRequest, match="Message text is empty"):
            await bot.send_message(user, " ")
    assert request.read_timeout == 20.0


@pytest.mark.parametrize(
    ("status", "parameters", "kind"),
    [
        (400, None, BadRequest),
        (401, None, InvalidToken),
        (403, None, Forbidden),
        (404, None, EndPointNotFound),
        (409, None, Conflict),
        (413, None, BadRequest),
        (429, {"retry_after": 3}, RetryAfter),
        (429, None, RetryAfter),
        (400, {"migrate_to_chat_id": -100123}, ChatMigrated),
        (500, None, NetworkError),
        (502, None, NetworkError),
    ],
)
def test_each_refusal_has_its_error(status, parameters, kind):
    body = b'{"ok":false,"description":"x","parameters":%s}'
    answer = body % (str(parameters).replace("'", '"').encode() if parameters else b"null")
    assert type(error_of(status, answer)) is kind


def test_a_gateway_s_page_is_a_network_error():
    error = error_of(502, b"<html>Bad Gateway</html>")
    assert type(error) is NetworkError
    assert error.message == "HTTP status 502 (502)"


async def test_nobody_listening_means_that_nothing_was_sent(unused_port):
    async with Api(TOKEN, f"http://127.0.0.1:{unused_port}") as api:
        with pytest.raises(Unsent):
            await api.call("getMe")


@pytest.fixture
async def unused_port():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def test_a_broken_connection_leaves_it_open_what_happened(api, town):
    await town.fault("drop_after", "getMe")
    with pytest.raises(NetworkError) as caught:
        await api.call("getMe")
    assert type(caught.value) is NetworkError


async def test_an_answer_has_a_deadline(api, town):
    await town.fault("timeout", "getMe", seconds=5)
    with pytest.raises(TimedOut):
        await api.call("getMe", timeout=0.05)


async def test_a_request_that_was_not_opened_says_so():
    with pytest.raises(RuntimeError, match="not initialized"):
        await Api(TOKEN).call("getMe")


def test_half_a_surrogate_pair_does_not_hold_up_the_rest():
    assert parse(b'{"text":"a\\ud83d"}') == {"text": "a?"}


def test_what_is_no_json_is_refused():
    with pytest.raises(TelegramError, match="Invalid server response"):
        parse(b"<html>")
