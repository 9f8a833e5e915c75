"""One message to Telegram, and what its answer means."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.faults import named, trail
from bot.media_out import Prepared, Shelf
from bot.transport import (
    Api,
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    Unsent,
)
from db.models import OutboxState
from db.queries.leaving import Leaving
from db.queries.outbox import AUDIO

logger = logging.getLogger(__name__)

UPLOAD_SECONDS = 120.0
UNREACHABLE = "unreachable"
# What was to be done stands done already.
ALREADY = ("message is not modified", "message to delete not found", "message to unpin not found")
UNKNOWN_FILE = (
    "wrong file identifier",
    "wrong remote file identifier",
    "wrong file_id",
    "invalid file_id",
    "file reference",
    "file_reference",
)
VOICE = "sendVoice"
NO_VOICE = "voice_messages_forbidden"  # what somebody's own settings say to voice notes
TITLE = "🔊"  # an audio file shows one, and would show the file's name
TARGETED = {"deleteMessage", "pinChatMessage", "unpinChatMessage", "setMessageReaction"}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message, and what follows from it."""

    row: Leaving
    to: OutboxState
    reason: str = ""
    message_id: int | None = None
    tried: int = 0  # attempts to be counted
    uploads: Mapping[str, str] = field(default_factory=dict)
    forgotten: tuple[str, ...] = ()  # file_ids that Telegram no longer knows
    rewritten: bool = False  # it left in another form than it was queued in
    new_chat_id: int | None = None
    unreachable: bool = False
    retry_after: float | None = None  # a 429's
    troubled: bool = False  # by the network or Telegram's servers: wait before the next try
    bot_troubled: bool = False  # and it would have struck any other chat as well


def says(error: TelegramError, *sentences: str) -> bool:
    """Say whether Telegram's words hold one of these; the library changes their case."""
    return any(words in error.message.lower() for words in sentences)


def makes_message(method: str) -> bool:
    """Say whether doing it twice would be seen; the rest may simply be repeated."""
    return method.startswith(("send", "copy", "forward")) and method != "sendChatAction"


def lost(row: Leaving, error: Exception, *, everywhere: bool) -> Result:
    """Return the result of a call whose answer never came."""
    state = OutboxState.UNCERTAIN if makes_message(row.method) else OutboxState.WAITING
    return Result(row, state, str(error), tried=1, troubled=True, bot_troubled=everywhere)


def refused(  # noqa: PLR0911 - one line an answer
    row: Leaving, error: TelegramError
) -> Result | None:
    """Return what a plain answer of Telegram means for a row; None where none came."""
    match error:
        case RetryAfter():
            seconds = error.retry_after
            wait = seconds if isinstance(seconds, int) else seconds.total_seconds()
            return Result(row, OutboxState.WAITING, "told to wait", retry_after=float(wait))
        case Forbidden():
            return Result(row, OutboxState.FAILED, error.message, unreachable=True)
        case ChatMigrated():
            return Result(row, OutboxState.WAITING, "chat moved", new_chat_id=error.new_chat_id)
        case BadRequest():
            if says(error, *ALREADY):
                return Result(row, OutboxState.SENT, message_id=row.target_message_id)
            return Result(row, OutboxState.FAILED, error.message)
        case EndPointNotFound():
            return Result(row, OutboxState.FAILED, "no such method")
        case Unsent() | InvalidToken() | Conflict():
            return Result(
                row, OutboxState.WAITING, error.message, tried=1, troubled=True, bot_troubled=True
            )
    return None


def params_of(row: Leaving) -> dict[str, Any]:
    """Return a row's payload with the message that it is about."""
    takes_message = row.method.startswith("editMessage") or row.method in TARGETED
    if takes_message and row.target_message_id is not None:
        return {**row.payload, "message_id": row.target_message_id}
    return row.payload


