"""A bot of plain HTTP calls, and what stands on the page with it."""

import asyncio
import io
import math
import struct
from dataclasses import dataclass
from typing import Any

import av
import httpx
from playwright.async_api import Page

TOKEN = "4242:phones-in-the-browser"  # noqa: S105 - of a chat that lives for one test run
USERNAME = "phones_test_bot"


@dataclass
class Bot:
    """A bot that does nothing by itself."""

    http: httpx.AsyncClient
    offset: int = -1

    async def call(self, method: str, *, files: Any = None, **params: Any) -> Any:
        """Call a Bot API method and return its result."""
        sent = {"data": params, "files": files} if files else {"json": params}
        answer = (await self.http.post(f"/bot{TOKEN}/{method}", **sent)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def next(self, kind: str) -> dict[str, Any]:
        """Wait for the next update of a kind; others are passed over."""
        async with asyncio.timeout(60):
            while True:
                for update in await self.call("getUpdates", offset=self.offset, timeout=5):
                    self.offset = update["update_id"] + 1
                    if kind in update:
                        body: dict[str, Any] = update[kind]
                        return body

    async def catch_up(self) -> None:
        """Pass over every update so far."""
        for update in await self.call("getUpdates", offset=-1):
            self.offset = update["update_id"] + 1

    async def download(self, file_id: str) -> bytes:
        """Fetch a file as a bot does."""
        path = (await self.call("getFile", file_id=file_id))["file_path"]
        return (await self.http.get(f"/file/bot{TOKEN}/{path}")).content


@dataclass
class Classroom:
    """Three phones on a page: a learner, the group as the learner sees it, the teacher."""

    page: Page
    learner: int
    teacher: int
    group: int


def hum(seconds: float) -> bytes:
    """Return an OGG/Opus voice note."""
    rate, place = 48_000, io.BytesIO()
    count = int(rate * seconds)
    wave = [int(6000 * math.sin(n / 20)) for n in range(count)]
    with av.open(place, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=rate, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=count)
        frame.planes[0].update(struct.pack(f"<{count}h", *wave))
        frame.rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return place.getvalue()
