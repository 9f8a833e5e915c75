import asyncio
import json
import socket

import httpx
import pytest

from bot.localchat.steering import is_local


def own_address():
    """An address of this machine that is not loopback, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


@pytest.mark.skipif(own_address() == "127.0.0.1", reason="this machine has no other address")
async def test_control_and_files_are_for_this_machine_only(chat):
    address = own_address()
    async with chat.running(host="0.0.0.0") as url:  # noqa: S104 - to be reached from outside
        port = url.rpartition(":")[2]
        async with httpx.AsyncClient(base_url=f"http://{address}:{port}") as http:
            answer = await http.get("/control/people")
            assert (answer.status_code, answer.json()) == (
                403,
                {"error": "control is for this machine only"},
            )
            assert (await http.get("/media/x")).status_code == 403
            assert (await http.get("/bot1:secret/getMe")).status_code == 200


@pytest.mark.parametrize(
    ("client", "headers", "local"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("10.0.0.5", {}, False),
        ("127.0.0.1", {"x-forwarded-for": "10.0.0.5"}, False),
        ("127.0.0.1", {"host": "localhost:8081", "origin": "http://localhost:8081"}, True),
        ("127.0.0.1", {"host": "localhost:8081", "origin": "https://evil.example"}, False),
    ],
)
def test_who_counts_as_local(client, headers, local):
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]

    assert is_local({"type": "http", "client": (client, 5), "headers": pairs}) is local


async def test_people_and_groups_are_listed(phone):
    user = await phone.act(
        "people", first_name="Mei", last_name="Yang", username="mei", language_code="zh-hans"
    )
    assert user.items() >= {"is_bot": False, "last_name": "Yang"}.items()
    group = await phone.act("groups", title="C", type="group", owner=user["id"], members=[])

    assert await phone.see("people") == [user]
    assert await phone.see("groups") == [group | {"members": [user["id"]], "migrated_to": None}]


@pytest.mark.parametrize(
    ("path", "data", "status", "words"),
    [
        ("people", {}, 400, "first_name must be a text"),
        ("people", {"first_name": "A", "id": 1}, 400, "this id is taken or impossible"),
        ("groups", {"title": "C", "owner": 5}, 404, "no such person: 5"),
        ("say", {"user": "x", "text": "a"}, 400, "user must be a whole number"),
        ("block", {"user": 77}, 400, "this person has not started the bot"),
        ("say", {"user": 77, "text": "a"}, 400, "this person has not started the bot"),
        ("say", {"user": 77, "text": "a", "chat": -5}, 404, "no such group: -5"),
        ("say", {"user": 77, "text": "a", "bot": "x"}, 404, "no such bot"),
        ("update", {"update": 5}, 400, "update must be an object"),
        ("nothing", {}, 404, "no such control: POST nothing"),
    ],
)
async def test_impossible_orders_are_refused(phone, path, data, status, words):
    await phone.act("people", first_name="A", id=77)

    assert await phone.act(path, expect=status, **data) == {"error": words}


@pytest.mark.parametrize("body", [b"{broken", b"[]"])
async def test_a_control_call_must_be_json(phone, body):
    answer = await phone.http.post("/control/say", content=body)

    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


async def test_a_tap_needs_its_button(phone):
    user = await phone.person()
    rows = [[{"text": "a", "callback_data": "a"}, {"text": "b", "url": "https://a.org"}]]
    sent = await phone.done(
        "sendMessage", chat_id=user, text="a", reply_markup=json.dumps({"inline_keyboard": rows})
    )
    where = {"user": user, "message_id": sent["message_id"]}

    async def refusal(**data):
        return (await phone.act("tap", expect=data.pop("expect", 400), **where | data))["error"]

    assert await refusal(data="b") == "no such button"
    assert await refusal(row=1, col=0) == "no such button"
    assert await refusal(row=0, col=1) == "this button opens a link"
    assert await refusal(message_id=1, data="a") == "this message is from no bot"
    assert await refusal(message_id=99, data="a", expect=404) == "no such message"
    await phone.updates()
    await phone.act("tap", **where, data="forged:1", forged=True)
    assert (await phone.updates())[0]["callback_query"]["data"] == "forged:1"
    await phone.done("deleteMessage", chat_id=user, message_id=sent["message_id"])
    assert await refusal(data="a", expect=404) == "no such message"


async def test_the_answer_to_a_tap_can_be_waited_for(phone):
    user = await phone.person()
    markup = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]})
    sent = await phone.done("sendMessage", chat_id=user, text="a", reply_markup=markup)
    tap = await phone.act("tap", user=user, message_id=sent["message_id"], data="a")
    query = tap["callback_query_id"]
    assert await phone.see(f"answers/{query}") == {"answered": False}
    wait = asyncio.create_task(phone.see(f"answers/{query}", wait=10))
    link = "https://t.me/miaoke_bot?start=c-1"

    await phone.done("answerCallbackQuery", **tap, url=link)

    assert await wait == {"answered": True, "text": None, "show_alert": False, "url": link}
    assert (await phone.http.get("/control/answers/5")).status_code == 404


async def test_messages_show_keyboards_edits_and_deletions(phone):
    user = await phone.person()
    markup = {"keyboard": [[{"text": "🏠"}]], "is_persistent": True}
    first = await phone.done("sendMessage", chat_id=user, text="a", reply_markup=json.dumps(markup))
    second = await phone.done("sendMessage", chat_id=user, text="b")
    await phone.done("editMessageText", chat_id=user, message_id=second["message_id"], text="c")
    await phone.done("deleteMessage", chat_id=user, message_id=first["message_id"])

    shown = await phone.see("messages", user=user, after=1)

    assert "reply_markup" not in first
    assert [(m["text"], m["deleted"], m["edited"]) for m in shown] == [
        ("a", True, 0),
        ("c", False, 1),
    ]
    assert shown[0]["reply_markup"] == markup
    assert await phone.see("messages", user=await phone.person("B", started=False)) == []


async def test_calls_are_recorded_in_order(phone, clock):
    user = await phone.person()
    await phone.done("sendMessage", chat_id=user, text="a")
    await phone.refused("sendMessage", chat_id=5, text="a")
    await phone.done("getUpdates")

    first, second = await phone.see("calls")

    assert first == {
        "n": 1, "at": clock.now().timestamp(), "method": "sendMessage", "chat_id": user,
        "ok": True, "message_id": 2, "bot": "miaoke_bot",
    }  # fmt: skip
    assert (second["ok"], second["error_code"]) == (False, 400)
    assert await phone.see("calls", after=1) == [second]
    assert (await phone.see("pending"))["calls"] == {"sendMessage": 2, "getUpdates": 1}


async def read_events(phone, user, count, **more):
    """Read so many events from a stream of its own."""
    events = []
    params = {"user": user, "after": more.pop("after", "")}
    async with phone.http.stream("GET", "/control/events", params=params, **more) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                events.append(json.loads(line.removeprefix("data: ")))
                if len(events) == count:
                    break
    return events


async def test_a_phone_is_told_what_happens(chat, phone, until):
    user = await phone.person()
    stream = asyncio.create_task(read_events(phone, user, 8))
    await until(lambda: chat.world.people[user].listeners)
    sent = await phone.done(
        "sendMessage", chat_id=user, text="a",
        reply_markup='{"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}',
    )  # fmt: skip
    where = {"chat_id": user, "message_id": sent["message_id"]}
    tap = await phone.act("tap", user=user, message_id=sent["message_id"], data="a")
    await phone.done("answerCallbackQuery", **tap, text="thanks")
    await phone.done("sendChatAction", chat_id=user, action="typing")
    await phone.done("setMessageReaction", **where, reaction='[{"type": "emoji", "emoji": "👍"}]')
    await phone.done("editMessageText", **where, text="b")
    await phone.done("pinChatMessage", **where)
    await phone.done("deleteMessage", **where)

    events = await asyncio.wait_for(stream, 10)

    assert [event["kind"] for event in events] == [
        "message", "answer", "action", "reaction", "edited", "pinned", "message", "pinned",
    ]  # fmt: skip
    assert {event["chat"] for event in events} == {user}
    assert (events[1]["text"], events[3]["emoji"], events[4]["message"]["text"]) == (
        "thanks",
        "👍",
        "b",
    )
    assert (events[5]["message_id"], events[7]["message_id"]) == (sent["message_id"], None)


async def test_a_phone_that_was_away_catches_up(phone):
    user = await phone.person()
    for text in "abc":
        await phone.done("sendMessage", chat_id=user, text=text)
    first = (await read_events(phone, user, 2, after="0"))[-1]

    rest = await read_events(phone, user, 2, headers={"last-event-id": str(first["seq"])})

    assert [event["message"]["text"] for event in rest] == ["b", "c"]


async def test_a_group_tells_all_its_phones(phone):
    owner, learner = await phone.person(), await phone.person("Lao")
    group = await phone.group(owner, "group")
    await phone.act(f"groups/{group}/members", user=learner)
    after = (await phone.act("say", user=owner, chat=group, text="hi"))["message_id"]
    moved = (await phone.act(f"groups/{group}/migrate"))["id"]

    events = await read_events(phone, learner, 5, after="2")

    assert events[1]["message"]["message_id"] == after
    assert events[3] == {
        "seq": events[3]["seq"], "kind": "migrated", "chat": group, "from": group, "to": moved,
    }  # fmt: skip


async def test_the_page_is_told_what_to_show(phone):
    shown = {
        "phones": [{"title": "Learner", "user": 5, "chat": "bot", "name": "Mei"}],
        "cards": [{"label": "Card", "url": "https://t.me/miaoke_bot?start=c-1"}],
    }

    assert await phone.see("phones") == {"phones": [], "cards": []}
    assert await phone.act("phones", "PUT", **shown) == shown
    assert await phone.see("phones") == shown


async def test_a_link_is_drawn_as_a_qr(phone):
    answer = await phone.http.get("/control/qr", params={"text": "https://t.me/a?start=b"})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert b"<svg" in answer.content
    assert (await phone.http.get("/control/qr", params={"text": "x" * 5000})).status_code == 400


async def test_a_person_sees_the_narrowest_menu(phone):
    owner, learner = await phone.person(), await phone.person("Lao", language_code="zh-hans")
    group = await phone.group(owner)
    await phone.act(f"groups/{group}/members", user=learner)

    async def put(name, scope, **more):
        commands = json.dumps([{"command": name, "description": "x"}])
        await phone.done("setMyCommands", commands=commands, scope=json.dumps(scope), **more)

    async def menu(user, **more):
        return [c["command"] for c in await phone.see("commands", user=user, **more)]

    await put("any", {"type": "default"})
    await put("private", {"type": "all_private_chats"})
    await put("chinese", {"type": "all_private_chats"}, language_code="zh")
    await put("own", {"type": "chat", "chat_id": owner})
    await put("heads", {"type": "all_chat_administrators"})

    assert await menu(owner) == ["own"]
    assert await menu(learner) == ["chinese"]
    assert await menu(owner, chat=group) == ["heads"]
    assert await menu(learner, chat=group) == ["any"]
    await phone.done("deleteMyCommands", scope=json.dumps({"type": "chat", "chat_id": owner}))
    assert await menu(owner) == ["private"]


async def test_the_page_and_its_files_are_served(phone):
    page = await phone.http.get("/")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert (await phone.http.get("/static/none.js")).status_code == 404
