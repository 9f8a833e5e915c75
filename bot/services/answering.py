"""What a teacher says freely: the answer to the question in hand, else the day's list again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.services import asking, hearing, holding
from bot.services.keeping import Attachment
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db.models import Membership, Question


async def take(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    text: str,
    said: Attachment | None,
    now: datetime,
) -> None:
    """Take a teacher's words or voice as the answer that was asked for."""
    state, number = hearing.state_of(here)
    question = await session.get(Question, number) if state == "answer" else None
    if question is None or not asking.may_answer(held, question):
        await holding.list_today(session, here, now)
        return
    if said and said.too_big:
        tell(session, here, _("This file is too big for me. Please send a smaller one."), now)
        return
    await asking.answer(session, here, question, now, text=text, said=said)
