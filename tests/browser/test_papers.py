"""A village helper sends a learner's papers; the school approves one and sends one back aloud."""

from datetime import datetime

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.clock import write_clock
from bot.demo import COUNTY, LEARNER, USERNAME
from bot.documents.kinds import named, place_of
from bot.language import SHANGHAI
from bot.services.inviting import Issuer, invite_staff
from bot.services.staffing import staff_named
from db.models import Role
from db.queries import people as people_of
from db.sealing import load_key
from db.session import connect
from tests.bot.documents.document_pictures import card, face, jpeg, taken
from tests.browser.walking import Walker, rows, said

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]
MORNING = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
HELPER, SCHOOL = 900_021, 900_022
HELPER_NAME, SCHOOL_NAME = "示例村干", "示例学校"
FRONT, BACK, PORTRAIT = (place_of(named(key)) for key in ("id_front", "id_back", "portrait"))
WHO = (
    "SELECT person.id, person.name, person.village FROM person "
    "JOIN account_person ON account_person.person_id = person.id "
    "JOIN account ON account.id = account_person.account_id WHERE user_id = ?"
)
STATES = "SELECT kind, state, sent_by != person_id FROM document ORDER BY id"


@pytest.fixture
def clock(tmp_path):
    write_clock(tmp_path / "clock", MORNING)
    return tmp_path / "clock"


@pytest_asyncio.fixture(loop_scope="session")
async def http(demo):
    async with httpx.AsyncClient(base_url=demo, timeout=60) as http:
        yield http


@pytest_asyncio.fixture(loop_scope="session")
async def people(chromium, demo, http, tmp_path):
    """The village helper, the school and the learner at their phones."""
    data = tmp_path / "demo"
    village = rows(data, WHO, LEARNER)[0][2]
    for user, name, role, place in (
        (HELPER, HELPER_NAME, Role.VILLAGE_HELPER, village),
        (SCHOOL, SCHOOL_NAME, Role.SCHOOL, ""),
    ):
        payload = await post(data, name, role, place)
        await http.post("/control/people", json={"id": user, "first_name": name})
        await http.post("/control/start", json={"user": user, "payload": payload})
    phones = [
        {"title": "村干的手机", "user": HELPER, "chat": "bot", "name": HELPER_NAME},
        {"title": "学校的手机", "user": SCHOOL, "chat": "bot", "name": SCHOOL_NAME},
        {"title": "学员的手机", "user": LEARNER, "chat": "bot", "name": "学员"},
    ]
    await http.put("/control/phones", json={"phones": phones, "cards": []})
    context = await chromium.new_context(
        viewport={"width": 1300, "height": 860}, permissions=["microphone"]
    )
    page = await context.new_page()
    await page.goto(demo)
    yield [
        Walker(page, page.get_by_test_id(f"phone-{place}"), http, user)
        for place, user in enumerate((HELPER, SCHOOL, LEARNER))
    ]
    await context.close()


async def post(data, name, role, place):
    """Return the link of a new member of staff of the demo."""
    database = connect(f"sqlite:///{data / 'miaoke.db'}")
    issuer = Issuer(load_key(data), USERNAME)
    async with database.begin() as session:
        link = await invite_staff(session, name, role, None, COUNTY, issuer, MORNING)
        person = await staff_named(session, 1, name, None, MORNING)
        for held in await people_of.memberships(session, person.id, MORNING):
            held.place = place
    await database.close()
    return link.url.partition("?start=")[2]


async def photographs(walker, picture):
    """Send a photo from a phone; it is gone from the chat once it is kept."""
    walker.read = await walker.newest()
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture}
    await walker.phone.get_by_test_id("photo-input").set_input_files(photo)
    await walker.sees("已加锁保存，聊天里的照片已删")


async def test_papers_go_from_the_village_to_the_school_and_one_comes_back_aloud(people, tmp_path):
    data = tmp_path / "demo"
    helper, school, learner = people
    person, name, _village = rows(data, WHO, LEARNER)[0]

    await helper.writes("/papers")
    await helper.press(f"papers:{person}")
    await helper.press(f"paper:{person}:{FRONT}")
    await helper.sees(f"要先征得{name}同意")
    await helper.speak()
    await helper.sees(f"{name}的身份证人像面：现在拍照发来")
    await photographs(helper, jpeg(taken(card())))
    await helper.press(f"paper:{person}:{BACK}")
    await photographs(helper, jpeg(taken(card(back=True), seed=2)))
    await helper.press(f"paper:{person}:{PORTRAIT}")
    await photographs(helper, jpeg(face()))

    await school.press("paperlook")
    shown = await school.until(lambda one: f"{name}的身份证人像面" in said(one))
    assert shown["has_protected_content"]
    picture = school.phone.locator("img").last
    await expect(picture).to_have_js_property("complete", value=True)
    assert await picture.evaluate("one => one.naturalWidth") >= 800
    learner.read = await learner.newest()
    await school.press("paperok:1")
    await learner.hears("学校看过你的证件了")
    await school.press("paperback:2")
    await school.sees("为什么退回")
    await school.speak()
    await school.sees(f"已退回：{name}的身份证国徽面")

    await learner.until(lambda one: "学校要你重拍这张" in said(one))
    await learner.until(lambda one: "voice" in one and not said(one))
    assert await learner.act("paper:")
    states = [("id_front", "approved", 1), ("id_back", "returned", 1), ("portrait", "waiting", 1)]
    assert rows(data, STATES) == states
    plain = b"".join(one.read_bytes() for one in data.rglob("documents/*/*"))
    assert b"JFIF" not in plain
