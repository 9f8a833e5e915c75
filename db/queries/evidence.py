"""What the evidence files are made of: one class, and then one person at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.ledger import GENESIS
from db.models import (
    Answer,
    Consent,
    LedgerEntry,
    Makeup,
    Mark,
    Mastery,
    Media,
    Meeting,
    MeetingState,
    Membership,
    OwnLesson,
    Person,
    Question,
    Role,
    Sitting,
    StudyClass,
)
from db.queries import hours
from db.queries.objections import Contested, contested


@dataclass(frozen=True)
class WalkIn:
    """A walk-in who was found to be somebody: their own chain stays as it was written."""

    person_id: int
    number: str
    lines: Sequence[LedgerEntry]

    @property
    def entries(self) -> int:
        """How many lines their chain has."""
        return self.lines[-1].seq if self.lines else 0

    @property
    def head(self) -> str:
        """The hash of the last of them."""
        return self.lines[-1].hash if self.lines else GENESIS


@dataclass(frozen=True)
class Kept:
    """What is kept of one person: their own rows and the lines of their chain."""

    marks: Sequence[Mark]
    sittings: Sequence[Sitting]
    answers: Sequence[Answer]
    questions: Sequence[Question]
    consents: Sequence[Consent]
    mastery: Sequence[Mastery]
    media: dict[int, Media]
    lines: Sequence[LedgerEntry]
    contests: Sequence[Contested] = ()
    makeups: Sequence[Makeup] = ()
    walk_ins: Sequence[WalkIn] = ()


async def study_class(session: AsyncSession, class_id: int) -> StudyClass:
    """Return a class; raises `NoResultFound` where there is none."""
    found = await session.scalars(select(StudyClass).where(StudyClass.id == class_id))
    return found.one()


async def staff_names(session: AsyncSession, class_id: int, role: Role, now: datetime) -> list[str]:
    """Return the names of those who hold a role in a class at a moment."""
    query = (
        select(Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.study_class_id == class_id, Membership.role == role)
        .where(func.coalesce(Membership.ends_at, now) >= now)
        .order_by(Membership.starts_at, Person.number)
    )
    return list(await session.scalars(query))


async def meetings(session: AsyncSession, class_id: int, now: datetime) -> list[Meeting]:
    """Return a class's meetings that have begun or that something happened in, by time."""
    begun = (Meeting.starts_at <= now) | (Meeting.state != MeetingState.PLANNED)
    marked = exists().where(Mark.meeting_id == Meeting.id)
    query = (
        select(Meeting)
        .where(Meeting.study_class_id == class_id, begun | marked)
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return list(await session.scalars(query))


async def own_titles(session: AsyncSession, class_id: int) -> dict[str, str]:
    """Return what a class's own lessons are called, by key and version, as in `own1 v2`."""
    query = select(OwnLesson).where(OwnLesson.study_class_id == class_id)
    return {f"{row.key} v{row.version}": row.title for row in await session.scalars(query)}


async def marks_of(session: AsyncSession, meeting_id: int) -> dict[int, list[Mark]]:
    """Return a meeting's marks, person by person."""
    query = select(Mark).where(Mark.meeting_id == meeting_id).order_by(Mark.at, Mark.id)
    found: dict[int, list[Mark]] = {}
    for mark in await session.scalars(query):
        found.setdefault(mark.person_id, []).append(mark)
    return found


async def names_of(session: AsyncSession, person_ids: set[int]) -> dict[int, str]:
    """Return the names of some people."""
    query = select(Person.id, Person.name).where(Person.id.in_(person_ids))
    return {row.id: row.name for row in await session.execute(query)}


async def kept(session: AsyncSession, person_id: int, class_id: int) -> Kept:
    """Return what is kept of a person, with the marks of one class, in the order it happened.

    What was kept of a walk-in who they turned out to be is theirs too.
    """
    walk_ins = await _walk_ins(session, person_id)
    same = [person_id, *(one.person_id for one in walk_ins)]
    marks = await session.scalars(
        select(Mark)
        .join(Meeting, Meeting.id == Mark.meeting_id)
        .where(Mark.person_id.in_(same), Meeting.study_class_id == class_id)
        .order_by(Mark.at, Mark.id)
    )
    sittings = await session.scalars(
        select(Sitting).where(Sitting.person_id.in_(same)).order_by(Sitting.started_at, Sitting.id)
    )
    answers = await session.scalars(
        select(Answer).where(Answer.person_id.in_(same)).order_by(Answer.at, Answer.id)
    )
    questions = await session.scalars(
        select(Question)
        .where(Question.person_id.in_(same))
        .order_by(Question.asked_at, Question.id)
    )
    consents = await session.scalars(
        select(Consent).where(Consent.person_id.in_(same)).order_by(Consent.asked_at, Consent.id)
    )
    mastery = await session.scalars(
        select(Mastery).where(Mastery.person_id == person_id).order_by(Mastery.item)
    )
    makeups = await session.scalars(
        select(Makeup)
        .join(Meeting, Meeting.id == Makeup.meeting_id)
        .where(Makeup.person_id.in_(same), Meeting.study_class_id == class_id)
        .order_by(Makeup.id)
    )
    found = Kept(
        marks=marks.all(),
        sittings=sittings.all(),
        answers=answers.all(),
        questions=questions.all(),
        consents=consents.all(),
        mastery=mastery.all(),
        media={},
        lines=await lines(session, person_id),
        contests=[one for each in same for one in await contested(session, each)],
        makeups=makeups.all(),
        walk_ins=walk_ins,
    )
    found.media.update(await media(session, _media_ids(found)))
    return found


async def _walk_ins(session: AsyncSession, person_id: int) -> list[WalkIn]:
    """List every walk-in who was found to be a person, with their chains."""
    into = await hours.merged(session)
    numbers = sorted(one for one, target in into.items() if target == person_id)
    found = []
    for one in numbers:
        person = await session.get_one(Person, one)
        found.append(WalkIn(one, person.number, await lines(session, one)))
    return found


def _media_ids(found: Kept) -> set[int]:
    """Gather the files that a person's rows name."""
    named = [
        *(mark.voice_id for mark in found.marks),
        *(file for row in found.answers for file in (row.voice_id, row.comment_id)),
        *(file for row in found.questions for file in (row.media_id, row.answer_media_id)),
        *(file for row in found.consents for file in (row.voice_id, row.witness_voice_id)),
        *(file for row in found.makeups for file in (row.voice_id, row.evidence_id)),
        *(file for one in found.contests for file in (one.contest.voice_id, one.contest.word_id)),
    ]
    return {number for number in named if number is not None}


async def media(session: AsyncSession, ids: set[int]) -> dict[int, Media]:
    """Return some files by their id."""
    if not ids:
        return {}
    query = select(Media).where(Media.id.in_(ids)).order_by(Media.id)
    return {file.id: file for file in await session.scalars(query)}


async def lines(session: AsyncSession, person_id: int) -> Sequence[LedgerEntry]:
    """Return a person's ledger lines in order."""
    query = select(LedgerEntry).where(LedgerEntry.person_id == person_id)
    found = await session.scalars(query.order_by(LedgerEntry.seq))
    return found.all()


async def hash_at(session: AsyncSession, number: str, seq: int) -> str | None:
    """Return the hash of one line of the chain of the person with this number."""
    query = (
        select(LedgerEntry.hash)
        .join(Person, Person.id == LedgerEntry.person_id)
        .where(Person.number == number, LedgerEntry.seq == seq)
    )
    return (await session.scalars(query)).one_or_none()
