from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services import tasking
from bot.services.task_desk import held_by
from bot.services.task_rules import rules
from db.models import (
    Account,
    AccountPerson,
    Coming,
    County,
    LedgerEntry,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Message,
    Person,
    Phase,
    Role,
    Status,
    StudyClass,
    Task,
)
from db.types import How, Sure

DAY = timedelta(days=1)


@pytest.fixture
async def school(database, now):
    """A class of three whose last two meetings are closed, and a township clerk."""
    people = [
        Person(
            id=number,
            county_id=1,
            number=f"P00000{number}",
            name=f"示例{number}",
            township="云上镇",
            created_at=now,
        )
        for number in range(1, 6)
    ]
    async with database.begin() as session:
        session.add(County(id=1, name="示例县"))
        await session.flush()
        session.add_all([StudyClass(id=1, county_id=1, name="示例班", created_at=now), *people])
        await session.flush()
        session.add(
            Membership(person_id=1, role=Role.CLASS_HEAD, study_class_id=1, starts_at=now - 9 * DAY)
        )
        session.add(
            Membership(person_id=5, role=Role.TOWNSHIP, place="云上镇", starts_at=now - 9 * DAY)
        )
        session.add_all(
            Membership(person_id=n, role=Role.LEARNER, study_class_id=1, starts_at=now - 9 * DAY)
            for n in (2, 3, 4)
        )
        session.add_all(meeting(number, now - (3 - number) * DAY) for number in (1, 2))
    return database


def meeting(number, starts_at):
    return Meeting(
        id=number,
        study_class_id=1,
        teacher_id=1,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        place="教学点",
        lesson="wh01",
        title="听、点、说",
        state=MeetingState.CLOSED,
    )


def came(person, meeting_id, at, status=Status.PRESENT):
    return Mark(
        meeting_id=meeting_id,
        person_id=person,
        phase=Phase.IN,
        key="in",
        status=status,
        how=How.TAP,
        sure=Sure.SELF,
        made_by=person,
        at=at,
    )


async def silent(school, now):
    async with school.begin() as session:
        await tasking.find_silent(session, now)
    async with school.read() as session:
        found = select(Task.person_id).where(Task.closed_at.is_(None)).order_by(Task.person_id)
        return list(await session.scalars(found))


async def test_who_came_once_or_answered_is_not_called(school, now):
    async with school.begin() as session:
        session.add(came(2, 1, now))
        session.add(Coming(meeting_id=2, person_id=3, comes=False, at=now))
    assert await silent(school, now) == [4]


async def test_a_mark_of_absence_is_no_sign_of_life(school, now):
    async with school.begin() as session:
        session.add(came(2, 1, now, Status.ABSENT))
    assert await silent(school, now) == [2, 3, 4]


async def test_the_same_two_meetings_make_one_task_however_often_the_tick_comes(school, now):
    await silent(school, now)
    assert await silent(school, now + timedelta(minutes=10)) == [2, 3, 4]
    async with school.read() as session:
        kinds = list(await session.scalars(select(LedgerEntry.kind)))
    assert kinds == ["task.opened"] * 3


async def test_who_joined_after_the_first_of_them_is_left_alone(school, now):
    async with school.begin() as session:
        found = select(Membership).where(Membership.person_id == 4)
        member = (await session.scalars(found)).one()
        member.starts_at = now - timedelta(hours=30)
    assert await silent(school, now) == [2, 3]


async def test_who_comes_back_closes_the_task(school, now):
    await silent(school, now)
    async with school.begin() as session:
        session.add(meeting(3, now + DAY))
        await session.flush()
        session.add(came(2, 3, now + DAY))
    assert await silent(school, now + 2 * DAY) == [3, 4]
    async with school.read() as session:
        task = await session.scalar(select(Task).where(Task.person_id == 2))
    assert (task.outcome, task.closed_by) == ("came", None)


async def test_who_is_called_present_later_closes_the_task(school, now):
    await silent(school, now)
    async with school.begin() as session:
        session.add(came(2, 2, now + timedelta(hours=1)))
    assert await silent(school, now + timedelta(hours=2)) == [3, 4]


async def test_while_a_meeting_can_be_opened_again_nobody_is_called(school, now):
    assert await silent(school, now - DAY + timedelta(minutes=30)) == []


async def test_after_a_call_nobody_is_asked_again_before_two_more_meetings(school, now):
    await silent(school, now)
    async with school.begin() as session:
        for task in await session.scalars(select(Task)):
            task.closed_at, task.outcome = now, "away"
    async with school.begin() as session:
        session.add(meeting(3, now + DAY))
    assert await silent(school, now + 1.1 * DAY) == []
    async with school.begin() as session:
        session.add(meeting(4, now + 2 * DAY))
    assert await silent(school, now + 2.1 * DAY) == [2, 3, 4]


async def test_a_task_that_nobody_closes_goes_to_the_township_once(school, now):
    await silent(school, now)
    late = now + timedelta(days=rules().raise_after_days)
    raised = []
    for moment in (late - timedelta(seconds=1), late, late + DAY):
        async with school.begin() as session:
            raised.append(await tasking.raise_due(session, moment))
    assert raised == [0, 3, 0]
    async with school.read() as session:
        assert set(await session.scalars(select(Task.role))) == {Role.TOWNSHIP}
        clerk = await session.scalars(select(Membership).where(Membership.person_id == 5))
        held = await held_by(session, clerk.all())
    assert [task.person_id for task in held] == [2, 3, 4]


async def test_many_at_once_come_to_the_head_as_one_message(school, now):
    async with school.begin() as session:
        session.add(Account(id=1, user_id=501, person_id=1))
        session.add_all(
            Person(
                id=number,
                county_id=1,
                number=f"P0000{number}",
                name=f"示例{number}",
                created_at=now,
            )
            for number in range(10, 40)
        )
        await session.flush()
        session.add(AccountPerson(account_id=1, person_id=1, linked_at=now))
        session.add_all(
            Membership(person_id=n, role=Role.LEARNER, study_class_id=1, starts_at=now - 9 * DAY)
            for n in range(10, 40)
        )
    assert len(await silent(school, now)) == 33
    async with school.read() as session:
        said = [row.payload["text"] for row in await session.scalars(select(Message))]
    assert said == ["示例班有33人2次没来"]
