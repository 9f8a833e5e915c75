import asyncio
import base64
import io
import wave
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from PIL import Image
from telegram import Bot

from bot.localchat import LocalChat

OUR_BOT = "1:secret"


class Clock:
    """Both clocks of the local chat, moved by hand."""

    def __init__(self):
        self.seconds = 1000.0

    def monotonic(self):
        return self.seconds

    def now(self):
        return datetime(2026, 11, 23, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)


class Phone:
    """The bot's calls and the people's acts over one HTTP client."""

    def __init__(self, http):
        self.http = http

    async def call(self, method, bot=OUR_BOT, files=None, **parameters):
        answer = await self.http.post(f"/bot{bot}/{method}", data=parameters, files=files)
        body = answer.json()
        assert answer.status_code == body.get("error_code", 200)
        return body

    async def done(self, method, **parameters):
        body = await self.call(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method, **parameters):
        body = await self.call(method, **parameters)
        assert not body["ok"], body
        return body["error_code"], body["description"]

    async def act(self, path, verb="POST", expect=200, **data):
        answer = await self.http.request(verb, f"/control/{path}", json=data)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def see(self, path, **query):
        answer = await self.http.get(f"/control/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def person(self, name="Mei", *, started=True, **more):
        user = await self.act("people", first_name=name, **more)
        if started:
            await self.act("start", user=user["id"])
        return user["id"]

    async def group(self, owner, kind="supergroup", *, bot=True, rights=None):
        chat = await self.act("groups", title="Class 1", type=kind, owner=owner)
        if bot:
            await self.act(f"groups/{chat['id']}/members", user=1, by=owner)
        if rights is not None:
            await self.act(f"groups/{chat['id']}/admin", user=1, rights=rights)
        await self.updates()
        return chat["id"]

    async def updates(self):
        """Fetch and confirm what waits."""
        fresh = await self.done("getUpdates")
        if fresh:
            await self.done("getUpdates", offset=fresh[-1]["update_id"] + 1)
        return fresh


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits():
    return None


@pytest.fixture
def chat(clock, limits):
    chat = LocalChat(limits, now=clock.now, monotonic=clock.monotonic)
    chat.add_bot(OUR_BOT, "Miaoke", "miaoke_bot")
    return chat


@pytest.fixture
async def url(chat):
    async with chat.running() as url:
        yield url


@pytest.fixture
async def phone(url):
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:
        yield Phone(http)


@pytest.fixture
async def library(url):
    async with Bot(OUR_BOT, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        yield bot


def picture(width=400, height=300, kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, kind)
    return file.getvalue()


def sound(seconds=2, rate=16000):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(range(256)) * (seconds * rate * 2 // 256))
    return file.getvalue()


async def wait_until(condition):
    while not condition():  # noqa: ASYNC110 - the server's inside has no event for each thing
        await asyncio.sleep(0)


@pytest.fixture
def until():
    return wait_until


@pytest.fixture
def png():
    return picture


@pytest.fixture
def wav():
    return sound


@pytest.fixture
def b64():
    return lambda data: base64.b64encode(data).decode()
