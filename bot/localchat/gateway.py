"""The Bot API over ASGI: one call in, one answer out, as little as possible between."""

from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.types import Receive, Scope, Send

from bot.localchat import arguments
from bot.localchat.breaking import Dropped, strike_before
from bot.localchat.methods import METHODS
from bot.localchat.refusals import Refusal
from bot.localchat.world import Bot, World

UPLOAD_LIMIT = 50 * 1024 * 1024
# A form has its other fields and boundaries besides the file.
BODY_LIMIT = UPLOAD_LIMIT + 1024 * 1024
UNAUTHORIZED = Refusal(HTTPStatus.UNAUTHORIZED, "Unauthorized")
NOT_FOUND = Refusal(HTTPStatus.NOT_FOUND, "Not Found")
TOO_LARGE = Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
_UNLOGGED = {"getUpdates"}


async def serve_call(world: World, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer /bot<token>/<method>."""
    token, _, method = scope["path"][4:].partition("/")
    body = await read_body(receive)
    bot = world.tokens.get(token)
    if bot is None:
        # Telegram tells a token that cannot be one from one that it does not know.
        shaped = token.partition(":")[0].isdigit() and ":" in token
        refusal = UNAUTHORIZED if shaped else NOT_FOUND
        await respond(send, refusal.code, orjson.dumps(refusal.answer()))
        return
    try:
        status, answer = await _answer(world, bot, method.lower(), scope, body)
    except Dropped as dropped:
        await dropped.drop(scope, receive)
        return
    await respond(send, status, orjson.dumps(answer))


async def _answer(
    world: World, bot: Bot, method: str, scope: Scope, body: bytes | None
) -> tuple[int, dict[str, Any]]:
    name, function = METHODS.get(method, (method, None))
    if function is None:
        return NOT_FOUND.code, NOT_FOUND.answer()
    world.counts[name] += 1
    args = None
    after: Dropped | None = None
    try:
        if body is None:
            raise TOO_LARGE
        args = arguments.read(scope["query_string"], _content_type(scope), body)
        if any(len(upload.data) > UPLOAD_LIMIT for upload in args.files.values()):
            raise TOO_LARGE
        if world.faults.orders:
            after = await strike_before(world, method, args.text("chat_id"))
        result = await function(world, bot, args)
    except Refusal as refusal:
        _log(world, bot, name, args, refusal)
        return refusal.code, refusal.answer()
    _log(world, bot, name, args, result)
    if after is not None:
        raise after
    return 200, {"ok": True, "result": result}


def _log(world: World, bot: Bot, method: str, args: arguments.Args | None, outcome: object) -> None:
    """Write one line of the record; polling for updates would only flood it."""
    if method in _UNLOGGED:
        return
    chat_id = args.text("chat_id") if args else ""
    error = outcome.code if isinstance(outcome, Refusal) else None
    message_id = outcome.get("message_id") if isinstance(outcome, dict) else None
    n = world.calls[-1][0] + 1 if world.calls else 1
    where = _number(chat_id) if chat_id else None
    moment = world.now().timestamp()
    name = bot.user["username"]
    world.calls.append((n, moment, method, where, error is None, error, message_id, name))


def _number(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _content_type(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-type":
            found: bytes = value
            return found
    return b""


async def read_body(receive: Receive) -> bytes | None:
    """Return the body; None when it is larger than any upload may be."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        # The rest is read and thrown away, so that the client hears the answer.
        if size <= BODY_LIMIT:
            parts.append(part)
    return b"".join(parts) if size <= BODY_LIMIT else None


async def serve_file(world: World, scope: Scope, send: Send) -> None:
    """Answer /file/bot<token>/<path>."""
    token, _, path = scope["path"].removeprefix("/file/bot").partition("/")
    if token not in world.tokens:
        await respond(send, 401, orjson.dumps(UNAUTHORIZED.answer()))
        return
    kept = world.files.by_path.get(unquote(path))
    if kept is None:
        await respond(send, 404, orjson.dumps(NOT_FOUND.answer()))
        return
    await respond(send, 200, world.files.read(kept), b"application/octet-stream")


async def respond(
    send: Send, status: int, body: bytes, content_type: bytes = b"application/json"
) -> None:
    """Send a whole answer."""
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
