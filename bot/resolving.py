"""Did it arrive? A message whose answer was lost is looked for before it is sent again.

A chat has at most one message in flight, so a lost one stands right behind what we know of its
chat. In private chats and basic groups all messages of a bot's account share one row of numbers; a
supergroup has its own. We go through the numbers that nobody else is known to have and ask to
change the buttons under each to those that our message has anyway:

- "message is not modified" (or success): it is ours, it arrived;
- "message to edit not found": nothing of ours is there;
- "message can't be edited": somebody else's, or ours with a keyboard for typing, under which
  Telegram lets nothing be edited. Then it is ours if the inbox does not know it, once the inbox
  has caught up.

What is not found was not sent, and is sent again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from bot.delivering import Result, lost, refused, says
from bot.faults import named
from bot.transport import Api, BadRequest, TelegramError
from db.models import OutboxState
from db.queries import inbox, leaving
from db.queries.leaving import Leaving
from db.session import Database

logger = logging.getLogger(__name__)

CaughtUp = Callable[[], Awaitable[None]]

WINDOW = 24  # numbers after the last one known
PROBES = 64  # at most
KNOWN = 1000  # messages that are looked back on
SUPERGROUP = -1_000_000_000_000  # supergroups and channels have numbers below


async def resolve(
    database: Database, api: Api, row: Leaving, caught_up: CaughtUp | None, pause: float
) -> Result:
    """Find out whether a message arrived; it is sent, waits to be sent again, or still in doubt."""
    typed = is_typed(row)
    try:
        if typed and caught_up is not None:
            await caught_up()
        number = await find(database, api, row, typed=typed, pause=pause)
    except TelegramError as error:
        result = refused(row, error) or lost(row, error, everywhere=False)
        moved = result.new_chat_id is not None
        return result if result.to is OutboxState.FAILED or moved else unresolved(result)
    except (SQLAlchemyError, OSError) as error:
        logger.error("message %d cannot be looked for: %s", row.id, named(error))  # noqa: TRY400
        return unresolved(lost(row, error, everywhere=False))
    if number is None:
        logger.info("message %d had not arrived and is sent again", row.id)
        return Result(row, OutboxState.WAITING, "lost on the way", tried=1)
    logger.info("message %d had arrived", row.id)
    return Result(row, OutboxState.SENT, message_id=number)


async def find(
    database: Database, api: Api, row: Leaving, *, typed: bool, pause: float
) -> int | None:
    """Return the number under which a lost message stands in its chat; None where it does not."""
    for number in await candidates(database, row):
        if await stands(api, row, number, typed=typed):
            return number
        await asyncio.sleep(pause)
    return None


def unresolved(result: Result) -> Result:
    """Return a result that leaves the question open."""
    return Result(
        result.row,
        OutboxState.UNCERTAIN,
        result.reason,
        retry_after=result.retry_after,
        troubled=result.troubled,
        bot_troubled=result.bot_troubled,
    )


def is_typed(row: Leaving) -> bool:
    """Say whether a message brings or removes a keyboard for typing."""
    markup = row.payload.get("reply_markup")
    return isinstance(markup, dict) and "inline_keyboard" not in markup


async def stands(api: Api, row: Leaving, number: int, *, typed: bool) -> bool:
    """Say whether a message of ours has this number in the row's chat."""
    params = {"chat_id": row.chat_id, "message_id": number}
    markup = row.payload.get("reply_markup")
    if markup and not typed:
        params["reply_markup"] = markup
    try:
        await api.call("editMessageReplyMarkup", params)
    except BadRequest as error:
        if says(error, "message is not modified"):
            return True
        return typed and says(error, "message can't be edited")
    return True


async def candidates(database: Database, row: Leaving) -> list[int]:
    """Return the numbers that a lost message may have, lowest first."""
    async with database.read() as session:
        ours = await leaving.latest(session, KNOWN)
        theirs = await inbox.heard(session, KNOWN)
        last = await leaving.latest_in(session, row.chat_id)
    since = max(row.created_at, row.not_before)
    known, floor = set(), last
    for chat_id, number, moment in (*ours, *theirs):
        if not shares_numbers(chat_id, row.chat_id):
            continue
        known.add(number)
        # What was there before the row could leave has a lower number than the row.
        if moment is not None and moment < since:
            floor = max(floor, number)
    top = max(known, default=floor)
    return [n for n in range(floor + 1, top + WINDOW + 1) if n not in known][-PROBES:]


def shares_numbers(chat_id: int, other_id: int) -> bool:
    """Say whether messages of two chats are counted together."""
    if chat_id > SUPERGROUP and other_id > SUPERGROUP:
        return True
    return chat_id == other_id
