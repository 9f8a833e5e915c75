import logging
from zlib import crc32

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import running
from bot.clock import write_clock
from bot.localchat import LocalChat
from bot.settings import Settings
from db.models import County, Person, Role
from tests.handlers.room import HEAD, TEACHER, TOKEN, USERNAME, Room, class_of_two


def pytest_collection_modifyitems(items):
    """Hold every third conversation on PostgreSQL too, and leave the others there to `make soak`.

    What differs between the databases are services and queries, and their tests run on both.
    """
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        here = "tests/handlers" in item.nodeid and params.get("database") == "postgresql"
        if here and crc32(item.nodeid.encode()) % 3:
            item.add_marker(pytest.mark.soak)


@pytest.fixture
async def room(database, database_url, tmp_path, now, caplog):
    """The whole application beside our own chat, with a class that nobody has met yet."""
    clock = tmp_path / "clock"
    write_clock(clock, now)
    async with database.begin() as session:
        session.add(County(id=1, name="示例县"))
        await session.flush()
        for row in class_of_two(now):
            session.add(row)
            await session.flush()
    chat = LocalChat(limits=None)
    chat.add_bot(TOKEN, "苗课", USERNAME)
    async with chat.running() as url:
        settings = Settings(
            token=SecretStr(TOKEN),
            api_url=url,
            data=tmp_path / "data",
            database_url=database_url,
            clock=clock,
            pace=1000,
        )
        async with running(settings) as house, aiohttp.ClientSession(url) as http:
            await house.heartbeat.stop()  # a test says itself what falls due when
            yield Room(house, chat, http, clock, now)
    wrong = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not wrong, wrong


@pytest.fixture
async def staffed(room):
    """The class's teacher and head have come in by their links."""
    async with room.house.database.read() as session:
        teacher = await session.get_one(Person, 1)
        head = await session.get_one(Person, 2)
    await room.person(TEACHER, teacher.name)
    await room.person(HEAD, head.name)
    await room.starts(TEACHER, await room.post(teacher, Role.TEACHER))
    await room.starts(HEAD, await room.post(head, Role.CLASS_HEAD))
    return room
