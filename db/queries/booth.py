"""The booth's rows: clips that were recorded, what is wanted, who may speak, what was reviewed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    Clip,
    ClipState,
    Consent,
    ConsentState,
    Media,
    MediaState,
    Membership,
    Person,
    Review,
    Role,
    Wanted,
)
from db.queries.clips import WITHDRAWN

RECORD = "record:"  # kind of a file that waits to be heard; the number of its key follows


async def wanted(session: AsyncSession, language: str) -> dict[str, int]:
    """Return how often each clip of a language was wanted and missing."""
    found = select(Wanted).where(Wanted.language == language)
    return {row.key: row.count for row in await session.scalars(found)}


async def keys(session: AsyncSession, language: str) -> set[str]:
    """Return the keys of a language that somebody has recorded."""
    found = select(Clip.key).where(Clip.language == language)
    return set(await session.scalars(found))


async def settled(session: AsyncSession, language: str, speaker_id: int) -> set[str]:
    """Return the keys that a speaker need not record: approved ones, and what waits of theirs."""
    own = (Clip.speaker_id == speaker_id) & (Clip.state == ClipState.RECORDED)
    found = select(Clip.key).where(
        Clip.language == language, or_(Clip.state == ClipState.APPROVED, own)
    )
    return set(await session.scalars(found))


async def approved(session: AsyncSession, key: str, language: str) -> Clip | None:
    """Find the newest approved clip of a key."""
    found = select(Clip).where(
        Clip.key == key, Clip.language == language, Clip.state == ClipState.APPROVED
    )
    return await session.scalar(found.order_by(Clip.version.desc()).limit(1))


async def newest_version(session: AsyncSession, key: str, language: str) -> int:
    """Return the highest version of a clip, 0 where nobody has recorded it."""
    found = select(func.max(Clip.version)).where(Clip.key == key, Clip.language == language)
    return await session.scalar(found) or 0


async def same(
    session: AsyncSession, key: str, language: str, sha256: str, speaker_id: int | None = None
) -> Clip | None:
    """Find a clip of the very same sound; of a speaker, if one is named."""
    found = select(Clip).where(Clip.key == key, Clip.language == language, Clip.sha256 == sha256)
    if speaker_id is not None:
        found = found.where(Clip.speaker_id == speaker_id)
    return await session.scalar(found.order_by(Clip.id).limit(1))


def _for(person_id: int, language: str) -> ColumnElement[bool]:
    """Match what a second speaker may judge: never one's own."""
    other = or_(Clip.speaker_id.is_(None), Clip.speaker_id != person_id)
    return (Clip.state == ClipState.RECORDED) & (Clip.language == language) & other


async def to_judge(
    session: AsyncSession, person_id: int, language: str, after: int = 0
) -> Clip | None:
    """Find the next recording for a second speaker's ear, oldest first."""
    found = select(Clip).where(_for(person_id, language), Clip.id > after)
    return await session.scalar(found.order_by(Clip.id).limit(1))


async def count_to_judge(session: AsyncSession, person_id: int, language: str) -> int:
    """Count the recordings that wait for a second speaker."""
    found = select(func.count()).select_from(Clip).where(_for(person_id, language))
    return await session.scalar(found) or 0


async def unheard(session: AsyncSession) -> Sequence[Media]:
    """List the recordings whose bytes have come, or never will, and that nobody has heard yet."""
    found = select(Media).where(
        Media.kind.startswith(RECORD, autoescape=True), Media.state != MediaState.WAITING
    )
    return (await session.scalars(found.order_by(Media.id))).all()


async def voice_consent(session: AsyncSession, person_id: int) -> Consent | None:
    """Find a speaker's last consent to the use of their voice."""
    found = select(Consent).where(Consent.person_id == person_id, Consent.kind == "voice")
    return await session.scalar(found.order_by(Consent.id.desc()).limit(1))


async def second_speakers(
    session: AsyncSession, speaker_id: int, now: datetime
) -> Sequence[Person]:
    """List who else may judge a recording: staff of the speaker's classes, and other speakers."""
    held = (Membership.starts_at <= now) & or_(
        Membership.ends_at.is_(None), Membership.ends_at > now
    )
    own = select(Membership.study_class_id).where(Membership.person_id == speaker_id, held)
    staff = select(Membership.person_id).where(
        Membership.study_class_id.in_(own), Membership.role != Role.LEARNER, held
    )
    given = select(Consent.person_id).where(
        Consent.kind == "voice", Consent.state == ConsentState.GIVEN
    )
    found = select(Person).where(
        or_(Person.id.in_(staff), Person.id.in_(given)), Person.id != speaker_id
    )
    return (await session.scalars(found.order_by(Person.id))).all()


async def counts(session: AsyncSession) -> Sequence[tuple[str, str, ClipState]]:
    """Return key, language and state of all clips."""
    found = select(Clip.key, Clip.language, Clip.state).distinct()
    return [(row.key, row.language, row.state) for row in await session.execute(found)]


async def lent(session: AsyncSession, speaker_id: int) -> Sequence[Clip]:
    """Return the recordings of a speaker that are played, or wait for a second speaker."""
    open_ = Clip.state.in_((ClipState.APPROVED, ClipState.RECORDED))
    found = select(Clip).where(Clip.speaker_id == speaker_id, open_)
    return (await session.scalars(found.order_by(Clip.id))).all()


async def withdrawn(session: AsyncSession) -> dict[str, int]:
    """Return how many recordings of each language their speakers took back."""
    found = select(Clip.language, func.count()).where(WITHDRAWN).group_by(Clip.language)
    return {row[0]: row[1] for row in await session.execute(found)}


async def languages(session: AsyncSession) -> set[str]:
    """Return the languages that people speak, or that clips are in."""
    spoken = set(await session.scalars(select(Person.speaks).distinct()))
    return spoken | set(await session.scalars(select(Clip.language).distinct()))


async def approved_of(session: AsyncSession, language: str) -> dict[str, Clip]:
    """Return the newest approved clip of each key."""
    found = select(Clip).where(Clip.language == language, Clip.state == ClipState.APPROVED)
    return {clip.key: clip for clip in await session.scalars(found.order_by(Clip.version))}


async def person_numbered(session: AsyncSession, number: str) -> Person | None:
    """Find a person by the number in the roster."""
    return await session.scalar(select(Person).where(Person.number == number))


async def reviews(session: AsyncSession, language: str) -> dict[str, tuple[Review, str]]:
    """Return the latest word on each written string, with its reviewer's number."""
    found = select(Review, Person.number).join(Person, Person.id == Review.reviewer_id)
    found = found.where(Review.language == language).order_by(Review.id)
    return {row[0].msgid: (row[0], row[1]) for row in await session.execute(found)}
