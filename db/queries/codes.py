"""The code of the moment: what was tried, what leaked, which picture of it is live."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.models import LedgerEntry, Meeting, MeetingState, Message

CARD, EDIT, STOP = "code-card", "code", "code-stop"  # purposes of what the outbox holds
WRONG, LEAKED = "code.wrong", "code.leaked"  # kinds of ledger lines
LONGEST_DAY = timedelta(hours=12)


async def told(
    session: AsyncSession, person_ids: Sequence[int], kind: str, meeting: Meeting
) -> list[dict[str, Any]]:
    """Return what these people's ledgers say of a meeting's code since it was opened."""
    found = select(LedgerEntry.payload).where(
        LedgerEntry.person_id.in_(person_ids),
        LedgerEntry.kind == kind,
        LedgerEntry.at >= (meeting.opened_at or meeting.starts_at) - LONGEST_DAY,
    )
    rows = await session.scalars(found)
    return [row for row in rows if row and row.get("meeting") == meeting.id]


async def pictures(
    session: AsyncSession, now: datetime, since: datetime, meeting_id: int | None = None
) -> dict[int, tuple[Meeting, list[Message]]]:
    """Return the pictures of codes that were shown lately, by their row: all that was said of each.

    They stand in the chat of the meeting's tally, after it.
    """
    tally = aliased(Message)
    found = (
        select(Meeting, Message)
        .join(tally, tally.id == Meeting.teacher_card_id)
        .join(Message, (Message.chat_id == tally.chat_id) & (Message.id > tally.id))
        .where(
            Meeting.starts_at > now - LONGEST_DAY,
            Meeting.starts_at < now + LONGEST_DAY,
            Meeting.state.in_((MeetingState.OPEN, MeetingState.CLOSED)),
            Message.purpose.in_((CARD, EDIT, STOP)),
            Message.created_at > since,
        )
        .order_by(Message.id)
    )
    if meeting_id is not None:
        found = found.where(Meeting.id == meeting_id)
    shown: dict[int, tuple[Meeting, list[Message]]] = {}
    for meeting, row in await session.execute(found):
        if row.purpose != CARD:
            if row.target_id in shown:
                shown[row.target_id][1].append(row)
        elif (row.key or "").startswith(f"{CARD}:{meeting.id}:"):
            shown[row.id] = (meeting, [row])
    return shown
