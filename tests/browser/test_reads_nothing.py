"""Somebody who reads nothing goes the whole way, and everything on that way has a voice."""

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.demo import NEWCOMER, TEACHER
from bot.rehearsal.voiced import Shown, defects
from tests.browser.walking import Walker, rows

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]
MISSED = """
SELECT message_id FROM outbox
JOIN ledger_entry ON ledger_entry.person_id = outbox.person_id
    AND ledger_entry.at = outbox.created_at AND ledger_entry.kind = 'voice.fallback'
WHERE outbox.chat_id = ? AND json_extract(ledger_entry.payload, '$.given') = ''
"""
CARDS = "SELECT count(*) FROM outbox WHERE chat_id = ? AND purpose = 'voice' AND state = 'sent'"
FELL_BACK = """
SELECT count(*) FROM ledger_entry JOIN person ON person.id = ledger_entry.person_id
JOIN account_person ON account_person.person_id = person.id
JOIN account ON account.id = account_person.account_id
WHERE account.user_id = ? AND kind = 'voice.fallback'
    AND json_extract(payload, '$.wanted') = 'hea' AND json_extract(payload, '$.given') = 'zh'
    AND json_extract(payload, '$.made_by') = 'machine'
"""


@pytest_asyncio.fixture(loop_scope="session")
async def http(demo):
    async with httpx.AsyncClient(base_url=demo, timeout=60) as http:
        yield http


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium, demo, http):
    """The phones of a newcomer, who holds the card of the class, and of the teacher."""
    cards = (await http.get("/control/phones")).json()["cards"]
    phones = [
        {"title": "新学员的手机", "user": NEWCOMER, "chat": "bot", "name": "新学员"},
        {"title": "老师的手机", "user": TEACHER, "chat": "bot", "name": "石老师"},
    ]
    await http.put("/control/phones", json={"phones": phones, "cards": cards})
    context = await chromium.new_context(
        viewport={"width": 1000, "height": 860}, permissions=["microphone"]
    )
    page = await context.new_page()
    await page.goto(demo)
    yield page
    await context.close()


@pytest.fixture
def learner(page, http):
    return Walker(page, page.get_by_test_id("phone-0"), http, NEWCOMER)


@pytest.fixture
def teacher(page, http):
    return Walker(page, page.get_by_test_id("phone-1"), http, TEACHER)


async def test_who_reads_nothing_hears_every_message_and_sees_every_choice(
    learner, teacher, tmp_path
):
    data = tmp_path / "demo"
    await enrol(learner)
    await check_in(learner, teacher)
    lesson = await study(learner, data)
    await ask(learner, teacher)
    await look_around(learner)

    chat = await learner.chat()
    playable = {one.hear for one in first_of_each(chat) if await learner.plays(one)}
    missed = {number for (number,) in rows(data, MISSED, NEWCOMER)}
    assert list(defects(chat, playable, missed)) == []
    ((reads, finished, asked, here),) = rows(
        data,
        """SELECT reads, finished_at IS NOT NULL, (SELECT count(*) FROM question WHERE
            person_id = person.id AND media_id AND clear), (SELECT count(*) FROM mark WHERE
            person_id = person.id AND how = 'tap')
        FROM sitting JOIN person ON person.id = sitting.person_id WHERE lesson = ?""",
        lesson,
    )
    assert (reads, finished, asked, here) == ("nothing", 1, 1, 1)
    # Nobody has recorded Miao here: each card's Mandarin is in the ledger as what was heard.
    cards, fell_back = (rows(data, query, NEWCOMER)[0][0] for query in (CARDS, FELL_BACK))
    assert 0 < cards <= fell_back + 1  # before "is this you?" nobody is known


async def enrol(learner):
    """Scan the card, be oneself, only listen, hear the notice, agree aloud and with the thumb."""
    await learner.page.get_by_test_id("card").click()
    await learner.phone.get_by_test_id("start").click()
    await learner.press("join:")
    await learner.press("reads:0")
    while (await learner.act(("notice:", "agree:")))[1].startswith("notice:"):
        await learner.press("notice:")
    await learner.speak()
    await learner.press("agree:")
    await learner.act("study")


async def check_in(learner, teacher):
    await teacher.phone.get_by_text("开签到").last.click()
    await expect(teacher.phone.get_by_text("未到50").last).to_be_visible()
    await learner.below("🏠")
    await learner.press("here:")
    await learner.hears("你到了")


async def study(learner, data):
    """Take the lesson whole; what nobody asked for on the way is heard and answered too."""
    await learner.below("🏠")
    await learner.press("study")
    return await learner.study(data)


async def ask(learner, teacher):
    await learner.below("🏠")
    await learner.press("ask")
    await learner.card()
    await learner.speak()
    await learner.hears("已经转给老师")
    await teacher.phone.get_by_test_id("text-input").fill("/questions")
    await teacher.phone.get_by_test_id("text-input").press("Enter")
    await expect(teacher.phone.get_by_text("发语音就是回答").last).to_be_visible()
    await teacher.speak()
    await learner.press("clear:")
    await learner.hears("很好")


async def look_around(learner):
    """Hear the next class and the hours, and say something at a wrong time."""
    for act in ("next", "study"):
        await learner.below("🏠")
        await learner.press(act)
        await learner.card()
    await learner.below("👤")
    await learner.card()
    await learner.speak()
    await learner.hears("存好了")
    await learner.photograph()
    await learner.hears("存好了")


def first_of_each(chat: list[Shown]) -> list[Shown]:
    """Return one message for each thing that a 🔊 plays."""
    return list({one.hear: one for one in chat if one.hear}.values())
