"""The Bot API over aiohttp and orjson: fast enough that it is never what one waits for."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

__all__ = [
    "AioRequest",
    "Api",
    "BadRequest",
    "ChatMigrated",
    "Conflict",
    "EndPointNotFound",
    "Forbidden",
    "InvalidToken",
    "NetworkError",
    "RetryAfter",
    "TelegramError",
    "TimedOut",
    "Unsent",
]

JSON_HEADERS = {"Content-Type": "application/json"}
CHUNK = 64 * 1024

REFUSALS: dict[int, type[TelegramError]] = {
    HTTPStatus.BAD_REQUEST: BadRequest,
    HTTPStatus.UNAUTHORIZED: InvalidToken,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: EndPointNotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: BadRequest,
}

File = tuple[str, bytes]  # its name, its bytes
Seconds = float | DefaultValue[float] | DefaultValue[None] | None


class Unsent(NetworkError):  # noqa: N818 - named like its siblings in the library
    """No connection came about, so the call surely had no effect."""


def parse(payload: bytes) -> Any:  # noqa: ANN401 - JSON is any shape
    """Read JSON; what is no text by Unicode's rules becomes a question mark."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        pass
    # One half of a surrogate pair, which orjson refuses, must not hold up all that comes after it.
    try:
        value = json.loads(payload.decode("utf-8", "replace"))
    except ValueError as error:
        raise TelegramError("Invalid server response") from error
    return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def error_of(status: int, payload: bytes) -> TelegramError:
    """Return what a refusal means, as python-telegram-bot names it."""
    try:
        answer = parse(payload)
    except TelegramError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    words = answer.get("description") or f"HTTP status {status}"
    parameters = answer.get("parameters") or {}
    if new_id := parameters.get("migrate_to_chat_id"):
        return ChatMigrated(new_id)
    if status == HTTPStatus.TOO_MANY_REQUESTS or "retry_after" in parameters:
        return RetryAfter(parameters.get("retry_after", 1))
    kind = REFUSALS.get(status)
    return kind(words) if kind else NetworkError(f"{words} ({status})")


class AioRequest(BaseRequest):
    """One pool of kept-alive connections; each call has its deadlines."""

    def __init__(
        self, connections: int = 64, read_timeout: float = 20.0, connect_timeout: float = 10.0
    ) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._session: aiohttp.ClientSession | None = None
        self._usual = self._deadline(read_timeout, connect_timeout)

    @property
    def read_timeout(self) -> float:
        """Return the seconds an answer may take."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._usual,
                headers={"User-Agent": self.USER_AGENT},
                auto_decompress=True,
                trust_env=False,
            )

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def parse_json_payload(self, payload: bytes) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Read an answer with orjson."""
        return parse(payload)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        write_timeout: Seconds = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of reading here
        connect_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        pool_timeout: Seconds = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of connecting here
    ) -> tuple[int, bytes]:
        """Make one request for python-telegram-bot's own methods."""
        read = self._read_timeout if isinstance(read_timeout, DefaultValue) else read_timeout
        connect: float | None = self._connect_timeout
        if not isinstance(connect_timeout, DefaultValue):
            connect = connect_timeout
        deadline = self._deadline(read, connect)
        if request_data is None:
            return await self.request(method, url, deadline=deadline)
        if not request_data.contains_files:
            body = orjson.dumps(request_data.parameters)
            return await self.request(method, url, body, deadline=deadline)
        form = aiohttp.FormData(request_data.json_parameters)
        for name, (filename, content, mime) in request_data.multipart_data.items():
            form.add_field(name, content, filename=filename, content_type=mime)
        return await self.request(method, url, form, deadline=deadline)

    async def request(
        self,
        method: str,
        url: str,
        body: bytes | aiohttp.FormData | None = None,
        *,
        deadline: aiohttp.ClientTimeout | None = None,
    ) -> tuple[int, bytes]:
        """Make one request; return the status and the body of its answer."""
        async with self.open(method, url, body, deadline=deadline) as response:
            return response.status, await response.read()

    @asynccontextmanager
    async def open(
        self,
        method: str,
        url: str,
        body: bytes | aiohttp.FormData | None = None,
        *,
        deadline: aiohttp.ClientTimeout | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Make one request and leave its answer to be read piece by piece."""
        if self._session is None:
            raise RuntimeError("this request was not initialized")
        headers = JSON_HEADERS if isinstance(body, bytes) else None
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=deadline or self._usual
            ) as response:
                yield response
        # The order counts: the first two are kinds of what follows.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unsent(f"no connection: {type(error).__name__}") from error
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"connection lost: {type(error).__name__}") from error

    def deadline(self, seconds: float | None) -> aiohttp.ClientTimeout | None:
        """Return the deadlines of a call whose answer may take so long; None for the usual."""
        return None if seconds is None else self._deadline(seconds, self._connect_timeout)

    @staticmethod
    def _deadline(read: float | None, connect: float | None) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=None, connect=connect, sock_read=read)


class Api:
    """The Bot API by the names of its methods."""

    def __init__(
        self,
        token: str,
        base_url: str = "https://api.telegram.org",
        request: AioRequest | None = None,
    ) -> None:
        self.bot_id = int(token.partition(":")[0])
        self.request = request or AioRequest()
        self._calls = f"{base_url.rstrip('/')}/bot{token}/"
        self._files = f"{base_url.rstrip('/')}/file/bot{token}/"

    async def __aenter__(self) -> Self:
        """Open the connections."""
        await self.request.initialize()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.request.shutdown()

    async def call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, File] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - of the answer, not of the coroutine
    ) -> Any:  # noqa: ANN401 - JSON is any shape
        """Call a method; return its result, or raise what python-telegram-bot would raise."""
        body = form(params or {}, files) if files else orjson.dumps(params or {})
        status, payload = await self.request.request(
            "POST", self._calls + method, body, deadline=self.request.deadline(timeout)
        )
        if status != HTTPStatus.OK:
            raise error_of(status, payload)
        return parse(payload)["result"]

    async def download(self, file_path: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a file that getFile named."""
        async with self.request.open("GET", self._files + file_path) as response:
            if response.status != HTTPStatus.OK:
                raise error_of(response.status, await response.read())
            async for chunk in response.content.iter_chunked(CHUNK):
                yield chunk


def form(params: Mapping[str, Any], files: Mapping[str, File]) -> aiohttp.FormData:
    """Return parameters and files as one multipart form."""
    data = aiohttp.FormData(quote_fields=False)  # names of files stay as people read them
    for name, value in params.items():
        data.add_field(name, value if isinstance(value, str) else orjson.dumps(value).decode())
    for name, (filename, content) in files.items():
        data.add_field(name, content, filename=filename)
    return data
