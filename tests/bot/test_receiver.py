import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from bot import receiver as receiving
from bot import turns
from bot.lanes import Lanes
from bot.receiver import ALLOWED_UPDATES, Receiver, chat_of
from db.models import InboxState, Update
from db.queries import inbox

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


class School:
    """What the turns did, and how they were told to go."""

    def __init__(self, database, now):
        self.database = database
        self.now = now
        self.heard = []
        self.failed = []
        self.at_once = self.most_at_once = 0
        self.gates = {}  # chat → what its turns wait for
        self.breaks = {}  # text → how often its turn still raises

    async def turn(self, row):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if gate := self.gates.get(row.chat_id):
                await gate.wait()
            text = row.update["message"]["text"]
            if self.breaks.get(text):
                self.breaks[text] -= 1
                raise ValueError(f"the words of {text}")
            async with self.database.begin() as session:
                await inbox.done(session, row.id, self.now)
            self.heard.append((row.chat_id, text))
        finally:
            self.at_once -= 1

    async def fail(self, row):
        self.failed.append(row.update["message"]["text"])

    def said(self, chat_id):
        return [text for chat, text in self.heard if chat == chat_id]


@pytest.fixture
def school(database, now):
    return School(database, now)


@pytest.fixture
def make_receiver(database, api, hand, school):
    def make(**options):
        usual: dict[str, Any] = {
            "poll_seconds": 1,
            "pauses": (0, 0),
            "chance": lambda: -1.0,
        } | options
        return Receiver(database, api, hand.now, school.turn, school.fail, **usual)

    return make


@pytest.fixture
def receiver_at_work(make_receiver):
    @asynccontextmanager
    async def run(**options):
        receiver = make_receiver(**options)
        running = asyncio.create_task(receiver.run())
        try:
            yield receiver
        finally:
            receiver.stop()
            await running

    return run


@pytest.fixture
def rows(database):
    async def read():
        async with database.read() as session:
            return list(await session.scalars(select(Update).order_by(Update.id)))

    return read


@pytest.fixture
def store(database, now):
    """Store a message without anybody's handling it, as before a crash."""

    async def put(update_id, chat_id, text):
        message = {"message_id": update_id, "chat": {"id": chat_id}, "text": text}
        update = orjson.dumps({"update_id": update_id, "message": message}).decode()
        async with database.begin() as session:
            return await inbox.store(session, 77, [(update_id, chat_id, update)], now)

    return put


def all_asked(town):
    return town.world.bots[77].updates.waiting


async def everything(town, receiver):
    """Wait until the server has nothing left and all of it has had its turn."""
    await receiver.caught_up()
    while all_asked(town):  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0)
    await receiver.drained()


@pytest.mark.parametrize(
    ("update", "chat_id"),
    [
        ({"message": {"chat": {"id": -7}, "from": {"id": 5}}}, -7),
        ({"edited_message": {"chat": {"id": 5}}}, 5),
        ({"callback_query": {"from": {"id": 5}, "message": {"chat": {"id": -7}}}}, -7),
        ({"callback_query": {"from": {"id": 5}, "inline_message_id": "x"}}, 5),
        ({"my_chat_member": {"chat": {"id": -7}, "from": {"id": 5}}}, -7),
        ({"poll_answer": {"poll_id": "1", "user": {"id": 5}}}, 5),
        ({"poll": {"id": "1"}}, 0),
        ({"message": {"chat": {"id": 2**70}}}, 0),
        ({"message": {"chat": {"id": "5"}}}, 0),
        ({"message": {"chat": None}}, 0),
        ({"message": "no"}, 0),
        ({}, 0),
    ],
)
def test_an_update_keeps_the_order_of_its_chat(update, chat_id):
    assert chat_of({"update_id": 1} | update) == chat_id


async def test_updates_are_stored_and_handled_each_chat_in_order(
    town, receiver_at_work, school, rows
):
    users = await town.people(3)
    async with receiver_at_work() as receiver:
        for number in range(5):
            for user in users:
                await town.act("say", user=user, text=str(number))
        await everything(town, receiver)
    assert [school.said(user) for user in users] == [["/start", *"01234"]] * 3
    stored = await rows()
    assert {row.state for row in stored} == {InboxState.DONE}
    assert orjson.loads(stored[0].payload)["message"]["text"] == "/start"
    assert (stored[0].bot_id, stored[0].chat_id) == (77, users[0])


