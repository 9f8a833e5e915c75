"""Reminders that are due: each is queued once, or skipped with the reason that holds."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.faults import named, trail
from bot.language import N_ as _
from bot.services import reminder_words, tallying
from bot.services.reaching import tell_class_heads
from bot.services.reminder_rules import RuleSet, rules_of
from bot.services.reminder_times import LATE, QUIET, quiet_at, quiet_of
from bot.services.standing import CAME as THERE
from db import ledger
from db.models import (
    Coming,
    Meeting,
    MeetingState,
    Person,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    Status,
)
from db.queries import coming, marks, people, reminders
from db.sealing import Key

logger = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=30)  # where check-in is waited for
# What is said before class is put into the outbox so much ahead, to leave on the second.
AHEAD = timedelta(seconds=30)

WITHDRAWN = "meeting cancelled"
MOVED = "meeting moved"
BEGUN = "meeting has begun"
GONE = "left the class"
NO_PHONE = "not on a phone"
NO_GROUP = "no group"
ANSWERED = "has answered"
CANNOT = "cannot come"
UNOPENED = "check-in was not opened"
OVER = "check-in is over"
ASKED = "asked when check-in opened"
MARKED = "marked already"
UNCLOSED = "check-in was not closed"
CAME = "was here"
LEAVE = "on leave"
BROKEN = "could not be said"
# A clock that goes back takes these back.
LATE_REASONS = (LATE, UNOPENED, UNCLOSED)
BEFORE = (ReminderKind.DAY_BEFORE, ReminderKind.HOUR_BEFORE)


@dataclass(frozen=True)
class Facts:
    """What decides about the reminders of one meeting."""

    meeting: Meeting
    rules: RuleSet
    learners: Mapping[int, Person]
    comings: Mapping[int, Coming]
    standing: Mapping[int, Status]
    asked: frozenset[int]


async def gather(session: AsyncSession, meeting: Meeting, now: datetime) -> Facts:
    """Read what decides about the reminders of one meeting."""
    begun = meeting.opened_at is not None
    learners = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    return Facts(
        meeting,
        rules_of(meeting.study_class)[0],
        {person.id: person for person in learners},
        {row.person_id: row for row in await coming.of_meeting(session, meeting.id)},
        tallying.standings(await marks.arrivals(session, meeting.id)),
        frozenset(await reminders.asked_already(session, meeting)) if begun else frozenset(),
    )


@dataclass(frozen=True)
class Teller:
    """What it takes to tell one reminder after another: the facts of each meeting read once."""

    session: AsyncSession
    key: Key
    username: str
    now: datetime
    found: dict[int, Facts] = field(default_factory=dict)
    meetings: dict[int, Meeting] = field(default_factory=dict)

    async def tell(self, number: int, meeting_id: int) -> None:
        """Queue or skip one reminder, or look at it again a little later."""
        session, now = self.session, self.now
        reminder = await session.get_one(Reminder, number)
        if meeting_id not in self.meetings:
            self.meetings[meeting_id] = await session.get_one(Meeting, meeting_id)
        meeting = self.meetings[meeting_id]
        if waits(reminder, meeting, now):
            reminder.due_at = min(now + LOOK_AGAIN, reminder.expires_at)
            return
        if meeting_id not in self.found:
            self.found[meeting_id] = await gather(session, meeting, now)
        await _settle(session, reminder, self.found[meeting_id], self.key, self.username, now)


async def queue_due(session: AsyncSession, key: Key, username: str, now: datetime) -> int:
    """Queue or skip what is due; return how many rows were settled."""
    rows, kept = await _due(session, now)
    if not rows:
        return 0
    try:
        async with session.begin_nested():
            teller = Teller(session, key, username, now)
            for number, _name, meeting_id in rows:
                await teller.tell(number, meeting_id)
            kept.clear()  # until here they must not be let go, or each would be read again
    except (OperationalError, InterfaceError):
        raise  # the database itself: the next tick tries again
    except Exception as error:  # noqa: BLE001 - it is found out which one it was
        logger.warning("reminders are told one by one: %s", named(error))
        return await _one_by_one(session, rows, key, username, now)
    return len(rows)


async def _one_by_one(
    session: AsyncSession,
    rows: Sequence[tuple[int, str, int]],
    key: Key,
    username: str,
    now: datetime,
) -> int:
    """Tell each reminder in a savepoint of its own, up to the one that cannot be said."""
    teller = Teller(session, key, username, now)
    for settled, (number, name, meeting_id) in enumerate(rows, 1):
        try:
            async with session.begin_nested():
                await teller.tell(number, meeting_id)
        except (OperationalError, InterfaceError):
            raise  # the database itself: the next tick tries again
        except Exception as error:  # noqa: BLE001 - told without its words, which may name people
            told = name, named(error), trail(error)
            logger.error("a reminder could not be said: %s: %s\n%s", *told)  # noqa: TRY400
            await _give_up(session, number, meeting_id, error, now)
            return settled  # what was read may be undone: the next turn reads it anew
    return len(rows)


async def _due(
    session: AsyncSession, now: datetime
) -> tuple[list[tuple[int, str, int]], list[Reminder]]:
    """List number, key and meeting of what is due, and the rows where every one can be read."""
    asked = now, now + AHEAD, BEFORE
    try:
        rows = list(await reminders.due(session, *asked))
    except (LookupError, ValueError):  # the one that is broken gives its reason by itself
        return await reminders.due_ids(session, *asked), []
    return [(row.id, row.key, row.meeting_id) for row in rows], rows


async def _settle(
    session: AsyncSession,
    reminder: Reminder,
    facts: Facts,
    key: Key,
    username: str,
    now: datetime,
) -> None:
    then = max(now, reminder.due_at)
    reason = why_not(reminder, facts, then)
    if reason is None and reminder.person_id is None:
        said = await reminder_words.remind_group(
            session, reminder, facts.meeting, key, username, then
        )
        reason = None if said else NO_GROUP
    elif reason is None:
        person = facts.learners[reminder.person_id or 0]
        said = await reminder_words.remind_person(session, reminder, facts.meeting, person, then)
        reason = None if said else NO_PHONE
    reminder.state = ReminderState.SKIPPED if reason else ReminderState.QUEUED
    reminder.reason = reason or ""
    if reason and reminder.person_id:
        about = {"reminder": reminder.kind, "meeting": reminder.meeting_id, "reason": reason}
        await ledger.record(session, reminder.person_id, "reminder.skipped", now, **about)


def _present(reminder: Reminder, meeting: Meeting) -> str:
    """Return how the keys begin that speak of a meeting as it is now."""
    return f"{reminder.rule}:{meeting.id}:{meeting.revision}:"


def waits(reminder: Reminder, meeting: Meeting, now: datetime) -> bool:
    """Say whether the check-in must first be opened, or closed, which may still happen."""
    if now >= reminder.expires_at or not reminder.key.startswith(_present(reminder, meeting)):
        return False
    if reminder.kind is ReminderKind.START:
        return meeting.state is MeetingState.PLANNED
    if reminder.kind is ReminderKind.ABSENT:
        return meeting.state in (MeetingState.PLANNED, MeetingState.OPEN)
    return False


def why_not(  # noqa: PLR0911 - a reason a line
    reminder: Reminder, facts: Facts, now: datetime
) -> str | None:
    """Say why a reminder must not be sent; None where it may."""
    meeting = facts.meeting
    if meeting.state is MeetingState.CANCELLED:
        return WITHDRAWN
    if not reminder.key.startswith(_present(reminder, meeting)):
        return MOVED
    if now >= reminder.expires_at:
        return _late(reminder.kind, meeting.state)
    if reminder.kind in BEFORE and (
        meeting.state is not MeetingState.PLANNED or now >= meeting.starts_at
    ):
        return BEGUN
    person = None
    if reminder.person_id is not None:
        person = facts.learners.get(reminder.person_id)
        if person is None:
            return GONE
        if answered := _answered(reminder.kind, person.id, facts):
            return answered
    return QUIET if quiet_at(now, quiet_of(person, facts.rules)) else None


def _late(kind: ReminderKind, state: MeetingState) -> str:
    if kind is ReminderKind.START and state is MeetingState.PLANNED:
        return UNOPENED
    if kind is ReminderKind.ABSENT and state is not MeetingState.CLOSED:
        return UNCLOSED
    return LATE


def _answered(  # noqa: PLR0911 - a reason a line
    kind: ReminderKind, person_id: int, facts: Facts
) -> str | None:
    """Say what a learner has done that makes a reminder needless."""
    said, status = facts.comings.get(person_id), facts.standing.get(person_id)
    if said is not None and not said.comes:
        return CANNOT
    match kind:
        case ReminderKind.DAY_BEFORE:
            return ANSWERED if said else None
        case ReminderKind.START if facts.meeting.state is not MeetingState.OPEN:
            return OVER
        case ReminderKind.START if status:
            return MARKED
        case ReminderKind.START if person_id in facts.asked:
            return ASKED
        case ReminderKind.ABSENT if status in THERE:
            return CAME
        case ReminderKind.ABSENT if status in (Status.LEAVE, Status.EXCUSED):
            return LEAVE
    return None


async def _give_up(
    session: AsyncSession, number: int, meeting_id: int, error: Exception, now: datetime
) -> None:
    """Skip a reminder that could not be said; the class head hears of it once a meeting."""
    await reminders.give_up(session, number, BROKEN)
    study_class_id, title = await reminders.about(session, meeting_id)
    await tell_class_heads(
        session,
        study_class_id,
        _("Reminders of %(lesson)s could not be said (%(error)s). Please tell the school."),
        now,
        f"unsaid:{meeting_id}",
        lesson=title,
        error=type(error).__name__,
    )
