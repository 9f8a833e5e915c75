"""A local chat in its own process, its phones in Chromium, and a bot of plain HTTP calls."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.browser.phones_room import TOKEN, USERNAME, Bot, Classroom

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
WIDE = (1360, 900)
expect.set_options(timeout=60_000)  # a busy machine is slow, not wrong

shared = pytest_asyncio.fixture(scope="session", loop_scope="session")
fresh = pytest_asyncio.fixture(loop_scope="session")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@shared
async def address() -> AsyncIterator[str]:
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.localchat", "--port", str(port)),
        *("--token", TOKEN, "--username", USERNAME, "--no-limits"),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout
    async with asyncio.timeout(60):
        ready = (await server.stdout.readline()).decode()
    assert ready.startswith("ready "), ready
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    await server.communicate()


@shared
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@fresh
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        yield client


@fresh
async def control(http: httpx.AsyncClient) -> Callable[..., Awaitable[Any]]:
    async def call(path: str, *, method: str = "POST", **body: Any) -> Any:
        answer = await http.request(method, f"/control/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    return call


@fresh
async def bot(http: httpx.AsyncClient) -> Bot:
    bot = Bot(http)
    await bot.catch_up()
    return bot


@fresh
async def page(chromium: Browser, address: str) -> AsyncIterator[Page]:
    width, height = WIDE
    context = await chromium.new_context(
        base_url=address, viewport={"width": width, "height": height}, permissions=["microphone"]
    )
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def note(line: ConsoleMessage) -> None:
        if "Security Policy" in line.text:
            wrong.append(line.text)

    page.on("console", note)
    yield page
    await context.close()
    assert wrong == []


@fresh
async def classroom(page: Page, bot: Bot, control: Callable[..., Awaitable[Any]]) -> Classroom:
    """Lay out three phones whose people have all started the bot, and open the page."""
    learner = (await control("people", first_name="吴阿妹"))["id"]
    teacher = (await control("people", first_name="杨老师"))["id"]
    group = (
        await control(
            "groups", title="三棵树一班", type="supergroup", owner=teacher, members=[learner]
        )
    )["id"]
    for user in (learner, teacher):
        await control("start", user=user)
    await control("startgroup", user=teacher, group=group)
    await bot.catch_up()
    phones = [
        {"title": "学员 Learner", "user": learner, "chat": "bot", "name": "苗课"},
        {"title": "班级群 Class", "user": learner, "chat": group, "name": "三棵树一班"},
        {"title": "老师 Teacher", "user": teacher, "chat": "bot", "name": "苗课"},
    ]
    await control("phones", method="PUT", phones=phones, cards=[])
    await page.goto("/")
    await expect(page.get_by_test_id("phone-0").get_by_test_id("message")).to_have_count(1)
    return Classroom(page, learner, teacher, group)


@pytest.fixture
def clock() -> Path | None:
    """The file that says what time it is in the demo; none, where it is the real one."""
    return None


@fresh
async def demo(tmp_path: Path, clock: Path | None) -> AsyncIterator[str]:
    """The demo in an empty folder; yields its address."""
    port = free_port()
    settings = {"MIAOKE_DATA": str(tmp_path)} | ({"MIAOKE_CLOCK": str(clock)} if clock else {})
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", str(port)),
        env={"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1", **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = ""
    while not (found := re.search(r"打开 open (http://127\.0\.0\.1:\d+)", said)):
        assert process.stdout
        line = await process.stdout.readline()
        assert line, said
        said += line.decode()
    yield found[1]
    process.terminate()
    rest = (await process.communicate())[0].decode()
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
