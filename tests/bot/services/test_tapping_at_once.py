"""A whole crowd at one moment: taps, doubled and tried again, end in one first mark for each."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from bot.services import closing
from bot.services.attending import Outcome, check_in
from bot.voice.choosing_clips import Voices
from bot.voice.listening import listener
from db import ledger
from db.models import (
    Account,
    How,
    LedgerEntry,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Message,
    Person,
    Role,
    StudyClass,
)

CROWD = 200


class Broken(Exception):  # noqa: N818 - the turn's end, not a fault
    """A turn that ended before its commit."""


@pytest.fixture
async def crowd(database, county, make_person, now):
    async with database.begin() as session:
        people = [make_person(id=number) for number in range(1, CROWD + 1)]
        session.add_all([*people, make_person(id=999)])
        session.add(StudyClass(id=1, county_id=1, name="班", created_at=now))
        await session.flush()
        session.add_all(
            Membership(person_id=one.id, role=Role.LEARNER, study_class_id=1, starts_at=now)
            for one in people
        )
        tally = Message(
            chat_id=9,
            method="sendMessage",
            payload={"text": "…"},
            priority=0,
            created_at=now,
            not_before=now,
            sent_at=now,
        )
        session.add(tally)
        await session.flush()
        meeting = Meeting(
            id=1,
            study_class_id=1,
            teacher_id=999,
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            place="村",
            lesson="wh01",
            title="课",
            state=MeetingState.OPEN,
            teacher_card_id=tally.id,
        )
        session.add(meeting)
    return database


def fail():
    raise Broken


async def tap(database, person_id, at, how, *, breaks=False):
    """Handle one tap in a turn of its own; say what became of it."""
    try:
        async with database.begin() as session:
            person = await session.get_one(Person, person_id)
            meeting = await session.get_one(Meeting, 1)
            made = await check_in(session, person, meeting, at, how, None)
            if breaks:
                fail()
    except Broken:
        return None
    return made.outcome


async def test_two_hundred_at_once_with_doubles_and_retries_get_one_first_mark_each(crowd, now):
    chance = random.Random(7)
    taps = [
        tap(crowd, person, now + timedelta(seconds=chance.randrange(60)), how, breaks=breaks)
        for person in range(1, CROWD + 1)
        for how, breaks in ((How.GROUP, False), (How.TAP, False), (How.TAP, person % 7 == 0))
    ]
    chance.shuffle(taps)
    outcomes = Counter(await asyncio.gather(*taps))
    assert outcomes[Outcome.PRESENT] == CROWD
    assert outcomes[Outcome.AGAIN] == 2 * CROWD - outcomes[None]
    async with crowd.read() as session:
        rows = (await session.execute(select(Mark.person_id, Mark.key))).all()
        lines = await session.scalar(select(func.count()).select_from(LedgerEntry))
        assert sorted(rows) == [(person, "self") for person in range(1, CROWD + 1)]
        assert lines == CROWD
        assert [fault async for fault in ledger.verify(session)] == []


async def close_by(database, teacher_id, now):
    async with database.begin() as session:
        teacher = await session.get_one(Person, teacher_id)
        account = await session.get_one(Account, teacher_id)
        meeting = await session.get_one(Meeting, 1)
        return await closing.close(session, listener(account, teacher), meeting, now)


async def test_of_two_teachers_who_close_at_once_one_closes_and_the_other_hears_who(crowd, now):
    async with crowd.begin() as session:
        session.add_all(Account(id=one, user_id=one) for one in (1, 999))
    crowd.carry(voices=Voices(Path("nowhere")))
    answers = await asyncio.gather(*(close_by(crowd, one, now) for one in (1, 999)))
    assert sorted(answer == "✔" for answer in answers) == [False, True]
    assert any("示例杨" in answer for answer in answers)
    async with crowd.read() as session:
        closed = select(func.count()).where(LedgerEntry.kind == "checkin.closed")
        assert await session.scalar(closed) == 1


async def test_a_meeting_that_has_marks_cannot_be_deleted(crowd, now):
    assert await tap(crowd, 1, now, How.TAP) is Outcome.PRESENT
    with pytest.raises(IntegrityError):
        async with crowd.begin() as session:
            await session.execute(delete(Meeting).where(Meeting.id == 1))
    async with crowd.read() as session:
        assert await session.get(Meeting, 1) is not None
