"""Who is to be reminded of what, and when."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from db.models import (
    Account,
    AccountPerson,
    Meeting,
    Membership,
    Message,
    OutboxState,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    UTCDateTime,
)

BATCH = 50
AROUND = 2000  # rows among which the questions of one opening stand
LOOKING_BACK = timedelta(days=2)


async def plan(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write reminders ahead of time; one that is already written stays as it is."""
    if not rows:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(insert(Reminder).on_conflict_do_nothing(), rows)


async def due(
    session: AsyncSession, now: datetime, soon: datetime, early: Collection[ReminderKind]
) -> Sequence[Reminder]:
    """List planned reminders whose time has come, or comes soon for the early kinds.

    Groups come first, then the oldest.
    """
    found = select(Reminder).where(
        Reminder.state == ReminderState.PLANNED,
        Reminder.due_at <= soon,
        or_(Reminder.due_at <= now, Reminder.kind.in_(early)),
    )
    found = found.order_by(Reminder.person_id.is_not(None), Reminder.due_at, Reminder.id)
    return (await session.scalars(found.limit(BATCH).with_for_update(skip_locked=True))).all()


async def of_meeting(
    session: AsyncSession, meeting_id: int, person_id: int | None = None
) -> dict[str, Reminder]:
    """Return what is written of a meeting, or of one person at it, by key; it stays locked."""
    found = select(Reminder).where(Reminder.meeting_id == meeting_id)
    if person_id is not None:
        found = found.where(Reminder.person_id == person_id)
    rows = await session.scalars(found.order_by(Reminder.id).with_for_update())
    return {row.key: row for row in rows}


def _unwritten(name: str, whose: InstrumentedAttribute[int] | str) -> ColumnElement[bool]:
    """Say whether a rule's row of a meeting's present revision is missing."""
    last = literal(whose) if isinstance(whose, str) else cast(whose, String)
    key = literal(f"{name}:") + cast(Meeting.id, String) + literal(":")
    key = key + cast(Meeting.revision, String) + literal(":") + last
    return ~exists().where(Reminder.key == key).correlate(Meeting, Membership)


@cache
def _incomplete(names: tuple[str, ...], in_group: tuple[str, ...]) -> Select[int]:
    now = bindparam("now", type_=UTCDateTime())
    learner = (
        Membership.study_class_id == Meeting.study_class_id,
        Membership.role == Role.LEARNER,
        Membership.starts_at <= now,
        or_(Membership.ends_at.is_(None), Membership.ends_at > now),
    )
    theirs = [_unwritten(name, Membership.person_id) for name in names]
    lacking = [_unwritten(name, "group") for name in in_group]
    lacking.append(exists().where(*learner, or_(*theirs)).correlate(Meeting))
    among = Meeting.id.in_(bindparam("meetings", expanding=True))
    return select(Meeting.id).where(among, or_(*lacking))


async def incomplete(
    session: AsyncSession,
    meeting_ids: Collection[int],
    names: Iterable[str],
    in_group: Iterable[str],
    now: datetime,
) -> set[int]:
    """Return the meetings of which somebody, or the group, has no row under one of these rules."""
    wanted = tuple(names)
    if not wanted:
        return set()
    asked = {"meetings": list(meeting_ids), "now": now}
    return set(await session.scalars(_incomplete(wanted, tuple(in_group)), asked))


async def revive(session: AsyncSession, reasons: Collection[str], now: datetime) -> None:
    """Plan again what was skipped as late by a clock that has gone back since."""
    late = update(Reminder).where(
        Reminder.state == ReminderState.SKIPPED,
        Reminder.due_at > now - LOOKING_BACK,
        Reminder.expires_at > now,
        Reminder.reason.in_(reasons),
    )
    back = late.values(state=ReminderState.PLANNED, reason="")
    await session.execute(back, execution_options={"synchronize_session": False})


async def give_up(session: AsyncSession, reminder_id: int, reason: str) -> None:
    """Skip a row that could not be said."""
    row = update(Reminder).where(Reminder.id == reminder_id)
    await session.execute(row.values(state=ReminderState.SKIPPED, reason=reason))


async def planned_of(session: AsyncSession, person_id: int) -> set[int]:
    """Return the meetings of which a person still has something planned."""
    found = select(Reminder.meeting_id).where(
        Reminder.person_id == person_id, Reminder.state == ReminderState.PLANNED
    )
    return set(await session.scalars(found))


async def waiting(session: AsyncSession, study_class_id: int) -> Sequence[tuple[int, str]]:
    """Return number and key of a class's reminders that were queued and have not left."""
    found = select(Message.id, Message.key).where(
        Message.state == OutboxState.WAITING,
        Message.study_class_id == study_class_id,
        Message.key.like("reminder:%"),
    )
    return [(number, key or "") for number, key in await session.execute(found)]


async def left(session: AsyncSession, reminder: Reminder) -> bool:
    """Say whether any card of a reminder has gone out, or may have."""
    keys = [f"reminder:{reminder.key}"]
    if reminder.person_id is not None:
        linked = select(AccountPerson.account_id).join(
            Account, Account.id == AccountPerson.account_id
        )
        linked = linked.where(AccountPerson.person_id == reminder.person_id)
        keys += [f"reminder:{reminder.key}:{number}" for number in await session.scalars(linked)]
    gone = (OutboxState.SENT, OutboxState.SENDING, OutboxState.UNCERTAIN)
    found = select(Message.id).where(Message.key.in_(keys), Message.state.in_(gone))
    return await session.scalar(found.limit(1)) is not None


async def asked_already(session: AsyncSession, meeting: Meeting) -> set[int]:
    """Return who was asked in private when a meeting's check-in was opened.

    That was written just before the teacher's own card.
    """
    card = meeting.teacher_card_id
    if card is None:
        return set()
    found = select(Message.person_id, Message.payload).where(
        Message.id.between(card - AROUND, card),
        Message.purpose == "checkin",
        Message.person_id.is_not(None),
    )
    return {
        person_id
        for person_id, payload in await session.execute(found)
        if person_id is not None and f"'here:{meeting.id}'" in str(payload)
    }
