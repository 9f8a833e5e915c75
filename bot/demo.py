"""The demo: our own chat with phones in the browser, the bot, and a class from a roster."""

import asyncio
import base64
import logging
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.app import running
from bot.clock import file_clock, utcnow
from bot.courses import WENHUA
from bot.language import SHANGHAI
from bot.localchat import Limits, LocalChat
from bot.services import inviting, linking
from bot.services.inviting import Issuer
from bot.services.roster_file import read_roster
from bot.services.rostering import file_digest, import_people
from bot.services.samples import sample_roster
from bot.services.staffing import staff_named
from bot.services.timetabling import PlannedMeeting, plan_meetings
from bot.settings import Settings
from db.models import Role
from db.queries import people
from db.sealing import load_key
from db.session import Database, connect
from db.upgrade import upgrade

TOKEN = "1000000001:a-token-that-only-our-own-chat-knows"  # noqa: S105
USERNAME = "miaoke_demo_bot"
COUNTY = "示例县"
CLASS = "2026级中餐烹饪1班"
PLACE = "云上村教学点"
LEARNERS = 50
HOST = "127.0.0.1"
HASTE = 5  # a second a message is Telegram's rule; nobody looks on while the class comes in
PATIENCE = 30  # seconds that a step of the setting up may take

# Users of our own chat, and the names of staff; all fictional.
TEACHER, HEAD, LEARNER, NEWCOMER = 900_001, 900_002, 900_011, 900_012
TEACHER_NAME, HEAD_NAME = "石老师", "龙主任"


@dataclass(frozen=True)
class Cast:
    """Who plays in the demo, with the links by which they come in."""

    learner: str
    newcomer: str
    learner_url: str
    newcomer_url: str
    teacher_url: str
    head_url: str
    group_payload: str


async def demo(port: int, data: Path) -> None:
    """Run the demo until it is stopped; each one begins anew in a folder of its own."""
    folder = data / "demo"
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    async with opened(port, folder, print_line):
        await told.wait()


def print_line(text: str) -> None:
    """Say a line at once, wherever the output goes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@asynccontextmanager
async def opened(port: int, folder: Path, say: Callable[[str], None]) -> AsyncIterator[str]:
    """Run chat, bot and class while the block lasts; yield the page's address."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    chat = LocalChat(Limits().faster(HASTE))
    chat.add_bot(TOKEN, "苗课", USERNAME)
    async with chat.running(HOST, port) as url:
        # Only now: where the port is taken, another demo may still be at work in the folder.
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await asyncio.to_thread(folder.mkdir, parents=True)
        settings = Settings(token=SecretStr(TOKEN), api_url=url, data=folder, pace=HASTE)
        database = connect(settings.database)
        await upgrade(database)
        clock = file_clock(settings.clock) if settings.clock else utcnow
        cast = await prepare(database, folder, clock())
        await database.close()
        say(f"花名册已导入 roster imported: {LEARNERS} 人 learners, {CLASS}")
        async with running(settings), aiohttp.ClientSession(url) as http:
            await play(Stage(http), cast)
            say(f"打开 open {url}   (Ctrl-C 结束 ends)")
            yield url


async def prepare(database: Database, folder: Path, now: datetime) -> Cast:
    """Import the sample roster as staff would, plan this week, and write the links."""
    roster = folder / "花名册.xlsx"
    on = now.astimezone(SHANGHAI).date()
    sample_roster(roster, learners=LEARNERS, seed=1, on=on, class_name=CLASS)
    reading = read_roster(roster, on=on)
    key = load_key(folder)
    issuer = Issuer(key, USERNAME)
    async with database.begin() as session:
        await import_people(session, reading, file_digest(roster), key, COUNTY, now)
        study_class = await people.class_named(session, CLASS)
        if study_class is None:
            raise LookupError(CLASS)
        teacher = await inviting.invite_staff(
            session, TEACHER_NAME, Role.TEACHER, study_class, COUNTY, issuer, now
        )
        head = await inviting.invite_staff(
            session, HEAD_NAME, Role.CLASS_HEAD, study_class, COUNTY, issuer, now
        )
        person = await staff_named(
            session, study_class.county_id, TEACHER_NAME, study_class.id, now
        )
        await plan_meetings(session, study_class, person, week(now), now)
        learner, newcomer, *_ = await inviting.invite_learners(session, study_class, issuer, now)
        return Cast(
            learner.name,
            newcomer.name,
            learner.url,
            newcomer.url,
            teacher.url,
            head.url,
            linking.payload(key, "g", study_class.id),
        )


