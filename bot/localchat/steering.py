"""The control API over ASGI: for this machine only."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
import segno
from starlette.types import Receive, Scope, Send

from bot.localchat.control import CONTROLS
from bot.localchat.control.asking import person, text
from bot.localchat.gateway import read_body, respond
from bot.localchat.refusals import ControlError, Refusal
from bot.localchat.world import World

JSON = dict[str, Any]

SILENCE_SECONDS = 15.0
_NUMBER = re.compile(r"(?<=/)-?\d+(?=/|$)")


def is_local(scope: Scope) -> bool:
    """Say whether a request comes from this machine and from no foreign page."""
    client = scope.get("client")
    if client is None or not ip_address(client[0]).is_loopback:
        return False
    headers = dict(scope["headers"])
    if b"x-forwarded-for" in headers or b"forwarded" in headers:
        return False
    origin = headers.get(b"origin")
    return origin is None or urlsplit(origin).netloc == headers.get(b"host")


def _check_local(scope: Scope) -> None:
    if not is_local(scope):
        raise ControlError("control is for this machine only", 403)


async def serve_control(world: World, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer /control/..."""
    path = scope["path"].removeprefix("/control/")
    try:
        _check_local(scope)
        query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        if scope["method"] == "GET" and path == "events":
            await _events(world, scope, query, receive, send)
            return
        if scope["method"] == "GET" and path == "qr":
            await respond(send, 200, qr(text(query, "text")), b"image/svg+xml")
            return
        data = query | _object(await read_body(receive))
        answer = await _act(world, scope["method"], path, data)
    except ControlError as error:
        await respond(send, error.status, orjson.dumps({"error": str(error)}))
    except Refusal as refusal:
        await respond(send, refusal.code, orjson.dumps({"error": refusal.description}))
    else:
        await respond(send, 200, orjson.dumps(answer))


async def _act(world: World, method: str, path: str, data: JSON) -> object:
    shape = _NUMBER.sub("#", f"/{path}")[1:]
    function = CONTROLS.get((method, shape))
    if function is None:
        raise ControlError(f"no such control: {method} {path}", 404)
    return await function(world, data, [int(found) for found in _NUMBER.findall(f"/{path}")])


def _object(body: bytes | None) -> JSON:
    if body is None:
        raise ControlError("the body is too large", 413)
    if not body:
        return {}
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ControlError("the body must be JSON") from error
    if not isinstance(data, dict):
        raise ControlError("the body must be a JSON object")
    return data


def qr(content: str) -> bytes:
    """Return a QR picture of a text."""
    file = io.BytesIO()
    try:
        segno.make(content, micro=False, error="m").save(file, kind="svg", scale=8, border=2)
    except segno.DataOverflowError as error:
        raise ControlError("this text is too long for a QR") from error
    return file.getvalue()


async def _events(world: World, scope: Scope, query: JSON, receive: Receive, send: Send) -> None:
    """Stream what happens on a person's phone."""
    person(world, query)
    seen = dict(scope["headers"]).get(b"last-event-id", b"").decode() or query.get("after", "")
    # A page left open while the server began anew has seen more than there is yet.
    after = min(int(seen), world.sequence) if seen.isdigit() else world.sequence
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    # The first words open the stream for the browser before anything happens.
    await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
    gone = asyncio.create_task(_gone(receive))
    try:
        async for part in _stream(world, person(world, query).user["id"], after, gone):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stream(
    world: World, user_id: int, after: int, gone: asyncio.Task[None]
) -> AsyncIterator[bytes]:
    """Yield events after a number as they come, and a sign of life in silence."""
    who = world.people[user_id]
    listener = asyncio.Event()
    who.listeners.add(listener)
    gone.add_done_callback(lambda _: listener.set())
    try:
        while not (gone.done() or world.closing.is_set()):
            listener.clear()
            fresh = [event for event in who.events if event["seq"] > after]
            if fresh:
                after = fresh[-1]["seq"]
                yield b"".join(
                    b"id: %d\ndata: %b\n\n" % (event["seq"], orjson.dumps(event)) for event in fresh
                )
                continue
            try:
                await asyncio.wait_for(listener.wait(), SILENCE_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        who.listeners.discard(listener)


async def serve_media(world: World, scope: Scope, send: Send) -> None:
    """Answer /media/<file_id>, with ranges, for players seek in sound."""
    kept = world.files.by_id.get(unquote(scope["path"].removeprefix("/media/")))
    if not is_local(scope):
        await respond(send, 403, b'{"error":"media is for this machine only"}')
    elif kept is None:
        await respond(send, 404, b'{"error":"no such file"}')
    else:
        await _ranged(scope, send, world.files.read(kept), kept.mime.encode())


async def _ranged(scope: Scope, send: Send, data: bytes, mime: bytes) -> None:
    asked = re.fullmatch(rb"bytes=(\d+)-(\d*)", dict(scope["headers"]).get(b"range", b""))
    size, status = len(data), 200
    headers = [
        (b"content-type", mime),
        (b"accept-ranges", b"bytes"),
        # A person's file must never run as a page of ours.
        (b"content-security-policy", b"sandbox"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if asked and int(asked[1]) < size:
        start = int(asked[1])
        end = min(int(asked[2]) if asked[2] else size - 1, size - 1)
        headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end, size)))
        data, status = data[start : end + 1], 206
    headers.append((b"content-length", str(len(data)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": data})
