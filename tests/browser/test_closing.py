"""A teacher closes a class of forty on a phone of the page: every tap is counted and timed."""

import asyncio
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from openpyxl import load_workbook
from playwright.async_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from bot.app import running
from bot.localchat import LocalChat
from bot.services import counting
from bot.services.hours_of_class import class_hours
from bot.services.register_parts import PERSON_HEADS
from bot.services.register_rows import register_of
from bot.services.register_sheet import SIGNS, write_register
from bot.settings import Settings
from db.models import (
    Account,
    AccountPerson,
    County,
    LedgerEntry,
    Mark,
    Meeting,
    Membership,
    Person,
    Role,
    StudyClass,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]

TOKEN, USERNAME = "43:closing", "closing_test_bot"
TEACHER, FIRST = 101, 200
ALL, TAPPED = 40, 33
MOST_TAPS = 12
LOOK_EVERY = 0.05  # seconds


@dataclass
class School:
    """The whole application beside its chat, and a page with the teacher's phone."""

    page: Any
    http: aiohttp.ClientSession
    house: Any
    group: int
    taps: list[str] = field(default_factory=list)

    async def do(self, act, **said):
        async with self.http.post(f"/control/{act}", json=said) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def tap(self, face):
        """Press the newest button of this face on the teacher's phone, and count it."""
        key = self.page.get_by_test_id("phone-0").get_by_role("button", name=face).last
        await expect(key).to_be_visible()
        await key.click()
        self.taps.append(face)

    async def sees(self, words):
        phone = self.page.get_by_test_id("phone-0")
        await expect(phone.get_by_text(words).last).to_be_visible()

    async def rows(self, statement):
        async with self.house.database.read() as session:
            return list(await session.scalars(statement))


def learner(number):
    return Person(
        id=number,
        county_id=1,
        number=f"P{number:06}",
        name=f"示例学员{number - FIRST + 1}",
        created_at=datetime.now(UTC),
    )


def members(now):
    """A class of forty that meets now, its teacher, and 33 of them on phones."""
    teacher = Person(id=1, county_id=1, number="P000001", name="示例石老师", created_at=now)
    learners = [learner(FIRST + place) for place in range(ALL)]
    on_phones = [(TEACHER, teacher), *((one.id, one) for one in learners[:TAPPED])]
    held = [
        *((Role.TEACHER, 1), *((Role.LEARNER, one.id) for one in learners)),
    ]
    return [
        [County(id=1, name="示例县")],
        [StudyClass(id=1, county_id=1, name="示例班", created_at=now), teacher, *learners],
        [
            Membership(person_id=number, role=role, study_class_id=1, starts_at=now)
            for role, number in held
        ],
        [Account(id=user, user_id=user, reachable=True) for user, _ in on_phones],
        [
            AccountPerson(account_id=user, person_id=one.id, linked_at=now)
            for user, one in on_phones
        ],
        [
            Meeting(
                id=1,
                study_class_id=1,
                teacher_id=1,
                starts_at=now - timedelta(minutes=5),
                ends_at=now + timedelta(minutes=85),
                place="云上村教学点",
                lesson="wh01",
                title="听、点、说",
            )
        ],
    ]


@pytest_asyncio.fixture(loop_scope="session")
async def school(chromium, migrated, tmp_path):
    shutil.copy(migrated, tmp_path / "miaoke.db")
    chat = LocalChat(limits=None)
    chat.add_bot(TOKEN, "苗课", USERNAME)
    now = datetime.now(UTC)
    async with chat.running() as url:
        settings = Settings(
            token=SecretStr(TOKEN),
            api_url=url,
            data=tmp_path / "data",
            database_url=f"sqlite:///{tmp_path / 'miaoke.db'}",
            pace=1000,
        )
        async with running(settings) as house, aiohttp.ClientSession(url) as http:
            async with house.database.begin() as session:
                for rows in members(now):
                    session.add_all(rows)
                    await session.flush()
            context = await chromium.new_context(viewport={"width": 900, "height": 900})
            page = await context.new_page()
            made = School(page, http, house, 0)
            await made.do("people", id=TEACHER, first_name="示例石老师")
            for number in range(FIRST, FIRST + TAPPED):
                await made.do("people", id=number, first_name="学员")
            everybody = [TEACHER, *range(FIRST, FIRST + TAPPED)]
            group = await made.do(
                "groups", title="示例群", type="supergroup", owner=TEACHER, members=everybody
            )
            made.group = group["id"]
            async with house.database.begin() as session:
                (await session.get_one(StudyClass, 1)).group_chat_id = made.group
            await made.do("startgroup", user=TEACHER, group=made.group, admin=["pin_messages"])
            await made.do("start", user=TEACHER)
            phone = {"title": "老师", "user": TEACHER, "chat": "bot", "name": "苗课"}
            async with http.put("/control/phones", json={"phones": [phone], "cards": []}) as put:
                assert put.status == 200, await put.text()
            await page.goto(url)
            await made.do("say", user=TEACHER, text="/today")
            yield made
            await context.close()


