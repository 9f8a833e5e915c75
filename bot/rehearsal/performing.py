"""One rehearsal, from an empty folder to sealed evidence."""

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.clock import write_clock
from bot.rehearsal import checks
from bot.rehearsal.facts import Facts
from bot.rehearsal.phones import UnexpectedError
from bot.rehearsal.plan import Plan, prepare_folder
from bot.rehearsal.processes import Launch, launch_bot, tail
from bot.rehearsal.quiet import StuckError
from bot.rehearsal.report import Report, report_on, show
from bot.rehearsal.school import School, found_school, opening
from bot.rehearsal.story import perform
from bot.rehearsal.theatre import BotEndedError, Disturb, Theatre, opened
from bot.rehearsal.truth import Truth
from bot.rehearsal.writing import write_evidence
from bot.voice.choosing_clips import Voices
from db.session import connect
from db.upgrade import upgrade

TICKS = frozenset({"plan", "remind", "fetch"})
STOPPED = (UnexpectedError, StuckError, BotEndedError, LookupError, aiohttp.ClientError)
Say = Callable[[str], None]
Tamper = Callable[[Path], None]


@dataclass(frozen=True)
class Played:
    """What a story left behind besides the database."""

    truth: Truth
    ended: datetime
    moments: int
    updates: int
    calls: list[dict[str, object]]
    problems: list[str]


@dataclass(frozen=True)
class Outcome:
    """What came of a rehearsal."""

    school: School
    played: Played
    report: Report
    facts: Facts
    problems: list[str]


def rehearse(plan: Plan, *, tamper: Tamper | None = None) -> int:
    """Rehearse; return 0 where nothing is missing, else 1."""
    outcome = asyncio.run(run(plan, tamper=tamper, say=say_line))
    show(outcome.report, outcome.problems, as_json=plan.json)
    return 1 if outcome.problems else 0


def say_line(words: str) -> None:
    """Say how far it is, beside the output."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


async def run(
    plan: Plan,
    *,
    launch: Launch = launch_bot,
    disturb: Disturb | None = None,
    tamper: Tamper | None = None,
    say: Say = lambda _: None,
) -> Outcome:
    """Play in a folder of its own, check, and write the evidence.

    `disturb` runs beside the story; `tamper` gets the database before the checks.
    """
    begun = time.monotonic()
    prepare_folder(plan)
    base = plan.data.resolve() / "miaoke.db"
    school = await found(plan, base)
    say(f"名册已导入 roster imported, {seconds(begun)}")
    played = await play(plan, school, launch, disturb)
    say(f"已演完 played, {played.moments} moments, {seconds(begun)}")
    if tamper:
        tamper(base)
    database = connect(f"sqlite:///{base}")
    database.carry(voices=Voices(plan.data))
    facts, missing = await checks.problems(
        database, school, played.truth, played.updates, played.ended
    )
    wrong = [*played.problems, *missing]
    wrong += await write_evidence(plan, school, database, played.ended)
    await database.close()
    say(f"材料已写 evidence written, {seconds(begun)}")
    report = report_on(school, facts, time.monotonic() - begun, played.updates, played.calls)
    return Outcome(school, played, report, facts, wrong)


def seconds(begun: float) -> str:
    """Say how long it has taken."""
    return f"{time.monotonic() - begun:.1f} s"


async def found(plan: Plan, base: Path) -> School:
    """Make the database and the school in it."""
    write_clock(plan.data / "clock", opening(plan))
    database = connect(f"sqlite:///{base}")
    await upgrade(database)
    school = await found_school(plan, database, opening(plan))
    await database.close()
    return school


async def play(plan: Plan, school: School, launch: Launch, disturb: Disturb | None) -> Played:
    """Play the story; what stops it is a problem like any other."""
    truth, wrong = Truth(), []
    async with opened(plan, opening(plan), launch) as house:
        stage, watch = house.stage, house.watch
        disturbing = asyncio.ensure_future(disturb(house)) if disturb else None
        try:
            await watch.ticked(stage.now, TICKS)
            await perform(plan, school, stage, house.control, truth)
            house.over = True
            if disturbing:
                await disturbing
            await watch.quiet(stage.now)
            await watch.ticked(stage.now, TICKS)
        except* STOPPED as group:
            wrong = [f"the story stopped at {stage.now}: {one!r}" for one in singles(group)]
            wrong += tail(house.log).splitlines()
        if disturbing and not disturbing.done():
            disturbing.cancel()
        pending = await house.control.get("pending")
        calls = await house.control.get("calls")
        wrong += ending_problems(house, calls, disturbed=disturb is not None)
    return Played(truth, stage.now, stage.moments, pending["updates_total"], calls, wrong)


def ending_problems(
    house: Theatre, calls: list[dict[str, object]], *, disturbed: bool
) -> list[str]:
    """Stop the bot; say whether it ended well and had answered every tap."""
    code = house.stop_bot()
    wrong = [f"the bot ended with exit code {code}"] if code else []
    answered = sum(1 for call in calls if call["method"] == "answerCallbackQuery" and call["ok"])
    if not disturbed and answered != house.control.taps:
        wrong.append(f"taps: {house.control.taps} made, {answered} answered")
    return wrong


def singles(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """Return every single exception of a group."""
    found: list[BaseException] = []
    for one in group.exceptions:
        found += singles(one) if isinstance(one, BaseExceptionGroup) else [one]
    return found
