"""The bot is killed again and again while a class is taught, and nothing is lost or doubled."""

import asyncio
import sqlite3
import sys
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest

from bot.rehearsal.performing import run
from bot.rehearsal.plan import Plan
from bot.rehearsal.processes import launch_bot, launch_forked

WEDNESDAY = date(2026, 11, 25)


def killing(times, random, kills, shortest, longest):
    async def kill(house):
        while len(kills) < times:
            if random.random() < 0.9:  # the others strike while it starts
                await listening(house)
            await asyncio.sleep(random.uniform(shortest, longest))
            if house.over:
                return
            house.kill_bot()
            kills.append(house.watch.work(house.stage.now))
            house.start_bot()

    return kill


async def listening(house):
    async def polls():
        return (await house.control.get("pending"))["calls"].get("getUpdates", 0)

    before = await polls()
    # Another process has no event to wait for.
    while not house.over and await polls() == before:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def sent_twice(outcome, plan):
    arrived = Counter(
        call["method"]
        for call in outcome.played.calls
        if call["ok"] and call["method"].startswith("send")
    )
    base = sqlite3.connect(plan.data / "miaoke.db")
    rows = base.execute("SELECT method FROM outbox WHERE state = 'sent' AND method LIKE 'send%'")
    known = Counter(method for (method,) in rows)
    base.close()
    assert not known - arrived
    return (arrived - known).total()


async def compared(tmp_path, learners, kill, kills, launch):
    calm_plan = Plan(learners=learners, date=WEDNESDAY, out=tmp_path / "calm", seed=7)
    rough_plan = Plan(learners=learners, date=WEDNESDAY, out=tmp_path / "rough", seed=7)
    calm = await run(calm_plan, launch=launch)
    rough = await run(rough_plan, launch=launch, disturb=kill)
    assert calm.problems == []
    assert rough.problems == []
    assert {kind: len(lines) for kind, lines in rough.facts.items()} == {
        kind: len(lines) for kind, lines in calm.facts.items()
    }
    assert rough.facts == calm.facts
    assert sent_twice(calm, calm_plan) == 0
    busy = [work for work in kills if work.any]
    twice = sent_twice(rough, rough_plan)
    sys.stdout.write(f"{len(kills)} kills, {len(busy)} in work, {twice} messages sent twice\n")
    assert len(busy) >= len(kills) / 2
    assert twice <= len(kills)


@pytest.mark.timeout(600)
async def test_twenty_kills_lose_no_tap_and_double_no_effect(tmp_path):
    kills: list[Any] = []
    kill = killing(20, Random(20), kills, 0.02, 0.3)
    await compared(tmp_path, 12, kill, kills, launch_forked)
    assert len(kills) == 20


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_two_hundred_kills_of_a_whole_class_lose_nothing(tmp_path):
    kills: list[Any] = []
    kill = killing(200, Random(200), kills, 0.01, 0.15)
    await compared(tmp_path, 50, kill, kills, launch_forked)
    assert len(kills) >= 20


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_kills_of_the_program_that_staff_start_lose_nothing(tmp_path):
    kills: list[Any] = []
    kill = killing(20, Random(2), kills, 1.0, 3.0)
    await compared(tmp_path, 50, kill, kills, launch_bot)
