from typing import cast

import pytest
from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from db.models import Account, AccountPerson, County, Membership, Person, Role
from db.objects import Objects
from db.prepared import Prepared
from db.queries import people

COUNTIES = cast("Table", County.__table__)
PEOPLE = cast("Table", Person.__table__)
NAMED = Prepared(select(COUNTIES.c.id, COUNTIES.c.name).where(COUNTIES.c.name == bindparam("name")))
ADD = Prepared(insert(COUNTIES).values(id=bindparam("number"), name=bindparam("named")))
MADE = Prepared(select(PEOPLE.c.created_at, PEOPLE.c.reads).where(PEOPLE.c.id == bindparam("id")))
ONE = Objects(
    select(Person, Account)
    .outerjoin(AccountPerson, AccountPerson.person_id == Person.id)
    .outerjoin(Account, Account.id == AccountPerson.account_id)
    .where(Person.id == bindparam("number"))
)


async def test_a_prepared_statement_sees_what_was_only_added(database):
    async with database.begin() as session:
        session.add(County(id=7, name="县"))
        assert tuple(await NAMED.row(session, {"name": "县"})) == (7, "县")


@pytest.mark.parametrize("door", ["begin", "read"])
async def test_values_come_out_as_the_model_gives_them(database, county, make_person, now, door):
    async with database.begin() as session:
        session.add(person := make_person())
    async with getattr(database, door)() as session:
        row = await MADE.row(session, {"id": person.id})
        assert (row.created_at, row.reads) == (now, person.reads)


async def test_a_statement_runs_for_each_of_several_values(database):
    async with database.begin() as session:
        await ADD.run(session, [{"number": n, "named": f"县{n}"} for n in range(1, 4)])
        assert await NAMED.one(session, {"name": "县3"}) == 3
        assert await NAMED.one(session, {"name": "县4"}) is None


async def test_what_the_driver_refuses_is_named_as_always_and_without_values(database, county):
    with pytest.raises(IntegrityError) as caught:
        async with database.begin() as session:
            await ADD.run(session, {"number": 1, "named": "另一县"})
    assert "另一县" not in str(caught.value.statement)


async def test_an_object_is_the_one_that_the_session_knows(database, county, make_person):
    async with database.begin() as session:
        session.add(person := make_person())
    async with database.begin() as session:
        ((found, account),) = await ONE.rows(session, {"number": person.id})
        assert account is None
        assert await session.get(Person, person.id) is found
        assert ((await ONE.rows(session, {"number": person.id}))[0][0]) is found


async def test_a_changed_object_is_written_back(database, county, make_person):
    async with database.begin() as session:
        session.add(person := make_person())
    async with database.begin() as session:
        ((found, _),) = await ONE.rows(session, {"number": person.id})
        found.village = "云上村"
    async with database.read() as session:
        assert (await session.get_one(Person, person.id)).village == "云上村"


async def test_who_is_at_an_account_comes_with_what_they_are_here_for(
    database, county, make_person, now
):
    mother, son = make_person("示例母"), make_person("示例子")
    async with database.begin() as session:
        session.add_all([account := Account(user_id=5), mother, son])
        await session.flush()
        for person in (mother, son):
            linked = AccountPerson(account_id=account.id, person_id=person.id, linked_at=now)
            session.add(linked)
        session.add(Membership(person_id=son.id, role=Role.TEACHER, starts_at=now))
    async with database.begin() as session:
        found, persons, held = await people.at_account(session, 5, now)
        assert found is not None
        assert found.id == account.id
        assert [one.name for one in persons] == ["示例母", "示例子"]
        assert [(one.person_id, one.role) for one in held] == [(son.id, Role.TEACHER)]
        assert await people.at_account(session, 6, now) == (None, [], [])
