"""Strangers: one kind sentence a day, and nothing is kept of what they wrote."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import SHANGHAI
from bot.screens import screen as picture
from bot.voice.listening import listener
from bot.voice.saying import Screen, show
from db.models import Account

STRANGER = _(
    "Hello. I belong to a school for grown-ups. "
    "If you would like to learn, please ask in your village or at the county school."
)


async def greet_stranger(session: AsyncSession, account: Account, now: datetime) -> None:
    """Greet somebody whom nobody knows, once a day."""
    today = now.astimezone(SHANGHAI).date()
    if account.greeted_at and account.greeted_at.astimezone(SHANGHAI).date() == today:
        return
    account.greeted_at = now
    await show(session, listener(account), Screen(STRANGER, picture=picture("stranger")), now)
