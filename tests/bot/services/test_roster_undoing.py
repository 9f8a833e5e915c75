from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from bot.services.refusing import Refusal
from bot.services.roster_doubting import foreseen
from bot.services.roster_figures import Bounds, counted, due, figures
from bot.services.roster_file import read_roster
from bot.services.roster_merging import decide
from bot.services.roster_people import ListKind, RosterReading, RosterRow
from bot.services.roster_undoing import GONE, undo
from bot.services.rostering import import_people
from bot.services.samples import sample_id_number
from db import ledger
from db.models import (
    Account,
    AccountPerson,
    LedgerEntry,
    Membership,
    Person,
    Role,
    RosterDoubt,
    RosterEntry,
    RosterImport,
    Sitting,
    StudyClass,
)
from db.queries import people, rosters
from tests.bot.services.rosters.make_rosters import HERE

COUNTY = "示例县"
BORN = date(1985, 3, 14)
NAMES = "一二三四五六七八九"


def learner(order, **changes):
    row = RosterRow(
        sheet="花名册",
        row=order + 3,
        name=f"示例{NAMES[order]}",
        sex="女",
        ethnicity="苗族",
        id_number=sample_id_number(BORN, order * 2),
        birth_date=BORN.replace(day=order + 1),
        phone="19900000001",
        township="示例乡",
        village="云上村",
        class_name="示例1班",
    )
    return replace(row, **changes)


@pytest.fixture
def take_in(database, key, now):
    async def take_in(*rows, digest="d"):
        read = RosterReading(people=rows)
        async with database.begin() as session:
            return await import_people(session, read, digest * 64, key, COUNTY, now)

    return take_in


@pytest.fixture
def take_back(database, now):
    async def take_back(number, **options):
        async with database.begin() as session:
            return await undo(session, number, now, **options)

    return take_back


async def sound(database):
    async with database.read() as session:
        return [fault async for fault in ledger.verify(session)] == []


async def count(database, model):
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(model))


async def test_a_whole_import_is_taken_back_and_can_be_made_again(database, take_in, take_back):
    rows = [learner(at, extra={"班主任": "示例·龙"}) for at in range(3)]
    first = await take_in(*rows)

    done = await take_back(first.number)

    assert (done.removed, done.restored, done.held) == (3, 0, ())
    assert await count(database, Membership) == 0
    assert await count(database, StudyClass) == 0
    assert await count(database, RosterEntry) == 0
    async with database.read() as session:
        everybody = (await session.scalars(select(Person))).all()
        assert {one.name for one in everybody} == {GONE}
        assert {one.id_fingerprint or one.phone or one.id_tail for one in everybody} == {""}
        kinds = (await session.scalars(select(LedgerEntry.kind))).all()
        assert kinds.count("import.undone") == 4
    assert await sound(database)
    assert (await take_in(*rows)).new == 3


async def test_an_import_is_not_taken_back_twice(take_in, take_back):
    first = await take_in(learner(1))
    await take_back(first.number)

    with pytest.raises(Refusal, match="已经撤销过"):
        await take_back(first.number)
    with pytest.raises(Refusal, match="没有第 99 次导入"):
        await take_back(99)


async def test_what_an_import_changed_is_put_back(database, take_in, take_back, now):
    await take_in(learner(1), learner(2))
    second = await take_in(
        learner(1, phone="19900000002", village="枫香村", class_name="示例2班"), digest="e"
    )

    done = await take_back(second.number)

    assert (done.removed, done.restored) == (0, 1)
    async with database.read() as session:
        person = await session.scalar(select(Person).where(Person.name == "示例二"))
        assert (person.phone, person.village) == ("19900000001", "云上村")
        study_class = await people.class_of(session, person.id, Role.LEARNER, now)
        assert study_class is not None
        assert study_class.name == "示例1班"
    assert await count(database, StudyClass) == 1
    assert await sound(database)


async def test_the_later_import_is_taken_back_first(take_in, take_back):
    first = await take_in(learner(1))
    second = await take_in(learner(1, phone="19900000002"), digest="e")

    with pytest.raises(Refusal, match=f"请先撤销第 {second.number} 次"):
        await take_back(first.number)
    await take_back(second.number)
    await take_back(first.number)


async def test_who_has_work_by_now_stays_and_that_is_said(database, take_in, take_back, now):
    first = await take_in(learner(1), learner(2), learner(3))
    async with database.begin() as session:
        busy = await session.scalar(select(Person).where(Person.name == "示例二"))
        session.add(
            Sitting(person_id=busy.id, lesson="wh01", version="1", shown_at=now, started_at=now)
        )
        linked = await session.scalar(select(Person).where(Person.name == "示例三"))
        account = Account(user_id=1)
        session.add(account)
        await session.flush()
        session.add(AccountPerson(account_id=account.id, person_id=linked.id, linked_at=now))

    with pytest.raises(Refusal, match=r"有 2 人已经有签到或学习（P000001学过课、P000002已在手机"):
        await take_back(first.number)
    assert await count(database, Membership) == 3
    done = await take_back(first.number, others=True)

    assert done.removed == 1
    assert [one.number for one in done.held] == ["P000001", "P000002"]
    assert await count(database, Membership) == 2
    assert await count(database, StudyClass) == 1
    async with database.read() as session:
        kept = await session.scalar(select(Person).where(Person.name == "示例二"))
        assert kept.phone == "19900000001"
    assert await sound(database)


