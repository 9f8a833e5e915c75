"""Reminders are rows with keys, planned two weeks ahead and planned anew with every change."""

import logging
import re
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.faults import named, trail
from bot.language import MANDARIN, clock, day_word
from bot.language import N_ as _
from bot.services.reaching import tell_class_heads
from bot.services.reminder_queue import GONE, LATE_REASONS, MOVED, WITHDRAWN, queue_due
from bot.services.reminder_rules import RuleSet, rules_in, rules_of
from bot.services.reminder_times import LATE, NEVER, QUIET, Window, at_minute, day_of, window
from db import ledger
from db.models import (
    Meeting,
    MeetingState,
    Person,
    Reminder,
    ReminderState,
    Role,
    StudyClass,
)
from db.queries import meetings, outbox, people, reminders

__all__ = ["plan", "queue_due", "replan", "replan_class", "replan_person"]

logger = logging.getLogger(__name__)

AHEAD = timedelta(days=14)
CHANGED = "rule changed"
# What may turn out not to hold: then a row is planned again, if its time is still ahead.
REVOCABLE = frozenset({LATE, QUIET, NEVER, GONE, CHANGED, *LATE_REASONS})
KEY = re.compile(r"reminder:(?P<key>\w+:(?P<meeting>\d+):(?P<revision>\d+):\w+)")


async def plan(session: AsyncSession, now: datetime) -> None:
    """Write down every reminder of the meetings to come, once each, class by class."""
    await reminders.revive(session, LATE_REASONS, now)
    span = _yesterday(now), now + AHEAD
    for number, name, kept in await reminders.ahead(session, after=span[0], until=span[1]):
        rules, wrong = rules_in(kept)
        names = [occasion.name for occasion in rules.occasions]
        in_group = [occasion.name for occasion in rules.occasions if occasion.rule.group]
        lacking = await reminders.incomplete(session, number, names, in_group, now, span)
        if wrong or lacking:
            act = _complete(session, number, lacking, now)
            await _apart(session, act, number, f"broken:class:{number}:{now:%Y%m%d}", now, name)


def _yesterday(now: datetime) -> datetime:
    """Return the last minute of the day before in the county."""
    return at_minute(day_of(now), 0) - timedelta(minutes=1)


async def _ahead(session: AsyncSession, now: datetime) -> Sequence[Meeting]:
    """List the meetings of today and of the next two weeks, but for the cancelled."""
    return await meetings.starting(session, after=_yesterday(now), until=now + AHEAD)


async def _complete(
    session: AsyncSession, number: int, lacking: Sequence[int], now: datetime
) -> None:
    """Plan what is missing of a class's meetings; each meeting stands by itself."""
    study_class = await session.get_one(StudyClass, number)
    rules, wrong = rules_of(study_class)
    if wrong:
        await _tell_of_rule(session, study_class, wrong, now)
    for meeting_id in lacking:
        act = _settle_one(session, meeting_id, rules, now)
        key = f"broken:meeting:{meeting_id}"
        await _apart(session, act, number, key, now, study_class.name)


async def _settle_one(
    session: AsyncSession, meeting_id: int, rules: RuleSet, now: datetime
) -> None:
    """Settle a meeting's rows; a row of its own that is broken stops no other meeting."""
    meeting = await session.get_one(Meeting, meeting_id)
    await _settle_apart(session, meeting, rules, now)


async def replan(session: AsyncSession, meeting: Meeting, now: datetime) -> None:
    """Bring the reminders of a meeting up to date after a change, in the same transaction.

    Unsent rows of older revisions are skipped, those of the present one are planned.
    """
    await session.flush()
    study_class = await session.get_one(StudyClass, meeting.study_class_id)
    rules, _wrong = rules_of(study_class)
    await _settle_apart(session, meeting, rules, now)


async def replan_class(session: AsyncSession, study_class: StudyClass, now: datetime) -> None:
    """Bring the reminders of a class up to date: its rules or its learners have changed."""
    await session.flush()
    rules, _wrong = rules_of(study_class)
    for meeting in await _ahead(session, now):
        if meeting.study_class_id == study_class.id:
            await _settle_apart(session, meeting, rules, now)


async def replan_person(session: AsyncSession, person: Person, now: datetime) -> None:
    """Bring one person's reminders up to date: another hour, or a class joined or left."""
    await session.flush()
    concerned = await reminders.planned_of(session, person.id)
    theirs = {one.id for one in await people.classes_of(session, person.id, Role.LEARNER, now)}
    for meeting in await _ahead(session, now):
        if meeting.id in concerned or meeting.study_class_id in theirs:
            rules, _wrong = rules_of(meeting.study_class)
            await _settle_apart(session, meeting, rules, now, person)


async def _settle_apart(
    session: AsyncSession,
    meeting: Meeting,
    rules: RuleSet,
    now: datetime,
    only: Person | None = None,
) -> None:
    """Settle a meeting's rows; what goes wrong stays with this meeting."""
    study_class_id = meeting.study_class_id
    what = (
        f"{meeting.title} {day_word(meeting.starts_at, now, MANDARIN)} {clock(meeting.starts_at)}"
    )
    key = f"broken:meeting:{meeting.id}:{meeting.revision}"
    await _apart(
        session, _settle(session, meeting, rules, now, only), study_class_id, key, now, what
    )


