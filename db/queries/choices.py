"""What a learner was asked: choices on messages of their own, and voices wanted before."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import LedgerEntry, Message

CHOICE = "choice"  # the purpose of such a message


async def below(session: AsyncSession, card: Message) -> Sequence[Message]:
    """Return the messages that carry the choices of a card, in their order."""
    found = select(Message).where(
        Message.chat_id == card.chat_id,
        Message.created_at == card.created_at,
        Message.purpose == CHOICE,
        Message.id > card.id,
    )
    return (await session.scalars(found.order_by(Message.id))).all()


async def wanted_before(session: AsyncSession, person_id: int, language: str) -> bool:
    """Say whether it is in the ledger already that a learner wants a language's voice."""
    found = select(LedgerEntry.payload).where(
        LedgerEntry.person_id == person_id, LedgerEntry.kind == "voice.wanted"
    )
    told = [payload or {} for payload in await session.scalars(found)]
    return any(one.get("language") == language and "key" not in one for one in told)
