from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services import reminding
from db.models import (
    Account,
    AccountPerson,
    LedgerEntry,
    Meeting,
    MeetingState,
    Membership,
    Message,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    StudyClass,
)


@pytest.fixture
async def planned(database, county, make_person, now):
    """Two learners, one with a phone, and a group; class is in two days."""
    async with database.begin() as session:
        session.add_all([make_person(id=number) for number in (1, 2, 3)])
        session.add(StudyClass(id=1, county_id=1, name="班", group_chat_id=-100, created_at=now))
        session.add(Account(id=1, user_id=202))
        await session.flush()
        for person in (2, 3):
            session.add(
                Membership(person_id=person, role=Role.LEARNER, study_class_id=1, starts_at=now)
            )
        session.add(AccountPerson(account_id=1, person_id=2, linked_at=now))
        session.add(
            Meeting(
                id=1,
                study_class_id=1,
                teacher_id=1,
                starts_at=now + timedelta(days=2),
                ends_at=now + timedelta(days=2, hours=1),
                place="村",
                lesson="wh01",
                title="课",
            )
        )
    async with database.begin() as session:
        await reminding.plan(session, now)
    return database


async def queue(database, key, now):
    async with database.begin() as session:
        return await reminding.queue_due(session, key, "bot", now)


async def reminders(database):
    async with database.read() as session:
        rows = await session.scalars(select(Reminder).order_by(Reminder.due_at, Reminder.key))
        return [(row.kind, row.person_id, row.state, row.reason) for row in rows]


async def test_each_reminder_is_planned_once(planned, now):
    async with planned.begin() as session:
        await reminding.plan(session, now + timedelta(hours=1))
    assert len(await reminders(planned)) == 2 * 3


async def test_who_is_due_is_told_or_skipped_with_a_reason(planned, key, now):
    assert await queue(planned, key, now + timedelta(days=1)) == 3
    assert await queue(planned, key, now + timedelta(days=1)) == 0
    day_before = [one for one in await reminders(planned) if one[0] is ReminderKind.DAY_BEFORE]
    assert sorted(day_before, key=str) == sorted(
        [
            (ReminderKind.DAY_BEFORE, None, ReminderState.QUEUED, ""),
            (ReminderKind.DAY_BEFORE, 2, ReminderState.QUEUED, ""),
            (ReminderKind.DAY_BEFORE, 3, ReminderState.SKIPPED, "not on a phone"),
        ],
        key=str,
    )
    async with planned.read() as session:
        said = list(await session.scalars(select(Message).where(Message.purpose == "reminder")))
        skipped = list(
            await session.scalars(
                select(LedgerEntry.kind).where(LedgerEntry.kind != "voice.fallback")
            )
        )
    assert {row.chat_id for row in said} == {-100, 202}
    assert "明天9:00上课，在村。" in {row.payload["caption"] for row in said}
    assert skipped == ["reminder.skipped"]


async def test_a_late_reminder_is_skipped_never_sent(planned, key, now):
    await queue(planned, key, now + timedelta(days=1, hours=5))
    found = {one[3] for one in await reminders(planned) if one[2] is ReminderState.SKIPPED}
    assert found == {"too late"}


@pytest.mark.parametrize(
    ("state", "reason"),
    [(MeetingState.CANCELLED, "meeting cancelled"), (MeetingState.OPEN, "meeting has begun")],
)
async def test_nobody_is_reminded_of_what_is_no_more_to_come(planned, key, now, state, reason):
    async with planned.begin() as session:
        (await session.get_one(Meeting, 1)).state = state
    await queue(planned, key, now + timedelta(days=1))
    assert {one[3] for one in await reminders(planned)} - {""} == {reason}


async def test_no_name_ever_reaches_the_group(planned, key, now):
    await queue(planned, key, now + timedelta(days=1))
    async with planned.read() as session:
        said = list(await session.scalars(select(Message).where(Message.chat_id == -100)))
    assert said
    assert not [row for row in said if "示例杨" in str(row.payload)]
