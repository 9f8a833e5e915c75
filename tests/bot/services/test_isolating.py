"""One row that nothing can read stops its own class and no other, at every tick."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.services import flagging, proving, reminding, tasking
from db.models import (
    Account,
    AccountPerson,
    Flag,
    LedgerEntry,
    Meeting,
    MeetingState,
    Membership,
    Message,
    Reminder,
    ReminderState,
    Role,
    StudyClass,
    Task,
)

DAY = timedelta(days=1)
CLASSES = (1, 2, 3)
BROKEN = 2


@pytest.fixture
async def school(database, county, make_person, now):
    """Three classes, each with a head who teaches it, two learners and three meetings."""
    async with database.begin() as session:
        session.add_all(
            StudyClass(id=number, county_id=1, name=f"示例{number}班", created_at=now)
            for number in CLASSES
        )
        people = [make_person(id=10 * n + k, township="云上镇") for n in CLASSES for k in (1, 2, 3)]
        session.add_all(people)
        await session.flush()
        for number in CLASSES:
            head = 10 * number + 1
            roles = {head: Role.CLASS_HEAD, head + 1: Role.LEARNER, head + 2: Role.LEARNER}
            session.add_all(
                Membership(person_id=one, role=role, study_class_id=number, starts_at=now - 9 * DAY)
                for one, role in roles.items()
            )
            for person in (head, head + 1):
                session.add(Account(id=person, user_id=1000 + person))
            await session.flush()
            session.add_all(
                AccountPerson(account_id=one, person_id=one, linked_at=now)
                for one in (head, head + 1)
            )
            for days in (-2, -1, 1):
                start = now + days * DAY
                session.add(
                    Meeting(
                        id=100 * number + days + 10,
                        study_class_id=number,
                        teacher_id=head,
                        starts_at=start,
                        ends_at=start + timedelta(hours=1),
                        place="村",
                        lesson="wh01",
                        title="课",
                        state=MeetingState.CLOSED if days < 0 else MeetingState.PLANNED,
                        closed_at=start + timedelta(hours=1) if days < 0 else None,
                        opened_at=start if days < 0 else None,
                    )
                )
    return database


async def spoil(database, statement):
    async with database.begin() as session:
        await session.execute(text(statement))


async def found(database, statement):
    async with database.read() as session:
        return sorted(await session.scalars(statement))


def told_of(caplog):
    """Return what the log says of errors; no name of a person or class is in it."""
    said = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert "示例" not in "".join(said)
    return said


MEETING = "UPDATE meeting SET mode = 'nonsense' WHERE id = {}"


async def test_a_broken_class_keeps_nobody_elses_silent_learners_from_being_called(
    school, now, caplog
):
    await spoil(school, MEETING.format(209))
    async with school.begin() as session:
        assert await tasking.find_silent(session, now) == 4
    assert await found(school, select(Task.study_class_id)) == [1, 1, 3, 3]
    (said,) = told_of(caplog)
    assert said.startswith("looking after class 2 was left out: LookupError")
    async with school.begin() as session:
        assert await tasking.find_silent(session, now) == 0  # and nobody is called twice


async def test_a_broken_task_is_not_passed_up_and_the_others_are(school, now, caplog):
    async with school.begin() as session:
        await tasking.find_silent(session, now)
    await spoil(school, "UPDATE task SET kind = 'nonsense' WHERE study_class_id = 2")
    async with school.begin() as session:
        assert await tasking.raise_due(session, now + 4 * DAY) == 4
    assert len(told_of(caplog)) == 2
    lines = select(LedgerEntry.person_id).where(LedgerEntry.kind == "task.raised")
    assert await found(school, lines) == [12, 13, 32, 33]


async def test_a_broken_meeting_keeps_no_other_teacher_from_being_asked_for_proof(
    school, now, caplog
):
    evening = now + timedelta(hours=11)
    close = "UPDATE meeting SET closed_at = '{:%Y-%m-%d %H:%M:%S.%f}' WHERE state = 'closed'"
    await spoil(school, close.format(now))
    await spoil(school, MEETING.format(209))
    async with school.begin() as session:
        assert await proving.ask_due(session, evening) == 3
    asked = select(Message.chat_id).where(Message.purpose == "proof-evening")
    assert await found(school, asked) == [1011, 1021, 1031]
    (said,) = told_of(caplog)
    assert said.startswith("proof of meeting 209 was left out")


async def test_a_broken_meeting_keeps_no_other_class_from_being_checked(school, now, caplog):
    await spoil(school, MEETING.format(209))
    async with school.begin() as session:
        await flagging.find_due(session, now)
    said = told_of(caplog)
    assert [one.split(" was ")[0] for one in said] == [
        "the self-checks of some classes",
        "self-checks of class 2",
    ]
    async with school.begin() as session:
        assert await flagging.find_due(session, now) == 0  # it went on: nothing is looked at again
    assert BROKEN not in await found(school, select(Flag.study_class_id))


async def test_a_broken_meeting_keeps_no_other_class_from_being_planned(school, now, caplog):
    await spoil(school, MEETING.format(211))
    for _tick in range(2):
        async with school.begin() as session:
            await reminding.plan(session, now)
    planned = select(Reminder.meeting_id).distinct()
    assert await found(school, planned) == [111, 311]
    heads = select(Message.chat_id).where(Message.key.like("broken:%"))
    assert await found(school, heads) == [1021]  # told once
    assert len(told_of(caplog)) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reminder SET kind = 'nonsense' WHERE meeting_id = 211",
        MEETING.format(211),
    ],
)
async def test_a_broken_reminder_keeps_no_other_from_being_said(
    school, key, now, caplog, statement
):
    async with school.begin() as session:
        await reminding.plan(session, now)
    await spoil(school, statement)
    due = now + timedelta(hours=10, minutes=30)
    settled = 1
    while settled:
        async with school.begin() as session:
            settled = await reminding.queue_due(session, key, "bot", due)
    said = select(Message.chat_id).where(Message.purpose == "reminder")
    assert await found(school, said) == [1012, 1032]
    broken = text("SELECT state, reason FROM reminder WHERE meeting_id = 211 AND rule = 'evening'")
    async with school.read() as session:
        rows = (await session.execute(broken)).all()
    assert {tuple(row) for row in rows} == {(ReminderState.SKIPPED, "could not be said")}
    told_of(caplog)
