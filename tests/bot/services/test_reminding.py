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
    OutboxState,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    StudyClass,
)

EVE = timedelta(days=1, hours=10, minutes=30)  # 19:30 on the day before class


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
    found = await reminders(planned)
    assert len(found) == 2 * 3 + 2 * 2  # two that the group hears as well, two for learners alone


async def test_who_is_due_is_told_or_skipped_with_a_reason(planned, key, now):
    assert await queue(planned, key, now + EVE) == 3
    assert await queue(planned, key, now + EVE) == 0
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
    await queue(planned, key, now + EVE + timedelta(hours=4))
    found = {one[3] for one in await reminders(planned) if one[2] is ReminderState.SKIPPED}
    assert found == {"too late"}


@pytest.mark.parametrize(
    ("state", "reason"),
    [(MeetingState.CANCELLED, "meeting cancelled"), (MeetingState.OPEN, "meeting has begun")],
)
async def test_nobody_is_reminded_of_what_is_no_more_to_come(planned, key, now, state, reason):
    async with planned.begin() as session:
        (await session.get_one(Meeting, 1)).state = state
    await queue(planned, key, now + EVE)
    assert {one[3] for one in await reminders(planned)} - {""} == {reason}


async def test_no_name_ever_reaches_the_group(planned, key, now):
    await queue(planned, key, now + EVE)
    async with planned.read() as session:
        said = list(await session.scalars(select(Message).where(Message.chat_id == -100)))
    assert said
    assert not [row for row in said if "示例杨" in str(row.payload)]


async def rows(database, **wanted):
    async with database.read() as session:
        found = await session.scalars(select(Reminder).filter_by(**wanted).order_by(Reminder.key))
        return list(found)


async def act(database, does):
    async with database.begin() as session:
        await does(session)


async def test_a_moved_meeting_takes_its_reminders_along(planned, key, now):
    await queue(planned, key, now + EVE)

    async def move(session):
        meeting = await session.get_one(Meeting, 1)
        meeting.starts_at, meeting.revision = now + timedelta(days=4), 1
        meeting.ends_at = meeting.starts_at + timedelta(hours=1)
        await reminding.replan(session, meeting, now + EVE)

    await act(planned, move)
    old = [row for row in await rows(planned) if ":1:0:" in row.key]
    assert {(row.state, row.reason) for row in old if row.person_id != 3} == {
        (ReminderState.SKIPPED, "meeting moved")
    }
    new = await rows(planned, state=ReminderState.PLANNED)
    assert len(new) == 10
    assert {row.key.split(":")[2] for row in new} == {"1"}
    async with planned.read() as session:
        states = await session.scalars(select(Message.state).where(Message.key.like("reminder:%")))
        assert set(states) == {OutboxState.SKIPPED}


async def test_a_message_that_has_left_is_not_called_skipped(planned, key, now):
    await queue(planned, key, now + EVE)

    async def move(session):
        for row in await session.scalars(select(Message).where(Message.chat_id == 202)):
            row.state = OutboxState.SENT
        meeting = await session.get_one(Meeting, 1)
        meeting.state, meeting.revision = MeetingState.CANCELLED, 1
        await reminding.replan(session, meeting, now + EVE)

    await act(planned, move)
    states = {row.person_id: (row.state, row.reason) for row in await rows(planned, rule="evening")}
    assert states == {
        None: (ReminderState.SKIPPED, "meeting cancelled"),
        2: (ReminderState.QUEUED, ""),
        3: (ReminderState.SKIPPED, "not on a phone"),
    }


async def test_a_clock_that_went_ahead_drops_nothing_once_it_is_right_again(planned, key, now):
    await queue(planned, key, now + timedelta(days=30))
    assert {row.reason for row in await rows(planned)} == {
        "too late",
        "check-in was not opened",
        "check-in was not closed",
    }
    async with planned.begin() as session:
        await reminding.plan(session, now)
    assert {row.state for row in await rows(planned)} == {ReminderState.PLANNED}


