"""The unsaved roll call of a meeting, and the message in which it stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import How, Mark, Message, RollDraft, Status


async def put(
    session: AsyncSession,
    meeting_id: int,
    statuses: Mapping[int, Status],
    *,
    over: bool = True,
) -> None:
    """Draft some people's states; two teachers may do so at once.

    Without `over` those who are drafted already stay as they are.
    """
    if not statuses:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [
        {"meeting_id": meeting_id, "person_id": person_id, "status": status}
        for person_id, status in sorted(statuses.items())
    ]
    added = insert(RollDraft).values(rows)
    if over:
        keys = [RollDraft.meeting_id, RollDraft.person_id]
        changed = {"status": added.excluded.status}
        await session.execute(added.on_conflict_do_update(index_elements=keys, set_=changed))
    else:
        await session.execute(added.on_conflict_do_nothing())


async def clear(session: AsyncSession, meeting_id: int) -> None:
    """Forget what was drafted."""
    await session.execute(delete(RollDraft).where(RollDraft.meeting_id == meeting_id))


async def message(
    session: AsyncSession, chat_id: int, message_id: int, purpose: str
) -> Message | None:
    """Return the outbox row of a message of a purpose that stands in a chat."""
    found = select(Message).where(
        Message.chat_id == chat_id, Message.message_id == message_id, Message.purpose == purpose
    )
    return await session.scalar(found.order_by(Message.id.desc()).limit(1))


async def saved_with(
    session: AsyncSession, meeting_id: int, person_id: int, at: datetime
) -> Sequence[Mark]:
    """List what a teacher saved in one roll call, oldest first."""
    found = select(Mark).where(
        Mark.meeting_id == meeting_id,
        Mark.made_by == person_id,
        Mark.how == How.ROLL,
        Mark.status != Status.WITHDRAWN,
        Mark.key.startswith("roll:"),
        Mark.at == at,
    )
    return (await session.scalars(found.order_by(Mark.id))).all()
