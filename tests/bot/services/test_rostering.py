from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select

from bot.services import reminding
from bot.services.refusing import Refusal
from bot.services.roster_file import read_roster
from bot.services.roster_fit import check_fit
from bot.services.roster_people import RosterReading, RosterRow
from bot.services.rostering import file_digest, import_people
from bot.services.samples import sample_id_number, sample_roster
from db import ledger
from db.models import (
    Account,
    AccountPerson,
    County,
    LedgerEntry,
    Meeting,
    Membership,
    Person,
    Reminder,
    ReminderState,
    Role,
    RosterImport,
    StudyClass,
)
from db.queries import people
from db.sealing import Key

COUNTY = "示例县"
CLASS = "示例1班"


def learner(order, **changes):
    row = RosterRow(
        sheet="花名册",
        row=order + 3,
        name="示例杨",
        sex="女",
        ethnicity="苗族",
        id_number=sample_id_number(date(1985, 3, 14), order * 2),
        birth_date=date(1985, 3, 14),
        phone="19900000001",
        township="示例乡",
        village="云上村",
        class_name=CLASS,
        speaks="苗语",
        extra={"教学点": "云上村教学点"},
    )
    return replace(row, **changes)


def reading(*rows):
    return RosterReading(people=rows)


@pytest.fixture
def take_in(database, key, now):
    async def take_in(read, digest="d" * 64, *, key=key, county=COUNTY, now=now):
        async with database.begin() as session:
            return await import_people(session, read, digest, key, county, now)

    return take_in


async def count(database, model):
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(model))


async def lines(database, kind):
    async with database.read() as session:
        found = select(LedgerEntry).where(LedgerEntry.kind == kind)
        order = LedgerEntry.person_id, LedgerEntry.seq
        return (await session.scalars(found.order_by(*order))).all()


async def test_a_sample_roster_becomes_a_class(database, take_in, tmp_path, key, now):
    path = tmp_path / "花名册.xlsx"
    sample_roster(path, on=now.date())

    result = await take_in(read_roster(path, on=now.date()), file_digest(path))

    assert (result.new, result.changed, result.unchanged) == (50, 0, 0)
    assert result.classes == ("2026级中餐烹饪1班",)
    async with database.read() as session:
        study_class = await session.scalar(select(StudyClass))
        assert study_class is not None
        learners = await people.members(session, study_class.id, Role.LEARNER, now)
        assert [person.number for person in learners] == [f"P{at:06}" for at in range(1, 51)]
        assert (study_class.trade, study_class.township != "") == ("中餐烹饪", True)
        assert study_class.course == "cooking"
        first = learners[0]
        number = key.unseal(first.id_sealed)
        assert (number[:6], number[-4:]) == ("999999", first.id_tail)
        assert {person.speaks for person in learners} == {"hea", "zh"}
        assert [fault async for fault in ledger.verify(session)] == []


async def test_the_same_file_again_changes_nothing(database, take_in):
    first = reading(learner(1), learner(2))
    await take_in(first)
    before = await count(database, LedgerEntry)

    again = await take_in(first)

    assert (again.new, again.changed, again.unchanged, again.classes) == (0, 0, 2, ())
    assert await count(database, LedgerEntry) == before
    assert await count(database, RosterImport) == 1


async def test_the_ledger_names_changed_fields_and_no_values(database, take_in):
    await take_in(reading(learner(1)))

    result = await take_in(reading(learner(1, phone="19900000002", village="枫香村")), "e" * 64)

    assert (result.changed, result.unchanged) == (1, 0)
    new, changed = [line.payload for line in await lines(database, "import.applied")]
    assert new == {"digest": "d" * 64, "row": "花名册!4"}
    assert changed == {"digest": "e" * 64, "row": "花名册!4", "changed": ["phone", "village"]}


async def test_a_blank_cell_takes_nothing_away(database, take_in):
    await take_in(reading(learner(1)))

    result = await take_in(reading(learner(1, phone="", speaks="", class_name="")))

    assert result.unchanged == 1
    async with database.read() as session:
        person = await session.scalar(select(Person))
        assert (person.phone, person.speaks) == ("19900000001", "hea")


async def test_the_language_chosen_on_a_phone_outranks_the_roster(database, take_in, now):
    await take_in(reading(learner(1)))
    async with database.begin() as session:
        person = await session.scalar(select(Person))
        person.speaks = "zh"
        account = Account(user_id=1)
        session.add(account)
        await session.flush()
        session.add(AccountPerson(account_id=account.id, person_id=person.id, linked_at=now))

    result = await take_in(reading(learner(1)))

    assert result.unchanged == 1
    async with database.read() as session:
        assert (await session.scalar(select(Person))).speaks == "zh"


