import asyncio
import hashlib

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from db import ledger
from db.models import LedgerEntry


@pytest.fixture
async def person(database, county, make_person):
    async with database.begin() as session:
        person = make_person()
        session.add(person)
        await session.flush()
        for number in range(3):
            await ledger.record(
                session, person.id, "mark.made", person.created_at, meeting=number, who="杨"
            )
    return person


async def faults(database):
    async with database.read() as session:
        return [(fault.seq, fault.what) async for fault in ledger.verify(session)]


async def tamper(database, statement):
    """Change what no program of ours can: with the guards taken away by the machine's owner."""
    async with database.begin() as session:
        if database.is_sqlite:
            for act in ("update", "delete"):
                await session.execute(text(f"DROP TRIGGER ledger_entry_no_{act}"))
        else:
            await session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER ALL"))
        await session.execute(text(statement))


async def test_a_chain_that_nobody_touched_holds(database, person):
    assert await faults(database) == []


async def test_two_first_lines_at_once_follow_each_other(database, county, make_person, now):
    async with database.begin() as session:
        person = make_person()
        session.add(person)

    async def write(kind):
        async with database.begin() as session:
            await ledger.record(session, person.id, kind, now)
            await asyncio.sleep(0)

    await asyncio.gather(*(write(f"test.{number}") for number in range(8)))
    async with database.read() as session:
        found = select(LedgerEntry.seq).where(LedgerEntry.person_id == person.id)
        assert sorted(await session.scalars(found)) == list(range(1, 9))
    assert await faults(database) == []


async def test_a_line_can_be_checked_with_sha256_alone(database, person):
    async with database.read() as session:
        first, second, _ = await session.scalars(select(LedgerEntry).order_by(LedgerEntry.seq))
    content = hashlib.sha256(f'{second.salt}\n{{"meeting":1,"who":"杨"}}'.encode()).hexdigest()
    line = f"{first.hash}\n2\n2026-11-23T01:00:00.000000+00:00\nmark.made\n{content}"
    assert hashlib.sha256(line.encode()).hexdigest() == second.hash


REPLACE = "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE seq = 2"


async def test_a_line_is_not_replaced_by_another(database, person):
    if not database.is_sqlite:
        return  # PostgreSQL has no REPLACE
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.begin() as session:
            await session.execute(text(REPLACE))


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET kind = 'x'", "DELETE FROM ledger_entry"]
)
async def test_the_database_refuses_to_change_what_was_written(database, person, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.begin() as session:
            await session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE ledger_entry SET kind = 'x' WHERE seq = 2", (2, "its hash does not fit")),
        (
            "UPDATE ledger_entry SET payload = '{}' WHERE seq = 2",
            (2, "its content was changed"),
        ),
        ("DELETE FROM ledger_entry WHERE seq = 2", (3, "line 2 is missing")),
        (
            "DELETE FROM ledger_entry WHERE seq = 3",
            (3, "the chain does not end where its head says"),
        ),
        ("DELETE FROM ledger_head", (0, "the head of the chain is missing")),
        (
            "UPDATE ledger_entry SET at = '2026-01-01 00:00:00' WHERE seq = 1",
            (1, "its hash does not fit"),
        ),
    ],
)
async def test_any_change_is_found(database, person, statement, found):
    await tamper(database, statement)
    assert found in await faults(database)
