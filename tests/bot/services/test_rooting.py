import gzip
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.services import root_files, rooting
from db import ledger
from db.models import (
    Account,
    AccountPerson,
    LedgerEntry,
    Membership,
    Message,
    Role,
)
from db.queries import summaries

DAY = timedelta(days=1)


@pytest.fixture
async def school(database, county, make_person, now):
    """Six people with a few ledger lines each; the last one is of the school, on a phone."""
    async with database.begin() as session:
        session.add_all([make_person(id=number) for number in range(1, 7)])
        await session.flush()
        session.add(Membership(person_id=6, role=Role.SCHOOL, starts_at=now - DAY))
        session.add(Account(id=1, user_id=301, reachable=True))
        await session.flush()
        session.add(AccountPerson(account_id=1, person_id=6, linked_at=now))
    await happens(database, now)
    return database


async def happens(database, now):
    async with database.begin() as session:
        for person in range(1, 6):
            for number in range(person):
                await ledger.record(session, person, "step.answered", now, number=number)


async def faults(database, data):
    async with database.read() as session:
        return [(one.day, one.what) async for one in rooting.check(session, data)]


async def told(database):
    async with database.read() as session:
        found = select(Message.key).where(Message.purpose == rooting.PURPOSE).order_by(Message.id)
        return list(await session.scalars(found))


async def untie(database):
    """Take the guard off the ledger, as who has the database can."""
    async with database.begin() as session:
        if database.is_sqlite:
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in list(await session.scalars(text(names))):
                await session.execute(text(f"DROP TRIGGER {name}"))
        else:
            await session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER ALL"))


@pytest.fixture
async def kept(school, tmp_path, now):
    """Three days with a root each; more happened in between."""
    for day in range(3):
        await rooting.keep_due(school, tmp_path, now + day * DAY)
        await happens(school, now + day * DAY + timedelta(minutes=5))
    return school


async def test_each_day_has_one_root_and_it_is_told_once(kept, tmp_path, now):
    assert await rooting.keep_due(kept, tmp_path, now + 2 * DAY + timedelta(hours=1)) == 0
    days = [root_files.Root.model_validate_json(line) for line in root_files.lines(tmp_path)]
    assert [one.day for one in days] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert [one.entries for one in days] == [15, 31, 47]  # and who was told of each
    assert len({one.root for one in days}) == 3
    assert await told(kept) == [f"root:{one.day}:6:301" for one in days]
    assert await faults(kept, tmp_path) == []


async def test_before_its_hour_there_is_no_root(school, tmp_path, now):
    assert await rooting.keep_due(school, tmp_path, now - timedelta(hours=2)) == 0
    assert root_files.lines(tmp_path) == []


async def test_what_broke_off_after_keeping_is_told_by_the_next_tick(
    school, tmp_path, now, monkeypatch
):
    async def broken(*_):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(summaries, "staff", broken)
        with pytest.raises(RuntimeError):
            await rooting.keep_due(school, tmp_path, now)
    (line,) = root_files.lines(tmp_path)
    await happens(school, now)
    assert await rooting.keep_due(school, tmp_path, now) == 1
    assert root_files.lines(tmp_path) == [line]


async def test_what_broke_off_before_keeping_leaves_no_root(school, tmp_path, now, monkeypatch):
    def full(*_):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(root_files, "keep", full)
        with pytest.raises(OSError, match="No space"):
            await rooting.keep_due(school, tmp_path, now)
    assert await told(school) == []
    assert await rooting.keep_due(school, tmp_path, now) == 1
    assert await faults(school, tmp_path) == []


async def test_a_past_line_that_is_reworded_whole_is_found(kept, tmp_path, now):
    """The operator makes a person's chain anew, each hash right in itself."""
    await untie(kept)
    async with kept.begin() as session:
        found = select(LedgerEntry).where(LedgerEntry.person_id == 3).order_by(LedgerEntry.seq)
        prev = ledger.GENESIS
        for line in await session.scalars(found):
            if line.seq == 2:
                line.kind = "message.kept"
            line.prev_hash = prev
            line.hash = prev = ledger.chain(prev, line.seq, line.at, line.kind, line.payload_hash)
        await session.execute(
            text("UPDATE ledger_head SET hash = :hash WHERE person_id = 3"), {"hash": prev}
        )
    async with kept.read() as session:
        assert [one async for one in ledger.verify(session)] == []  # the chain itself tells nothing
    wrong = "the ledger is not what it was then"
    assert await faults(kept, tmp_path) == [
        (day, wrong) for day in ("2026-11-23", "2026-11-24", "2026-11-25")
    ]


async def test_a_chain_cut_at_its_end_is_found_from_the_day_on_when_it_was_longer(kept, tmp_path):
    await untie(kept)
    async with kept.begin() as session:
        await session.execute(text("DELETE FROM ledger_entry WHERE person_id = 5 AND seq > 9"))
        last = await session.get_one(LedgerEntry, (5, 9))
        await session.execute(
            text("UPDATE ledger_head SET seq = 9, hash = :hash WHERE person_id = 5"),
            {"hash": last.hash},
        )
    assert await faults(kept, tmp_path) == [
        ("2026-11-24", "line 10 of person 5 is gone"),
        ("2026-11-25", "line 15 of person 5 is gone"),
    ]


async def test_a_line_of_the_file_that_is_changed_or_taken_out_is_found(kept, tmp_path):
    file = tmp_path / "roots"
    first, second, third = file.read_text().splitlines()
    file.write_text(f"{first}\n{third}\n")
    assert await faults(kept, tmp_path) == [
        ("2026-11-25", "does not follow the line before it"),
        ("2026-11-24", "was told to staff and is not in the file of roots"),
    ]
    file.write_text("\n".join((first, second.replace('"people":6', '"people":7'), third, "")))
    assert await faults(kept, tmp_path) == [
        ("2026-11-25", "does not follow the line before it"),
        ("2026-11-24", "the ledger is not what it was then"),
    ]
    file.write_text("\n".join((first, second[:40], third, "")))
    assert ("line 2", "cannot be read") in await faults(kept, tmp_path)


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"no gzip", gzip.compress(b"1 1\n1 1\n"), None],
    ids=["empty", "other", "twice", "none"],
)
async def test_a_list_of_lines_that_is_damaged_or_missing_is_told(kept, tmp_path, spoilt):
    path = root_files.heads_of(tmp_path, "2026-11-24")
    if spoilt is None:
        path.unlink()
    else:
        path.write_bytes(spoilt)
    ((day, _what),) = await faults(kept, tmp_path)
    assert day == "2026-11-24"


async def test_a_ledger_without_lines_has_a_root_too(database, county, tmp_path, now):
    await rooting.keep_due(database, tmp_path, now)
    (line,) = root_files.lines(tmp_path)
    assert root_files.Root.model_validate_json(line).people == 0
    assert await faults(database, tmp_path) == []