async def deliver(api: Api, shelf: Shelf, row: Leaving) -> Result:
    """Send a message; whatever happens is a result."""
    try:
        return await attempt(api, shelf, row)
    except TelegramError as error:
        result = refused(row, error)
        if result is not None:
            return result
        # The connection broke, or the answer took too long, or a gateway gave up: who knows.
        return lost(row, error, everywhere=False)
    except Exception as error:  # noqa: BLE001 - a row that breaks must not stop those behind it
        logger.error("message %d is broken: %s\n%s", row.id, named(error), trail(error))  # noqa: TRY400
        return Result(row, OutboxState.FAILED, f"broken: {named(error)}", tried=1)


async def attempt(api: Api, shelf: Shelf, row: Leaving) -> Result:
    """Send a message; to who forbids voice notes, a voice goes as an audio file."""
    if row.method != VOICE:
        return await send(api, shelf, row)
    if row.chat_id not in shelf.voiceless:
        try:
            return await send(api, shelf, row)
        except BadRequest as error:
            if not says(error, NO_VOICE):
                raise
        shelf.voiceless.add(row.chat_id)
    return await send_audio(api, shelf, row)


async def send_audio(api: Api, shelf: Shelf, row: Leaving) -> Result:
    """Send a voice note as an audio file; the row says so from then on."""
    payload = {"audio" if name == "voice" else name: row.payload[name] for name in row.payload}
    instead = replace(row, method=AUDIO, payload=payload | {"title": TITLE})
    if isinstance(payload["audio"], dict):
        return replace(await send(api, shelf, instead), rewritten=True)
    # A voice known by its file_id stays a voice: its bytes have to go up once more.
    told = await api.call("getFile", {"file_id": payload["audio"]})
    content = b"".join([chunk async for chunk in api.download(told["file_path"])])
    params = {name: value for name, value in instead.payload.items() if name != "audio"}
    files = {"audio": ("voice.ogg", content)}
    answer = await api.call(AUDIO, {"chat_id": row.chat_id, **params}, files, UPLOAD_SECONDS)
    return replace(sent(instead, answer, {}, ()), rewritten=True)


async def send(api: Api, shelf: Shelf, row: Leaving) -> Result:
    """Send a message, its files by file_id where they are known."""
    params = params_of(row)
    prepared = await shelf.prepare(row.method, params)
    forgotten: tuple[str, ...] = ()
    try:
        return await call(api, shelf, row, prepared)
    except BadRequest as error:
        if not (prepared.reused and says(error, *UNKNOWN_FILE)):
            raise
        forgotten = tuple(prepared.digests.values())
        for digest in forgotten:
            shelf.known.pop(digest, None)
    return await call(api, shelf, row, await shelf.prepare(row.method, params), forgotten)


async def call(
    api: Api, shelf: Shelf, row: Leaving, prepared: Prepared, forgotten: tuple[str, ...] = ()
) -> Result:
    """Make the call; the same bytes are uploaded by one call at a time."""
    if not prepared.files:
        answer = await api.call(row.method, {"chat_id": row.chat_id, **prepared.params})
        return sent(row, answer, {}, forgotten)
    async with shelf.lock(prepared.digests):
        prepared = await shelf.prepare(row.method, params_of(row))
        answer = await api.call(
            row.method,
            {"chat_id": row.chat_id, **prepared.params},
            prepared.files,
            UPLOAD_SECONDS,
        )
        return sent(row, answer, shelf.learn(prepared, answer), forgotten)


def sent(
    row: Leaving, answer: object, learned: Mapping[str, str], forgotten: tuple[str, ...]
) -> Result:
    """Return the result of an answer that says yes."""
    first = answer[0] if isinstance(answer, list) and answer else answer
    message_id = first.get("message_id") if isinstance(first, dict) else row.target_message_id
    return Result(
        row,
        OutboxState.SENT,
        message_id=message_id,
        tried=1,
        uploads=learned,
        forgotten=tuple(digest for digest in forgotten if digest not in learned),
    )
