"""Files that people send: the row is kept in the turn, the bytes are fetched after it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Media

LARGEST = 20 * 1024 * 1024  # bots fetch no more (Bot API, getFile)
SHORTEST = 1  # second: shorter is a slip of the thumb


@dataclass(frozen=True)
class Attachment:
    """What an update says of a file."""

    kind: str
    file_id: str
    unique_id: str
    size: int = 0
    seconds: int = 0
    mime: str = ""
    forwarded: bool = False

    @property
    def too_big(self) -> bool:
        """Whether the chat would not hand it over."""
        return self.size > LARGEST


async def keep(
    session: AsyncSession, attachment: Attachment, person_id: int | None, now: datetime
) -> Media:
    """Keep a file; the fetcher brings its bytes."""
    media = Media(
        kind=attachment.kind,
        person_id=person_id,
        file_id=attachment.file_id,
        unique_id=attachment.unique_id,
        size=attachment.size,
        seconds=attachment.seconds,
        mime=attachment.mime,
        retry_at=now,
        received_at=now,
    )
    session.add(media)
    await session.flush()
    return media
