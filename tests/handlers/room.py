"""A class at its phones: what people do is sent over HTTP, what they see is read from there."""

import asyncio
import base64
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.clips import FOLDER
from bot.clock import write_clock
from bot.services import carding, enrolling, linking
from bot.services.enrolling import Offer
from db.models import (
    LedgerEntry,
    Mark,
    Meeting,
    Membership,
    Person,
    Role,
    StudyClass,
)

VOICE = base64.b64encode((FOLDER / "zh" / "016.ogg").read_bytes()).decode()
TEACHER, HEAD, YANG, WU, STRANGER = 101, 102, 201, 202, 999
TOKEN = "42:a-token-of-the-tests"  # noqa: S105 - our own chat's
USERNAME = "miaoke_test_bot"


class Room:
    """One class of learners, its teacher and its head, each with a phone."""

    def __init__(self, house, chat, http, clock, now):
        self.house, self.chat, self.http, self.clock, self.now = house, chat, http, clock, now
        self.key = house.app.bot_data["key"]
        self.group = None

    def wait(self, **span):
        """Let time pass."""
        self.now += timedelta(**span)
        write_clock(self.clock, self.now)

    async def do(self, act, **said):
        async with self.http.post(f"/control/{act}", json=said) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def get(self, what, **asked):
        async with self.http.get(f"/control/{what}", params=asked) as answer:
            return await answer.json()

    async def settle(self):
        """Wait until everything said has been handled, and everything to say was sent."""
        world = self.chat.world
        updates = world.bots[self.house.app.bot.id].updates
        while True:
            calls = told(world.counts)
            while updates.waiting:
                await asyncio.sleep(0)  # the receiver's turn to ask for them
                await self.house.receiver.drained()
            await self.house.drained()
            for task in list(self.house.answers):
                await task
            if calls == told(world.counts):
                return

    async def person(self, user, name):
        await self.do("people", id=user, first_name=name)

    async def starts(self, user, payload=None):
        await self.do("start", user=user, **({"payload": payload} if payload else {}))
        await self.settle()

    async def says(self, user, text, **more):
        said = await self.do("say", user=user, text=text, **more)
        await self.settle()
        return said

    async def speaks(self, user, **more):
        await self.do("voice", user=user, audio=VOICE, **more)
        await self.settle()

    async def taps(self, user, act, chat=None):
        """Press the newest button that does an act; return the toast or link it gave."""
        where = {"chat": chat} if chat else {}
        for message in reversed(await self.messages(user, chat)):
            for data in acts(message):
                if data.startswith(act):
                    number = message["message_id"]
                    tap = await self.do("tap", user=user, message_id=number, data=data, **where)
                    await self.settle()
                    return await self.get(f"answers/{tap['callback_query_id']}", wait=10)
        raise AssertionError(f"no button does {act}: {await self.sees(user, chat)}")

    async def forges(self, user, act, chat=None):
        """Send an act that no button of the newest message offers, as a doctored app could."""
        where = {"chat": chat} if chat else {}
        message_id = [
            one["message_id"]
            for one in await self.messages(user, chat)
            if one["from"]["id"] == self.house.app.bot.id
        ][-1]
        tap = await self.do("tap", user=user, message_id=message_id, data=act, forged=True, **where)
        await self.settle()
        return await self.get(f"answers/{tap['callback_query_id']}", wait=10)

    async def messages(self, user, chat=None):
        where = {"chat": chat} if chat else {}
        seen = await self.get("messages", user=user, **where)
        return [one for one in seen if not one["deleted"]]

    async def sees(self, user, chat=None):
        """Return the words of the bot's messages, oldest first."""
        return [
            one.get("text") or one.get("caption") or kind(one)
            for one in await self.messages(user, chat)
            if one["from"]["id"] == self.house.app.bot.id and kind(one) != "<service>"
        ]

    async def marks(self):
        async with self.house.database.read() as session:
            rows = await session.scalars(select(Mark).order_by(Mark.id))
            return [
                (row.person_id, row.phase.value, row.status.value, row.how.value) for row in rows
            ]

    async def kinds(self, person_id):
        """Return the kinds of a person's ledger lines."""
        async with self.house.database.read() as session:
            lines = select(LedgerEntry.kind).where(LedgerEntry.person_id == person_id)
            return list(await session.scalars(lines.order_by(LedgerEntry.seq)))

    async def rows(self, statement):
        async with self.house.database.read() as session:
            return list(await session.scalars(statement))

    async def card(self, person):
        async with self.house.database.begin() as session:
            url = await carding.card_url(session, person, 1, self.key, USERNAME, self.now)
        return url.partition("start=")[2]

    async def post(self, person, role):
        async with self.house.database.begin() as session:
            made = await enrolling.invite(session, Offer(role, person.id, 1), self.now)
        return linking.payload(self.key, "s", made.id)

    async def enrols(self, user, person, reads=0):
        """Take a learner from the card to the class."""
        await self.person(user, person.name)
        await self.starts(user, await self.card(person))
        await self.taps(user, "join:")
        await self.taps(user, f"reads:{reads}")
        for _part in range(3):
            await self.taps(user, "notice:")
        await self.speaks(user)
        await self.taps(user, "agree:")

    async def has_group(self, *more):
        """Let the class head bind a group in which everybody is."""
        made = await self.do(
            "groups",
            title="示例班级群",
            type="supergroup",
            owner=HEAD,
            members=[HEAD, TEACHER, YANG, WU, *more],
        )
        self.group = made["id"]
        payload = linking.payload(self.key, "g", 1)
        rights = ["pin_messages", "delete_messages"]
        await self.do("startgroup", user=HEAD, group=self.group, payload=payload, admin=rights)
        await self.settle()


def told(calls):
    return {name: count for name, count in calls.items() if name != "getUpdates"}


def acts(message):
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [one.get("callback_data", "") for row in rows for one in row]


def kind(message):
    known = ("text", "voice", "photo", "document", "sticker")
    return next((f"<{one}>" for one in known if one in message), "<service>")


def class_of_two(now):
    """A class with two learners, and a meeting that began five minutes ago."""
    people = [
        Person(id=1, county_id=1, number="P000001", name="示例石老师", created_at=now),
        Person(id=2, county_id=1, number="P000002", name="示例龙主任", created_at=now),
        Person(id=3, county_id=1, number="P000003", name="示例杨一", created_at=now),
        Person(id=4, county_id=1, number="P000004", name="示例吴二", created_at=now),
    ]
    roles = [Role.TEACHER, Role.CLASS_HEAD, Role.LEARNER, Role.LEARNER]
    return [
        StudyClass(id=1, county_id=1, name="示例班", created_at=now),
        *people,
        *(
            Membership(person_id=person.id, role=role, study_class_id=1, starts_at=now)
            for person, role in zip(people, roles, strict=True)
        ),
        Meeting(
            id=1,
            study_class_id=1,
            teacher_id=1,
            starts_at=now - timedelta(minutes=5),
            ends_at=now + timedelta(minutes=85),
            place="云上村教学点",
            lesson="wh01",
            title="听、点、说",
        ),
        Meeting(
            id=2,
            study_class_id=1,
            teacher_id=1,
            starts_at=now + timedelta(days=2),
            ends_at=now + timedelta(days=2, minutes=90),
            place="云上村教学点",
            lesson="wh02",
            title="数一数",
        ),
    ]


def at(now: datetime, **span) -> datetime:
    return now + timedelta(**span)
