from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.services import flagging
from bot.services.flag_words import evidence
from db.models import (
    Account,
    Flag,
    FlagKind,
    FlagState,
    How,
    LedgerEntry,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Phase,
    Role,
    Status,
    StudyClass,
    Sure,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATER = 10 * MINUTE


@pytest.fixture
async def school(database, now, make_person, county):
    """Two classes; in the first, six people came through one phone within a minute."""
    async with database.begin() as session:
        for number in (1, 2):
            session.add(
                StudyClass(id=number, county_id=1, name=f"示例{number}班", created_at=now - DAY)
            )
        people = [make_person(f"示例{n}", id=n) for n in range(1, 10)]
        session.add_all(people)
        session.add(Account(id=1, user_id=101))
        await session.flush()
        session.add_all(
            Membership(person_id=n, role=Role.LEARNER, study_class_id=1, starts_at=now - DAY)
            for n in range(3, 9)
        )
        session.add_all(held(number, now) for number in (1, 2))
        await session.flush()
        session.add_all(
            tap(number, 1, now + number * timedelta(seconds=5)) for number in range(3, 9)
        )
    return database


def held(number, now):
    return Meeting(
        id=number,
        study_class_id=number,
        teacher_id=number,
        starts_at=now,
        ends_at=now + 90 * MINUTE,
        place="云上村",
        lesson="wh01",
        title="听、点、说",
        state=MeetingState.CLOSED,
        closed_at=now + 90 * MINUTE,
        closed_by=number,
    )


def tap(person, meeting, at, account=1):
    return Mark(
        meeting_id=meeting,
        person_id=person,
        phase=Phase.IN,
        key="self",
        status=Status.PRESENT,
        how=How.TAP,
        sure=Sure.HELPER,
        made_by=2,
        account_id=account,
        at=at,
    )


async def due(school, now):
    async with school.begin() as session:
        return await flagging.find_due(session, now)


async def flags(school):
    async with school.read() as session:
        return list(await session.scalars(select(Flag).order_by(Flag.id)))


async def settle(school, now, by=1, text="是家里人", state=FlagState.FALSE):
    async with school.begin() as session:
        flag = await session.scalar(select(Flag).where(Flag.kind == FlagKind.BATCH))
        person = await session.get_one(Person, by)
        return await flagging.settle(session, flag, state=state, by=person, now=now, text=text)


async def test_a_class_is_checked_some_minutes_after_it_closed_and_once(school, now):
    over = now + 90 * MINUTE
    assert await due(school, over) == 0
    assert await due(school, over + LATER) == 2
    assert [(one.kind, one.soft) for one in await flags(school)] == [
        (FlagKind.BATCH, False),
        (FlagKind.SHARED_PHONE, True),
    ]
    assert await due(school, over + LATER) == 0
    assert await due(school, over + DAY) == 0


async def test_what_comes_after_closing_has_the_class_looked_at_again(school, now):
    over = now + 90 * MINUTE
    await due(school, over + LATER)
    async with school.begin() as session:
        session.add(tap(9, 1, now + timedelta(seconds=50)))
        again = update(Meeting).where(Meeting.id == 1).values(closed_at=over + 2 * LATER)
        await session.execute(again)
    assert await due(school, over + 4 * LATER) == 0  # no new flag, but its evidence grows
    batch = (await flags(school))[0]
    assert batch.detail["persons"] == [3, 4, 5, 6, 7, 8, 9]
    assert batch.found_at == over + LATER


async def test_few_classes_at_a_time_the_longest_waiting_first(school, now):
    async with school.begin() as session:
        first = update(Meeting).where(Meeting.id == 2).values(closed_at=now + 80 * MINUTE)
        await session.execute(first)
    over = now + 90 * MINUTE + LATER
    async with school.begin() as session:
        assert await flagging.find_due(session, over, most=1) == 0  # class 2 has nothing
    async with school.begin() as session:
        assert await flagging.find_due(session, over, most=1) == 2


async def test_a_settled_flag_stays_settled_with_its_reason_in_the_ledger(school, now):
    over = now + 90 * MINUTE + LATER
    await due(school, over)
    assert await settle(school, over)
    assert not await settle(school, over, by=9, state=FlagState.TRUE)  # the first word stays
    async with school.begin() as session:
        session.add(tap(9, 1, now + timedelta(seconds=50)))
    async with school.begin() as session:
        assert await flagging.check(session, over + DAY) == 0
    batch = (await flags(school))[0]
    assert (batch.state, batch.reason, batch.settled_by) == (FlagState.FALSE, "是家里人", 1)
    assert batch.detail["persons"] == [3, 4, 5, 6, 7, 8]
    async with school.read() as session:
        line = await session.scalar(select(LedgerEntry).where(LedgerEntry.person_id == 1))
    assert line.kind == "flag.settled"
    assert line.payload == {
        "flag": batch.id,
        "about": "batch",
        "state": "false",
        "by": 1,
        "reason": "是家里人",
    }


async def test_nobody_settles_their_own_nor_without_a_reason(school, now):
    over = now + 90 * MINUTE + LATER
    await due(school, over)
    assert not await settle(school, over, by=2)  # who made the marks
    assert not await settle(school, over, text="  ")
    assert not await settle(school, over, state=FlagState.OPEN)
    assert (await flags(school))[0].state is FlagState.OPEN


async def test_two_who_look_at_once_flag_once(school, now):
    async with school.read() as first, school.read() as second:
        found = [await flagging.look(one, None, now + DAY) for one in (first, second)]
    new = []
    for one in found:
        async with school.begin() as session:
            new.append(await flagging.keep(session, one, now))
    assert new == [2, 0]


async def test_people_elsewhere_are_seen_from_the_class_that_is_looked_at(school, now):
    async with school.begin() as session:
        session.add(tap(3, 2, now + MINUTE, account=None))
    async with school.read() as session:
        found = await flagging.look(session, [1], now + DAY)
    assert "two_places:3:1:2" in {one.key for one in found}


async def test_the_evidence_is_said_with_names_that_the_row_does_not_hold(school, now):
    over = now + 90 * MINUTE + LATER
    await due(school, over)
    batch = (await flags(school))[0]
    assert "示例" not in str(batch.detail)
    async with school.read() as session:
        said = await evidence(session, batch, over)
    assert said == (
        "今天 9:00–10:30 示例1班 云上村：一部手机25秒内签了6人（今天 9:00）："
        "示例3、示例4、示例5、示例6、示例7和另1个"
    )
