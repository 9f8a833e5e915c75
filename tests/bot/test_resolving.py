import asyncio
from datetime import timedelta

import orjson
import pytest

from bot import resolving
from bot.resolving import candidates
from db.models import Message, OutboxState
from db.queries import inbox, leaving

BUTTONS = {"inline_keyboard": [[{"text": "好", "callback_data": "ok:1"}]]}
KEYBOARD = {"keyboard": [[{"text": "回"}]], "resize_keyboard": True}
OGG = {"file": "data:a.txt"}


@pytest.fixture
def hear(database):
    """Store what people said as the receiver would, so that its numbers are known."""

    async def store(town, now):
        updates = list(town.world.bots[77].updates.waiting)
        rows = []
        for update_id, raw in updates:
            parts = orjson.loads(raw)
            chat = next(part["chat"]["id"] for part in parts.values() if isinstance(part, dict))
            rows.append((update_id, chat, raw.decode()))
        async with database.begin() as session:
            await inbox.store(session, 77, rows, now)

    return store


async def abandon(make_sender, reached):
    """Let a sender work until something has happened, then end it as a crash would."""
    sender = make_sender()
    running = asyncio.create_task(sender.run())
    while not reached():  # noqa: ASYNC110 - it is not asked to tell
        await asyncio.sleep(0)
    tasks = [running, *sender._in_flight.values()]  # noqa: SLF001 - a crash asks nobody
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def place(town):
    """Make a chat of each kind; return its number and who sees it."""

    async def make(kind):
        (user,) = await town.people(1)
        return (user if kind == "private" else await town.group(user, kind)), user

    return make


@pytest.mark.parametrize("kind", ["private", "group", "supergroup"])
@pytest.mark.parametrize("markup", [None, BUTTONS, KEYBOARD], ids=["plain", "buttons", "keyboard"])
async def test_what_arrived_though_its_answer_was_lost_is_not_sent_again(
    town, place, post, row, sending, hear, hand, kind, markup
):
    chat, user = await place(kind)
    payload = {"text": "一"} | ({"reply_markup": markup} if markup else {})
    await hear(town, hand.now())
    hand.move(1)
    await town.fault("drop_after", "sendMessage")
    sent = [await post(chat, payload=payload), await post(chat, "二")]

    async with sending() as sender:
        await sender.drained()

    messages = await town.seen(chat, user)
    assert [message["text"] for message in messages] == ["一", "二"]
    found = [await row(n) for n in sent]
    assert [one.message_id for one in found] == [m["message_id"] for m in messages]
    assert [one.state for one in found] == [OutboxState.SENT] * 2


@pytest.mark.parametrize("markup", [None, BUTTONS, KEYBOARD], ids=["plain", "buttons", "keyboard"])
async def test_what_did_not_arrive_is_sent_again(
    town, place, post, row, sending, hear, hand, markup
):
    chat, user = await place("private")
    payload = {"text": "一"} | ({"reply_markup": markup} if markup else {})
    await town.act("say", user=user, text="苗")
    await hear(town, hand.now())
    hand.move(1)
    await town.fault("drop", "sendMessage")
    sent = await post(chat, payload=payload)

    async with sending() as sender:
        await sender.drained()

    assert await town.texts(chat, user) == ["一"]
    assert ((await row(sent)).state, (await row(sent)).attempts) == (OutboxState.SENT, 3)


async def test_what_others_say_meanwhile_is_not_taken_for_ours(
    town, place, post, row, sending, hear, hand
):
    chat, user = await place("private")
    await hear(town, hand.now())
    hand.move(1)
    sent = await post(chat, payload={"text": "一", "reply_markup": KEYBOARD})
    await town.fault("drop", "sendMessage")
    await town.act("say", user=user, text="苗")  # takes the number that ours would have

    async def caught_up():
        await hear(town, hand.now())

    async with sending(caught_up=caught_up) as sender:
        await sender.drained()
    (message,) = await town.seen(chat)
    assert (await row(sent)).message_id == message["message_id"]


@pytest.mark.parametrize("fault", ["drop_after", "drop", "timeout"])
async def test_a_sender_that_is_killed_leaves_nothing_lost_and_nothing_doubled(
    town, post, row, make_sender, sending, fault
):
    users = await town.people(8)
    group = await town.group(users[0])
    chats = [*users, group]
    for number in range(3):
        for chat in chats:
            await post(chat, str(number), payload={"text": str(number), "reply_markup": BUTTONS})
    await town.fault(fault, "sendMessage", times=5, seconds=0.2)

    for calls in (7, 14, 21):
        await abandon(make_sender, lambda calls=calls: len(town.calls("sendMessage")) >= calls)
    async with sending() as sender:
        await sender.drained()

    heard = [await town.texts(chat, chat if chat > 0 else users[0]) for chat in chats]
    assert heard == [["0", "1", "2"]] * 9
    messages = [m for chat in chats for m in await town.seen(chat, max(chat, 0) or users[0])]
    rows = [await row(n) for n in range(1, 28)]
    assert {one.state for one in rows} == {OutboxState.SENT}
    assert {one.message_id for one in rows} == {message["message_id"] for message in messages}


