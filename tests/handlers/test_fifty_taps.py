"""A whole class taps in the group within five seconds, at the pace that Telegram allows."""

import asyncio
import logging

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from bot.app import running
from bot.clock import write_clock
from bot.localchat import LocalChat
from bot.localchat.control.people import enter_private
from bot.localchat.limits import Limits
from bot.settings import Settings
from db.models import (
    Account,
    AccountPerson,
    County,
    Mark,
    Membership,
    Person,
    Role,
)
from tests.handlers.room import HEAD, TEACHER, TOKEN, USERNAME, WU, YANG, Room, class_of_two

LEARNERS = 50
USERS = (YANG, WU, *range(1000, 998 + LEARNERS))
BURST = 5  # taps that arrive at one moment


@pytest.fixture
async def full_room(database, database_url, tmp_path, now, caplog):
    """Fifty learners on their phones, in a class with a group; every limit holds."""
    clock = tmp_path / "clock"
    write_clock(clock, now)
    async with database.begin() as session:
        session.add(County(id=1, name="示例县"))
        await session.flush()
        for row in class_of_two(now):
            session.add(row)
            await session.flush()
        for number in range(5, 3 + LEARNERS):
            name = f"示例学员{number}"
            session.add(
                Person(id=number, county_id=1, number=f"P{number:06}", name=name, created_at=now)
            )
        await session.flush()
        staff = ((1, TEACHER), (2, HEAD))
        linked = [*staff, *zip(range(3, 3 + LEARNERS), USERS, strict=True)]
        session.add_all(Account(id=one, user_id=user, person_id=one) for one, user in linked)
        await session.flush()
        session.add_all(
            AccountPerson(account_id=one, person_id=one, linked_at=now) for one, _user in linked
        )
        session.add_all(
            Membership(person_id=number, role=Role.LEARNER, study_class_id=1, starts_at=now)
            for number in range(5, 3 + LEARNERS)
        )
    chat = LocalChat(Limits())
    bot = chat.add_bot(TOKEN, "苗课", USERNAME)
    async with chat.running() as url:
        settings = Settings(
            token=SecretStr(TOKEN),
            api_url=url,
            data=tmp_path / "data",
            database_url=database_url,
            clock=clock,
        )
        async with running(settings) as house, aiohttp.ClientSession(url) as http:
            await house.heartbeat.stop()
            room = Room(house, chat, http, clock, now)
            for user in (TEACHER, HEAD, *USERS):
                await room.person(user, f"示例{user}")
                enter_private(chat.world, chat.world.bots[bot["id"]], chat.world.people[user])
            await room.has_group(*USERS[2:])
            yield room
    wrong = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not wrong, wrong


async def test_fifty_taps_within_five_seconds_are_all_answered_and_edit_the_tally_three_times(
    full_room,
):
    room = full_room
    await room.says(TEACHER, "/today")
    await room.taps(TEACHER, "open:1")
    card = [one for one in await room.messages(YANG, room.group) if "reply_markup" in one][-1]
    told = len(room.chat.world.calls)
    act = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"]

    async def tap(user):
        said = {"user": user, "chat": room.group, "message_id": card["message_id"], "data": act}
        return (await room.do("tap", **said))["callback_query_id"]

    queries = []
    for first in range(0, LEARNERS, BURST):
        queries += await asyncio.gather(*map(tap, USERS[first : first + BURST]))
        await room.settle()
        room.wait(seconds=5 * BURST / LEARNERS)
    room.wait(seconds=5)
    await room.settle()

    calls = list(room.chat.world.calls)[told:]
    answers = [call for call in calls if call[2] == "answerCallbackQuery"]
    edits = [call for call in calls if call[2].startswith("edit") and call[3] == room.group]
    assert len(answers) == LEARNERS
    for query in queries:
        assert "已签到" in (await room.get(f"answers/{query}", wait=10))["text"]
    assert 1 <= len(edits) <= 3, edits
    assert "50人，已到50人" in (await room.sees(YANG, room.group))[-1]
    assert (await room.rows(select(func.count()).select_from(Mark)))[0] == LEARNERS
    assert room.chat.world.limiter.refused == 0
