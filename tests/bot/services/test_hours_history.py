"""A term of fifty learners and thirty meetings, reckoned anew after each meeting."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from bot.services.hours_of_class import class_hours, own_hours
from bot.services.hours_rules import load_rules
from db.models import County, Meeting, Person, StudyClass
from db.session import connect
from tests.bot.services import hours_oracle
from tests.bot.services.hours_oracle import read_raw, stands
from tests.bot.services.hours_world import World, rules_of

ORACLE_HOURS = (5, 15, 22, 30)  # after these meetings hours are reckoned minute by minute too


async def figures(session, now, rules=()):
    """Return what the hours of the class are now: per learner and meeting, and in all."""
    study_class = await session.get(StudyClass, 1)
    found = await class_hours(session, study_class, now, rules)
    return {learner.person.id: learner for learner in found.learners}


def per_meeting(found):
    return {
        (number, meeting_id): (
            stand.status.value if stand.status else None,
            stand.minutes,
            credit.spent.made_up,
        )
        for number, learner in found.items()
        for meeting_id, (stand, credit) in learner.by_meeting.items()
    }


def in_all(found):
    return {number: learner.totals for number, learner in found.items()}


async def populate(database, world):
    async with database.begin() as session:
        session.add(County(id=1, name="示例县"))
        await session.flush()
        session.add_all(world.people())
        await session.flush()
        session.add_all([*world.memberships(), *world.meetings()])


async def hold(database, world, number):
    """Hold one meeting: marks come, some are taken back, it is closed; some are made up later."""
    async with database.begin() as session:
        meeting = await session.get(Meeting, number)
        marks = [
            mark
            for person in range(1, world.count + 1)
            if world.chance.random() < 0.9
            for mark in world.come(meeting, person)
        ]
        world.open_late(meeting)
        session.add_all(marks)
        session.add_all(world.reopened(meeting, range(1, world.count + 1)))
        world.close(meeting)
        for person in range(1, world.count + 1):
            if number > 3 and world.chance.random() < 0.04:
                before = await session.get(Meeting, number - 3)
                session.add(world.make_up(before, person))
            if world.chance.random() < 0.25:
                session.add(world.study(meeting, person))
        return meeting.starts_at + timedelta(hours=11)


@pytest.fixture
async def term(database, now):
    world = World(now)
    await populate(database, world)
    return world


async def test_running_figures_equal_a_slow_count_after_every_meeting(term, database, now):
    rules = rules_of(now)
    running = {}
    for number in range(1, term.held + 1):
        at = await hold(database, term, number)
        async with database.read() as session:
            found = await figures(session, at, rules)
            raw = await read_raw(session)
        told = stands(raw, at)
        assert per_meeting(found) == told, number
        if number in ORACLE_HOURS:
            for person, learner in found.items():
                slow = hours_oracle.hours(raw, person, told, rules)
                total = learner.totals
                fast = {
                    "live": total.hours,
                    "made_up": total.makeup,
                    "phone": total.phone,
                    "all": total.counted,
                }
                assert fast == slow, (number, person)
        running = in_all(found)
    again = connect(str(database.engine.url.render_as_string(hide_password=False)))
    try:
        async with again.read() as session:
            assert in_all(await figures(session, at, rules)) == running
            assert in_all(await figures(session, at, rules)) == running
    finally:
        await again.close()
    some = running.values()
    assert sum(total.makeup_minutes for total in some) > 0
    assert sum(total.phone for total in some) > 0
    assert sum(total.practice for total in some) > 0
    assert any(total.hours < total.uncapped for total in some)


async def test_a_new_rule_in_mid_term_changes_only_later_meetings(term, database, now):
    for number in range(1, term.held + 1):
        at = await hold(database, term, number)
    new, old = rules_of(now)
    async with database.read() as session:
        before = await figures(session, at, (old,))
        after = await figures(session, at, (new, old))
    changed = 0
    for number, learner in before.items():
        pairs = zip(learner.credits, after[number].credits, strict=True)
        for one, other in pairs:
            assert one.spent == other.spent
            if one.spent.day < new.effective_from:
                assert one == other
            changed += one != other
    assert changed > 100


async def test_a_learner_hears_what_the_class_list_has(term, database, now):
    for number in range(1, 13):
        at = await hold(database, term, number)
    async with database.read() as session:
        found = await figures(session, at)
        for person in (await session.scalars(select(Person).where(Person.id <= 20))).all():
            (own,) = await own_hours(session, person, at)
            assert own.totals == found[person.id].totals
            assert own.track is found[person.id].track


async def test_the_shipped_rules_say_that_they_are_to_be_verified(term):
    assert {rule.status for rule in load_rules()} == {"待核"}


async def test_nothing_is_stored_by_reckoning(term, database, now):
    at = await hold(database, term, 1)
    async with database.begin() as session:
        before = await read_raw(session)
        await figures(session, at)
        assert not session.new
        assert not session.dirty
        assert await read_raw(session) == before


async def test_a_class_is_reckoned_with_as_many_questions_however_often_it_met(term, database, now):
    asked = []
    event.listen(
        database.engine.sync_engine, "before_cursor_execute", lambda *_all: asked.append(1)
    )
    counts = []
    for number in (1, 2):
        at = await hold(database, term, number)
        asked.clear()
        async with database.read() as session:
            assert len(await figures(session, at)) == 50
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 20
