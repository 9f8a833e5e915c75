"""Hear again: the very clip; pressed twice, the other language; and what the record says of it."""

import pytest
from sqlalchemy import select

from bot.clips import clips
from bot.voice.choosing_clips import reference
from db.models import Clip, Consent, Person
from handlers.anyone import HANDLERS, hear
from tests.handlers.room import YANG
from tests.handlers.spoken_room import files, in_class, last_voice, lines, record, remind

HOME = "1 study, 2 I am here, 3 next class, 4 ask the teacher."
SHIPPED = "bot:clips/zh/018.ogg"


@pytest.fixture
async def at_home(staffed):
    """Yang, who speaks Miao and reads nothing, is at home; the home screen is recorded in Miao."""
    await in_class(staffed)
    path = await record(staffed, HOME)
    await staffed.says(YANG, "🏠")
    staffed.own = f"data:clips/{path.name}"
    assert (await files(staffed))[-1] == staffed.own
    return staffed


async def test_the_second_press_gives_the_other_language_and_so_on_in_turn(at_home):
    for _press in range(4):
        await at_home.taps(YANG, "hear:")
    assert (await files(at_home))[-4:] == [at_home.own, SHIPPED, at_home.own, SHIPPED]
    told = (await lines(at_home, "clip.replayed"))[-4:]
    clip = (await at_home.rows(select(Clip)))[0]
    miao = (f"c{clip.id}", "hea", 1, "person")
    mandarin = ("018", "zh", 1, "machine")
    heard = [(one["clip"], one["given"], one["version"], one["made_by"]) for one in told]
    assert heard == [miao, mandarin] * 2
    assert {(one["of"], one["key"]) for one in told} == {(f"c{clip.id}", HOME)}


async def test_the_bottom_button_does_the_same(at_home):
    await at_home.says(YANG, "🔊")
    await at_home.says(YANG, "🔊")
    assert (await files(at_home))[-2:] == [at_home.own, SHIPPED]


async def test_a_minute_later_it_is_the_first_language_again(at_home):
    await at_home.taps(YANG, "hear:")
    at_home.wait(seconds=61)
    await at_home.taps(YANG, "hear:")
    assert (await files(at_home))[-2:] == [at_home.own, at_home.own]


async def test_another_cards_voice_is_no_second_press(at_home):
    await at_home.taps(YANG, "hear:")
    await at_home.says(YANG, "👤")
    await at_home.taps(YANG, "hear:")
    shown, again = (await files(at_home))[-2:]
    assert shown == again
    assert again != at_home.own


async def test_who_speaks_mandarin_hears_miao_at_the_second_press(at_home):
    async with at_home.house.database.begin() as session:
        (await session.get_one(Person, 3)).speaks = "zh"
    await at_home.says(YANG, "🏠")
    await at_home.taps(YANG, "hear:")
    await at_home.taps(YANG, "hear:")
    assert (await files(at_home))[-3:] == [SHIPPED, SHIPPED, at_home.own]


async def test_where_there_is_no_other_language_the_same_is_heard_twice(staffed):
    await in_class(staffed)
    await staffed.says(YANG, "🏠")
    await staffed.taps(YANG, "hear:")
    await staffed.taps(YANG, "hear:")
    assert (await files(staffed))[-3:] == [SHIPPED] * 3


async def test_a_sentence_with_slots_is_said_anew_in_the_other_language(staffed):
    await in_class(staffed)
    path = await record(staffed, "day.tomorrow")
    await remind(staffed)
    _sound, first = await last_voice(staffed)
    assert first[0]["file"] == f"data:clips/{path.name}"
    await staffed.taps(YANG, "hear:v")
    await staffed.taps(YANG, "hear:v")
    _sound, other = await last_voice(staffed)
    assert [one["ref"] for one in other if not isinstance(one, str)][:3] == [
        "day:tomorrow",
        "daypart:morning",
        "hour:9",
    ]
    assert {one["language"] for one in other if not isinstance(one, str)} == {"zh"}
    await staffed.taps(YANG, "hear:v")
    assert (await last_voice(staffed))[1] == first


