"""Who is to be reminded of what, and when."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from typing import cast as cast_

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
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
    MeetingState,
    Membership,
    Message,
    OutboxState,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    StudyClass,
    UTCDateTime,
)
from db.prepared import Prepared, fetch

_ROWS = cast_("Table", Reminder.__table__).c
BATCH = 50
AROUND = 2000  # rows among which the questions of one opening stand
LOOKING_BACK = timedelta(days=2)
_AHEAD = (
    Meeting.starts_at > bindparam("after", type_=UTCDateTime()),
    Meeting.starts_at <= bindparam("until", type_=UTCDateTime()),
    Meeting.state != MeetingState.CANCELLED,
)
_CLASSES = Prepared(
    select(StudyClass.id, StudyClass.name, StudyClass.reminder_rules)
    .where(exists().where(Meeting.study_class_id == StudyClass.id, *_AHEAD))
    .order_by(StudyClass.id)
)


async def plan(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write reminders ahead of time; one that is already written stays as it is."""
    if not rows:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(insert(Reminder).on_conflict_do_nothing(), rows)


@cache
def _due(early: tuple[ReminderKind, ...]) -> tuple[Select[Reminder], Select[int, str, int]]:
    """Return how what is due is asked for: whole rows, and number, key and meeting alone."""
    now, soon = (bindparam(name, type_=UTCDateTime()) for name in ("now", "soon"))
    among = (
        Reminder.state == ReminderState.PLANNED,
        Reminder.due_at <= soon,
        or_(Reminder.due_at <= now, Reminder.kind.in_(early)),
    )
    order = (Reminder.person_id.is_not(None), Reminder.due_at, Reminder.id)
    whole = select(Reminder).where(*among).order_by(*order).limit(BATCH)
    bare = select(Reminder.id, Reminder.key, Reminder.meeting_id).where(*among).order_by(*order)
    return (
        whole.with_for_update(skip_locked=True),
        bare.limit(BATCH).with_for_update(skip_locked=True),
    )


async def due(
    session: AsyncSession, now: datetime, soon: datetime, early: Collection[ReminderKind]
) -> Sequence[Reminder]:
    """List planned reminders whose time has come, or comes soon for the early kinds.

    Groups come first, then the oldest.
    """
    whole, _bare = _due(tuple(early))
    return (await session.scalars(whole, {"now": now, "soon": soon})).all()


async def due_ids(
    session: AsyncSession, now: datetime, soon: datetime, early: Collection[ReminderKind]
) -> list[tuple[int, str, int]]:
    """List number, key and meeting of what is due, whatever else the rows hold."""
    _whole, bare = _due(tuple(early))
    rows = await fetch(session, bare, {"now": now, "soon": soon})
    return [(row[0], row[1], row[2]) for row in rows]


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
def _incomplete(names: tuple[str, ...], in_group: tuple[str, ...]) -> Prepared:
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
    found = select(Meeting.id).where(
        Meeting.study_class_id == bindparam("study_class"), *_AHEAD, or_(*lacking)
    )
    return Prepared(found.order_by(Meeting.starts_at, Meeting.id))


async def incomplete(
    session: AsyncSession,
    study_class_id: int,
    names: Iterable[str],
    in_group: Iterable[str],
    now: datetime,
    span: tuple[datetime, datetime],
) -> list[int]:
    """Return a class's meetings of a span of which somebody, or the group, has no row.

    That is, none under one of these rules; meetings that were cancelled need none.
    """
    wanted = tuple(names)
    if not wanted:
        return []
    asked = {"study_class": study_class_id, "now": now, "after": span[0], "until": span[1]}
    rows = await _incomplete(wanted, tuple(in_group)).rows(session, asked)
    return [row[0] for row in rows]


async def ahead(
    session: AsyncSession, *, after: datetime, until: datetime
) -> list[tuple[int, str, dict[str, Any] | None]]:
    """Return number, name and kept rules of the classes with a meeting of this span to be held."""
    rows = await _CLASSES.rows(session, {"after": after, "until": until})
    return [(row[0], row[1], row[2]) for row in rows]


async def about(session: AsyncSession, meeting_id: int) -> tuple[int, str]:
    """Return a meeting's class and title, whatever else its row holds."""
    found = select(Meeting.study_class_id, Meeting.title).where(Meeting.id == meeting_id)
    (row,) = await fetch(session, found)
    return row[0], row[1]


@cache
def _revive(reasons: tuple[str, ...]) -> Prepared:
    late = update(cast_("Table", Reminder.__table__)).where(
        _ROWS.state == ReminderState.SKIPPED,
        _ROWS.due_at > bindparam("since", type_=UTCDateTime()),
        _ROWS.expires_at > bindparam("now", type_=UTCDateTime()),
        or_(*(_ROWS.reason == reason for reason in reasons)),
    )
    return Prepared(late.values(state=ReminderState.PLANNED, reason=""))


async def revive(session: AsyncSession, reasons: Iterable[str], now: datetime) -> None:
    """Plan again what was skipped as late by a clock that has gone back since."""
    await _revive(tuple(reasons)).run(session, {"since": now - LOOKING_BACK, "now": now})


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
