from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

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


@pytest.mark.parametrize("statement", ["UPDATE mark SET status = 'absent'", "DELETE FROM mark"])
async def test_the_database_refuses_to_change_a_mark(database, meeting, now, statement):
    async with database.begin() as session:
        await marks.add_once(session, mark(now))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.begin() as session:
            await session.execute(text(statement))
