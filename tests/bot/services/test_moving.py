import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services import moving
from bot.services.moving_words import is_night
from bot.services.refusing import Refusal
from bot.voice.choosing_clips import Voices
from db.models import (
    Account,
    AccountPerson,
    Base,
    County,
    LedgerEntry,
    Meeting,
    MeetingState,
    Membership,
    Message,
    Person,
    Role,
    StudyClass,
)

PLACE = "云上村教学点"


@pytest.fixture
async def school(database, tmp_path, now):
    """A teacher, a head and a learner with phones, and two meetings of the class."""
    database.carry(voices=Voices(tmp_path))
    roles = (Role.TEACHER, Role.CLASS_HEAD, Role.LEARNER)
    rows: list[Base] = [County(id=1, name="示例县")]
    rows += [StudyClass(id=1, county_id=1, name="示例班", group_chat_id=-5, created_at=now)]
    for number, role in enumerate(roles, 1):
        rows += [
            Person(
                id=number, county_id=1, number=f"P{number}", name=f"示例{number}", created_at=now
            ),
            Account(id=number, user_id=100 + number),
            AccountPerson(account_id=number, person_id=number, linked_at=now),
            Membership(person_id=number, role=role, study_class_id=1, starts_at=now),
        ]
    rows += [
        Meeting(
            id=number,
            study_class_id=1,
            teacher_id=1,
            starts_at=now + timedelta(days=number),
            ends_at=now + timedelta(days=number, minutes=90),
            place=PLACE,
            lesson=f"wh0{number}",
            title="听、点、说",
        )
        for number in (1, 2)
    ]
    async with database.begin() as session:
        for row in rows:
            session.add(row)
            await session.flush()
    return database


async def moves(school, now, number=1, place=PLACE, revision=None, mover=1, **span):
    """Move a meeting by a span; return who was told, or why it was refused."""
    async with school.begin() as session:
        meeting = await session.get_one(Meeting, number)
        person = await session.get_one(Person, mover)
        starts, ends = (one + timedelta(**span) for one in (meeting.starts_at, meeting.ends_at))
        try:
            return await moving.move(session, person, meeting, starts, ends, place, now, revision)
        except Refusal as refusal:
            return refusal.code


async def said(school, *wanted):
    async with school.read() as session:
        found = select(Message).where(Message.method.in_(wanted)).order_by(Message.id)
        return list(await session.scalars(found))


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ({"days": -2}, "past"),
        ({"days": 400}, "far"),
        ({"days": 1}, "overlap"),
        ({"hours": 23}, "overlap"),
        ({}, "same"),
    ],
)
async def test_a_move_that_cannot_be_is_refused_and_changes_nothing(school, now, span, code):
    assert await moves(school, now, **span) == code
    async with school.read() as session:
        meeting = await session.get_one(Meeting, 1)
        assert (meeting.revision, meeting.starts_at) == (0, now + timedelta(days=1))
        assert list(await session.scalars(select(LedgerEntry))) == []
        assert list(await session.scalars(select(Message))) == []


@pytest.mark.parametrize("place", ["", "   ", "x" * 81])
async def test_a_place_has_a_name_of_bearable_length(school, now, place):
    assert await moves(school, now, place=place) == "place"


async def test_of_two_moves_at_the_same_time_one_is_done(school, now):
    done = await asyncio.gather(
        *(moves(school, now, revision=0, hours=hours, mover=hours) for hours in (1, 2))
    )
    assert sorted(map(str, done)) == ["Told(learners=1, phoneless=0)", "outdated"]
    assert len(await said(school, "pinChatMessage")) == 1


async def test_of_a_move_and_a_cancellation_at_the_same_time_one_is_done(school, now):
    async def cancels():
        async with school.begin() as session:
            meeting, head = await session.get_one(Meeting, 1), await session.get_one(Person, 2)
            try:
                return await moving.cancel(session, head, meeting, "", now, 0)
            except Refusal as refusal:
                return refusal.code

    done = await asyncio.gather(moves(school, now, revision=0, hours=1), cancels())
    assert list(map(str, done)).count("outdated") == 1
    async with school.read() as session:
        meeting = await session.get_one(Meeting, 1)
        assert meeting.revision == 1
        assert meeting.state in (MeetingState.PLANNED, MeetingState.CANCELLED)


async def test_each_move_is_told_in_its_turn(school, now):
    await moves(school, now, hours=1)
    await moves(school, now, hours=1)
    rows = [row for row in await said(school, "sendPhoto") if row.chat_id == 103]
    assert [row.payload["caption"] for row in rows] == [
        f"上课改时间：原来明天 9:00，现在明天 10:00，在{PLACE}。",
        f"上课改时间：原来明天 10:00，现在明天 11:00，在{PLACE}。",
    ]
    assert len({row.key for row in rows}) == 2


async def test_the_group_hears_neither_names_nor_reasons(school, now):
    async with school.begin() as session:
        meeting, head = await session.get_one(Meeting, 1), await session.get_one(Person, 2)
        await moving.cancel(session, head, meeting, "老师有事", now)
    posts = [row for row in await said(school, "sendPhoto") if row.chat_id == -5]
    pinned = "明天9:00不上课。\n📅 11月24日周二 9:00"  # the date holds tomorrow, too
    assert [row.payload["caption"] for row in posts] == [pinned]
    staff = await said(school, "sendMessage")
    assert [(row.chat_id, "老师有事" in row.payload["text"]) for row in staff] == [(101, True)]


@pytest.mark.parametrize(
    ("hours", "night"), [(0, False), (13, False), (13.5, True), (20.9, True), (21, False)]
)
def test_it_is_night_from_half_past_ten_to_six(now, hours, night):
    assert is_night(now + timedelta(hours=hours)) is night
