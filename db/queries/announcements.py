"""Whom an announcement is for, and how far it has come."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import (
    case,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Account,
    AccountPerson,
    Announcement,
    AnnouncementState,
    Message,
    OutboxState,
    Person,
    Priority,
    Recipient,
)
from db.prepared import fetch
from db.queries.audiences import PENDING


async def due(session: AsyncSession, now: datetime) -> Announcement | None:
    """Find the announcement whose time came first; it stays locked."""
    found = (
        select(Announcement)
        .where(Announcement.state == AnnouncementState.PLANNED, Announcement.send_at <= now)
        .order_by(Announcement.send_at, Announcement.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    due: Announcement | None = await session.scalar(found)
    return due


async def locked(session: AsyncSession, announcement_id: int) -> Announcement | None:
    """Find an announcement as it is now; nobody else changes it meanwhile."""
    found: Announcement | None = await session.get(
        Announcement, announcement_id, with_for_update=True, populate_existing=True
    )
    return found


async def counted_so_far(session: AsyncSession, announcement_id: int) -> tuple[int, int]:
    """Count the recipients that are written down, and those of them that are done with."""
    statement = select(
        func.count(), func.sum(case((Recipient.reason == PENDING, 0), else_=1))
    ).where(Recipient.announcement_id == announcement_id)
    row = (await fetch(session, statement))[0]
    return int(row[0]), int(row[1] or 0)


async def pending(session: AsyncSession, announcement_id: int, limit: int) -> Sequence[Person]:
    """List the next recipients for whom nothing was written yet."""
    found = select(Person).join(Recipient, Recipient.person_id == Person.id)
    found = found.where(Recipient.announcement_id == announcement_id, Recipient.reason == PENDING)
    return (await session.scalars(found.order_by(Person.id).limit(limit))).all()


async def settle(
    session: AsyncSession, announcement_id: int, ids: Iterable[int], reason: str
) -> None:
    """Write down why nothing could be written for some; no reason: something was."""
    statement = update(Recipient).where(
        Recipient.announcement_id == announcement_id, Recipient.person_id.in_(list(ids))
    )
    await session.execute(statement.values(reason=reason))


async def accounts(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[Account]]:
    """List the accounts of some persons, whether they can be reached or not."""
    statement = (
        select(AccountPerson.person_id, Account)
        .join(Account, Account.id == AccountPerson.account_id)
        .where(AccountPerson.person_id.in_(ids))
        .order_by(Account.id)
    )
    found: dict[int, list[Account]] = {}
    for person_id, account in await fetch(session, statement):
        found.setdefault(person_id, []).append(account)
    return found


async def written(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    """Tell which of these keys the outbox has already."""
    statement = select(Message.key).where(Message.key.in_(list(keys)))
    return {row.key for row in await fetch(session, statement)}


async def withdraw(session: AsyncSession, announcement_id: int, reason: str) -> int:
    """Let nothing more of an announcement leave; return how many messages stayed."""
    waiting = (
        update(Message)
        .where(
            Message.state == OutboxState.WAITING,
            Message.priority == int(Priority.BROADCAST),
            Message.key.like(f"ann:{announcement_id}:%"),
        )
        .values(state=OutboxState.SKIPPED, error=reason)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    stayed = len(await fetch(session, waiting))
    rest = (
        update(Recipient)
        .where(Recipient.announcement_id == announcement_id, Recipient.reason == PENDING)
        .values(reason=reason)
        .returning(Recipient.person_id)
        .execution_options(synchronize_session=False)
    )
    return stayed + len(await fetch(session, rest))


async def draft_of(session: AsyncSession, author_id: int) -> Announcement | None:
    """Find what somebody is still writing."""
    found = select(Announcement).where(
        Announcement.author_id == author_id, Announcement.state == AnnouncementState.DRAFT
    )
    latest: Announcement | None = await session.scalar(found.order_by(Announcement.id.desc()))
    return latest


async def latest(
    session: AsyncSession, county_id: int, author_id: int | None, limit: int
) -> Sequence[Announcement]:
    """List what was announced lately in a county, or by one person; the newest first."""
    found = (
        select(Announcement)
        .join(Person, Person.id == Announcement.author_id)
        .where(Person.county_id == county_id, Announcement.state != AnnouncementState.DRAFT)
    )
    if author_id is not None:
        found = found.where(Announcement.author_id == author_id)
    return (await session.scalars(found.order_by(Announcement.id.desc()).limit(limit))).all()


async def is_recipient(session: AsyncSession, announcement_id: int, person_id: int) -> bool:
    """Say whether an announcement is for this person."""
    return await session.get(Recipient, (announcement_id, person_id)) is not None