async def test_a_lessons_step_is_heard_in_the_other_language(staffed):
    await in_class(staffed)
    path = await record(staffed, "wh01.1")
    await staffed.taps(YANG, "study")
    await staffed.taps(YANG, "go:")
    own = f"data:clips/{path.name}"
    assert own in await files(staffed)
    await staffed.taps(YANG, "hear:c")
    await staffed.taps(YANG, "hear:c")
    assert (await files(staffed))[-2:] == [own, "bot:courses/wenhua/clips/wh01.1.ogg"]


async def test_who_forbids_voice_notes_hears_the_whole_screen_as_audio_files(staffed):
    await in_class(staffed)
    await staffed.do(f"people/{YANG}", forbids_voice=True)
    await staffed.says(YANG, "🏠")
    *_, sound, card = await staffed.messages(YANG)
    assert sound["audio"]["title"] == "🔊"
    assert "photo" in card
    await staffed.taps(YANG, "hear:")
    assert "audio" in (await staffed.messages(YANG))[-1]


async def test_another_variety_is_tried_by_ear_and_heard_by_who_understands_it(staffed):
    await in_class(staffed, "hea-x-leishan")
    path = await record(staffed, HOME, "hea-x-kaili")
    near = f"data:clips/{path.name}"
    await staffed.says(YANG, "🏠")
    assert (await files(staffed))[-1] == SHIPPED  # nobody has asked yet
    await staffed.taps(YANG, "hear:")
    await staffed.taps(YANG, "hear:")
    assert near in (await files(staffed))[-2:]
    asked = (await staffed.messages(YANG))[-1]
    assert asked["caption"].startswith("这个声音你听得懂吗？")
    assert "photo" in asked
    await staffed.taps(YANG, "variety:")
    assert (await lines(staffed, "language.chosen"))[-1] == {
        "speaks": "hea-x-leishan",
        "also": "hea-x-kaili",
        "yes": True,
    }
    assert (await files(staffed))[-1] == near
    told = (await lines(staffed, "voice.fallback"))[-1]
    assert (told["given"], told["reason"]) == ("hea-x-kaili", "accepted variety")
    await staffed.taps(YANG, "hear:")
    await staffed.taps(YANG, "hear:")
    assert (await files(staffed))[-2:] == [near, SHIPPED]


async def test_a_variety_that_is_not_understood_is_not_heard_again(staffed):
    await in_class(staffed)
    await record(staffed, HOME, "cqd")
    await staffed.says(YANG, "🏠")
    await staffed.taps(YANG, "hear:")
    await staffed.taps(YANG, "hear:")
    number = (await staffed.rows(select(Consent).where(Consent.kind == "variety")))[0].id
    await staffed.taps(YANG, f"variety:{number}:0")
    assert (await files(staffed))[-1] == SHIPPED
    await staffed.taps(YANG, "hear:")
    await staffed.taps(YANG, "hear:")
    assert (await files(staffed))[-2:] == [SHIPPED, SHIPPED]


async def test_nobody_decides_for_another_or_about_another_consent(staffed):
    await in_class(staffed)
    general = (await staffed.rows(select(Consent).where(Consent.kind == "general")))[0]
    for number in (general.id, 999):
        assert (await staffed.forges(YANG, f"variety:{number}:0"))["text"] == "❌"
    again = (await staffed.rows(select(Consent).where(Consent.kind == "general")))[0]
    assert again.state is general.state


@pytest.mark.parametrize("one", clips().values(), ids=lambda one: one.path.stem)
def test_every_shipped_clip_can_be_heard_again(one):
    patterns = [getattr(one, "pattern", None) for one in HANDLERS if one.callback is hear]
    assert [bool(found and found.match(f"hear:{reference(one.path)}")) for found in patterns] == [
        True
    ]
