"""Two photos that a person should compare: flagged softly once one of them was looked at."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import flagging
from bot.services.checks.finding import Finding, numbers, stamps
from db.models import ClassPhoto, FlagKind, Meeting

WHOLE = 100


async def flag_alike(
    session: AsyncSession, photo: ClassPhoto, number: int, fit: float, now: datetime
) -> None:
    """Ask about a photo much of which is on one of another meeting, but not all of it."""
    other = await session.get_one(ClassPhoto, number)
    meeting = await session.get_one(Meeting, photo.meeting_id)
    finding = Finding(
        FlagKind.PHOTO,
        f"photo:alike:{photo.id}",
        {
            "why": "alike",
            "photos": numbers((photo.id, other.id)),
            "media": numbers((photo.media_id, other.media_id)),
            "meetings": numbers((photo.meeting_id, other.meeting_id)),
            "percent": round(fit * WHOLE),
            "by": numbers((photo.sent_by, other.sent_by)),
            "moments": stamps((photo.at, other.at)),
        },
        study_class_id=meeting.study_class_id,
        meeting_id=meeting.id,
        soft=True,
    )
    await flagging.keep(session, [finding], now)
