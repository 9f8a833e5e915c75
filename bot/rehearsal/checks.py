"""Is anything missing? What people did against what was kept, sent and written."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import SHANGHAI
from bot.rehearsal.facts import Facts, facts
from bot.rehearsal.school import Lesson, School, SchoolClass
from bot.rehearsal.truth import Fact, Truth
from bot.rehearsal.voiced import unheard
from db import ledger
from db.models import (
    InboxState,
    Media,
    MediaState,
    Message,
    OutboxState,
    Reminder,
    ReminderKind,
    ReminderState,
    Update,
)
from db.session import Database

MOST_NAMED = 5
ASKED_AT = time(19, 30)  # of the day before, where a class and its learners set nothing else
SETTLED = {OutboxState.SENT, OutboxState.SKIPPED}


async def problems(
    database: Database, school: School, truth: Truth, updates: int, ended: datetime
) -> tuple[Facts, list[str]]:
    """Return the facts, and a line for each thing that is missing or too much."""
    kept = await facts(database)
    found = [*compare(truth, kept), *reminded(school, truth, kept)]
    async with database.read() as session:
        found += [line async for line in inbox_problems(session, updates)]
        found += [line async for line in outbox_problems(session, ended)]
        found += [line async for line in reminder_problems(session)]
        found += [line async for line in media_problems(session)]
        found += await unheard(session)
        found += [
            f"ledger: person {fault.person_id}, line {fault.seq}: {fault.what}"
            async for fault in ledger.verify(session)
        ]
    return kept, found


def compare(truth: Truth, kept: Facts) -> Iterator[str]:
    """Compare what people did with what the database says they did."""
    finished = [(*who, at) for who, at in truth.lessons.items()]
    told: dict[str, Iterable[Fact]] = {
        "phones": truth.phones,
        "readers": truth.readers.items(),
        "consents": (one.fact() for one in truth.consents.values()),
        "marks": truth.marks,
        "answers": truth.answers,
        "reviews": truth.reviews,
        "questions": (one.fact() for one in truth.questions),
        "lessons": finished,
    }
    lessons = [(row[0], row[1], row[-1]) for row in kept["sittings"]]
    held = kept | {"lessons": lessons}
    for kind, lines in told.items():
        yield from differences(kind, lines, held[kind])


def differences(kind: str, told: Iterable[Fact], held: Iterable[Fact]) -> Iterator[str]:
    """Say what is missing from the database, and what it holds that nobody did."""
    done, written = Counter(told), Counter(held)
    for word, extra in (("missing", done - written), ("nobody did", written - done)):
        lines = sorted(map(repr, extra.elements()))
        yield from (f"{kind}: {word}: {line}" for line in lines[:MOST_NAMED])
        if len(lines) > MOST_NAMED:
            yield f"{kind}: {word}: and {len(lines) - MOST_NAMED} more"


def due(meeting: Lesson) -> dict[ReminderKind, datetime]:
    """Say when learners are reminded of a meeting before it begins."""
    eve = meeting.starts.astimezone(SHANGHAI).date() - timedelta(days=1)
    return {
        ReminderKind.DAY_BEFORE: datetime.combine(eve, ASKED_AT, SHANGHAI),
        ReminderKind.HOUR_BEFORE: meeting.starts - timedelta(hours=1),
    }


def reminded(school: School, truth: Truth, kept: Facts) -> Iterator[str]:
    """Check that each learner was reminded at each phone, or is known to have none."""
    told: list[Fact] = []
    for room in school.classes:
        for meeting in room.meetings:
            for kind, moment in due(meeting).items():
                told.append(("group", meeting.name, str(kind), "queued", ""))
                told += [
                    (one.number, meeting.name, str(kind), *reached(truth, one.number, moment))
                    for one in room.learners
                ]
    # Who is asked at the start, or missed afterwards, hangs on what they did; that each such row
    # was settled, and left where it was queued, is looked at row by row.
    before = [row for row in kept["reminders"] if row[2] in {fact[2] for fact in told}]
    yield from differences("reminders", told, before)


def reached(truth: Truth, number: str, moment: datetime) -> tuple[str, str]:
    """Say what must become of a reminder."""
    linked, lost = truth.linked_at.get(number), truth.lost_at.get(number)
    if linked is None or linked > moment or (lost is not None and lost <= moment):
        return "skipped", "not on a phone"
    return "queued", ""


async def inbox_problems(session: AsyncSession, updates: int) -> Any:  # noqa: ANN401 - an async generator
    """Find updates that were lost or not handled."""
    rows = (await session.execute(select(Update.update_id, Update.state, Update.error))).all()
    if len(rows) != updates:
        yield f"inbox: {updates} updates happened, {len(rows)} were stored"
    for row in rows:
        if row.state is not InboxState.DONE:
            yield f"inbox: update {row.update_id} is {row.state}: {row.error}"


async def outbox_problems(session: AsyncSession, ended: datetime) -> Any:  # noqa: ANN401
    """Find messages that neither left nor were given up for a reason."""
    found = select(Message).where(Message.state.not_in(SETTLED))
    for row in await session.scalars(found):
        waits = row.state is OutboxState.WAITING and row.not_before > ended
        lost = row.state is OutboxState.FAILED and "Forbidden" in row.error
        if not waits and not lost:
            yield f"outbox: {row.method} {row.purpose} is {row.state}: {row.error}"


async def reminder_problems(session: AsyncSession) -> Any:  # noqa: ANN401
    """Find reminders that were queued but never sent, nor skipped with a reason."""
    for row in await session.scalars(select(Reminder)):
        if row.state is ReminderState.PLANNED:
            yield f"reminder: {row.key} was never settled"
        if row.state is ReminderState.SKIPPED and not row.reason:
            yield f"reminder: {row.key} was skipped without a reason"
        if row.state is not ReminderState.QUEUED:
            continue
        # Its message stands under its own key, or under one for each phone.
        key = f"reminder:{row.key}"
        own = select(Message.state).where(
            (Message.key == key) | Message.key.like(f"{key}:%"), Message.purpose == "reminder"
        )
        states = (await session.scalars(own)).all()
        if not states or any(state is not OutboxState.SENT for state in states):
            yield f"reminder: {row.key} was queued, its messages are {[*map(str, states)]}"


async def media_problems(session: AsyncSession) -> Any:  # noqa: ANN401
    """Find files whose bytes were not fetched."""
    for row in await session.scalars(select(Media).where(Media.state != MediaState.STORED)):
        yield f"media: {row.kind} of {row.received_at} is {row.state}: {row.error}"


def dossier_problems(room: SchoolClass, dossiers: Iterable[str]) -> Iterator[str]:
    """Find learners without a dossier, and dossiers of nobody."""
    wanted, there = {one.number for one in room.learners}, set(dossiers)
    yield from (f"dossier: {number} is missing" for number in sorted(wanted - there))
    yield from (f"dossier: {number} is nobody's" for number in sorted(there - wanted))
