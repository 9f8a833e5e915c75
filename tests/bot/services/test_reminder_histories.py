"""Whatever happens to a timetable over months: everybody is reminded once, or not for a reason."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db.models import MeetingState
from db.session import connect
from tests.bot.services.reminder_judging import Judge, midnight
from tests.bot.services.reminder_world import LEARNERS, START, World, begin_anew, unguard

RUNS = [timedelta(hours=hours) for hours in (2, 7, 26, 60, 150)]
LATENESS = [timedelta(seconds=seconds) for seconds in (0, 3, 70, 700, 2000)]
SLEEPS = [timedelta(minutes=minutes) for minutes in (9, 70, 400, 1900, 6000)]
JUMPS = [timedelta(minutes=minutes) for minutes in (-2900, -45, -1, 1, 45, 700, 4000)]
ACTS = (
    ["meet"] * 3
    + ["run"] * 4
    + ["move", "move", "cancel", "mark", "answer", "answer", "answer"]
    + ["open", "close", "close"]
    + ["hold"] * 4
    + ["belong", "hour", "quiet", "rule", "jump", "settle", "sleep", "sender", "lose", "crash"]
)
PHASES = (Phase.generate, Phase.shrink)
NUMBER = st.integers(0, 2**16)
ACT = st.tuples(st.sampled_from(ACTS), NUMBER, NUMBER)


async def live(world, judge, history):
    """Live through a history, judging after each thing that happens."""
    begins = (7, 8, 9, 14, 19, 20)
    for class_id in (1, 2):
        await world.meet(class_id, midnight(START, 2) + timedelta(hours=9 + 5 * class_id), 90)
    for act, first, second in history:
        upcoming = [one for one, held in world.meetings.items() if held.end > world.true]
        by_start = sorted(world.meetings, key=lambda one: world.meetings[one].start)
        opens = act in {"open", "hold"}
        state = MeetingState.PLANNED if opens else MeetingState.OPEN
        ready = [one for one in by_start if world.meetings[one].state is state]
        if opens:
            ready = [one for one in ready if one in upcoming]
        chosen = upcoming[first % len(upcoming)] if upcoming else None
        near = ready[0] if ready else None
        person = LEARNERS[second % len(LEARNERS)]
        await do(world, act, first, second, chosen, near, person, begins)
        judge.look_now()


async def do(world, act, first, second, chosen, near, person, begins):  # noqa: C901, PLR0912, PLR0915 - an act a line
    def some_time(days):
        day = midnight(world.true, 1 + days)
        return day + timedelta(hours=begins[second % len(begins)], minutes=second % 4 * 15)

    match act:
        case "meet":
            await world.meet(1 + first % 2, some_time(first // 2 % 18), 45 + second % 3 * 45)
        case "run":
            await world.run(RUNS[first % len(RUNS)], LATENESS[second % len(LATENESS)])
        case "sleep":
            world.true += SLEEPS[first % len(SLEEPS)]
            await world.tick()
        case "move" if chosen and world.meetings[chosen].state is MeetingState.PLANNED:
            start = some_time(first // 7 % 20)
            await world.move(chosen, start, start + timedelta(minutes=90))
        case "cancel" if chosen and world.meetings[chosen].state is MeetingState.PLANNED:
            await world.cancel(chosen)
        case "open" if near:
            await go_to(world, world.meetings[near].start, second)
            await world.open(near)
            if second % 3 == 0:
                await world.mark(near, person)
            if second % 2:
                world.true += timedelta(minutes=1)
                await world.tick()
        case "hold" if near:
            await go_to(world, world.meetings[near].start, second)
            await world.open(near)
            for one in LEARNERS:
                if (first + one) % 3 == 0:
                    await world.mark(near, one)
            await world.run(timedelta(minutes=1), LATENESS[0])
            await go_to(world, world.meetings[near].end, second)
            await world.close(near)
            await world.run(timedelta(hours=9), LATENESS[second % 3])
        case "close" if near:
            await go_to(world, world.meetings[near].end, second)
            await world.close(near)
        case "mark" if near:
            await world.mark(near, person)
        case "answer" if chosen:
            await world.answer(chosen, person, comes=bool(second % 2))
        case "belong":
            await world.belong(1 + first % 2, person, told=bool(first % 3))
        case "hour":
            await world.choose_hour(person, 1 + first % 3)
        case "quiet":
            await world.be_quiet(person, first % 5)
        case "rule":
            await world.rule(1 + second % 2, first % 4)
        case "jump":
            world.offset = JUMPS[first % len(JUMPS)]
            await world.tick()
        case "settle":
            world.offset = timedelta()
        case "sender":
            world.sending = not world.sending
        case "lose":
            await world.lose(person)
        case "crash":
            world.crash_at = 1 + first % 40


async def go_to(world, moment, second):
    """Let it become about the time of something, where that is still to come."""
    aim = moment + timedelta(minutes=second % 20 - 5)
    if world.true < aim:
        await world.run(aim - world.true, LATENESS[second % 3])


def histories(path, key, count, longest):
    """Return the property, and what it counted."""
    counted: Counter[str] = Counter()

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=PHASES,
    )
    @given(st.lists(ACT, min_size=6, max_size=longest))
    def each_is_reminded_once_or_skipped_for_a_reason(history):
        runner.run(one(history))

    async def one(history):
        beginning.backup(driver)
        world = World(database, key, driver)
        judge = Judge(world)
        world.look = judge.look
        await live(world, judge, history)
        world.offset, world.sending, world.crash_at = timedelta(), True, 0
        judge.look_now()
        latest = max((held.end for held in world.meetings.values()), default=world.true)
        await world.run(max(latest - world.true, timedelta()) + timedelta(days=2), LATENESS[1])
        await judge.end()
        counted["histories"] += 1
        counted["reminders"] += len(judge.rows)
        counted["sent"] += judge.sent
        counted.update(judge.reasons)

    with asyncio.Runner() as runner:
        database = connect(f"sqlite:///{path}")
        runner.run(unguard(database))
        runner.run(begin_anew(database))
        driver, beginning = sqlite3.connect(path), sqlite3.connect(":memory:")
        driver.execute("PRAGMA synchronous = OFF")
        driver.backup(beginning)  # each history begins with this
        each_is_reminded_once_or_skipped_for_a_reason()
        runner.run(database.close())
        driver.close()
        beginning.close()
    return counted


@pytest.fixture
def path(migrated, tmp_path):
    return shutil.copy(migrated, tmp_path / "school.db")


REASONS = (
    "asked when check-in opened",
    "cannot come",
    "check-in was not closed",
    "check-in was not opened",
    "has answered",
    "left the class",
    "marked already",
    "meeting cancelled",
    "meeting moved",
    "no group",
    "not on a phone",
    "quiet hours",
    "rule changed",
    "too late",
    "was here",
)


@pytest.mark.timeout(1200)
def test_everybody_is_reminded_once_or_not_for_a_reason(path, key):
    counted = histories(path, key, 300, 12)
    assert counted["histories"] >= 300
    assert set(REASONS) <= counted.keys(), counted  # each was met, and held
    assert counted["sent"] > 1000, counted


@pytest.mark.soak
def test_over_twenty_thousand_histories(path, key, record_property):
    counted = histories(path, key, 20_000, 30)
    record_property("counted", dict(counted))
    assert counted["histories"] >= 20_000
