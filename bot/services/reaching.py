"""Where a person can be spoken to, and how staff of a class are told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.voice.listening import Listener, listener
from bot.voice.saying import Way, tell
from db.models import Person, Priority, Role
from db.queries import notices, people


async def listeners(session: AsyncSession, person: Person) -> list[Listener]:
    """Return the private chats in which a person can be spoken to."""
    return [listener(one, person) for one in await people.accounts_of(session, person.id)]


async def class_heads(
    session: AsyncSession, study_class_id: int | None, now: datetime
) -> Sequence[Person]:
    """Return who leads a class."""
    if study_class_id is None:
        return ()
    return await people.members(session, study_class_id, Role.CLASS_HEAD, now)


async def tell_class_heads(
    session: AsyncSession,
    study_class_id: int | None,
    msgid: str,
    now: datetime,
    key: str | None = None,
    **values: object,
) -> None:
    """Tell every head of a class; with a key, once."""
    for head in await class_heads(session, study_class_id, now):
        for place in await listeners(session, head):
            own = f"{key}:{place.chat_id}" if key else None
            if own and await notices.exists(session, own):
                continue
            way = Way(Priority.CHECKIN, own, purpose="notice")
            tell(session, place, msgid, now, (), way, **values)
