"""What became of what was to be told: messages, and those for whom none could be written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Account,
    AccountPerson,
    Announcement,
    AnnouncementState,
    Meeting,
    Membership,
    Message,
    OutboxState,
    Person,
    Recipient,
    Reminder,
    ReminderState,
    Role,
)
from db.prepared import fetch


@dataclass(frozen=True)
class Told:
    """One message, or one that could not be written."""

    kind: str  # purpose of the message
    at: datetime
    state: OutboxState
    reason: str
    person_id: int | None  # None: a group
    name: str = ""
    key: str = ""


@dataclass(frozen=True)
class Unreached:
    """Somebody who has to be called."""

    person_id: int
    name: str
    phone: str
    township: str
    village: str
    linked: bool  # has an account, which takes no messages now


@dataclass(frozen=True)
class Row:
    """One recipient of an announcement at one of their accounts."""

    person_id: int
    reason: str
    name: str
    phone: str
    township: str
    village: str
    state: OutboxState | None
    error: str | None


async def messages(session: AsyncSession, study_class_id: int, since: datetime) -> list[Told]:
    """List what was to be told to a class or its learners; a voice and its words are one."""
    statement = (
        select(
            Message.purpose,
            Message.created_at,
            Message.state,
            Message.error,
            Message.person_id,
            Person.name,
            Message.key,
        )
        .outerjoin(Person, Person.id == Message.person_id)
        .where(
            Message.study_class_id == study_class_id,
            Message.created_at >= since,
            Message.method.like("send%"),
            Message.purpose.not_like("%voice"),
        )
        .order_by(Message.id)
    )
    return [
        Told(row[0], row[1], row[2], row[3], row[4], row[5] or "", row[6] or "")
        for row in await fetch(session, statement)
    ]


async def reminders(
    session: AsyncSession, study_class_id: int, since: datetime, until: datetime
) -> list[Told]:
    """List the reminders of a class for which there is no message: skipped, or still to come."""
    statement = (
        select(
            Reminder.due_at,
            Reminder.state,
            Reminder.reason,
            Reminder.person_id,
            Person.name,
            Reminder.key,
        )
        .join(Meeting, Meeting.id == Reminder.meeting_id)
        .outerjoin(Person, Person.id == Reminder.person_id)
        .where(
            Meeting.study_class_id == study_class_id,
            Reminder.state != ReminderState.QUEUED,
            Reminder.due_at >= since,
            Reminder.due_at < until,
        )
        .order_by(Reminder.id)
    )
    states = {
        ReminderState.SKIPPED: OutboxState.SKIPPED,
        ReminderState.PLANNED: OutboxState.WAITING,
    }
    return [
        Told("reminder", row[0], states[row[1]], row[2], row[3], row[4] or "", row[5])
        for row in await fetch(session, statement)
    ]


async def unwritten(
    session: AsyncSession, study_class_id: int, since: datetime, now: datetime
) -> list[Told]:
    """List the members of a class for whom an announcement could not be written."""
    statement = (
        select(Announcement.send_at, Recipient.reason, Person.id, Person.name)
        .join(Recipient, Recipient.announcement_id == Announcement.id)
        .join(Person, Person.id == Recipient.person_id)
        .where(
            Announcement.state != AnnouncementState.DRAFT,
            Announcement.send_at >= since,
            Recipient.reason != "",
            Recipient.person_id.in_(
                select(Membership.person_id).where(
                    Membership.study_class_id == study_class_id,
                    Membership.starts_at <= now,
                    or_(Membership.ends_at.is_(None), Membership.ends_at > now),
                )
            ),
        )
        .order_by(Announcement.id, Person.number)
    )
    return [
        Told("announcement", row[0], OutboxState.SKIPPED, row[1], row[2], row[3])
        for row in await fetch(session, statement)
    ]


async def unreached(session: AsyncSession, study_class_id: int, now: datetime) -> list[Unreached]:
    """List the learners of a class whom no message can reach now."""
    accounts = select(AccountPerson.person_id).join(Account, Account.id == AccountPerson.account_id)
    statement = (
        select(
            Person.id,
            Person.name,
            Person.phone,
            Person.township,
            Person.village,
            Person.id.in_(accounts),
        )
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.study_class_id == study_class_id,
            Membership.role == Role.LEARNER,
            Membership.starts_at <= now,
            or_(Membership.ends_at.is_(None), Membership.ends_at > now),
            Person.id.not_in(accounts.where(Account.reachable)),
        )
        .order_by(Person.number)
    )
    return [
        Unreached(row[0], row[1], row[2], row[3], row[4], bool(row[5]))
        for row in await fetch(session, statement)
    ]


async def recipients(session: AsyncSession, announcement_id: int) -> list[Row]:
    """List everybody an announcement is for, once for each account, with what became of it."""
    key = literal(f"ann:{announcement_id}:", String) + cast(Account.user_id, String)
    statement = (
        select(
            Recipient.person_id,
            Recipient.reason,
            Person.name,
            Person.phone,
            Person.township,
            Person.village,
            Message.state,
            Message.error,
        )
        .join(Person, Person.id == Recipient.person_id)
        .outerjoin(AccountPerson, AccountPerson.person_id == Recipient.person_id)
        .outerjoin(Account, Account.id == AccountPerson.account_id)
        .outerjoin(Message, Message.key == key)
        .where(Recipient.announcement_id == announcement_id)
        .order_by(Person.number)
    )
    return [Row(*row) for row in await fetch(session, statement)]


async def by_keys(session: AsyncSession, keys: Sequence[str]) -> dict[str, tuple[OutboxState, str]]:
    """Return what became of messages, by their keys."""
    statement = select(Message.key, Message.state, Message.error).where(Message.key.in_(keys))
    return {row.key: (row.state, row.error) for row in await fetch(session, statement)}
