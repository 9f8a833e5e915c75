"""Who is to be reminded of what, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Reminder, ReminderState


async def plan(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write reminders ahead of time; one that is already written stays as it is."""
    if not rows:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(insert(Reminder).on_conflict_do_nothing(), rows)


async def due(session: AsyncSession, now: datetime, limit: int = 200) -> Sequence[Reminder]:
    """List planned reminders whose time has come, oldest first."""
    found = select(Reminder).where(Reminder.state == ReminderState.PLANNED, Reminder.due_at <= now)
    found = found.order_by(Reminder.due_at, Reminder.id).limit(limit)
    return (await session.scalars(found.with_for_update(skip_locked=True))).all()