async def card_in_group(school):
    """Wait for the check-in card in the group; return its number."""
    asked = {"user": str(TEACHER), "chat": str(school.group)}
    async with asyncio.timeout(60):
        while True:
            async with school.http.get("/control/messages", params=asked) as answer:
                for message in reversed(await answer.json()):
                    if "here:1" in str(message.get("reply_markup")):
                        return message["message_id"]
            await asyncio.sleep(LOOK_EVERY)


async def test_a_teacher_closes_a_class_of_forty_in_twelve_taps(school, tmp_path, record_property):
    await school.tap("开签到")  # 1
    await school.sees("未到40，共40")
    number = await card_in_group(school)
    for user in range(FIRST, FIRST + TAPPED):
        await school.do("tap", user=user, message_id=number, data="here:1", chat=school.group)
    await school.sees("到33，迟0，假0，未到7，共40")
    calling = time.monotonic()
    await school.tap("点名 7")  # 2
    await school.sees("点名 1/1")
    await school.tap("全到")  # 3
    await school.tap("示例学员38 ")  # 4: absent
    await school.tap("示例学员39 ")  # 5: absent
    await school.tap("示例学员40 ")  # 6, 7: on leave
    await school.tap("示例学员40 ")
    await school.tap("保存")  # 8
    await school.sees("已保存：到37，缺2，假1")
    await school.tap("结束")  # 9
    await school.sees("结束吗？到37，缺2，假1")
    await school.tap("✔")  # 10
    await school.sees("已结束：37人")
    took = time.monotonic() - calling
    record_property("taps", len(school.taps))
    record_property("seconds", round(took, 1))
    assert len(school.taps) <= MOST_TAPS, school.taps
    await the_register_is_what_the_database_has(school, tmp_path)


async def the_register_is_what_the_database_has(school, folder):
    """How each one stands is as they tapped and were called, and the record tells the same."""
    (meeting,) = await school.rows(select(Meeting))
    marks = await school.rows(select(Mark).order_by(Mark.id))
    stands = {
        number: counting.standing([one for one in marks if one.person_id == number], meeting)
        for number in range(FIRST, FIRST + ALL)
    }
    said = [stands[number].status for number in sorted(stands)]
    assert said == ["present"] * 37 + ["absent"] * 2 + ["leave"]
    assert [stands[number].how for number in sorted(stands)] == (["group"] * TAPPED + ["roll"] * 7)
    made = await school.rows(select(LedgerEntry).where(LedgerEntry.kind == "mark.made"))
    assert sorted(one.payload["mark"] for one in made) == [one.id for one in marks]
    (closed,) = await school.rows(select(LedgerEntry).where(LedgerEntry.kind == "checkin.closed"))
    told = {name: closed.payload[name] for name in ("here", "absent", "leave")}
    assert told == {"here": 37, "absent": 2, "leave": 1}
    register = await written_register(school, folder)
    for place, number in enumerate(sorted(stands), 1):
        stand = stands[number]
        assert stand.status
        minutes = str(stand.minutes) if stand.minutes else ""
        assert register[f"示例学员{place}"] == SIGNS[stand.status] + minutes
    assert len(register) == ALL


async def written_register(school, folder):
    """Write the register as a workbook, and read from it how each one stands."""
    path = folder / "register.xlsx"
    async with school.house.database.read() as session:
        study_class = await session.get_one(StudyClass, 1)
        of_class = await class_hours(session, study_class, datetime.now(UTC))
        write_register(path, await register_of(session, of_class))
    rows = list(load_workbook(path)["学时登记"].iter_rows(values_only=True))
    heads = next(row for row in rows if "姓名" in row)
    name, column = heads.index("姓名"), len(PERSON_HEADS)
    return {row[name]: row[column] for row in rows if str(row[name] or "").startswith("示例学员")}
