"""Who is who, at which account, and what for."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Account,
    AccountPerson,
    County,
    Membership,
    Person,
    Role,
    StudyClass,
    UTCDateTime,
)
from db.objects import Objects
from db.prepared import Prepared

_MEMBERSHIPS = cast("Table", Membership.__table__).c


def _held(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return (Membership.starts_at <= now) & or_(
        Membership.ends_at.is_(None), Membership.ends_at > now
    )


_NOW = bindparam("now", type_=UTCDateTime())
_AT_ACCOUNT = Objects(
    select(Account, Person, Membership)
    .outerjoin(AccountPerson, AccountPerson.account_id == Account.id)
    .outerjoin(Person, Person.id == AccountPerson.person_id)
    .outerjoin(Membership, (Membership.person_id == Person.id) & _held(_NOW))
    .where(Account.user_id == bindparam("user"))
    .order_by(AccountPerson.linked_at, Person.id, Membership.id)
)
_IN_CLASS = (_MEMBERSHIPS.role == bindparam("role"), _held(_NOW))
# Asked so often that they are put together once.
_PERSONS_AT = (
    select(Person)
    .join(AccountPerson, AccountPerson.person_id == Person.id)
    .where(AccountPerson.account_id == bindparam("account"))
    .order_by(AccountPerson.linked_at, Person.id)
)
_ACCOUNTS_OF = (
    select(Account)
    .join(AccountPerson, AccountPerson.account_id == Account.id)
    .where(AccountPerson.person_id == bindparam("person"), Account.reachable)
    .order_by(Account.id)
)
_MEMBERS = (
    select(Person)
    .join(Membership, Membership.person_id == Person.id)
    .where(
        Membership.study_class_id == bindparam("study_class"),
        Membership.role == bindparam("role"),
        _held(_NOW),
    )
    .order_by(Person.number)
)
_CLASS_ID = Prepared(
    select(_MEMBERSHIPS.study_class_id)
    .where(_MEMBERSHIPS.person_id == bindparam("person"), *_IN_CLASS)
    .order_by(_MEMBERSHIPS.starts_at.desc(), _MEMBERSHIPS.id.desc())
    .limit(1)
)
_LEARNS = Prepared(
    select(_MEMBERSHIPS.id)
    .where(
        _MEMBERSHIPS.person_id == bindparam("person"),
        _MEMBERSHIPS.study_class_id == bindparam("study_class"),
        *_IN_CLASS,
    )
    .limit(1)
)
_CLASS_IDS = Prepared(
    select(_MEMBERSHIPS.study_class_id)
    .where(
        _MEMBERSHIPS.person_id == bindparam("person"),
        _MEMBERSHIPS.study_class_id.is_not(None),
        *_IN_CLASS,
    )
    .order_by(_MEMBERSHIPS.starts_at.desc(), _MEMBERSHIPS.id.desc())
)
_COUNT = Prepared(
    select(func.count()).where(_MEMBERSHIPS.study_class_id == bindparam("study_class"), *_IN_CLASS)
)


async def at_account(
    session: AsyncSession, user_id: int, now: datetime
) -> tuple[Account | None, list[Person], list[Membership]]:
    """Find the account behind a user of the chat, who uses it, and what all of them are here for.

    Persons come in the order in which they joined.
    """
    found = await _AT_ACCOUNT.rows(session, {"user": user_id, "now": now})
    account = found[0][0] if found else None
    persons = list(dict.fromkeys(row[1] for row in found if row[1]))
    return account, persons, [row[2] for row in found if row[2]]


async def class_id_of(
    session: AsyncSession, person_id: int, role: Role, now: datetime
) -> int | None:
    """Return the number of the class in which a person holds a role; the latest, if several."""
    found: int | None = await _CLASS_ID.one(
        session, {"person": person_id, "role": role, "now": now}
    )
    return found


async def class_ids_of(
    session: AsyncSession, person_id: int, role: Role, now: datetime
) -> list[int]:
    """Return the numbers of all classes in which a person holds a role, the latest first."""
    asked = {"person": person_id, "role": role, "now": now}
    found = await _CLASS_IDS.rows(session, asked)
    return list(dict.fromkeys(row.study_class_id for row in found))


async def is_in(
    session: AsyncSession, person_id: int, role: Role, study_class_id: int, now: datetime
) -> bool:
    """Say whether a person holds a role in this very class; they may hold it in others too."""
    asked = {"person": person_id, "role": role, "study_class": study_class_id, "now": now}
    return await _LEARNS.one(session, asked) is not None


async def account_of(session: AsyncSession, user_id: int) -> Account | None:
    """Find the account behind a user of the chat."""
    return await session.scalar(select(Account).where(Account.user_id == user_id))


async def persons_at(session: AsyncSession, account_id: int) -> Sequence[Person]:
    """List the persons who use an account, in the order in which they joined."""
    return (await session.scalars(_PERSONS_AT, {"account": account_id})).all()


async def accounts_of(session: AsyncSession, person_id: int) -> Sequence[Account]:
    """List the accounts through which a person can be reached now."""
    return (await session.scalars(_ACCOUNTS_OF, {"person": person_id})).all()


async def linked(session: AsyncSession, account_id: int, person_id: int) -> bool:
    """Say whether a person already uses an account."""
    return await session.get(AccountPerson, (account_id, person_id)) is not None


async def memberships(session: AsyncSession, person_id: int, now: datetime) -> Sequence[Membership]:
    """List what a person is here for at this moment."""
    found = select(Membership).where(Membership.person_id == person_id, _held(now))
    return (await session.scalars(found)).all()


async def members(
    session: AsyncSession, study_class_id: int, role: Role, now: datetime
) -> Sequence[Person]:
    """List who holds a role in a class, by number."""
    asked = {"study_class": study_class_id, "role": role, "now": now}
    return (await session.scalars(_MEMBERS, asked)).all()


async def count_members(
    session: AsyncSession, study_class_id: int, role: Role, now: datetime
) -> int:
    """Count who holds a role in a class."""
    counted: int = await _COUNT.one(
        session, {"study_class": study_class_id, "role": role, "now": now}
    )
    return counted


async def class_of(
    session: AsyncSession, person_id: int, role: Role, now: datetime
) -> StudyClass | None:
    """Find the class in which a person holds a role; the latest, if several."""
    found = select(StudyClass).join(Membership, Membership.study_class_id == StudyClass.id)
    found = found.where(Membership.person_id == person_id, Membership.role == role, _held(now))
    return await session.scalar(found.order_by(Membership.starts_at.desc(), Membership.id.desc()))


async def classes_of(
    session: AsyncSession, person_id: int, role: Role, now: datetime
) -> Sequence[StudyClass]:
    """List the classes in which a person holds a role."""
    found = select(StudyClass).join(Membership, Membership.study_class_id == StudyClass.id)
    found = found.where(Membership.person_id == person_id, Membership.role == role, _held(now))
    return (await session.scalars(found.order_by(StudyClass.name))).all()


async def class_named(session: AsyncSession, name: str) -> StudyClass | None:
    """Find a class by its name."""
    return await session.scalar(select(StudyClass).where(StudyClass.name == name))


async def class_of_group(session: AsyncSession, chat_id: int) -> StudyClass | None:
    """Find the class that a group belongs to."""
    return await session.scalar(select(StudyClass).where(StudyClass.group_chat_id == chat_id))


async def with_phones(session: AsyncSession, people: Sequence[Person]) -> set[int]:
    """Tell which of these persons use an account."""
    found = select(AccountPerson.person_id).distinct()
    found = found.where(AccountPerson.person_id.in_([person.id for person in people]))
    return set(await session.scalars(found))


async def by_fingerprint(session: AsyncSession, fingerprints: Sequence[str]) -> dict[str, Person]:
    """Find people by the fingerprints of their ID numbers."""
    found: dict[str, Person] = {}
    for start in range(0, len(fingerprints), 500):
        part = fingerprints[start : start + 500]
        for person in await session.scalars(select(Person).where(Person.id_fingerprint.in_(part))):
            found[str(person.id_fingerprint)] = person
    return found


async def highest_number(session: AsyncSession) -> int:
    """Return the highest serial among person numbers, 0 where nobody is there yet."""
    return int((await session.scalar(select(func.max(Person.number))) or "P000000")[1:])


async def county_named(session: AsyncSession, name: str) -> County:
    """Find a county by its name, or add it."""
    county = await session.scalar(select(County).where(County.name == name))
    if county is None:
        county = County(name=name)
        session.add(county)
        await session.flush()
    return county
