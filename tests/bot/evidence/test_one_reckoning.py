"""The register, a learner's own hours and the dossier say the same of one rehearsed class."""

import subprocess
from datetime import timedelta

import openpyxl
import pytest

from bot.evidence.bundle import export_class
from bot.evidence.facts import totals_of
from bot.evidence.verification import compare, verify
from bot.services.hours_of_class import class_hours, own_hours
from bot.services.hours_rules import shown
from bot.services.register_rows import figures, register_of
from bot.services.saying_hours import sentence
from db import ledger
from db.models import (
    How,
    Meeting,
    Membership,
    Mode,
    Person,
    Phase,
    Role,
    Sitting,
    Status,
    StudyClass,
    Sure,
)
from tests.bot.services.hours_world import HEAD, World
from tests.bot.services.test_hours_history import hold, populate

WALK_IN, LEARNER = 800, 5
FIGURES = {
    "hours": "hours",
    "practice": "practice_hours",
    "online": "online_hours",
    "phone": "phone_hours",
    "makeup": "made_up_hours",
    "counted": "counted_hours",
}


async def came_as_somebody_new(database, world):
    """A walk-in came once, studied on the phone, and was found to be a learner of the class."""
    async with database.begin() as session:
        meeting = await session.get_one(Meeting, 3)
        at = meeting.starts_at
        session.add(
            Person(
                id=WALK_IN,
                county_id=1,
                number="L000800",
                name="示例阿妹",
                temporary=True,
                merged_into=LEARNER,
                created_at=at,
            )
        )
        await session.flush()
        session.add(
            Membership(
                person_id=WALK_IN,
                role=Role.LEARNER,
                study_class_id=1,
                starts_at=at,
                ends_at=at + timedelta(days=1),
            )
        )
        session.add(
            Sitting(
                person_id=WALK_IN,
                lesson="wh01",
                version="1",
                shown_at=at,
                started_at=at,
                finished_at=at - timedelta(hours=2),
                seconds=1260,
            )
        )
        mark = world.mark(
            meeting, WALK_IN, Phase.IN, Status.PRESENT, How.ROLL, Sure.TEACHER, at, by=HEAD
        )
        session.add(mark)
        await session.flush()
        await ledger.record(session, WALK_IN, ledger.MARK_MADE, at, **ledger.told_of(mark))


@pytest.fixture
async def rehearsed(database, now, tmp_path):
    """Eighteen meetings of twelve learners: online, practice, made up, on the phone, a walk-in."""
    world = World(now, seed=11, learners=12, meetings=20)
    await populate(database, world)
    for number in range(1, 19):
        at = await hold(database, world, number)
    await came_as_somebody_new(database, world)
    return database, at, tmp_path / "out"


async def test_register_own_hours_and_dossier_agree(rehearsed):
    database, at, out = rehearsed
    async with database.read() as session:
        of_class = await class_hours(session, await session.get_one(StudyClass, 1), at)
        register = await register_of(session, of_class)
        made = await export_class(session, 1, out, at)
        assert len(register.rows) == len(made.dossiers) == 12
        signin = _signin(made.signin)
        for row in register.rows:
            person, told = row.hours.person, figures(row.totals)
            printed = totals_of(row.hours)
            (own,) = await own_hours(session, person, at)
            assert own.totals == row.totals
            assert {name: float(printed[name]) for name in FIGURES} == {
                name: told[kind] for name, kind in FIGURES.items()
            }
            for status in ("present", "late", "left_early", "leave", "excused", "absent"):
                assert printed[status] == told["by_status"][status]
            assert (printed["minutes"], printed["phone_minutes"], printed["makeup_minutes"]) == (
                told["minutes"],
                told["phone_minutes"],
                told["made_up_minutes"],
            )
            _text, values = sentence(own)
            assert values == {"have": printed["counted"]}  # what the learner hears
            assert signin[person.number] == [
                *(told["minutes"], told["hours"]),
                *(told["made_up_meetings"], told["made_up_hours"]),
                *(told["phone_hours"], told["counted_hours"]),
            ]
    sums = [row.totals for row in register.rows]
    for kind in ("hours", "practice", "online", "phone", "makeup"):
        assert any(getattr(one, kind) for one in sums), kind  # nothing was left untried


def _signin(path):
    sheet = openpyxl.load_workbook(path, data_only=True)["签到总表"]
    heads = [cell.value for cell in sheet[5]]
    wanted = ("分钟", "学时", "补录次数", "补录学时", "手机自学学时", "计入学时")
    places = [heads.index(one) for one in wanted]
    lines = sheet.iter_rows(min_row=6, max_row=17, values_only=True)
    return {line[0]: [line[place] for place in places] for line in lines}


def words_of(path):
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return done.stdout.decode()


async def test_the_dossier_follows_a_walk_in_and_prints_what_stands_apart(rehearsed):
    database, at, out = rehearsed
    async with database.begin() as session:
        await ledger.record(session, LEARNER, "person.merged", at, walk_in=WALK_IN, by=HEAD)
    async with database.read() as session:
        made = await export_class(session, 1, out, at)
        assert verify(made.archive) == []
        assert await compare(made.archive, session) == []
        of_class = await class_hours(session, await session.get_one(StudyClass, 1), at)
    learner = next(one for one in of_class.learners if one.person.id == LEARNER)
    path = next(one for one in made.dossiers if "P000005" in one.name)
    assert not any("L000800" in one.name for one in made.dossiers)
    words = words_of(path)
    assert "L000800：1" in words  # the line of the walk-in's own chain
    flat = "".join(words.split())
    assert "该学员曾以临时编号到课，其台账另附：L000800（1条）" in flat
    assert "课次学时其中实训其中线上手机自学补录次数补录学时计入学时应修学时还差学时" in flat
    total = learner.totals
    told = [total.hours, total.practice, total.online, total.phone]
    assert "".join(str(shown(one)) for one in told) in flat


async def test_meetings_of_a_dossier_sum_to_what_stands_under_them(rehearsed):
    database, at, _out = rehearsed
    async with database.read() as session:
        of_class = await class_hours(session, await session.get_one(StudyClass, 1), at)
    modes = {one.mode for one in of_class.meetings}
    assert Mode.PRACTICE in modes
    for learner in of_class.learners:
        given = [(credit.spent, credit.hours) for credit in learner.credits]
        met = [(spent, hours) for spent, hours in given if spent.meeting_id]
        live = sum(spent.minutes for spent, _hours in met if not spent.made_up)
        late = sum(spent.minutes for spent, _hours in met if spent.made_up)
        assert (live, late) == (learner.totals.minutes, learner.totals.makeup_minutes)
