import asyncio
import json
from functools import partial

import pytest
from aiohttp import web


async def waiting(phone):
    return (await phone.see("pending"))["updates_waiting"]


@pytest.fixture
def long_poll(chat, phone, until):
    """Start a long poll; return once the server holds it."""
    return partial(_long_poll, chat, phone, until)


async def _long_poll(chat, phone, until):
    task = asyncio.create_task(phone.call("getUpdates", timeout=30))
    bot = chat.world.bots[1]
    before = bot.updates.consumer
    await until(lambda: bot.updates.consumer is not before)
    return task


async def test_an_offset_confirms_what_came_before(phone):
    user = await phone.person()
    for text in "abc":
        await phone.act("say", user=user, text=text)

    first = await phone.done("getUpdates", limit=2)
    again = await phone.done("getUpdates", limit=2)
    rest = await phone.done("getUpdates", offset=first[-1]["update_id"] + 1)

    assert first == again
    assert [u["message"]["text"] for u in first + rest] == ["/start", "a", "b", "c"]
    ids = [u["update_id"] for u in first + rest]
    assert ids == list(range(ids[0], ids[0] + 4))
    assert await waiting(phone) == 2
    await phone.done("getUpdates", offset=ids[-1] + 1)
    assert await phone.see("pending") == {
        "updates_waiting": 0,
        "updates_total": 4,
        "calls": {"getUpdates": 4},
        "too_many": 0,
    }


async def test_a_negative_offset_keeps_only_the_last(phone):
    user = await phone.person()
    for text in "abc":
        await phone.act("say", user=user, text=text)

    last = await phone.done("getUpdates", offset=-1)

    assert [u["message"]["text"] for u in last] == ["c"]
    assert await waiting(phone) == 1


async def test_a_long_poll_ends_when_something_happens(phone, long_poll):
    user = await phone.person()
    await phone.updates()
    poll = await long_poll()

    await phone.act("say", user=user, text="hello")

    assert [u["message"]["text"] for u in (await poll)["result"]] == ["hello"]


async def test_a_second_poll_ends_the_first(phone, long_poll):
    first = await long_poll()
    second = await long_poll()

    assert await first == {
        "ok": False,
        "error_code": 409,
        "description": (
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        ),
    }
    await phone.person()
    assert len((await second)["result"]) == 1


async def test_only_the_kinds_asked_for_arrive(phone):
    user = await phone.person()
    await phone.updates()
    await phone.done("getUpdates", allowed_updates='["callback_query"]')
    await phone.act("say", user=user, text="unheard")
    # The wish holds until another is told.
    assert await phone.done("getUpdates") == []
    await phone.done("getUpdates", allowed_updates="[]")
    await phone.act("say", user=user, text="heard")

    assert [u["message"]["text"] for u in await phone.done("getUpdates")] == ["heard"]


async def test_a_raw_update_is_handed_on_as_it_is(phone):
    injected = await phone.act("update", update={"update_id": 5, "strange": {"a": [1]}})

    assert await phone.updates() == [{"update_id": injected["update_id"], "strange": {"a": [1]}}]


@pytest.mark.parametrize("how", ["get", "query", "form", "json", "multipart"])
async def test_parameters_come_in_any_way(phone, how):
    user = await phone.person()
    call, data = "/bot1:secret/sendmessage", {"chat_id": str(user), "text": "a+b & 苗"}
    answer = await {
        "get": lambda: phone.http.get(call, params=data),
        "query": lambda: phone.http.post(call, params=data),
        "form": lambda: phone.http.post(call, data=data),
        "json": lambda: phone.http.post(call, json=data | {"chat_id": user}),
        "multipart": lambda: phone.http.post(call, data=data, files={"x": b"y"}),
    }[how]()

    assert answer.json()["result"]["text"] == "a+b & 苗"


@pytest.mark.parametrize("body", ["{broken", "[1]"])
async def test_a_broken_body_is_refused(phone, body):
    answer = await phone.http.post(
        "/bot1:secret/getMe", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code == 400
    assert answer.json()["ok"] is False


@pytest.fixture
async def hook(unused_tcp_port_factory):
    """A bot's server that refuses the first post."""
    taken, enough = [], asyncio.Event()

    async def take(request):
        taken.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        if len(taken) == 1:
            return web.Response(status=500)
        if len(taken) == 3:
            enough.set()
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    port = unused_tcp_port_factory()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/hook", taken, enough
    await runner.cleanup()


async def test_a_webhook_is_posted_to_until_it_takes_the_update(chat, phone, hook):
    chat.world.webhook_retry = 0.01
    address, taken, enough = hook
    sesame = {"url": address, "secret_token": "open-sesame"}
    await phone.done("setWebhook", **sesame)
    user = await phone.person()
    await phone.act("say", user=user, text="hello")

    await asyncio.wait_for(enough.wait(), 10)

    assert {secret for secret, _ in taken} == {"open-sesame"}
    assert [update["message"]["text"] for _, update in taken] == ["/start", "/start", "hello"]
    info = await phone.done("getWebhookInfo")
    assert info["url"] == address
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )


async def test_a_webhook_that_is_not_there_is_reported(chat, phone, until, unused_tcp_port):
    chat.world.webhook_retry = 0.01
    await phone.done("setWebhook", url=f"http://127.0.0.1:{unused_tcp_port}/")
    await phone.person()
    hook = chat.world.bots[1].webhook
    await until(lambda: hook.last_error_date is not None)

    info = await phone.done("getWebhookInfo")

    assert info["pending_update_count"] == 1
    assert info["last_error_message"].startswith("Connection failed: ")


async def test_polling_and_webhook_exclude_each_other(phone, long_poll):
    poll = await long_poll()
    await phone.done("setWebhook", url="https://example.org/hook")

    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
    assert await phone.refused("getUpdates") == (
        409,
        (
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        ),
    )
    await phone.done("deleteWebhook", drop_pending_updates="true")
    assert await phone.done("getUpdates") == []


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (
            {"url": "http://example.org/"},
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            {"url": "https://example.org/", "secret_token": "no spaces"},
            "secret token contains unallowed characters",
        ),
    ],
)
async def test_an_unfit_webhook_is_refused(phone, parameters, words):
    assert await phone.refused("setWebhook", **parameters) == (400, f"Bad Request: {words}")


async def test_an_update_is_a_snapshot(phone):
    user = await phone.person()
    await phone.updates()
    said = await phone.act("say", user=user, text="before")
    await phone.act("edit", user=user, message_id=said["message_id"], text="after")

    first, second = await phone.updates()

    assert first["message"]["text"] == "before"
    assert second["edited_message"]["text"] == "after"
    assert second["edited_message"]["edit_date"]


async def test_a_tap_arrives_with_its_message(phone):
    user = await phone.person()
    markup = {"inline_keyboard": [[{"text": "here", "callback_data": "here:1"}]]}
    sent = await phone.done("sendMessage", chat_id=user, text="a", reply_markup=json.dumps(markup))
    await phone.updates()
    tapped = await phone.act("tap", user=user, message_id=sent["message_id"], data="here:1")

    (update,) = await phone.updates()

    query = update["callback_query"]
    assert query["id"] == tapped["callback_query_id"]
    assert (query["from"]["id"], query["data"], query["message"]) == (user, "here:1", sent)
