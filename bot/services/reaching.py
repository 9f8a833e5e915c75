"""How a person can be reached, and what is done when they cannot."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.voice.listening import Listener, listener
from bot.voice.saying import Way, tell
from db import ledger
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


async def lose(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Note that an account no longer takes messages, and tell the class head once."""
    account = await people.account_of(session, chat_id)
    if account is None or not account.reachable:
        return
    account.reachable = False
    for person in await people.persons_at(session, account.id):
        await ledger.record(session, person.id, "account.lost", now, account=account.id)
        study_class = await people.class_of(session, person.id, Role.LEARNER, now)
        if study_class:
            await tell_class_heads(
                session,
                study_class.id,
                _("%(name)s can no longer be reached on the phone. Please call."),
                now,
                f"lost:{account.id}:{person.id}:{now:%Y%m%d}",
                name=person.name,
            )


async def regain(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Note that an account takes messages again."""
    account = await people.account_of(session, chat_id)
    if account is None or account.reachable:
        return
    account.reachable = True
    for person in await people.persons_at(session, account.id):
        await ledger.record(
            session, person.id, "account.linked", now, account=account.id, back=True
        )