async def test_a_file_whose_answer_was_lost_is_found_as_well(town, post, row, sending, tmp_path):
    (user,) = await town.people(1)
    (tmp_path / "a.txt").write_text("a")
    await town.fault("drop_after", "sendDocument")
    sent = await post(user, method="sendDocument", payload={"document": OGG})
    async with sending() as sender:
        await sender.drained()
    assert [m["message_id"] for m in await town.seen(user)] == [(await row(sent)).message_id]


@pytest.mark.parametrize("fault", ["drop", "drop_after"])
async def test_an_edit_whose_answer_was_lost_is_repeated(town, post, row, sending, fault):
    (user,) = await town.people(1)
    card = await post(user, "一")
    edit = await post(user, method="editMessageText", payload={"text": "1"}, target_id=card)
    last = await post(user, method="deleteMessage", payload={}, target_id=card)
    await town.fault(fault, "editMessageText")
    await town.fault(fault, "deleteMessage")
    async with sending() as sender:
        await sender.drained()
    found = [(await row(n)).state for n in (edit, last)]
    assert (await town.texts(user), found) == ([], [OutboxState.SENT] * 2)


async def test_a_question_that_is_broken_off_is_asked_again(town, post, row, sending, hand):
    (user,) = await town.people(1)
    await town.fault("drop_after", "sendMessage")
    await town.fault("drop", "editMessageReplyMarkup", times=2)
    await town.fault("status", "editMessageReplyMarkup", retry_after=9)
    sent = await post(user, "一")
    async with sending() as sender:
        drained = asyncio.create_task(sender.drained())
        while not drained.done():
            hand.move(0.1)
            await asyncio.sleep(0)
    assert (await town.texts(user), (await row(sent)).state) == (["一"], OutboxState.SENT)


async def test_who_blocks_us_in_between_is_lost(town, post, row, sending, told):
    (user,) = await town.people(1)
    sent = await post(user, "一")
    await town.fault("drop", "sendMessage")
    await town.act("block", user=user)
    async with sending() as sender:
        await sender.drained()
    assert ((await row(sent)).state, told) == (OutboxState.FAILED, [("lost", user)])


async def test_an_open_question_waits_for_the_next_start(town, post, row, make_sender, sending):
    (user,) = await town.people(1)
    sent = await post(user, payload={"text": "一", "reply_markup": KEYBOARD})
    await town.fault("drop_after", "sendMessage")
    asked = asyncio.Event()

    async def never():
        asked.set()
        await asyncio.Event().wait()

    sender = make_sender(caught_up=never)
    running = asyncio.create_task(sender.run())
    await asked.wait()
    while (await row(sent)).state is not OutboxState.UNCERTAIN:  # noqa: ASYNC110 - nor to tell this
        await asyncio.sleep(0)
    sender.stop()
    await running
    assert (await row(sent)).state is OutboxState.UNCERTAIN


def message(chat_id, number, at):
    return Message(
        chat_id=chat_id,
        method="sendMessage",
        payload={},
        priority=0,
        created_at=at,
        not_before=at,
        state=OutboxState.SENT,
        message_id=number,
        sent_at=at,
    )


def lost(chat_id, at):
    return leaving.Leaving(9, None, chat_id, "sendMessage", {}, 0, None, "", at, at, 0)


async def test_only_numbers_that_nobody_has_are_looked_at(database, hand, monkeypatch):
    monkeypatch.setattr(resolving, "WINDOW", 3)
    before, then, after = (hand.now() + timedelta(seconds=n) for n in range(3))
    supergroup = -1_002_000_000_001
    said = {"message": {"message_id": 14, "chat": {"id": 6, "type": "private"}}}
    async with database.begin() as session:
        session.add_all(
            [
                message(5, 3, before),
                message(6, 10, before),
                message(-7, 12, after),
                message(supergroup, 500, before),
            ]
        )
        await inbox.store(session, 77, [(1, 6, orjson.dumps(said).decode())], after)
    assert await candidates(database, lost(5, then)) == [11, 13, 15, 16, 17]
    assert await candidates(database, lost(supergroup, then)) == [501, 502, 503]
    assert await candidates(database, lost(-1_002_000_000_002, then)) == [1, 2, 3]
