"""Whom announcements are for, as the database is asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, case, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Account,
    AccountPerson,
    Announcement,
    Membership,
    Person,
    Reads,
    Recipient,
    Role,
    StudyClass,
)
from db.prepared import fetch

PENDING = "pending"  # reason of a recipient for whom nothing was written yet


@dataclass(frozen=True)
class Wanted:
    """Who is to be told, as the database is asked for them."""

    county_id: int
    author_id: int
    roles: tuple[Role, ...]
    classes: tuple[int, ...] = ()  # none: everywhere in the county
    townships: tuple[str, ...] = ()  # none: every township


@dataclass(frozen=True)
class Counted:
    """How many an announcement is for."""

    people: int
    reachable: int
    listening: int  # learners on a phone who read nothing
    classes: tuple[int, ...]


@dataclass(frozen=True)
class Addressed:
    """What is known of somebody as one whom an announcement is for."""

    study_class_id: int | None
    learns: bool


def _members(wanted: Wanted, now: datetime, only: Sequence[int] = ()) -> Subquery:
    """Select each person once, with a class of theirs and whether they learn there."""
    found = (
        select(
            Membership.person_id.label("person_id"),
            func.min(Membership.study_class_id).label("class_id"),
            func.max(case((Membership.role == Role.LEARNER, 1), else_=0)).label("learns"),
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(StudyClass, StudyClass.id == Membership.study_class_id)
        .where(
            Person.county_id == wanted.county_id,
            Person.id != wanted.author_id,
            Membership.role.in_(wanted.roles),
            Membership.starts_at <= now,
            or_(Membership.ends_at.is_(None), Membership.ends_at > now),
        )
        .group_by(Membership.person_id)
    )
    if wanted.classes:
        found = found.where(Membership.study_class_id.in_(wanted.classes))
    if wanted.townships:
        found = found.where(_township().in_(wanted.townships))
    if only:
        found = found.where(Membership.person_id.in_(only))
    return found.subquery()


def _township() -> ColumnElement[str]:
    """Return where somebody is at home; else where the class is."""
    return func.coalesce(func.nullif(Person.township, ""), StudyClass.township)


async def count(session: AsyncSession, wanted: Wanted, now: datetime) -> Counted:
    """Count whom an announcement would be for."""
    if not wanted.roles:
        return Counted(0, 0, 0, ())
    members = _members(wanted, now)
    reached = (
        select(AccountPerson.person_id)
        .join(Account, Account.id == AccountPerson.account_id)
        .where(Account.reachable)
        .distinct()
        .subquery()
    )
    listens = (members.c.learns == 1) & (Person.reads == Reads.NOTHING)
    reads_not = listens & reached.c.person_id.is_not(None)
    statement = (
        select(
            members.c.class_id,
            func.count(),
            func.count(reached.c.person_id),
            func.sum(case((reads_not, 1), else_=0)),
        )
        .select_from(members)
        .join(Person, Person.id == members.c.person_id)
        .outerjoin(reached, reached.c.person_id == members.c.person_id)
        .group_by(members.c.class_id)
    )
    rows = await fetch(session, statement)
    return Counted(
        sum(row[1] for row in rows),
        sum(row[2] for row in rows),
        sum(int(row[3]) for row in rows),
        tuple(sorted(row[0] for row in rows if row[0] is not None)),
    )


async def snapshot(
    session: AsyncSession, announcement: Announcement, wanted: Wanted, now: datetime
) -> None:
    """Write down whom an announcement is for, in one statement."""
    if not wanted.roles:
        return
    members = _members(wanted, now)
    chosen = select(literal(announcement.id), members.c.person_id, literal(PENDING))
    names = ["announcement_id", "person_id", "reason"]
    await session.execute(insert(Recipient).from_select(names, chosen))


async def addressed(
    session: AsyncSession, wanted: Wanted, ids: Sequence[int], now: datetime
) -> dict[int, Addressed]:
    """Return the class of some of those whom an announcement is for, and whether they learn."""
    members = _members(wanted, now, ids)
    return {
        row.person_id: Addressed(row.class_id, bool(row.learns))
        for row in await fetch(session, select(members))
    }


async def classes_in(session: AsyncSession, county_id: int) -> Sequence[StudyClass]:
    """List a county's classes by name."""
    found = select(StudyClass).where(StudyClass.county_id == county_id)
    return (await session.scalars(found.order_by(StudyClass.name))).all()


async def townships_in(session: AsyncSession, county_id: int) -> list[str]:
    """List the townships where people of a county are at home."""
    of_people = select(Person.township).where(Person.county_id == county_id)
    of_classes = select(StudyClass.township).where(StudyClass.county_id == county_id)
    rows = await fetch(session, of_people.union(of_classes))
    return sorted(row[0] for row in rows if row[0])


async def office(session: AsyncSession, county_id: int, now: datetime) -> Sequence[Person]:
    """List who works for a county's school."""
    found = select(Person).join(Membership, Membership.person_id == Person.id)
    found = found.where(
        Person.county_id == county_id,
        Membership.role == Role.SCHOOL,
        Membership.study_class_id.is_(None),
        Membership.starts_at <= now,
        or_(Membership.ends_at.is_(None), Membership.ends_at > now),
    )
    return (await session.scalars(found.distinct().order_by(Person.id))).all()