async def test_more_than_one_batch_comes_in(town, receiver_at_work, school):
    (user,) = await town.people(1)
    for number in range(250):
        await town.act("say", user=user, text=str(number))
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert school.said(user) == ["/start", *map(str, range(250))]


async def test_what_is_not_stored_is_not_acknowledged(town, receiver_at_work, school, monkeypatch):
    (user,) = await town.people(1)
    failures = [OSError("disk full"), OSError("disk full")]
    usual = inbox.store

    async def store(*args):
        if failures:
            assert len(all_asked(town)) == 1
            raise failures.pop()
        return await usual(*args)

    monkeypatch.setattr(inbox, "store", store)
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert school.said(user) == ["/start"]


async def test_what_was_left_is_handled_first_and_in_order(town, receiver_at_work, school, store):
    (user,) = await town.people(1)  # its update has a far higher number
    await store(1, user, "一")
    await store(2, user, "二")
    await store(3, 99, "别")
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert school.said(user) == ["一", "二", "/start"]
    assert school.said(99) == ["别"]


async def test_an_update_that_comes_twice_is_handled_once(town, receiver_at_work, school, store):
    (user,) = await town.people(1)
    first, _ = all_asked(town)[0]
    await store(first - 1, user, "早")
    await store(first, user, "/start")
    await town.act("say", user=user, text="一")
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert school.said(user) == ["早", "/start", "一"]


async def test_a_chat_that_waits_holds_up_no_other(town, receiver_at_work, school, until):
    slow, other = await town.people(2)
    school.gates[slow] = asyncio.Event()
    await town.act("say", user=slow, text="一")
    async with receiver_at_work() as receiver:
        await until(lambda: school.said(other) == ["/start"])
        assert (school.said(slow), school.at_once) == ([], 1)
        school.gates[slow].set()
        await everything(town, receiver)
    assert school.said(slow) == ["/start", "一"]


async def test_sixteen_chats_at_once_and_no_more(town, receiver_at_work, school, until):
    users = await town.people(20)
    gate = asyncio.Event()
    school.gates = dict.fromkeys(users, gate)
    async with receiver_at_work() as receiver:
        await until(lambda: school.at_once == 16)
        gate.set()
        await everything(town, receiver)
    assert (school.most_at_once, len(school.heard)) == (16, 20)


async def test_a_turn_that_raises_is_tried_three_times_while_its_chat_waits(
    town, receiver_at_work, school, rows
):
    (user,) = await town.people(1)
    school.breaks = {"二": 2, "三": 3}
    for text in "一二三四":
        await town.act("say", user=user, text=text)
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert (school.said(user), school.failed) == (["/start", "一", "二", "四"], ["三"])
    told = [(row.state, row.attempts, row.error) for row in await rows()]
    assert [state for state, _, _ in told] == [
        *(InboxState.DONE, InboxState.DONE, InboxState.DONE, InboxState.FAILED, InboxState.DONE)
    ]
    assert [attempts for _, attempts, _ in told] == [0, 0, 2, 3, 0]
    assert told[3][2].startswith("ValueError in test_receiver.py:")
    assert "三" not in told[3][2]


async def test_nobody_to_tell_stops_no_chat(town, receiver_at_work, school):
    (user,) = await town.people(1)
    school.breaks = {"/start": 3}
    school.failed = None
    await town.act("say", user=user, text="一")
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert school.said(user) == ["一"]


async def test_tries_of_an_earlier_process_count(town, receiver_at_work, school, store, database):
    (row,) = await store(1, 99, "破")
    async with database.begin() as session:
        await inbox.failed(session, row.id, "ValueError", last=False)
        await inbox.failed(session, row.id, "ValueError", last=False)
    school.breaks = {"破": 3}
    async with receiver_at_work() as receiver:
        await receiver.drained()
    assert (school.breaks, school.failed) == ({"破": 2}, ["破"])


