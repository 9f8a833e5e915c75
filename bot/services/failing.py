"""When something went wrong on our side: the person is told that what they sent is kept."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.voice.listening import listener
from bot.voice.saying import Screen, receipt
from db.models import Person
from db.queries import people


async def say_sorry(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Tell a person that we failed and that a person will look; a group hears nothing."""
    account = await people.account_of(session, chat_id)
    if account is None:
        return
    person = await session.get(Person, account.person_id) if account.person_id else None
    text = _(
        "Something went wrong on our side. What you sent is kept, and a person will look at it."
    )
    receipt(session, listener(account, person), Screen(text), now)
