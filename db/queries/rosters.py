"""Lists of the county: imports, their lines, doubts, and heads that people explained."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Base,
    Mark,
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


async def born_on(
    session: AsyncSession, county_id: int, days: Collection[date]
) -> Sequence[Person]:
    """List the people of a county who were born on one of these days."""
    people: list[Person] = []
    ordered = sorted(days)
    for start in range(0, len(ordered), PAGE):
        found = select(Person).where(
            Person.county_id == county_id,
            Person.birth_date.in_(ordered[start : start + PAGE]),
            Person.merged_into.is_(None),
        )
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


def traces(without: Collection[str]) -> list[tuple[str, Any]]:
    """List every column that points to a person, but for those of these tables."""
    found: list[tuple[str, Any]] = []
    for table in Base.metadata.sorted_tables:
        if table.name in without:
            continue
        found += [
            (table.name, column)
            for column in table.columns
            if any(key.column.table.name == "person" for key in column.foreign_keys)
        ]
    return found


async def with_traces(
    session: AsyncSession, numbers: Sequence[int], without: Collection[str]
) -> dict[int, set[str]]:
    """Tell in which tables, but for these, something points to each person."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(numbers), PAGE):
        part = numbers[start : start + PAGE]
        for table, column in traces(without):
            rows = await session.scalars(select(column).where(column.in_(part)).distinct())
            for number in rows:
                found.setdefault(number, set()).add(table)
    return found


async def drop_rows(session: AsyncSession, table: str, numbers: Sequence[int]) -> None:
    """Delete what points to these persons in one table."""
    told: Table = cast("Table", Base.metadata.tables[table])
    for start in range(0, len(numbers), PAGE):
        part = numbers[start : start + PAGE]
        await session.execute(delete(told).where(told.c.person_id.in_(part)))


async def settle_doubts(session: AsyncSession, numbers: Sequence[int], now: datetime) -> None:
    """Close the doubts about persons who are no longer there."""
    for start in range(0, len(numbers), PAGE):
        part = numbers[start : start + PAGE]
        for column in (RosterDoubt.person_id, RosterDoubt.other_id):
            gone = update(RosterDoubt).where(column.in_(part), RosterDoubt.same.is_(None))
            await session.execute(gone.values(same=False, decided_at=now))


async def people_of(session: AsyncSession, numbers: Sequence[int]) -> Sequence[Person]:
    """List persons by their numbers."""
    found: list[Person] = []
    for start in range(0, len(numbers), PAGE):
        part = select(Person).where(Person.id.in_(numbers[start : start + PAGE]))
        found += (await session.scalars(part.order_by(Person.id))).all()
    return found


async def marked_since(
    session: AsyncSession, numbers: Sequence[int], moment: datetime
) -> Sequence[int]:
    """Tell who of these persons has marks of later than a moment."""
    found: list[int] = []
    for start in range(0, len(numbers), PAGE):
        part = select(Mark.person_id).where(
            Mark.person_id.in_(numbers[start : start + PAGE]), Mark.at >= moment
        )
        found += await session.scalars(part.distinct())
    return found


async def class_is_empty(session: AsyncSession, class_id: int) -> bool:
    """Say whether nothing at all points to a class."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            points = any(key.column.table.name == "study_class" for key in column.foreign_keys)
            if points and await session.scalar(
                select(func.count()).select_from(table).where(column == class_id)
            ):
                return False
    return True


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


async def later_import(session: AsyncSession, import_id: int, numbers: Sequence[int]) -> int | None:
    """Find the last later roster that stands and speaks of one of these persons."""
    latest: int | None = None
    for start in range(0, len(numbers), PAGE):
        found = (
            select(func.max(RosterEntry.import_id))
            .join(RosterImport, RosterImport.id == RosterEntry.import_id)
            .where(
                RosterEntry.person_id.in_(numbers[start : start + PAGE]),
                RosterEntry.import_id > import_id,
                RosterEntry.kind == "roster",
                RosterImport.undone_at.is_(None),
            )
        )
        latest = max((one for one in (latest, await session.scalar(found)) if one), default=None)
    return latest


async def unlink(session: AsyncSession, numbers: Sequence[int]) -> None:
    """Let the lines of the base lists stand for themselves again."""
    for start in range(0, len(numbers), PAGE):
        part = RosterEntry.person_id.in_(numbers[start : start + PAGE])
        counted = update(RosterEntry).where(part, RosterEntry.kind != "roster")
        await session.execute(counted.values(person_id=None))


async def drop_entries(session: AsyncSession, import_id: int, held: Collection[int]) -> None:
    """Delete the lines of an import, but for those of who stays."""
    gone = delete(RosterEntry).where(RosterEntry.import_id == import_id)
    if held:
        gone = gone.where(RosterEntry.person_id.is_(None) | RosterEntry.person_id.not_in(held))
    await session.execute(gone)
