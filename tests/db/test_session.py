import asyncio

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from db.models import County, Membership, Role
from db.session import connect


async def test_sqlite_is_set_up_for_many_readers_and_one_writer(tmp_path):
    database = connect(f"sqlite:///{tmp_path}/new/miaoke.db")
    async with database.read() as session:
        found = [
            (await session.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    await database.close()
    assert found == ["wal", 1, 10_000]


async def test_what_is_refused_halfway_is_undone_whole(database):
    async def half():
        async with database.begin() as session:
            session.add(County(name="半个县"))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(County)) == 0


async def test_a_foreign_key_must_lead_somewhere(database, now):
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            session.add(Membership(person_id=77, role=Role.TEACHER, starts_at=now))


async def test_fifty_turns_at_once_all_commit(database):
    async def one(number):
        async with database.begin() as session:
            session.add(County(name=f"县{number}"))
            await session.flush()
            await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(50)))
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(County)) == 50


async def test_a_synced_transaction_is_seen_by_the_others(database):
    async with database.begin_synced() as session:
        session.add(County(name="县"))
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(County)) == 1
