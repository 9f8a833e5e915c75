"""Staff arrange a class on the demo's phones; all concerned are told, and who heard is counted."""

from datetime import datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.clock import write_clock
from bot.demo import CLASS, HEAD, HEAD_NAME, LEARNER, LEARNERS, TEACHER, TEACHER_NAME
from bot.language import SHANGHAI
from tests.browser.walking import Walker, acts, rows, said

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]
EVENING = datetime(2026, 11, 25, 19, 0, tzinfo=SHANGHAI)  # the demo's next classes: 26 and 27
DAY = timedelta(days=1)
AN_HOUR_LATER = "moveto:2:0:"  # the first time that is offered
TICK = 90  # seconds: whom to call is looked up once a minute
TASK = "SELECT count(*) FROM task WHERE closed_at IS NULL"
CALLED = "SELECT person.name, person.phone FROM task JOIN person ON person.id = task.person_id"
CLOSED = "SELECT outcome FROM task WHERE closed_at IS NOT NULL"


@pytest.fixture
def clock(tmp_path):
    write_clock(tmp_path / "clock", EVENING)
    return tmp_path / "clock"


@pytest_asyncio.fixture(loop_scope="session")
async def http(demo):
    async with httpx.AsyncClient(base_url=demo, timeout=60) as http:
        yield http


@pytest_asyncio.fixture(loop_scope="session")
async def group(http):
    """The number of the class's group."""
    phones = (await http.get("/control/phones")).json()["phones"]
    return next(one["chat"] for one in phones if one["chat"] != "bot")


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium, demo, http, group):
    """The phones of the teacher, the class head and a learner, and the group beside them."""
    phones = [
        {"title": "老师的手机", "user": TEACHER, "chat": "bot", "name": TEACHER_NAME},
        {"title": "班主任的手机", "user": HEAD, "chat": "bot", "name": HEAD_NAME},
        {"title": "学员的手机", "user": LEARNER, "chat": "bot", "name": "学员"},
        {"title": "班级群", "user": LEARNER, "chat": group, "name": CLASS},
    ]
    await http.put("/control/phones", json={"phones": phones, "cards": []})
    context = await chromium.new_context(viewport={"width": 1600, "height": 860})
    page = await context.new_page()
    await page.goto(demo)
    yield page
    await context.close()


@pytest.fixture
def people(page, http):
    return [
        Walker(page, page.get_by_test_id(f"phone-{place}"), http, user)
        for place, user in enumerate((TEACHER, HEAD, LEARNER))
    ]


async def test_a_picture_hangs_in_the_group_and_a_moved_class_is_told_at_once(
    people, http, group, tmp_path
):
    teacher, head, learner = people
    await teacher.writes("/timetable")
    await teacher.press("ttpic:")
    hung = teacher.page.get_by_test_id("phone-3").get_by_text("课程表：看图上的日子").last
    await expect(hung).to_be_visible()
    await shows_a_picture(hung)

    for person in (head, learner):
        person.read = await person.newest()
    before = len(await in_group(http, group))
    await teacher.presses("2 挪课")
    await teacher.press(AN_HOUR_LATER)

    await teacher.sees("19:30–21:00 → 周四 11-26 20:30–22:00")
    await head.sees("把明天 19:30的课挪到明天 20:30")
    await learner.sees("上课改时间：原来明天 19:30，现在明天 20:30")
    voice, card = [one for one in await learner.messages() if one["message_id"] > learner.read]
    assert "voice" in voice
    assert {"come:2:1", "come:2:0"} <= set(acts(card))
    wall = teacher.page.get_by_test_id("phone-3")
    await expect(wall.get_by_text("现在明天 20:30").last).to_be_visible()
    news = (await in_group(http, group))[before:]
    assert [kind_of(one) for one in news] == ["voice", "photo"]
    assert "现在明天 20:30" in said(news[1])
    assert TEACHER_NAME not in "".join(map(said, news))


async def test_many_unseen_learners_are_one_message_to_the_head_who_sees_who_got_what(
    people, clock, tmp_path
):
    data = tmp_path / "demo"
    teacher, head, learner = people
    head.read = await head.newest()
    for evening in (1, 2):
        write_clock(clock, EVENING + evening * DAY + timedelta(minutes=35))
        await teacher.writes("/today")
        await teacher.press("open:")
        if evening == 2:  # one of the class comes, the others are not seen twice
            await learner.writes("/here")
            await learner.sees("你到了")
        await teacher.press("close:")
        await teacher.press("closed:")
    write_clock(clock, EVENING + 2 * DAY + timedelta(hours=2))
    unseen = LEARNERS - 1
    await head.until(lambda one: f"{CLASS}有{unseen}人2次没来" in said(one), TICK)
    asked = [one for one in await head.messages() if "2次没来" in said(one)]
    assert (len(asked), rows(data, TASK)) == (1, [(unseen,)])

    await head.press("tasks")
    await head.sees(f"待办{unseen}件")
    name, phone = rows(data, CALLED)[0]
    await head.press("task:1")
    await head.sees(f"请联系{name} {phone}：2次没来")
    await head.press("done:1:0")
    await head.sees(f"已记：{name}，外出务工")
    assert rows(data, CLOSED) == [("away",)]

    await head.writes("/delivery")
    await head.sees(CLASS)
    report = said(await head.until(lambda one: "提醒" in said(one)))
    assert f"没有绑定手机：{unseen}人" in report


async def in_group(http, group):
    """Return what the bot said in the class's group, oldest first, as a learner sees it."""
    asked = {"user": LEARNER, "chat": group}
    seen = (await http.get("/control/messages", params=asked)).json()
    return [one for one in seen if one["from"]["is_bot"] and ("voice" in one or "photo" in one)]


def kind_of(message):
    return "voice" if "voice" in message else "photo"


async def shows_a_picture(words):
    """Expect the picture above these words to be loaded, upright and large enough to read."""
    bubble = (
        words.page.get_by_test_id("message")
        .filter(has=words.page.locator("img"))
        .filter(has_text="课程表")
    )
    picture = bubble.last.locator("img").last
    await expect(picture).to_have_js_property("complete", value=True)
    assert await picture.evaluate("one => one.naturalWidth") >= 700
