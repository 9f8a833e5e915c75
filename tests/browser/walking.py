"""What somebody who reads nothing does on a phone of the demo, and what stands on it."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Locator, Page, expect

from bot.courses import Step
from bot.rehearsal.tapping import right_taps, wrong_taps
from bot.rehearsal.voiced import Shown, shown
from bot.services.taught import course

LOOK_EVERY = 0.05  # seconds
Message = dict[str, Any]
PHOTO = Path(__file__).parents[2] / "bot" / "screens" / "home.png"


@dataclass
class Walker:
    """A person with a phone on the page; what it shows is read from the chat as well."""

    page: Page
    phone: Locator
    http: httpx.AsyncClient
    user: int
    read: int = 0  # up to which message it was answered
    kinds: set[str] = field(default_factory=set)  # of steps that were done

    async def messages(self) -> list[Message]:
        """Return the bot's messages in the private chat, oldest first."""
        seen = (await self.http.get("/control/messages", params={"user": self.user})).json()
        mine = [one for one in seen if one["from"]["is_bot"] and not one["deleted"]]
        return [one for one in mine if "text" in one or "photo" in one or media_of(one)]

    async def chat(self) -> list[Shown]:
        """Return what the chat shows, for the rule."""
        return [shown(one["message_id"], one) for one in await self.messages()]

    async def until(self, ready: Callable[[Message], bool], seconds: float = 60) -> Message:
        """Wait until such a message stands in the chat, newer than what was answered; return it."""
        async with asyncio.timeout(seconds):
            while True:
                for one in reversed(await self.messages()):
                    if one["message_id"] > self.read and ready(one):
                        return one
                await asyncio.sleep(LOOK_EVERY)

    async def act(self, beginning: str | tuple[str, ...]) -> tuple[int, str]:
        """Wait for a new message with a button that does one of these acts; return both."""
        card = await self.until(lambda one: any(act.startswith(beginning) for act in acts(one)))
        return card["message_id"], next(one for one in acts(card) if one.startswith(beginning))

    async def acts(self) -> list[str]:
        """Return what every button in the chat does, oldest first."""
        return [act for one in await self.messages() for act in acts(one)]

    async def newest(self) -> int:
        """Return the number of the newest message."""
        seen = await self.messages()
        return int(seen[-1]["message_id"]) if seen else 0

    async def press(self, act: str) -> None:
        """Press the button that does an act by the picture on it, once its card is there."""
        number, data = await self.act(act)
        card = next(one for one in await self.messages() if one["message_id"] == number)
        face = next(key["text"] for key in keys(card) if key.get("callback_data") == data)
        key = self.phone.get_by_role("button", name=face, exact=True).last
        await expect(key).to_be_visible()
        self.read = number
        await key.click()

    async def below(self, face: str) -> None:
        """Press one of the three buttons that are always there."""
        self.read = await self.newest()
        await self.phone.get_by_test_id("reply-button").filter(has_text=face).click()

    async def speak(self) -> None:
        """Speak into the microphone for a second or two."""
        await self.phone.get_by_test_id("mic").click()
        await expect(self.phone.get_by_role("timer")).to_have_text("0:02")
        self.read = await self.newest()
        await self.phone.get_by_test_id("mic").click()

    async def photograph(self) -> None:
        """Send a photo."""
        self.read = await self.newest()
        await self.phone.get_by_test_id("photo-input").set_input_files(PHOTO)

    async def card(self) -> None:
        """Wait until a new card with a picture stands at the bottom."""
        await self.until(lambda one: "photo" in one)

    async def writes(self, text: str) -> None:
        """Write a text."""
        self.read = await self.newest()
        await self.phone.get_by_test_id("text-input").fill(text)
        await self.phone.get_by_test_id("text-input").press("Enter")

    async def sees(self, words: str) -> None:
        """Wait until a new message says something."""
        await self.until(lambda one: words in said(one))

    async def presses(self, face: str) -> None:
        """Press the newest button of this face once it is there; wait for what comes of it."""
        key = self.phone.get_by_role("button", name=face, exact=True).last
        await expect(key).to_be_visible()
        self.read = await self.newest()
        await key.click()
        await self.until(lambda _: True)

    async def hears(self, beginning: str) -> None:
        """Wait until a new voice note stands in the chat whose words begin so."""
        await self.until(lambda one: "voice" in one and said(one).startswith(beginning))

    async def plays(self, one: Shown) -> bool:
        """Press a message's 🔊; say whether a voice note came of it."""
        self.read = await self.newest()
        pressed = {"user": self.user, "message_id": one.number, "data": f"hear:{one.hear}"}
        tapped = (await self.http.post("/control/tap", json=pressed)).json()
        query = tapped["callback_query_id"]
        await self.http.get(f"/control/answers/{query}", params={"wait": 10})
        try:
            await self.until(lambda new: "voice" in new and not said(new), 10)
        except TimeoutError:
            return False
        return True

    async def study(self, data: Path) -> str:
        """Take the whole lesson that is offered, whatever its steps are; return its key."""
        act = (await self.act(("learn:", "go:")))[1]
        if act.startswith("learn:"):  # a class that learns a trade: reading comes second
            await self.press(next(one for one in reversed(await self.acts()) if "learn" in one))
        await self.press("go:")
        sitting = int((await self.act("step:"))[1].split(":")[1])
        ((key,),) = rows(data, "SELECT lesson FROM sitting WHERE id = ?", sitting)
        lesson = course().lesson(key)
        assert lesson
        for at, step in enumerate(lesson.steps):
            card, _data = await self.act(f"step:{sitting}:{at}:")
            await self.take(step, f"step:{sitting}:{at}:", card)
            self.kinds.add(step.kind)
        return str(key)

    async def take(self, step: Step, act: str, card: int) -> None:
        """Do what a step asks; where it can be, the first answer of its kind is wrong."""
        if step.kind == "say_after":
            await self.speak()
            await self.hears("听到了")
        if step.kind in {"photo_task", "trace"}:
            await self.photograph()
            await self.hears("存好了")
        if step.kind not in self.kinds and (wrong := wrong_taps(step)):
            await self.press(f"{act}{wrong[0]}")
            await self.hears("再听一遍")
            card, _ = await self.act(act)
        for place in right_taps(step):
            # A row of taps stands on one card; of a pair, each left thing has a card of its own.
            self.read = max(self.read, 0 if step.kind == "match" else card - 1)
            await self.press(f"{act}{place}")


def media_of(message: Message) -> bool:
    """Say whether a message is a voice, a moving picture or a file."""
    return any(kind in message for kind in ("voice", "animation", "document", "video", "sticker"))


def said(message: Message) -> str:
    """Return the words of a message."""
    return str(message.get("text") or message.get("caption") or "")


def keys(message: Message) -> list[dict[str, Any]]:
    """Return the buttons under a message."""
    lines = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [key for line in lines for key in line]


def acts(message: Message) -> list[str]:
    """Return what a message's buttons do."""
    return [key.get("callback_data", "") for key in keys(message)]


def rows(data: Path, statement: str, *values: object) -> list[Any]:
    """Ask the demo's database, as a program of somebody else's could."""
    with closing(sqlite3.connect(data / "miaoke.db")) as database:
        return database.execute(statement, values).fetchall()
