"""Files of online meetings: which wait to be read, and what was read in them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Alias, Mark, Media, MediaState, Meeting, MeetingState, OnlineImport

FILE = "online:"  # kind of a file that waits to be read


async def unread(session: AsyncSession, limit: int) -> Sequence[Media]:
    """List the files whose bytes have come, or never will, and that nobody has read yet."""
    found = select(Media).where(
        Media.kind.startswith(FILE, autoescape=True), Media.state != MediaState.WAITING
    )
    return (await session.scalars(found.order_by(Media.id).limit(limit))).all()


async def meetings_during(
    session: AsyncSession,
    teacher_id: int,
    classes: Collection[int],
    *,
    after: datetime,
    until: datetime,
) -> Sequence[Meeting]:
    """List what somebody teaches, or these classes do, in this span, but for what is cancelled."""
    found = select(Meeting).where(
        or_(Meeting.teacher_id == teacher_id, Meeting.study_class_id.in_(classes)),
        Meeting.state != MeetingState.CANCELLED,
        Meeting.ends_at > after,
        Meeting.starts_at < until,
    )
    return (await session.scalars(found.order_by(Meeting.starts_at, Meeting.id))).all()


async def of_digest(session: AsyncSession, meeting_id: int, sha256: str) -> OnlineImport | None:
    """Find what was read in the very same file."""
    found = select(OnlineImport).where(
        OnlineImport.meeting_id == meeting_id, OnlineImport.sha256 == sha256
    )
    return await session.scalar(found)


async def applied(session: AsyncSession, meeting_id: int) -> Sequence[OnlineImport]:
    """List the files that count for a meeting, oldest first."""
    found = select(OnlineImport).where(
        OnlineImport.meeting_id == meeting_id, OnlineImport.applied_at.is_not(None)
    )
    return (await session.scalars(found.order_by(OnlineImport.id))).all()


async def aliases(session: AsyncSession, numbers: Collection[int]) -> Sequence[Alias]:
    """List the other names of these persons."""
    found = select(Alias).where(Alias.person_id.in_(numbers))
    return (await session.scalars(found.order_by(Alias.id))).all()


async def imported_marks(session: AsyncSession, meeting_id: int, word: str) -> Sequence[Mark]:
    """List a meeting's marks whose keys begin with a word, and what was taken back there."""
    found = select(Mark).where(
        Mark.meeting_id == meeting_id,
        or_(Mark.key.startswith(word, autoescape=True), Mark.key.startswith("withdrawn:")),
    )
    return (await session.scalars(found.order_by(Mark.id))).all()
