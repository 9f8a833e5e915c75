"""Lists of the county: imports, their lines, doubts, and heads that people explained."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Media,
    MediaState,
    Membership,
    Person,
    Role,
    RosterDoubt,
    RosterDraft,
    RosterEntry,
    RosterHead,
    RosterImport,
    StudyClass,
)

PAGE = 500
FILE = "roster:"  # kind of a file that waits to be read


async def add_entries(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write lines of a list."""
    for start in range(0, len(rows), PAGE):
        await session.execute(insert(RosterEntry), rows[start : start + PAGE])


async def standing(session: AsyncSession, digest: str) -> RosterImport | None:
    """Find the import of a very same file that still stands."""
    found = select(RosterImport).where(
        RosterImport.sha256 == digest, RosterImport.undone_at.is_(None)
    )
    made: RosterImport | None = await session.scalar(found.order_by(RosterImport.id.desc()))
    return made


async def imports(session: AsyncSession, limit: int) -> Sequence[RosterImport]:
    """List imports, the latest first."""
    found = select(RosterImport).order_by(RosterImport.id.desc()).limit(limit)
    return (await session.scalars(found)).all()


async def entries(session: AsyncSession, import_id: int) -> Sequence[RosterEntry]:
    """List the lines of an import."""
    found = select(RosterEntry).where(RosterEntry.import_id == import_id).order_by(RosterEntry.id)
    return (await session.scalars(found)).all()


async def of_county(session: AsyncSession, county_id: int) -> Sequence[RosterEntry]:
    """List every line that stands, the latest last."""
    found = select(RosterEntry).join(RosterImport, RosterImport.id == RosterEntry.import_id)
    found = found.where(RosterEntry.county_id == county_id, RosterImport.undone_at.is_(None))
    return (await session.scalars(found.order_by(RosterEntry.id))).all()


async def learners(session: AsyncSession, county_id: int, now: datetime) -> Sequence[Person]:
    """List who is enrolled in the county now."""
    held = select(Membership.person_id).where(
        Membership.role == Role.LEARNER,
        Membership.starts_at <= now,
        (Membership.ends_at.is_(None)) | (Membership.ends_at > now),
    )
    found = select(Person).where(
        Person.county_id == county_id,
        Person.id.in_(held),
        Person.merged_into.is_(None),
        Person.temporary.is_(False),
    )
    return (await session.scalars(found.order_by(Person.id))).all()


async def on_register(session: AsyncSession, county_id: int, track: str) -> set[int]:
    """Tell whose hours go to a register."""
    found = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    found = found.where(
        Person.county_id == county_id,
        Membership.role == Role.LEARNER,
        Membership.track == track,
        Membership.ends_at.is_(None),
    )
    return set(await session.scalars(found))


async def add_people(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Add people; return their ids in the same order."""
    numbers: list[int] = []
    statement = insert(Person).returning(Person.id, sort_by_parameter_order=True)
    for start in range(0, len(rows), PAGE):
        numbers += await session.scalars(statement, rows[start : start + PAGE])
    return numbers


async def add_seats(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Add memberships."""
    for start in range(0, len(rows), PAGE):
        await session.execute(insert(Membership), rows[start : start + PAGE])


async def born_on(
    session: AsyncSession, county_id: int, days: Collection[date], before: int | None = None
) -> Sequence[Person]:
    """List the people of a county who were born on one of these days, and are of lower ids."""
    people: list[Person] = []
    ordered = sorted(days)
    for start in range(0, len(ordered), PAGE):
        found = select(Person).where(
            Person.county_id == county_id,
            Person.birth_date.in_(ordered[start : start + PAGE]),
            Person.merged_into.is_(None),
        )
        if before is not None:
            found = found.where(Person.id < before)
        people += (await session.scalars(found.order_by(Person.id))).all()
    return people


async def open_doubts(
    session: AsyncSession, limit: int, import_id: int | None = None
) -> Sequence[RosterDoubt]:
    """List the pairs of whom nobody has said whether they are one."""
    found = select(RosterDoubt).where(RosterDoubt.same.is_(None))
    if import_id is not None:
        found = found.where(RosterDoubt.import_id == import_id)
    return (await session.scalars(found.order_by(RosterDoubt.id).limit(limit))).all()


async def count_doubts(session: AsyncSession, import_id: int | None = None) -> int:
    """Count the pairs of whom nobody has said whether they are one."""
    found = select(func.count()).select_from(RosterDoubt).where(RosterDoubt.same.is_(None))
    if import_id is not None:
        found = found.where(RosterDoubt.import_id == import_id)
    return int(await session.scalar(found) or 0)


async def heads_of(session: AsyncSession, sender_id: int) -> dict[str, str]:
    """Return what the heads of a sender's files mean."""
    rows = await session.scalars(select(RosterHead).where(RosterHead.sender_id == sender_id))
    return {row.head: row.field for row in rows}


async def remember(session: AsyncSession, sender_id: int, heads: dict[str, str]) -> None:
    """Keep what heads mean; the latest word counts."""
    for head, field in heads.items():
        mine = and_(RosterHead.sender_id == sender_id, RosterHead.head == head)
        row = await session.scalar(select(RosterHead).where(mine))
        if row is None:
            session.add(RosterHead(sender_id=sender_id, head=head, field=field))
        else:
            row.field = field
    await session.flush()


async def asked(session: AsyncSession, limit: int) -> Sequence[RosterDraft]:
    """List the files that somebody asked to have imported."""
    found = select(RosterDraft).where(
        RosterDraft.asked_at.is_not(None), RosterDraft.closed_at.is_(None)
    )
    return (await session.scalars(found.order_by(RosterDraft.id).limit(limit))).all()


async def told_anew(session: AsyncSession, limit: int) -> Sequence[RosterDraft]:
    """List the files of whose columns something was said since they were shown."""
    found = select(RosterDraft).where(
        RosterDraft.message_id.is_not(None), RosterDraft.closed_at.is_(None)
    )
    return (await session.scalars(found.order_by(RosterDraft.id).limit(limit))).all()


async def unread(session: AsyncSession, limit: int) -> Sequence[Media]:
    """List the files whose bytes have come, or never will, and that nobody has read yet."""
    found = select(Media).where(
        Media.kind.startswith(FILE, autoescape=True), Media.state != MediaState.WAITING
    )
    return (await session.scalars(found.order_by(Media.id).limit(limit))).all()


async def people_of(session: AsyncSession, numbers: Sequence[int]) -> Sequence[Person]:
    """List persons by their numbers."""
    found: list[Person] = []
    for start in range(0, len(numbers), PAGE):
        part = select(Person).where(Person.id.in_(numbers[start : start + PAGE]))
        found += (await session.scalars(part.order_by(Person.id))).all()
    return found


async def seats(session: AsyncSession, numbers: Sequence[int], now: datetime) -> dict[int, str]:
    """Return the name of the class in which each of these persons learns."""
    found: dict[int, str] = {}
    for start in range(0, len(numbers), PAGE):
        part = (
            select(Membership.person_id, StudyClass.name)
            .join(StudyClass, StudyClass.id == Membership.study_class_id)
            .where(
                Membership.person_id.in_(numbers[start : start + PAGE]),
                Membership.role == Role.LEARNER,
                Membership.starts_at <= now,
                (Membership.ends_at.is_(None)) | (Membership.ends_at > now),
            )
            .order_by(Membership.starts_at, Membership.id)
        )
        found |= {row.person_id: row.name for row in await session.execute(part)}
    return found