async def test_a_learner_moves_to_the_class_of_the_newer_roster_and_back(database, take_in, now):
    for name in (CLASS, "示例2班", CLASS):
        result = await take_in(reading(learner(1, class_name=name)))

    assert result.changed == 1
    async with database.read() as session:
        person = await session.scalar(select(Person))
        held = await people.memberships(session, person.id, now)
        study_class = await people.class_named(session, CLASS)
        assert study_class is not None
        assert [membership.study_class_id for membership in held] == [study_class.id]
    assert len(await lines(database, "role.ended")) == 2


async def test_the_roster_names_the_class_head_once(database, take_in, now):
    rows = [learner(at, extra={"班主任": "示例·龙"}) for at in (1, 2)]

    await take_in(reading(*rows))
    await take_in(reading(*rows, learner(3, class_name="示例2班", extra={"班主任": "示例·龙"})))

    async with database.read() as session:
        heads = (
            await session.execute(
                select(Person.name, StudyClass.name)
                .join(Membership, Membership.person_id == Person.id)
                .join(StudyClass, StudyClass.id == Membership.study_class_id)
                .where(Membership.role == Role.CLASS_HEAD)
                .order_by(StudyClass.name)
            )
        ).all()
        assert [tuple(row) for row in heads] == [("示例·龙", CLASS), ("示例·龙", "示例2班")]
        assert await session.scalar(select(func.count()).select_from(Person)) == 4


async def test_a_class_that_would_overflow_refuses_the_whole_file(database, take_in):
    await take_in(reading(*(learner(at) for at in range(1, 50))))

    with pytest.raises(Refusal, match="最多 50 人") as refused:
        await take_in(reading(*(learner(at, class_name="示例2班") for at in (60, 61)),
                              *(learner(at) for at in (62, 63))))  # fmt: skip

    assert refused.value.code == "class_full"
    assert await count(database, Person) == 49
    assert await count(database, StudyClass) == 1


def test_a_file_with_51_in_a_class_does_not_fit():
    with pytest.raises(Refusal, match="51 名学员"):
        check_fit([learner(at) for at in range(51)])


def test_a_text_longer_than_its_column_is_named_by_row():
    with pytest.raises(Refusal, match="第 4 行的“民族”太长，最多 20 个字"):
        check_fit([learner(1, ethnicity="苗" * 21)])


async def test_a_reading_with_errors_is_not_imported(take_in):
    with pytest.raises(Refusal, match="没有导入"):
        await take_in(replace(reading(learner(1)), refused="broken"))


async def test_another_key_is_noticed_before_anybody_is_doubled(database, take_in):
    await take_in(reading(learner(1)))

    with pytest.raises(InvalidTag):
        await take_in(reading(learner(1)), key=Key(bytes(32)))

    assert await count(database, Person) == 1


async def test_who_is_registered_in_another_county_is_not_taken_over(take_in):
    await take_in(reading(learner(1)))

    with pytest.raises(Refusal, match="已在别的县登记"):
        await take_in(reading(learner(1, class_name="")), county="另一示例县")
    with pytest.raises(Refusal, match="别的县的班"):
        await take_in(reading(learner(2)), county="另一示例县")


async def test_the_first_county_may_be_named_later(database, take_in):
    await take_in(reading(learner(1)), county="")
    await take_in(reading(learner(1)), county=COUNTY)
    await take_in(reading(learner(1)), county="")

    async with database.read() as session:
        assert (await session.scalars(select(County.name))).all() == [COUNTY]


async def test_with_several_counties_one_must_be_named(database, take_in):
    async with database.begin() as session:
        session.add_all([County(name="示例甲县"), County(name="示例乙县")])

    with pytest.raises(Refusal, match="--county"):
        await take_in(reading(learner(1)), county="")


async def test_people_of_no_class_are_counted(take_in):
    result = await take_in(reading(learner(1, class_name=""), learner(2)))

    assert (result.new, result.without_class) == (2, 1)


async def test_reminders_follow_who_joins_and_who_leaves_in_the_same_transaction(
    database, take_in, now
):
    await take_in(reading(learner(1)))
    async with database.begin() as session:
        there = await session.scalar(select(StudyClass))
        meeting = {"teacher_id": 1, "place": "村", "lesson": "wh01", "title": "课"}
        start = now + timedelta(days=2)
        span = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        session.add(Meeting(study_class_id=there.id, **meeting, **span))
        await session.flush()
        await reminding.plan(session, now)

    async def planned():
        async with database.read() as session:
            found = select(Reminder.person_id, Reminder.state, Reminder.reason).where(
                Reminder.rule == "evening", Reminder.person_id.is_not(None)
            )
            rows = await session.execute(found.order_by(Reminder.person_id))
            return [tuple(row) for row in rows.all()]

    assert await planned() == [(1, ReminderState.PLANNED, "")]
    await take_in(reading(learner(1), learner(2)))
    assert await planned() == [(1, ReminderState.PLANNED, ""), (2, ReminderState.PLANNED, "")]
    await take_in(reading(learner(1, class_name="示例2班"), learner(2)))
    assert await planned() == [
        (1, ReminderState.SKIPPED, "left the class"),
        (2, ReminderState.PLANNED, ""),
    ]
