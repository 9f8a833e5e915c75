from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import ledger
from db.models import How, Mark, Meeting, Phase, Status, StudyClass, Sure
from db.queries import marks


@pytest.fixture
async def meeting(database, county, make_person, now):
    async with database.begin() as session:
        session.add(make_person(id=1))
        session.add(StudyClass(id=1, county_id=1, name="班", created_at=now))
        await session.flush()
        meeting = Meeting(
            id=1,
            study_class_id=1,
            teacher_id=1,
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            place="村",
            lesson="wh01",
            title="课",
        )
        session.add(meeting)
    return meeting


def mark(now, key="self"):
    return Mark(
        meeting_id=1,
        person_id=1,
        phase=Phase.IN,
        key=key,
        status=Status.PRESENT,
        how=How.TAP,
        sure=Sure.SELF,
        made_by=1,
        at=now,
    )


async def test_a_mark_with_the_same_key_is_stored_once(database, meeting, now):
    async with database.begin() as session:
        assert await marks.add_once(session, mark(now)) == 1
        assert await marks.add_once(session, mark(now)) is None
        assert await marks.add_once(session, mark(now, "self:1")) is not None


async def test_a_mark_is_not_replaced_by_another(database, meeting, now):
    async with database.begin() as session:
        await marks.add_once(session, mark(now))
    if not database.is_sqlite:
        return  # PostgreSQL has no REPLACE
    replaced = (
        "INSERT OR REPLACE INTO mark (id, meeting_id, person_id, phase, key, status, how, sure,"
        " minutes_late, made_by, at) VALUES ({}, 1, 1, 'in', '{}', 'late', 'tap', 'self', 0, 1, 0)"
    )
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.begin() as session:
            await session.execute(text(replaced.format(1, "other")))
    async with database.begin() as session:
        await session.execute(text(replaced.format(2, "self")))
    async with database.read() as session:
        kept = await marks.of_person(session, 1, 1)
    assert [(one.id, one.status) for one in kept] == [(1, Status.PRESENT)]


async def test_a_mark_that_the_ledger_does_not_tell_of_is_found(database, meeting, now):
    async with database.begin() as session:
        await marks.add_once(session, mark(now))
    async with database.read() as session:
        assert [fault.what async for fault in ledger.verify(session)] == ["mark 1 has no line"]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE mark SET status = 'late'", "mark 1 was changed"),
        ("UPDATE mark SET at = '2026-01-01 00:00:00'", "mark 1 was changed"),
        ("DELETE FROM mark", "its mark is missing"),
    ],
)
async def test_a_mark_changed_behind_the_guards_is_found(database, meeting, now, statement, what):
    made = mark(now)
    async with database.begin() as session:
        made.id = await marks.add_once(session, made)
        await ledger.record(session, 1, ledger.MARK_MADE, now, **ledger.told_of(made))
    async with database.read() as session:
        assert [fault async for fault in ledger.verify(session)] == []
    async with database.begin() as session:
        if database.is_sqlite:
            for act in ("update", "delete"):
                await session.execute(text(f"DROP TRIGGER mark_no_{act}"))
        else:
            await session.execute(text("ALTER TABLE mark DISABLE TRIGGER ALL"))
        await session.execute(text(statement))
    async with database.read() as session:
        assert [fault.what async for fault in ledger.verify(session)] == [what]


@pytest.mark.parametrize("statement", ["UPDATE mark SET status = 'absent'", "DELETE FROM mark"])
async def test_the_database_refuses_to_change_a_mark(database, meeting, now, statement):
    async with database.begin() as session:
        await marks.add_once(session, mark(now))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.begin() as session:
            await session.execute(text(statement))
