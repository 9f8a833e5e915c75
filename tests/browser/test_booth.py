"""A staff phone records a Miao clip with the microphone, a second phone approves it."""

import sqlite3
from contextlib import closing

import av
import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.demo import HEAD, TEACHER

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="session"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium, demo):
    """The phones of the teacher and the class head."""
    phones = [
        {"title": "老师的手机", "user": TEACHER, "chat": "bot", "name": "石老师"},
        {"title": "班主任的手机", "user": HEAD, "chat": "bot", "name": "龙主任"},
    ]
    async with httpx.AsyncClient(base_url=demo) as http:
        await http.put("/control/phones", json={"phones": phones, "cards": []})
    context = await chromium.new_context(
        viewport={"width": 900, "height": 860}, permissions=["microphone"]
    )
    page = await context.new_page()
    await page.goto(demo)
    yield page
    await context.close()


async def writes(phone, text):
    await phone.get_by_test_id("text-input").fill(text)
    await phone.get_by_test_id("text-input").press("Enter")


async def speaks(phone):
    await phone.get_by_test_id("mic").click()
    await expect(phone.get_by_role("timer")).to_have_text("0:02")  # a person speaking
    await phone.get_by_test_id("mic").click()


async def presses(phone, name):
    await phone.get_by_role("button", name=name, exact=True).last.click()


async def test_one_phone_records_a_miao_clip_and_a_second_approves_it(page, tmp_path):
    teacher, head = page.get_by_test_id("phone-0"), page.get_by_test_id("phone-1")
    await writes(teacher, "/record")
    await presses(teacher, "苗语")
    await expect(teacher.get_by_text("我同意学校用我的声音教学").last).to_be_visible()
    await speaks(teacher)
    await expect(teacher.get_by_text("请用苗语录").last).to_be_visible()
    await speaks(teacher)
    await expect(teacher.get_by_text("听一遍，留下吗？")).to_be_visible(timeout=15_000)
    await presses(teacher, "👍")
    await expect(teacher.get_by_text("留下了，等第二个人听").last).to_be_visible()

    await writes(head, "/record")
    await presses(head, "苗语")
    await expect(head.get_by_text("对不对、清不清楚").last).to_be_visible()
    await presses(head, "✅")
    await expect(head.get_by_text("都听完了，谢谢。").last).to_be_visible()

    folder = tmp_path / "demo"
    with closing(sqlite3.connect(folder / "miaoke.db")) as database:
        rows = database.execute(
            "SELECT language, state, path, milliseconds, speaker_id != decided_by FROM clip"
        ).fetchall()
    ((language, state, path, milliseconds, others_ear),) = rows
    assert (language, state, others_ear) == ("hea", "approved", 1)
    with av.open(folder / path) as file:
        (stream,) = file.streams.audio
        assert (stream.codec_context.name.removeprefix("lib"), stream.channels) == ("opus", 1)
        samples = sum(frame.samples for frame in file.decode(audio=0))
    assert abs(samples * 1000 / 48_000 - milliseconds) < 100
