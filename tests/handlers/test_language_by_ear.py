"""Language by ear: which voice is understood best, asked at the join."""

import pytest
from sqlalchemy import select

from bot.services.choosing_voice import MOST, SAYS
from db.models import Clip, Mark, Media, Person, Question, Wanted
from tests.handlers.ear_room import (
    DONE,
    DONE_KEY,
    HOME,
    KEPT,
    MANDARIN,
    NOT_YET,
    PRESS,
    READING,
    WHICH,
    agrees,
    both_recorded,
    joins,
    offered,
    yang,
)
from tests.handlers.room import YANG, acts
from tests.handlers.spoken_room import files, lines, record


@pytest.fixture
async def two(staffed):
    return await both_recorded(staffed)


async def test_where_only_mandarin_is_recorded_that_is_said_and_the_way_goes_on(staffed):
    await joins(staffed)
    assert (await staffed.sees(YANG))[-3:] == [NOT_YET, "<voice>", READING]
    assert await offered(staffed) == []
    assert await lines(staffed, "voice.wanted") == [{"language": "hea"}]
    wanted = await staffed.rows(select(Wanted.language).where(Wanted.key == SAYS))
    assert wanted == ["hea"]
    await staffed.taps(YANG, "reads:0")
    await agrees(staffed)
    await staffed.says(YANG, "👤")
    await staffed.taps(YANG, "set")
    await staffed.taps(YANG, "setlang")
    assert NOT_YET in (await staffed.sees(YANG))[-3:]
    assert (await staffed.sees(YANG))[-1] == HOME
    assert len(await lines(staffed, "voice.wanted")) == 1


async def test_who_speaks_mandarin_is_told_nothing_of_miao(staffed):
    async with staffed.house.database.begin() as session:
        (await session.get_one(Person, 3)).speaks = "zh"
    await joins(staffed)
    assert NOT_YET not in await staffed.sees(YANG)
    assert (await staffed.sees(YANG))[-1] == READING
    assert await lines(staffed, "voice.wanted") == []


async def test_each_variety_says_it_above_its_own_button(two):
    *_, card, miao, mandarin = await two.messages(YANG)
    assert card["caption"] == WHICH
    assert [acts(one) for one in (miao, mandarin)] == [[f"lang:3:{two.clip}"], ["lang:3:0"]]
    faces = [one["reply_markup"]["inline_keyboard"][0][0]["text"] for one in (miao, mandarin)]
    assert faces == ["1", "2"]
    assert all("voice" in one and one["caption"].startswith(PRESS) for one in (miao, mandarin))
    assert (await files(two))[-2:] == [two.own, MANDARIN]
    heard = [(one["key"], one["given"]) for one in (await lines(two, "voice.heard"))[-2:]]
    assert heard == [(SAYS, "hea"), (SAYS, "zh")]
    assert await lines(two, "voice.wanted") == []


@pytest.mark.parametrize(("number", "speaks"), [("1", "hea"), ("2", "zh")])
async def test_the_voice_pressed_is_the_voice_heard(two, number, speaks):
    act = (await offered(two))[int(number) - 1]
    await two.taps(YANG, act)
    assert (await yang(two)).speaks == speaks
    assert (await two.sees(YANG))[-3:] == [DONE, "<voice>", READING]
    done = two.own if speaks == "hea" else "bot:clips/zh/123.ogg"
    assert (await files(two))[-2] == done
    ((told),) = await lines(two, "language.chosen")
    assert (told["before"], told["speaks"]) == ("hea", speaks)
    await two.taps(YANG, "reads:0")
    await agrees(two)
    assert (await two.sees(YANG))[-1] == HOME


@pytest.mark.parametrize("typed", ["2", "２", "二"])
async def test_a_number_typed_chooses_as_well(two, typed):
    await two.says(YANG, typed)
    assert (await yang(two)).speaks == "zh"
    assert (await two.sees(YANG))[-1] == READING


async def test_a_number_that_stands_nowhere_is_kept_and_the_voices_return(two):
    await two.says(YANG, "3")
    assert (await two.sees(YANG))[-4:] == [KEPT, WHICH, PRESS, PRESS]
    await two.says(YANG, "1")
    assert (await two.sees(YANG))[-1] == READING


async def test_a_voice_is_kept_and_answered_and_the_voices_return(two):
    await two.speaks(YANG)
    assert (await two.sees(YANG))[-4:] == [KEPT, WHICH, PRESS, PRESS]
    assert len(await two.rows(select(Question).where(Question.person_id == 3))) == 1
    assert len(await two.rows(select(Media).where(Media.person_id == 3))) == 1
    assert await two.rows(select(Mark)) == []
    await two.speaks(YANG)  # as often as they like
    await two.taps(YANG, "lang:3:0")
    assert (await yang(two)).speaks == "zh"


async def test_an_old_button_still_does_what_it_says(two):
    miao, mandarin = await offered(two)
    await two.taps(YANG, miao)
    await two.taps(YANG, mandarin)
    assert (await two.sees(YANG))[-1] == READING
    await two.taps(YANG, "reads:0")
    notice = (await two.sees(YANG))[-1]
    await two.taps(YANG, miao)
    assert (await two.sees(YANG))[-2:] == [DONE, notice]
    assert (await yang(two)).speaks == "hea"
    await agrees(two)
    await two.taps(YANG, mandarin)
    assert (await two.sees(YANG))[-3:] == [DONE, "<voice>", HOME]
    chosen = [one["speaks"] for one in await lines(two, "language.chosen")]
    assert chosen == ["hea", "zh", "hea", "zh"]


async def test_a_second_press_of_the_same_voice_changes_nothing(two):
    await two.taps(YANG, "lang:3:0")
    await two.taps(YANG, "lang:3:0")
    assert (await two.sees(YANG)).count(DONE) == 1
    assert (await two.sees(YANG))[-1] == READING
    assert len(await lines(two, "language.chosen")) == 1


async def test_a_button_of_somebody_else_is_refused(two):
    assert (await two.forges(YANG, "lang:4:0"))["text"] == "❌"
    spoken = await two.rows(select(Person.speaks).where(Person.id.in_([3, 4])))
    assert spoken == ["hea", "hea"]
    assert [one["act"] for one in await lines(two, "act.refused")] == ["lang:4:0"]
    await two.taps(YANG, "lang:3:0")
    assert (await yang(two)).speaks == "zh"


async def test_a_clip_that_says_something_else_is_no_choice(two):
    other = (await two.rows(select(Clip.id).where(Clip.key == DONE_KEY)))[0]
    await two.forges(YANG, f"lang:3:{other}")
    await two.forges(YANG, "lang:3:9999999999999")
    assert (await two.sees(YANG))[-3:] == [WHICH, PRESS, PRESS]
    assert await lines(two, "language.chosen") == []
    await two.taps(YANG, "lang:3:0")
    await two.forges(YANG, f"lang:3:{other}")
    assert (await two.sees(YANG))[-1] == READING
    assert (await yang(two)).speaks == "zh"


async def test_the_own_variety_comes_first_and_no_more_than_four_are_heard(staffed):
    for language in ("hea", "hea-x-kaili", "hmd", "mww", "zzz"):
        await record(staffed, SAYS, language)
    await record(staffed, DONE_KEY, "zzz")
    async with staffed.house.database.begin() as session:
        (await session.get_one(Person, 3)).speaks = "mww"
    await joins(staffed)
    assert len(await offered(staffed)) == MOST
    assert (await files(staffed))[-MOST:] == [
        "data:clips/mww.ogg",
        "data:clips/zzz.ogg",
        "data:clips/hea.ogg",
        MANDARIN,
    ]