async def test_what_is_in_hand_ends_and_the_rest_waits_for_the_next_start(
    town, make_receiver, school, rows, until
):
    (user,) = await town.people(1)
    await town.act("say", user=user, text="一")
    school.gates[user] = asyncio.Event()
    receiver = make_receiver(poll_seconds=50)
    running = asyncio.create_task(receiver.run())
    await until(lambda: school.at_once)
    receiver.stop()
    school.gates[user].set()
    await running
    assert school.said(user) == ["/start"]
    assert [row.state for row in await rows()] == [InboxState.DONE, InboxState.WAITING]

    again = make_receiver()
    running = asyncio.create_task(again.run())
    await again.drained()
    again.stop()
    await running
    assert school.said(user) == ["/start", "一"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 409}, "another process takes this bot's updates"),
        ({"status": 401}, "Telegram does not know this token"),
        ({"status": 502}, "Telegram cannot be reached (Bad Gateway (502))"),
        ({"status": 429, "retry_after": 1}, "Telegram tells us to wait"),
    ],
)
async def test_trouble_with_polling_is_told_plainly_and_outlived(
    town, receiver_at_work, school, caplog, fault, words, monkeypatch
):
    async def no_pause(_, __):
        return

    monkeypatch.setattr(receiving, "pause", no_pause)
    (user,) = await town.people(1)
    await town.fault("status", "getUpdates", times=2, **fault)
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert school.said(user) == ["/start"]
    assert [
        r.getMessage().partition(";")[0] for r in caplog.records if r.name == "bot.receiver"
    ] == [words] * 2


async def test_a_dropped_connection_loses_no_update(town, receiver_at_work, school):
    (user,) = await town.people(1)
    await town.fault("drop_after", "getUpdates")
    await town.fault("drop", "getUpdates")
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert school.said(user) == ["/start"]


async def test_it_asks_for_what_it_wants(town, receiver_at_work):
    async with receiver_at_work() as receiver:
        await receiver.caught_up()
    assert town.world.bots[77].updates.allowed == set(ALLOWED_UPDATES)


def inbox_row(number, chat_id):
    return inbox.InboxRow(number, number, chat_id, "{}", MONDAY, 0)


def test_beyond_its_measure_only_numbers_are_kept():
    lanes = Lanes(whole=2)
    assert [lanes.add(inbox_row(n, chat)) for n, chat in ((1, 5), (2, 5), (3, 5), (4, 6))] == [
        *(True, False, False, True)
    ]
    taken = []
    while lanes.size:
        chat_id, row = lanes.take()
        taken.append((chat_id, row if isinstance(row, int) else f"row {row.id}"))
        lanes.end(chat_id)
    assert taken == [(5, "row 1"), (6, 4), (5, "row 2"), (5, 3)]


async def test_rows_kept_by_number_are_read_when_it_is_their_turn(
    town, receiver_at_work, school, monkeypatch
):
    monkeypatch.setattr(turns, "Lanes", lambda: Lanes(whole=2))
    (user,) = await town.people(1)
    for number in range(5):
        await town.act("say", user=user, text=str(number))
    async with receiver_at_work() as receiver:
        await everything(town, receiver)
    assert school.said(user) == ["/start", *"01234"]


async def test_blanking_takes_the_words_and_leaves_the_place(database, store, rows):
    (row,) = await store(1, 5, "522601199001011234")
    async with database.begin() as session:
        await inbox.blank(session, row.id)
        await inbox.blank(session, 999)
    (stored,) = await rows()
    assert orjson.loads(stored.payload) == {
        "update_id": 1,
        "message": {"message_id": 1, "chat": {"id": 5}},
    }


async def test_waiting_rows_come_in_pages(database, store):
    for number in range(1, 6):
        await store(number, number % 2, "x")
    async with database.read() as session:
        pages = [await inbox.waiting_ids(session, 77, after, 2) for after in (0, 2, 4)]
        elsewhere = await inbox.waiting_ids(session, 78, 0, 2)
    assert pages == [[(1, 1), (2, 0)], [(3, 1), (4, 0)], [(5, 1)]]
    assert list(elsewhere) == []
