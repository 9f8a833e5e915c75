"""What a request says: query, form, multipart or JSON, read the same way."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from bot.localchat.refusals import Refusal, bad

_BOUNDARY = re.compile(rb'boundary="?([^";,]+)"?', re.IGNORECASE)
_NAME = re.compile(r'[ ;]name="([^"]*)"')
_FILE_NAME = re.compile(r'filename="([^"]*)"')
_TYPE = re.compile(r"^content-type:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Args:
    """The parameters of one call."""

    values: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a text parameter, empty when absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """Return a whole number, or the default when absent."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise bad(f'field "{name}" must be a valid Number') from error

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no, written as Telegram writes it."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        return value in (True, 1, "1") or str(value).lower() in {"true", "yes", "y", "t"}

    def structure(self, name: str, what: str) -> Any:  # noqa: ANN401 - JSON is any shape
        """Return a JSON-serialised parameter, None when absent."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise bad(f"can't parse {what} JSON object") from error

    def record(self, name: str, what: str) -> dict[str, Any]:
        """Return a JSON object, empty when absent."""
        value = self.structure(name, what)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad(f"can't parse {what} JSON object")
        return value

    def records(self, name: str, what: str) -> list[dict[str, Any]]:
        """Return an array of JSON objects, empty when absent."""
        value = self.structure(name, what)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise bad(f"can't parse {what} JSON object")
        return value


def read(query: bytes, content_type: bytes, body: bytes) -> Args:
    """Read the parameters of a request; the body wins over the query."""
    values: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    if query:
        values.update(parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True))
    if body:
        kind = content_type.split(b";", 1)[0].strip().lower()
        if kind == b"application/json":
            values.update(_json(body))
        elif kind == b"multipart/form-data":
            _multipart(content_type, body, values, files)
        elif kind in {b"application/x-www-form-urlencoded", b""}:
            values.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return Args(values, files)


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad("can't parse JSON object") from error
    if not isinstance(values, dict):
        raise bad("object expected as the request body")
    return values


def _multipart(
    content_type: bytes, body: bytes, values: dict[str, Any], files: dict[str, Upload]
) -> None:
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Refusal(400, "Bad Request: boundary is missing in multipart/form-data")
    # The first part needs no line break before its boundary; the others have one.
    parts = (b"\r\n" + body).split(b"\r\n--" + found[1])
    for part in parts[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        header = head.decode("utf-8", "replace")
        name = _NAME.search(header)
        if name is None:
            continue
        file_name = _FILE_NAME.search(header)
        if file_name is None:
            values[name[1]] = data.decode("utf-8", "replace")
        else:
            mime = _TYPE.search(header)
            files[name[1]] = Upload(file_name[1], mime[1] if mime else "", data)
