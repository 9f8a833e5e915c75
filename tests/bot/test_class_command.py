"""`class settings`: how a class checks in, by command."""

import asyncio
import json
from functools import partial

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.__main__ import app
from db.models import LedgerEntry, Membership, Role
from db.session import connect
from tests.bot.services.hours_world import HEAD
from tests.bot.test_register_command import home  # noqa: F401 - a fixture


@pytest.fixture
def run(home):  # noqa: F811 - the fixture itself
    invoke = partial(CliRunner().invoke, app)
    return lambda *args: invoke(["class", "settings", *args])


def of_database(home, work):  # noqa: F811 - what the fixture gave
    async def done():
        database = connect(f"sqlite:///{home / 'miaoke.db'}")
        try:
            async with database.begin() as session:
                return await work(session)
        finally:
            await database.close()

    return asyncio.run(done())


def test_settings_are_seen_and_set_in_words_and_for_machines(run, home):  # noqa: F811 - the fixture itself
    shown = run()
    assert shown.exit_code == 0
    assert "grace\t10\t上课10分钟后到，算迟到。 Whoever comes" in shown.output
    changes = ["--set", "grace=15", "--set", "late_until=45", "--set", "asks_code=on"]
    assert run(*changes, "--set", "place=26.6,107.9,250").exit_code == 0
    told = json.loads(run("--class", "示例班", "--json").output)
    assert told == {
        "opens_before": 30,
        "grace": 15,
        "late_until": 45,
        "leave_grace": None,
        "asks_code": True,
        "asks_midway": False,
        "place": {"latitude": 26.6, "longitude": 107.9, "metres": 250},
    }

    async def lines(session):
        found = select(LedgerEntry).where(LedgerEntry.kind == "class.set")
        return [
            (one.person_id, one.payload["setting"], one.payload["way"], one.payload["by"])
            for one in await session.scalars(found.order_by(LedgerEntry.seq))
        ]

    assert of_database(home, lines) == [
        (HEAD, name, "command", None) for name in ("grace", "late_until", "asks_code", "place")
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("grace=61", "grace is between 0 and 60 minutes"),
        ("grace=soon", "grace cannot be “soon”"),
        ("grace", "NAME=VALUE"),
        ("colour=3", "No setting “colour”"),
        ("grace=none", "grace is between"),
        ("asks_code=3", "asks_code cannot be “3”"),
        ("late_until=10", "Check-in ends (10 min) after people begin to be late (10 min)"),
        ("place=91,0,300", "A place is latitude,longitude,metres"),
        ("place=1,2", None),
        ("place=here", "place cannot be “here”"),
        ("place=1,2,3", "20 to 5000 metres"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(run, change, why):
    before = run("--json").output
    done = run("--set", "opens_before=60", "--set", change)
    if why is None:  # the usual radius
        assert done.exit_code == 0
        return
    assert done.exit_code == 2
    assert why in done.output
    assert run("--json").output == before


def test_without_a_class_head_nothing_is_changed(run, home):  # noqa: F811 - the fixture itself
    async def nobody(session):
        held = select(Membership).where(Membership.role == Role.CLASS_HEAD)
        for one in await session.scalars(held):
            await session.delete(one)

    of_database(home, nobody)
    done = run("--set", "grace=15")
    assert done.exit_code == 2
    assert "no class head yet" in done.output
