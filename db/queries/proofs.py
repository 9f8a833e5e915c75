"""What proves that a class was held: its photos and the teacher's logs."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import (
    ClassPhoto,
    Media,
    MediaState,
    Meeting,
    MeetingState,
    Membership,
    Role,
    StudyClass,
    TeachingLog,
)

PHOTO = "class:"  # kind of a file that waits to be looked at as the photo of a class
OFFERED = "offer:"  # kind of a picture of which it was asked whether it is one


async def photos_of(session: AsyncSession, meeting_id: int) -> Sequence[ClassPhoto]:
    """List the photos of a meeting that were looked at, copies among them, oldest first."""
    found = select(ClassPhoto).where(ClassPhoto.meeting_id == meeting_id, ClassPhoto.likeness != "")
    return (await session.scalars(found.order_by(ClassPhoto.id))).all()


async def logs_of(session: AsyncSession, meeting_id: int) -> Sequence[TeachingLog]:
    """List what was said of the teaching of a meeting, oldest first."""
    found = select(TeachingLog).where(TeachingLog.meeting_id == meeting_id)
    return (await session.scalars(found.order_by(TeachingLog.id))).all()


def _photographed() -> ColumnElement[bool]:
    """Say that a meeting has a photo of its own, or one that still has to be looked at."""
    return exists(
        select(ClassPhoto.id)
        .join(Media, Media.id == ClassPhoto.media_id)
        .where(
            ClassPhoto.meeting_id == Meeting.id,
            ClassPhoto.same_as.is_(None),
            or_(ClassPhoto.likeness != "", Media.kind.startswith(PHOTO, autoescape=True)),
        )
    )


def _logged() -> ColumnElement[bool]:
    return exists(select(TeachingLog.id).where(TeachingLog.meeting_id == Meeting.id))


async def there(session: AsyncSession, numbers: Collection[int]) -> dict[int, tuple[bool, bool]]:
    """Say of each of these meetings whether it has a photo, and whether it has a log."""
    found = select(Meeting.id, _photographed(), _logged()).where(Meeting.id.in_(numbers))
    return {number: (photo, log) for number, photo, log in await session.execute(found)}


async def lacking(
    session: AsyncSession, *, after: datetime, until: datetime
) -> Sequence[tuple[int, int]]:
    """List teacher and number of the meetings closed in this span that lack a photo or a log."""
    found = select(Meeting.teacher_id, Meeting.id).where(
        Meeting.state == MeetingState.CLOSED,
        Meeting.closed_at > after,
        Meeting.closed_at <= until,
        ~and_(_photographed(), _logged()),
    )
    rows = await session.execute(found.order_by(Meeting.starts_at, Meeting.id))
    return [(teacher_id, number) for teacher_id, number in rows.all()]


async def unseen(session: AsyncSession, limit: int) -> Sequence[tuple[ClassPhoto, Media]]:
    """List the photos whose bytes have come, or never will, and that nobody has looked at."""
    found = (
        select(ClassPhoto, Media)
        .join(Media, Media.id == ClassPhoto.media_id)
        .where(Media.kind.startswith(PHOTO, autoescape=True), Media.state != MediaState.WAITING)
        .order_by(Media.id)
        .limit(limit)
    )
    return [(photo, media) for photo, media in await session.execute(found)]


async def filed(session: AsyncSession, county_id: int) -> Sequence[tuple[ClassPhoto, Media]]:
    """List every photo of a county's classes that was looked at, with its file."""
    found = (
        select(ClassPhoto, Media)
        .join(Media, Media.id == ClassPhoto.media_id)
        .join(Meeting, Meeting.id == ClassPhoto.meeting_id)
        .join(StudyClass, StudyClass.id == Meeting.study_class_id)
        .where(StudyClass.county_id == county_id, ClassPhoto.likeness != "")
        .order_by(ClassPhoto.id)
    )
    return [(photo, media) for photo, media in await session.execute(found)]


async def kin(session: AsyncSession, meeting: Meeting) -> set[int]:
    """Return the other meetings of the same class or teacher."""
    found = select(Meeting.id).where(
        or_(
            Meeting.study_class_id == meeting.study_class_id,
            Meeting.teacher_id == meeting.teacher_id,
        ),
        Meeting.id != meeting.id,
    )
    return set(await session.scalars(found))


async def offered(session: AsyncSession, person_id: int) -> Sequence[Media]:
    """List somebody's pictures of which it was asked whether they are of the class."""
    found = select(Media).where(
        Media.person_id == person_id, Media.kind.startswith(OFFERED, autoescape=True)
    )
    return (await session.scalars(found.order_by(Media.id))).all()


async def shares(session: AsyncSession, media: Media) -> bool:
    """Say whether the bytes of a file are those of another one too."""
    found = select(Media.id).where(Media.path == media.path, Media.id != media.id).limit(1)
    return await session.scalar(found) is not None


async def opened_of_head(
    session: AsyncSession, person_id: int, role: Role, now: datetime
) -> Meeting | None:
    """Find the open meeting of a class in which somebody holds a role."""
    found = (
        select(Meeting)
        .join(Membership, Membership.study_class_id == Meeting.study_class_id)
        .where(
            Membership.person_id == person_id,
            Membership.role == role,
            Membership.starts_at <= now,
            or_(Membership.ends_at.is_(None), Membership.ends_at > now),
            Meeting.state == MeetingState.OPEN,
        )
    )
    return await session.scalar(found.order_by(Meeting.starts_at.desc(), Meeting.id).limit(1))
