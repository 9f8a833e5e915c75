"""A staff phone records a Miao clip, a second one approves it, a learner hears it next time."""

import json
from datetime import datetime
from itertools import pairwise

import av
import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.clips.sound import LEAD_SECONDS, TAIL_SECONDS
from bot.clock import write_clock
from bot.demo import HEAD, LEARNER, TEACHER
from bot.language import SHANGHAI
from bot.voice.composing import BREATH, PAUSES, RATE, located, part
from tests.browser.walking import Walker, rows
from tests.handlers.spoken_room import heard_by_others

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]
MOST_SKIPPED = 80
EVENING = datetime(2026, 11, 25, 19, 0, tzinfo=SHANGHAI)
FIRST, SECOND = (EVENING.replace(day=day, minute=31) for day in (25, 26))  # a day before class
CLIP = "SELECT key, language, state, path, milliseconds, speaker_id != decided_by, id FROM clip"
REMINDERS = """
SELECT payload FROM outbox WHERE chat_id = ? AND purpose = 'reminder-voice' AND state = 'sent'
ORDER BY id
"""


@pytest.fixture
def clock(tmp_path):
    write_clock(tmp_path / "clock", EVENING)
    return tmp_path / "clock"


@pytest_asyncio.fixture(loop_scope="session")
async def http(demo):
    async with httpx.AsyncClient(base_url=demo, timeout=60) as http:
        yield http


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium, demo, http):
    """The phones of the teacher, the class head and a learner."""
    phones = [
        {"title": "老师的手机", "user": TEACHER, "chat": "bot", "name": "石老师"},
        {"title": "班主任的手机", "user": HEAD, "chat": "bot", "name": "龙主任"},
        {"title": "学员的手机", "user": LEARNER, "chat": "bot", "name": "学员"},
    ]
    await http.put("/control/phones", json={"phones": phones, "cards": []})
    context = await chromium.new_context(
        viewport={"width": 1300, "height": 860}, permissions=["microphone"]
    )
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


async def reminder(learner, clock, moment, data):
    """Let time pass until a reminder comes; return what is joined in its sentence."""
    learner.read = await learner.newest()
    write_clock(clock, moment)
    await learner.act("hear:v")
    await expect(learner.phone.get_by_text("明天19:30上课").last).to_be_visible()
    voice = json.loads(rows(data, REMINDERS, LEARNER)[-1][0])["voice"]["file"]
    path = located(data, voice)
    pieces = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["pieces"]
    return path, pieces


async def booth(person, tongue="苗语"):
    await person.writes("/record")
    await person.presses(tongue)


async def asked_for(teacher, words):
    """Skip what the booth would rather have until it asks for these words."""
    for _clip in range(MOST_SKIPPED):
        shown = (await teacher.messages())[-1].get("caption", "")
        if f"“{words}" in shown:
            return
        await teacher.presses("跳过")
    raise AssertionError(f"the booth never asked for {words}")


async def test_what_one_phone_records_and_another_approves_is_in_the_next_reminder(
    people, clock, tmp_path
):
    data = tmp_path / "demo"
    teacher, head, learner = people
    _path, pieces = await reminder(learner, clock, FIRST, data)
    assert {one["language"] for one in pieces if isinstance(one, dict)} == {"zh"}

    await booth(teacher)
    await expect(teacher.phone.get_by_text("我同意学校用我的声音教学").last).to_be_visible()
    await teacher.speak()
    await teacher.sees("请用苗语录")
    await asked_for(teacher, "明天")
    await teacher.speak()
    await teacher.sees("听一遍，留下吗？")
    await teacher.presses("👍")
    await expect(teacher.phone.get_by_text("留下了，等第二个人听").last).to_be_visible()

    await booth(head)
    await head.sees("对不对、清不清楚")
    await head.presses("✅")
    await expect(head.phone.get_by_text("都听完了，谢谢。").last).to_be_visible()

    ((key, language, state, recorded, milliseconds, others_ear, number),) = rows(data, CLIP)
    assert (key, language, state, others_ear) == ("day.tomorrow", "hea", "approved", 1)
    assert seconds_of(data / recorded) == pytest.approx(milliseconds / 1000, abs=0.1)

    path, pieces = await reminder(learner, clock, SECOND, data)
    spoken = [one for one in pieces if isinstance(one, dict)]
    assert [(one["ref"], one["language"]) for one in spoken if one["language"] != "zh"] == [
        (f"c{number}", "hea")
    ]
    assert (spoken[0]["file"], len(spoken) > 3) == (f"data:{recorded}", True)
    assert seconds_of(path) == pytest.approx(length(data, pieces), abs=0.15)
    for codec, channels, seconds in heard_by_others(path):
        assert (codec, channels) == ("opus", 1)
        assert seconds == pytest.approx(length(data, pieces), abs=0.2)


def seconds_of(path):
    """Decode a voice note, which must be mono Opus; return how long it sounds."""
    with av.open(path) as file:
        (stream,) = file.streams.audio
        assert (stream.codec_context.name.removeprefix("lib"), stream.channels) == ("opus", 1)
        return sum(frame.samples for frame in file.decode(audio=0)) / 48_000


def length(data, pieces):
    """Add up what the parts of a sentence and the pauses between them last."""
    parts = [one for one in pieces if isinstance(one, dict)]
    stops = sum(PAUSES[one] for one in pieces if isinstance(one, str))
    breaths = sum(
        isinstance(one, dict) and isinstance(before, dict) for before, one in pairwise(pieces)
    )
    sounds = (part(located(data, one["file"]), one["sha256"]).size / RATE for one in parts)
    return LEAD_SECONDS + sum(sounds) + stops + breaths * BREATH + TAIL_SECONDS
