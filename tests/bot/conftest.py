import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.localchat import LocalChat
from bot.localchat.control import CONTROLS
from bot.pacing import Pace
from bot.sender import Sender
from bot.transport import Api
from db.models import Message
from db.queries import outbox

TOKEN = "77:secret"  # noqa: S105


class Hand:
    """A clock that the test moves; what is limited by time sees the same one."""

    def __init__(self):
        self.seconds = 1000.0

    def now(self):
        return datetime(2026, 11, 23, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def ticks(self):
        return self.seconds

    def move(self, seconds):
        self.seconds += seconds


class Town:
    """The people of a local chat, and what they see."""

    def __init__(self, chat):
        self.chat = chat
        self.world = chat.world

    async def act(self, path, *numbers, **data) -> Any:
        return await CONTROLS["POST", path](self.world, data, list(numbers))

    async def people(self, count):
        users = [await self.act("people", first_name=f"杨{n}") for n in range(count)]
        for user in users:
            await self.act("start", user=user["id"])
        return [user["id"] for user in users]

    async def group(self, owner, kind="group"):
        made = await self.act("groups", title="识字一班", type=kind, owner=owner)
        await self.act("groups/#/members", made["id"], user=77)
        return made["id"]

    async def fault(self, kind, method="*", **more):
        await self.act("faults", kind=kind, method=method, **more)

    async def seen(self, chat_id, user_id=None):
        user_id = user_id or chat_id
        data = {"user": user_id, "chat": "bot" if chat_id == user_id else chat_id}
        messages: Any = await CONTROLS["GET", "messages"](self.world, data, [])
        return [m for m in messages if m["from"]["is_bot"] and not m["deleted"]]

    async def texts(self, chat_id, user_id=None):
        return [message.get("text") for message in await self.seen(chat_id, user_id)]

    def calls(self, method):
        return [call for call in self.world.calls if call[2] == method]


@pytest.fixture
def until():
    """Let the others work until something holds; the test's own limit ends a vain wait."""

    async def wait(holds):
        while not holds():  # noqa: ASYNC110 - what is waited for is in others' hands
            await asyncio.sleep(0)

    return wait


def no_pause():
    """Return the chance by which backing off takes no time."""
    return -1.0


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
async def town(hand):
    chat = LocalChat(limits=None, now=hand.now, monotonic=hand.ticks)
    chat.add_bot(TOKEN, "苗课", "miaoke_bot")
    async with chat.running():
        yield Town(chat)


@pytest.fixture
async def api(town):
    async with Api(TOKEN, town.chat.url) as api:
        yield api


@pytest.fixture
def post(database, hand):
    """Put rows into the outbox, one after another."""

    async def put(chat_id, text="你好", method="sendMessage", payload=None, **fields):
        now = hand.now()
        row = Message(
            chat_id=chat_id,
            method=method,
            payload={"text": text} if payload is None else payload,
            **{"priority": 0, "created_at": now, "not_before": now} | fields,
        )
        async with database.begin() as session:
            outbox.put(session, row)
        return row.id

    return put


@pytest.fixture
def row(database):
    """Read a row of the outbox again."""

    async def read(row_id):
        async with database.read() as session:
            return await session.scalar(select(Message).where(Message.id == row_id))

    return read


@pytest.fixture
def told():
    return []


@pytest.fixture
def make_sender(database, api, hand, tmp_path, told):
    async def lost(session, chat_id):
        told.append(("lost", chat_id))

    async def migrated(session, old, new):
        told.append(("migrated", old, new))

    def make(pace=None, **options):
        usual: dict[str, Any] = {
            "lost": lost,
            "migrated": migrated,
            "idle": 0.01,
            "chance": no_pause,
        }
        return Sender(
            database,
            api,
            hand.now,
            pace or Pace.free(),
            tmp_path,
            ticks=hand.ticks,
            **usual | options,
        )

    return make


@pytest.fixture
def sending(make_sender):
    """Run a sender within a block."""

    @asynccontextmanager
    async def run(pace=None, **options):
        sender = make_sender(pace, **options)
        running = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            sender.stop()
            await running

    return run
