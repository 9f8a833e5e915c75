"""What follows from a delivery, written down in one transaction for several rows."""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivering import UNREACHABLE, Result
from bot.faults import named, trail
from db import ledger
from db.models import OutboxState
from db.queries import leaving, outbox, uploads

logger = logging.getLogger(__name__)

Lost = Callable[[AsyncSession, int], Awaitable[None]]
Migrated = Callable[[AsyncSession, int, int], Awaitable[None]]

REMINDER = "reminder"
# The key of a reminder's message tells which reminder it carries: reminder:<kind>:<meeting>:…
REMINDER_KEY = re.compile(r"reminder:(?P<kind>\w+):(?P<meeting>\d+):")
REASON = 255  # characters kept


async def write(
    session: AsyncSession,
    bot_id: int,
    results: Sequence[Result],
    now: datetime,
    lost: Lost,
    migrated: Migrated,
) -> None:
    """Write down results, with all that they mean for other rows."""
    if not results:
        return
    await leaving.settle(session, [values(result, now) for result in results])
    for result in results:
        row = result.row
        if result.rewritten:
            await outbox.rewrite(session, row.id, row.method, row.payload)
        for digest in result.forgotten:
            await uploads.forget(session, bot_id, digest)
        for digest, file_id in result.uploads.items():
            await uploads.keep(session, bot_id, digest, file_id)
        if result.to is OutboxState.SENT:
            await record(session, row.person_id, row.purpose, row.key, now)
        elif result.to is OutboxState.FAILED:
            reason = UNREACHABLE if result.unreachable else result.reason
            await record(session, row.person_id, row.purpose, row.key, now, reason)
            logger.warning("message %d failed: %s", row.id, result.reason)
        if result.unreachable:
            waiting = await outbox.waiting_in(session, row.chat_id)
            await skip(session, {UNREACHABLE: waiting}, now)
            await tell(session, lost(session, row.chat_id))
        if result.new_chat_id is not None:
            await outbox.readdress(session, row.chat_id, result.new_chat_id)
            await tell(session, migrated(session, row.chat_id, result.new_chat_id))


def values(result: Result, now: datetime) -> dict[str, object]:
    """Return what the row itself says of its result."""
    return {
        "row_id": result.row.id,
        "to": result.to,
        "number": result.message_id,
        "reason": result.reason[:REASON],
        "more": result.tried,
        "moment": now if result.to is OutboxState.SENT else None,
    }


async def skip(session: AsyncSession, rows: Mapping[str, Iterable[int]], now: datetime) -> None:
    """Let rows never leave, each for its reason."""
    for reason, ids in rows.items():
        for _, key, person_id, purpose in await outbox.skip(session, ids, reason):
            await record(session, person_id, purpose, key, now, reason)


async def record(
    session: AsyncSession,
    person_id: int | None,
    purpose: str,
    key: str | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Add what became of a reminder to the person's chain; a reason says why it was not sent."""
    if purpose != REMINDER or person_id is None:
        return
    about: dict[str, object] = {}
    if named := REMINDER_KEY.match(key or ""):
        about = {"reminder": named["kind"], "meeting": int(named["meeting"])}
    if reason is None:
        await ledger.record(session, person_id, "reminder.sent", now, **about)
    else:
        await ledger.record(session, person_id, "reminder.skipped", now, **about, reason=reason)


async def tell(session: AsyncSession, story: Awaitable[None]) -> None:
    """Let the school act on what happened; if it cannot, the delivery still counts."""
    try:
        async with session.begin_nested():
            await story
    except Exception as error:  # noqa: BLE001
        told = named(error), trail(error)
        logger.error("what follows from a delivery was not done: %s\n%s", *told)  # noqa: TRY400
