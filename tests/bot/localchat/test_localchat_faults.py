import httpx
import pytest


async def sent(phone, user):
    return [m["text"] for m in await phone.see("messages", user=user) if not m["from"]["id"] - 1]


@pytest.mark.parametrize(
    ("fault", "code", "words", "parameters"),
    [
        ({"status": 502}, 502, "Bad Gateway", None),
        ({"status": 500, "description": "Oops"}, 500, "Oops", None),
        (
            {"retry_after": 7},
            429,
            "Too Many Requests: retry after 7",
            {"retry_after": 7},
        ),
    ],
)
async def test_an_ordered_answer_comes_as_often_as_ordered(phone, fault, code, words, parameters):
    user = await phone.person()
    await phone.act("faults", method="sendMessage", kind="status", times=2, **fault)

    for _ in range(2):
        body = await phone.call("sendMessage", chat_id=user, text="a")
        assert (body["error_code"], body["description"]) == (code, words)
        assert body.get("parameters") == parameters
    await phone.done("sendMessage", chat_id=user, text="b")
    assert await sent(phone, user) == ["b"]


@pytest.mark.parametrize(("kind", "effect"), [("drop", []), ("drop_after", ["a"])])
async def test_a_connection_is_cut_before_or_after_the_effect(phone, kind, effect):
    user = await phone.person()
    await phone.act("faults", method="*", kind=kind, times=1)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await phone.call("sendMessage", chat_id=user, text="a")

    assert await sent(phone, user) == effect


async def test_a_silent_server_is_given_up_on(phone):
    user = await phone.person()
    await phone.act("faults", method="sendMessage", kind="timeout", times=1, seconds=30)

    with pytest.raises(httpx.ReadTimeout):
        await phone.http.post("/bot1:secret/sendMessage", data={"chat_id": user}, timeout=0.2)

    assert await sent(phone, user) == []


async def test_a_silent_server_cuts_the_connection_in_the_end(phone):
    user = await phone.person()
    await phone.act("faults", method="sendMessage", kind="timeout", times=1, seconds=0.01)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await phone.call("sendMessage", chat_id=user, text="a")


async def test_a_fault_hits_only_its_chat_and_method(phone):
    user, other = await phone.person(), await phone.person("Lao")
    await phone.act("faults", method="sendMessage", kind="status", status=500, times=9, chat=user)

    assert (await phone.refused("sendMessage", chat_id=user, text="a"))[0] == 500
    await phone.done("sendMessage", chat_id=other, text="a")
    await phone.done("getMe")
    assert await phone.act("faults", "DELETE") == {"dropped": 1}
    await phone.done("sendMessage", chat_id=user, text="b")


async def test_an_unknown_fault_is_refused(phone):
    await phone.act("faults", expect=400, method="*", kind="earthquake")
