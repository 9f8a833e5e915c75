"""What the database holds, in words that do not depend on the order in which rows were numbered."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.rehearsal.naming import Names, moment, name_rows, named, rows
from bot.rehearsal.truth import Fact
from db.models import (
    Account,
    AccountPerson,
    Answer,
    Consent,
    LedgerEntry,
    Mark,
    Membership,
    Person,
    Question,
    Reminder,
    Role,
    Sitting,
)
from db.session import Database

Facts = dict[str, list[Fact]]


async def facts(database: Database) -> Facts:
    """Gather everything that was done, each kind sorted."""
    async with database.read() as session:
        names = await name_rows(session)
        found = {
            "phones": await phones(session, names),
            "readers": await readers(session),
            "consents": await consents(session, names),
            "marks": await marks(session, names),
            "answers": await answers(session, names),
            "reviews": await reviews(session, names),
            "sittings": await sittings(session, names),
            "questions": await questions(session, names),
            "reminders": await reminders(session, names),
            "ledger": await ledger_lines(session, names),
        }
    return {kind: sorted(lines, key=repr) for kind, lines in found.items()}


async def phones(session: AsyncSession, names: Names) -> list[Fact]:
    """Say which learner uses which account, and whether it can be reached."""
    learns = exists().where(
        Membership.person_id == AccountPerson.person_id, Membership.role == Role.LEARNER
    )
    found = await session.execute(
        select(AccountPerson.person_id, Account.user_id, Account.reachable)
        .join(Account, Account.id == AccountPerson.account_id)
        .where(learns)
    )
    return [(names.of("person", row.person_id), row.user_id, bool(row.reachable)) for row in found]


async def readers(session: AsyncSession) -> list[Fact]:
    """Say which learners of a phone read what, as they said."""
    chose = exists().where(LedgerEntry.person_id == Person.id, LedgerEntry.kind == "reading.chosen")
    found = await session.execute(select(Person.number, Person.reads).where(chose))
    return [(row.number, str(row.reads)) for row in found]


async def consents(session: AsyncSession, names: Names) -> list[Fact]:
    """Say who agreed, when, and who was there."""
    return [
        (
            names.of("person", row.person_id),
            str(row.state),
            moment(row.decided_at),
            "voice" if row.witness_voice_id else names.of("person", row.witness_id),
        )
        for row in await rows(session, Consent)
    ]


async def marks(session: AsyncSession, names: Names) -> list[Fact]:
    """Say who was marked as what."""
    return [
        (
            names.of("person", row.person_id),
            names.of("meeting", row.meeting_id),
            str(row.phase),
            names.of("mark", row.id).rpartition(" ")[2],
            str(row.status),
            str(row.how),
            str(row.sure),
            row.minutes_late,
            row.feeling or 0,
            names.of("person", row.made_by),
            moment(row.at),
        )
        for row in await rows(session, Mark)
    ]


async def answers(session: AsyncSession, names: Names) -> list[Fact]:
    """Say what was answered in lessons."""
    lessons = {row.id: row.lesson for row in await rows(session, Sitting)}
    return [
        (
            names.of("person", row.person_id),
            lessons[row.sitting_id],
            row.step,
            row.kind,
            row.tries,
            row.choice,
            row.right,
            row.voice_id is not None,
            moment(row.at),
        )
        for row in await rows(session, Answer)
    ]


async def reviews(session: AsyncSession, names: Names) -> list[Fact]:
    """Say what a teacher said of whose homework."""
    return [
        (
            names.of("person", row.person_id),
            row.good,
            names.of("person", row.reviewed_by),
            moment(row.reviewed_at),
        )
        for row in await rows(session, Answer)
        if row.reviewed_at
    ]


async def sittings(session: AsyncSession, names: Names) -> list[Fact]:
    """Say how far each lesson was taken, and how long it took."""
    return [
        (
            names.of("person", row.person_id),
            row.lesson,
            row.version,
            row.step,
            row.tries,
            row.seconds,
            moment(row.started_at),
            moment(row.finished_at),
        )
        for row in await rows(session, Sitting)
    ]


async def questions(session: AsyncSession, names: Names) -> list[Fact]:
    """Say who asked what how, and what became of it."""
    return [
        (
            names.of("person", row.person_id),
            moment(row.asked_at),
            "voice" if row.media_id else "text",
            ("voice" if row.answer_media_id else "in person") if row.answered_at else "",
            moment(row.answered_at),
            row.clear,
        )
        for row in await rows(session, Question)
    ]


async def reminders(session: AsyncSession, names: Names) -> list[Fact]:
    """Say whom to remind of what, and what became of it."""
    return [
        (
            names.of("person", row.person_id) or "group",
            names.of("meeting", row.meeting_id),
            str(row.kind),
            str(row.state),
            row.reason,
        )
        for row in await rows(session, Reminder)
    ]


async def ledger_lines(session: AsyncSession, names: Names) -> list[Fact]:
    """Return every line of the ledger, without what chance put into it."""
    found = await session.scalars(select(LedgerEntry))
    return [
        (
            names.of("person", line.person_id),
            moment(line.at),
            line.kind,
            tuple(sorted(named(line.payload or {}, names).items())),
        )
        for line in found
    ]
