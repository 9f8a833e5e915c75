import shutil
import sys
from collections import Counter
from time import perf_counter

import pytest
from sqlalchemy import select

from bot.services import flagging
from bot.services.flag_words import evidence
from bot.services.photos import look_due
from db.models import Flag, Mark, Meeting, Membership
from db.session import connect
from tests.bot.services.fraud_month import month, save, write
from tests.bot.services.honest_month import CLASSES, END, SIZE

LEARNERS = CLASSES * SIZE


@pytest.fixture
async def county_books(migrated, tmp_path):
    path = tmp_path / "month.db"
    shutil.copy(migrated, path)
    database = connect(f"sqlite:///{path}")
    yield database
    await database.close()


def named(flags):
    """Return the learners whom flags name."""
    found = set()
    for flag in flags:
        found |= set(flag.detail.get("persons", ()))
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [2026, 7, 1150])
async def test_twelve_frauds_among_1150_honest_learners_are_flagged_and_hardly_anybody_else(
    county_books, seed, capsys, tmp_path
):
    made = month(seed)
    assert len(made.frauds) == 12
    async with county_books.begin() as session:
        await write(session, made)
    save(tmp_path)
    assert await look_due(county_books, tmp_path, END) == 3
    begun = perf_counter()
    async with county_books.begin() as session:
        new = await flagging.check(session, END)
    seconds = perf_counter() - begun
    async with county_books.read() as session:
        flags = list(await session.scalars(select(Flag)))
        marks = len(list(await session.scalars(select(Mark.id))))
        assert all([await evidence(session, flag, END) for flag in flags])
        meetings = len(list(await session.scalars(select(Meeting.id))))
    hard = [flag for flag in flags if not flag.soft]
    caught = {fraud.name: [one for one in hard if fraud.is_in(one)] for fraud in made.frauds}
    planted = frozenset().union(*(fraud.persons for fraud in made.frauds))
    learners = {one["person_id"] for one in made.rows[Membership] if one["role"] == "learner"}
    honest = (named(hard) & learners) - planted
    soft = Counter(str(flag.kind) for flag in flags if flag.soft)
    with capsys.disabled():
        sys.stdout.write(
            f"\nseed {seed}: {LEARNERS} learners, {meetings} meetings, {marks} marks;"
            f" {sum(map(bool, caught.values()))} of {len(caught)} frauds flagged;"
            f" {len(hard)} hard flags, {len(honest)} honest learners in them"
            f" ({len(honest) / (LEARNERS - len(planted & learners)):.2%});"
            f" soft {dict(soft)}; {seconds:.1f} s\n"
        )
    assert new == len(flags)
    assert [name for name, found in caught.items() if not found] == []
    assert len(honest) <= LEARNERS / 100
    strays = [flag for flag in hard if not any(flag in found for found in caught.values())]
    assert all(named([flag]) & made.slips for flag in strays), [one.detail for one in strays]
    assert soft["shared_phone"] > CLASSES
    async with county_books.begin() as session:
        assert await flagging.check(session, END) == 0


async def test_looking_class_by_class_finds_the_same(county_books):
    async with county_books.begin() as session:
        await write(session, month(5))
    async with county_books.read() as session:
        whole = {one.key for one in await flagging.look(session, None, END)}
        parts = set()
        for number in range(1, CLASSES + 1):
            parts |= {one.key for one in await flagging.look(session, [number], END)}
    assert parts == whole