def week(now: datetime) -> list[PlannedMeeting]:
    """Return this week's timetable: a class that has just begun, and two more."""
    start = now.replace(second=0, microsecond=0) - timedelta(minutes=2)
    evening = now.astimezone(SHANGHAI).replace(hour=19, minute=30, second=0, microsecond=0)
    return [
        PlannedMeeting(start, start + timedelta(minutes=90), PLACE, lesson="wh01"),
        *(
            PlannedMeeting(
                evening + timedelta(days=days),
                evening + timedelta(days=days, minutes=90),
                PLACE,
                lesson=lesson,
            )
            for days, lesson in ((1, "wh02"), (2, "wh03"))
        ),
    ]


class Stage:
    """People at their phones, played through the chat itself."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def do(self, act: str, **said: object) -> dict[str, Any]:
        """Do something in the chat, as a person would."""
        async with self._http.post(f"/control/{act}", json=said) as answer:
            answer.raise_for_status()
            done: dict[str, Any] = await answer.json()
            return done

    async def come(self, user: int, name: str, url: str) -> None:
        """Let a person open the private chat by a link."""
        await self.do("people", id=user, first_name=name, language_code="zh-hans")
        await self.do("start", user=user, payload=url.partition("?start=")[2])

    async def wait(self, user: int, act: str) -> int:
        """Wait for the button that does an act; return its message."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for message in reversed(await self.messages(user)):
                    if act in _acts(message):
                        return int(message["message_id"])
                await asyncio.sleep(0.05)

    async def press(self, user: int, act: str) -> None:
        """Press the button that does an act, once it is there."""
        await self.do("tap", user=user, message_id=await self.wait(user, act), data=act)

    async def messages(self, user: int) -> list[dict[str, Any]]:
        """Return what a person sees in the private chat."""
        async with self._http.get("/control/messages", params={"user": user}) as answer:
            seen: list[dict[str, Any]] = await answer.json()
            return seen

    async def show(self, cast: Cast, group: int) -> None:
        """Put the phones and the cards on the page."""
        phones = [
            {"title": "学员的手机", "user": LEARNER, "chat": "bot", "name": cast.learner},
            {"title": "班级群", "user": LEARNER, "chat": group, "name": CLASS},
            {"title": "老师的手机", "user": TEACHER, "chat": "bot", "name": TEACHER_NAME},
            {"title": "新学员的手机", "user": NEWCOMER, "chat": "bot", "name": cast.newcomer},
        ]
        cards = [{"label": f"入班卡 {cast.newcomer}", "user": NEWCOMER, "url": cast.newcomer_url}]
        async with self._http.put(
            "/control/phones", json={"phones": phones, "cards": cards}
        ) as answer:
            answer.raise_for_status()


def _acts(message: dict[str, Any]) -> list[str]:
    """Return what a message's buttons do."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [one.get("callback_data", "") for row in rows for one in row]


async def play(stage: Stage, cast: Cast) -> None:
    """Bring teacher, class head, group and one learner in, as they would come by themselves."""
    await stage.come(TEACHER, TEACHER_NAME, cast.teacher_url)
    await stage.come(HEAD, HEAD_NAME, cast.head_url)
    await stage.do("people", id=NEWCOMER, first_name=cast.newcomer)
    await stage.come(LEARNER, cast.learner, cast.learner_url)
    group = await stage.do(
        "groups",
        title=f"{CLASS}群",
        type="supergroup",
        owner=HEAD,
        members=[HEAD, TEACHER, LEARNER, NEWCOMER],
    )
    rights = ["pin_messages", "delete_messages"]
    await stage.do(
        "startgroup", user=HEAD, group=group["id"], payload=cast.group_payload, admin=rights
    )
    await stage.show(cast, group["id"])
    await enrol(stage, cast.learner_url.partition("?start=")[2].split("-")[1])


async def enrol(stage: Stage, card: str) -> None:
    """Take the learner from the card to the thumb, and let the class head bear witness."""
    for act in (f"join:{card}:1", "reads:0", "notice:1:2", "notice:1:3", "notice:1:4"):
        await stage.press(LEARNER, act)
    await stage.wait(LEARNER, "agree:1:0")
    voice = (WENHUA / "clips" / "wh01.4.ogg").read_bytes()
    await stage.do("voice", user=LEARNER, audio=base64.b64encode(voice).decode())
    await stage.press(LEARNER, "agree:1:1")
    await stage.press(HEAD, "witness:1:1")