async def test_a_wrong_rule_is_left_out_and_the_head_told_once(planned, caplog, now):
    async def spoil(session):
        study_class = await session.get_one(StudyClass, 1)
        wrong = {"name": "often", "kind": "hour_before", "minutes": 60, "every": 1, "patience": 5}
        good = {"name": "hour", "kind": "hour_before", "minutes": 60, "patience": 45}
        study_class.reminder_rules = {"rules": [wrong, good]}
        session.add(Membership(person_id=1, role=Role.CLASS_HEAD, study_class_id=1, starts_at=now))
        session.add(Account(id=7, user_id=707))
        await session.flush()
        session.add(AccountPerson(account_id=7, person_id=1, linked_at=now))

    await act(planned, spoil)
    for _turn in range(2):
        await act(planned, lambda session: reminding.plan(session, now))
    assert len(await rows(planned, rule="hour")) == 3
    async with planned.read() as session:
        told = list(await session.scalars(select(Message).where(Message.chat_id == 707)))
    assert len(told) == 1
    assert "60 times" in told[0].payload["text"]
    assert "left out" in caplog.text


async def test_one_reminder_that_cannot_be_said_stops_nobody_else(planned, key, caplog, now):
    async def spoil(session):  # the place of its message is taken
        session.add(
            Message(
                key="reminder:evening:1:0:2:1",
                chat_id=1,
                method="sendMessage",
                payload={},
                priority=0,
                created_at=now,
                not_before=now,
            )
        )

    await act(planned, spoil)
    while await queue(planned, key, now + EVE):
        pass
    states = {row.person_id: (row.state, row.reason) for row in await rows(planned, rule="evening")}
    assert states == {
        None: (ReminderState.QUEUED, ""),
        2: (ReminderState.SKIPPED, "could not be said"),
        3: (ReminderState.SKIPPED, "not on a phone"),
    }
    assert "a reminder could not be said" in caplog.text


async def test_check_in_is_asked_at_the_start_once_it_is_open_and_nobody_twice(planned, key, now):
    start = now + timedelta(days=2)
    await queue(planned, key, start)
    assert {row.state for row in await rows(planned, rule="start")} == {ReminderState.PLANNED}

    async def open_it(session):
        meeting = await session.get_one(Meeting, 1)
        meeting.state, meeting.opened_at = MeetingState.OPEN, start

    await act(planned, open_it)
    await queue(planned, key, start + timedelta(minutes=1))
    asked = {row.person_id: (row.state, row.reason) for row in await rows(planned, rule="start")}
    assert asked == {
        2: (ReminderState.QUEUED, ""),
        3: (ReminderState.SKIPPED, "not on a phone"),
    }


async def test_who_was_absent_without_a_word_is_missed_the_same_evening(planned, key, now):
    async def close(session):
        meeting = await session.get_one(Meeting, 1)
        meeting.state = MeetingState.CLOSED

    await act(planned, close)
    await queue(planned, key, now + timedelta(days=2, hours=10, minutes=45))
    missed = {row.person_id: row.state for row in await rows(planned, rule="missed")}
    assert missed == {2: ReminderState.QUEUED, 3: ReminderState.SKIPPED}
    async with planned.read() as session:
        said = list(await session.scalars(select(Message).where(Message.purpose == "reminder")))
    assert "今天没见到你" in said[-1].payload["caption"]
    assert said[-1].chat_id == 202


async def test_who_joins_by_a_roster_is_planned_with_the_next_tick(planned, make_person, now):
    async def join(session):
        session.add(make_person(id=9, number="P00909"))
        await session.flush()
        session.add(Membership(person_id=9, role=Role.LEARNER, study_class_id=1, starts_at=now))

    await act(planned, join)
    await act(planned, lambda session: reminding.plan(session, now))
    assert len(await rows(planned, person_id=9)) == 4