async def _settle(
    session: AsyncSession, meeting: Meeting, rules: RuleSet, now: datetime, only: Person | None
) -> None:
    """Make the rows of a meeting what they should be."""
    rows = await reminders.of_meeting(session, meeting.id, only.id if only else None)
    held = meeting.state is not MeetingState.CANCELLED
    if held and at_minute(day_of(now), 0) <= meeting.starts_at <= now + AHEAD:
        learners: Sequence[Person | None] = await people.members(
            session, meeting.study_class_id, Role.LEARNER, now
        )
        if only:
            learners = [person for person in learners if person and person.id == only.id]
        new = []
        for occasion in rules.occasions:
            group = [None] if occasion.rule.group and not only else []
            for person in [*group, *learners]:
                whose = person.id if person else "group"
                key = f"{occasion.name}:{meeting.id}:{meeting.revision}:{whose}"
                found = window(occasion, meeting, person, rules, now)
                row = rows.pop(key, None)
                if row is not None:
                    _move(row, found)
                    continue
                new.append(
                    {
                        "key": key,
                        "kind": occasion.rule.kind,
                        "rule": occasion.name,
                        "meeting_id": meeting.id,
                        "person_id": person.id if person else None,
                        "due_at": found.due_at,
                        "expires_at": found.expires_at,
                        "state": ReminderState.SKIPPED if found.reason else ReminderState.PLANNED,
                        "reason": found.reason,
                    }
                )
        await reminders.plan(session, new)
    names = {occasion.name for occasion in rules.occasions}
    for row in rows.values():
        if row.state is ReminderState.PLANNED and (reason := _needless(row, meeting, names)):
            row.state, row.reason = ReminderState.SKIPPED, reason
    await _withdraw(session, meeting, rows, now)
    await session.flush()


def _move(row: Reminder, found: Window) -> None:
    """Give a row that is still to come the time that now holds for it."""
    planned = row.state is ReminderState.PLANNED
    skipped = row.state is ReminderState.SKIPPED and row.reason in REVOCABLE
    if found.reason == LATE or not (planned or skipped):
        return
    row.due_at, row.expires_at = found.due_at, found.expires_at
    row.state = ReminderState.SKIPPED if found.reason else ReminderState.PLANNED
    row.reason = found.reason


def _needless(row: Reminder, meeting: Meeting, names: set[str]) -> str | None:
    """Say why a row that is not wanted any more will not be sent."""
    if meeting.state is MeetingState.CANCELLED:
        return WITHDRAWN
    if int(row.key.split(":")[2]) != meeting.revision:
        return MOVED
    if row.rule not in names:
        return CHANGED
    # The time of the meeting may only have left the span that is planned; its rows then stay.
    return GONE if row.person_id is not None else None


async def _withdraw(
    session: AsyncSession, meeting: Meeting, rows: dict[str, Reminder], now: datetime
) -> None:
    """Keep back the messages about a time that no longer holds, where they have not left."""
    stale: dict[str, list[int]] = {}
    for number, key in await reminders.waiting(session, meeting.study_class_id):
        found = KEY.match(key)
        if found and int(found["meeting"]) == meeting.id and found["key"] in rows:
            row = rows[found["key"]]
            cancelled = meeting.state is MeetingState.CANCELLED
            if cancelled or int(found["revision"]) != meeting.revision:
                stale.setdefault(row.key, []).append(number)
    for key, numbers in stale.items():
        reason = WITHDRAWN if meeting.state is MeetingState.CANCELLED else MOVED
        await outbox.skip(session, numbers, reason)
        row = rows[key]
        if row.state is not ReminderState.QUEUED or await reminders.left(session, row):
            continue
        row.state, row.reason = ReminderState.SKIPPED, reason
        if row.person_id:
            about = {"reminder": row.kind, "meeting": meeting.id, "reason": reason}
            await ledger.record(session, row.person_id, "reminder.skipped", now, **about)


async def _tell_of_rule(
    session: AsyncSession, study_class: StudyClass, wrong: str, now: datetime
) -> None:
    """Tell the class head, once, that a rule was left out."""
    logger.error("class %d: a rule of reminding is left out: %s", study_class.id, wrong)
    await tell_class_heads(
        session,
        study_class.id,
        _("A rule of reminding of %(class)s is wrong and is left out: %(problem)s"),
        now,
        f"rule:{study_class.id}:{ledger.digest(wrong)[:12]}",
        class_=study_class.name,
        problem=wrong,
    )


async def _apart(
    session: AsyncSession,
    act: Awaitable[None],
    study_class_id: int,
    key: str,
    now: datetime,
    what: str,
) -> None:
    """Do something that stops nobody else if it goes wrong; the class head hears of it once."""
    try:
        async with session.begin_nested():
            await act
    except (OperationalError, InterfaceError):
        raise  # the database itself: the next tick tries again
    except Exception as error:  # noqa: BLE001 - told without its words, which may name people
        told = key, named(error), trail(error)
        logger.error("reminders could not be planned: %s: %s\n%s", *told)  # noqa: TRY400
        await tell_class_heads(
            session,
            study_class_id,
            _(
                "The reminders of %(what)s could not be planned (%(error)s). "
                "Please tell the school."
            ),
            now,
            key,
            what=what,
            error=type(error).__name__,
        )
