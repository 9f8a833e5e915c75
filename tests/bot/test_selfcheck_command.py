import asyncio
import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.__main__ import app
from db.models import Meeting, MeetingState, Person, StudyClass
from db.session import connect

CLASS = "2026级中餐烹饪1班"
BEGAN = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def school(tmp_path, monkeypatch):
    """Stand in an empty folder whose base holds a class with a teacher who taught twice at once."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    for args in (
        ("db", "upgrade"),
        ("roster", "sample", "roster.xlsx", "--learners", "2"),
        ("roster", "import", "roster.xlsx"),
    ):
        assert run(*args).exit_code == 0
    asyncio.run(teach_twice(f"sqlite:///{tmp_path}/data/miaoke.db"))
    return tmp_path


def run(*args):
    return CliRunner().invoke(app, list(args))


async def teach_twice(url):
    database = connect(url)
    async with database.begin() as session:
        study_class = (await session.scalars(select(StudyClass))).one()
        teacher = (await session.scalars(select(Person).limit(1))).one()
        # The commands go by the real clock, so the past is counted from when the class was made.
        starts = study_class.created_at - timedelta(hours=3)
        for place in ("云上村", "山下村"):
            session.add(
                Meeting(
                    study_class_id=study_class.id,
                    teacher_id=teacher.id,
                    starts_at=starts,
                    ends_at=starts + timedelta(hours=1),
                    place=place,
                    lesson="wh01",
                    title="听、点、说",
                    state=MeetingState.CLOSED,
                    closed_at=starts + timedelta(hours=1),
                )
            )
    await database.close()


def test_what_is_new_is_counted_once_and_listed_on_request(school):
    found = json.loads(run("selfcheck", "--json", "--open").stdout)
    assert (found["new"], found["counts"]) == (1, {"two_places": {"open": 1}})
    assert found["open"][0]["detail"]["why"] == "teacher"
    for args in ((), ("--all",), ("--class", CLASS)):
        again = run("selfcheck", "--json", *args)
        assert again.exit_code == 0, again.output
        assert json.loads(again.stdout) == {"new": 0, "counts": {"two_places": {"open": 1}}}
    plain = run("selfcheck", "--open")
    assert plain.exit_code == 0
    assert "一人两处" in plain.stdout


def test_an_unknown_class_is_refused_in_a_sentence(school):
    found = run("selfcheck", "--class", "没有这个班")
    assert found.exit_code == 2
    assert "Traceback" not in found.output
