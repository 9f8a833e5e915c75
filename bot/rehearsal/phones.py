"""Simulated phones: what a person can do with a thumb and a voice, over HTTP."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from bot.rehearsal.snapshots import snapshot
from bot.rehearsal.tones import tone

JSON = dict[str, Any]
KEPT = 60  # messages that a person still has in mind


class UnexpectedError(Exception):
    """Something on a phone is not as a person was promised."""


class Control:
    """The chat's control API, as this process speaks to it."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self.taps = 0
        self.acts = 0

    async def post(self, path: str, **said: object) -> Any:  # noqa: ANN401 - JSON is any shape
        """Let somebody do something."""
        self.acts += 1
        async with self._http.post(
            f"/control/{path}",
            data=orjson.dumps({name: value for name, value in said.items() if value is not None}),
            headers={"content-type": "application/json"},
        ) as answer:
            return await self._read(path, answer)

    async def get(self, path: str, **asked: object) -> Any:  # noqa: ANN401 - JSON is any shape
        """Look at something."""
        params = {name: str(value) for name, value in asked.items() if value is not None}
        async with self._http.get(f"/control/{path}", params=params) as answer:
            return await self._read(path, answer)

    @staticmethod
    async def _read(path: str, answer: aiohttp.ClientResponse) -> Any:  # noqa: ANN401
        body = orjson.loads(await answer.read())
        if answer.status != 200:  # noqa: PLR2004
            raise UnexpectedError(f"{path}: {body.get('error', answer.status)}")
        return body


@dataclass
class Phone:
    """One person's view of one chat: the private chat with the bot, or a group."""

    control: Control
    user: int
    name: str
    chat: int | None = None
    messages: list[JSON] = field(default_factory=list)
    after: int = 0

    async def read(self) -> list[JSON]:
        """Look at what is new; return it, oldest first."""
        asked = {"user": self.user, "chat": self.chat, "after": self.after or None}
        new: list[JSON] = await self.control.get("messages", **asked)
        if new:
            self.after = new[-1]["message_id"]
            self.messages = [*self.messages, *new][-KEPT:]
        return new

    async def start(self, payload: str = "") -> None:
        """Press START, perhaps behind a link."""
        await self.control.post("start", user=self.user, payload=payload)

    async def say(self, text: str) -> JSON:
        """Write a text."""
        said: JSON = await self.control.post("say", user=self.user, chat=self.chat, text=text)
        return said

    async def voice(self, number: int) -> None:
        """Speak."""
        sound = base64.b64encode(tone(number)).decode()
        await self.control.post("voice", user=self.user, chat=self.chat, audio=sound)

    async def photo(self, number: int) -> None:
        """Take a photo; each number looks different."""
        image = base64.b64encode(snapshot(number)).decode()
        await self.control.post("photo", user=self.user, chat=self.chat, image=image)

    async def sticker(self) -> None:
        """Send a sticker."""
        await self.control.post("sticker", user=self.user, chat=self.chat, emoji="👍")

    async def edit(self, message_id: int, text: str) -> None:
        """Reword one's own message."""
        await self.control.post("edit", user=self.user, message_id=message_id, text=text)

    def buttons(self) -> Iterator[tuple[int, JSON]]:
        """Go through the buttons on the screen, the newest message first."""
        for message in reversed(self.messages):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    yield message["message_id"], button

    def find(self, act: str) -> tuple[int, re.Match[str]] | None:
        """Find the newest button whose act matches a pattern."""
        for message_id, button in self.buttons():
            if found := re.fullmatch(act, button.get("callback_data", "")):
                return message_id, found
        return None

    async def offers(self, act: str) -> bool:
        """Look at the phone; say whether what is new offers an act."""
        new = await self.read()
        rows = [
            row for one in new for row in one.get("reply_markup", {}).get("inline_keyboard", [])
        ]
        return any(button.get("callback_data") == act for row in rows for button in row)

    def number_of(self, act: str) -> str:
        """Return the number on a button of the card at the bottom; empty where it has none.

        Only there a number that is written means that button.
        """
        bottom = next(self.buttons(), (0, {}))[0]
        for message_id, button in self.buttons():
            if message_id != bottom:
                break
            if button.get("callback_data") == act:
                return re.split(r"\D", button["text"], maxsplit=1)[0]
        return ""

    def link(self, word: str) -> str:
        """Find the newest link that holds a word, on a button or in a text."""
        for message in reversed(self.messages):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if word in button.get("url", ""):
                        return str(button["url"])
            words = message.get("text") or message.get("caption") or ""
            if found := re.search(rf"https://t\.me/\S*{re.escape(word)}\S*", words):
                return found[0]
        raise UnexpectedError(f"{self.name}: no link with {word!r}")

    async def tap(self, act: str, times: int = 1) -> re.Match[str]:
        """Tap the newest button whose act matches; return the match."""
        found = self.find(act)
        if found is None:
            await self.read()
            found = self.find(act)
        if found is None:
            shown = [button.get("callback_data") for _, button in self.buttons()][:12]
            raise UnexpectedError(f"{self.name}: no button {act!r} among {shown}")
        message_id, match = found
        for _ in range(times):
            await self.touch(message_id, match[0])
        return match

    async def touch(self, message_id: int, act: str, *, forged: bool = False) -> str:
        """Tap a button under a message; return the tap's number."""
        self.control.taps += 1
        tapped = await self.control.post(
            "tap",
            user=self.user,
            chat=self.chat,
            message_id=message_id,
            data=act,
            forged=forged or None,
        )
        return str(tapped["callback_query_id"])

    async def forge(self, act: str) -> None:
        """Send an act that stands on no button, as a program could."""
        for message in reversed(self.messages):
            if message.get("from", {}).get("is_bot"):
                await self.touch(message["message_id"], act, forged=True)
                return
        raise UnexpectedError(f"{self.name}: nothing to tap on")