async def test_who_may_be_one_is_noted_and_settled_by_a_person(database, take_in, now, key):
    await take_in(learner(1))
    twin = learner(
        2, name="示例二", birth_date=learner(1).birth_date, phone="", class_name="示例2班"
    )
    near = learner(3, name="示例二妹", birth_date=learner(1).birth_date)
    async with database.read() as session:
        known = {learner(1).id_number}
        before = await foreseen(session, 1, [learner(1), twin, near], known)
        assert [(row.name, person.name) for row, person in before] == [
            ("示例二", "示例二"),
            ("示例二妹", "示例二"),
        ]

    result = await take_in(twin, near, digest="e")

    assert (result.new, result.doubts) == (2, 3)
    async with database.begin() as session:
        first, second, third = await rosters.open_doubts(session, 9)
        merged = await decide(session, first.id, now, None, same=True)
        await decide(session, second.id, now, None, same=False)
        assert (merged.person_id, merged.other_id) == (2, 1)
        with pytest.raises(Refusal, match="已经有人定过"):
            await decide(session, first.id, now, None, same=False)
        older, newer = await session.get_one(Person, 1), await session.get_one(Person, 2)
        assert newer.merged_into == older.id
        assert await people.memberships(session, newer.id, now) == []
        assert [one.id for one in await rosters.open_doubts(session, 9)] == [third.id]
    assert await sound(database)
    again = await take_in(twin, digest="f")
    assert (again.new, await count(database, Person)) == (0, 3)


async def test_children_of_one_day_and_two_sexes_are_no_doubt(take_in):
    one, other = learner(1), learner(2, name="示例二妹", sex="男", birth_date=learner(1).birth_date)

    assert (await take_in(one, other)).doubts == 0


async def test_an_undone_import_leaves_no_doubts(database, take_in, take_back):
    await take_in(learner(1))
    second = await take_in(learner(2, name="示例二", birth_date=learner(1).birth_date), digest="e")
    await take_back(second.number)

    async with database.read() as session:
        assert await rosters.open_doubts(session, 9) == []
        assert [one.same for one in await session.scalars(select(RosterDoubt))] == [False]


async def test_the_three_lists_are_laid_over_each_other(database, key, now):
    on = date(2026, 11, 23)
    for name in ("01-titles.xlsx", "10-visit.xlsx", "15-merged-villages.xlsx"):
        reading = read_roster(HERE / name, on=on)
        async with database.begin() as session:
            await import_people(session, reading, name.ljust(64, "-"), key, COUNTY, now)
    census = RosterRow(
        sheet="七普", row=3, name="示例杨一", kind=ListKind.CENSUS, village="云上村",
        id_number=sample_id_number(BORN, 2), birth_date=BORN,
    )  # fmt: skip
    unknown = replace(census, row=4, name="示例某", id_number="", birth_date=date(1970, 1, 1))
    async with database.begin() as session:
        read = RosterReading(people=(census, unknown))
        result = await import_people(session, read, "c" * 64, key, COUNTY, now)
    assert (result.new, result.listed) == (0, 2)

    async with database.read() as session:
        everybody = await counted(session, 1, now)
    bounds = Bounds(on, 15, 59)
    found = figures(everybody, bounds)

    # Three learners, who are all on the visits' list too; four more met there; one of the census.
    assert {key: found[key] for key in ("people", "census", "visited", "due", "enrolled")} == {
        "people": 8, "census": 6, "visited": 7, "due": 4, "enrolled": 3,
    }  # fmt: skip
    assert found["census_not_visited"] == 1
    assert found["registered"] == 1
    assert found["enrolled_not_due"] == 1
    assert found["whereabouts"]["away"] == 1
    assert found["disabled"] == {"听力、言语": 1, "精神": 1, "肢体": 1}
    dead = next(one for one in everybody if one.whereabouts == "died")
    assert (dead.enrolled, due(dead, bounds)) == (True, False)


async def test_the_same_list_again_counts_nobody_twice(database, key, now):
    reading = read_roster(HERE / "10-visit.xlsx", on=date(2026, 11, 23))
    for _ in range(2):
        async with database.begin() as session:
            await import_people(session, reading, "v" * 64, key, COUNTY, now)

    assert await count(database, RosterImport) == 1
    async with database.begin() as session:
        await import_people(session, reading, "w" * 64, key, COUNTY, now)
    async with database.read() as session:
        everybody = await counted(session, 1, now)
        assert [len(one.visits) for one in everybody] == [2] * 7


async def test_list_lines_keep_no_number_in_clear(database, key, now):
    reading = read_roster(HERE / "10-visit.xlsx", on=date(2026, 11, 23))
    async with database.begin() as session:
        await import_people(session, reading, "v" * 64, key, COUNTY, now)

    async with database.read() as session:
        lines = (await session.scalars(select(RosterEntry))).all()
        assert {key.unseal(one.id_sealed)[:6] for one in lines} == {"999999"}
        assert lines[0].said == "浙江打工"
