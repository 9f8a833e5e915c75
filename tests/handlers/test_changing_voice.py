"""The voice changed at any time: by the learner, on a shared or another phone, on request."""

import pytest
from sqlalchemy import select

from bot.services.choosing_voice import SAYS
from db.models import Account, AccountPerson, LedgerEntry, Message, Person
from tests.handlers.ear_room import (
    CHANGE,
    DONE,
    DONE_KEY,
    HOME,
    WHICH,
    agrees,
    both_recorded,
    offered,
    yang,
)
from tests.handlers.room import HEAD, TEACHER, WU, YANG, acts
from tests.handlers.spoken_room import files, in_class, lines, record, voices


@pytest.fixture
async def two(staffed):
    return await both_recorded(staffed)


async def test_who_reads_some_hears_the_voices_too_and_sees_words_on_the_buttons(staffed):
    await in_class(staffed)
    await record(staffed, SAYS)
    await staffed.says(YANG, "👤")
    await staffed.taps(YANG, "set")
    assert (await staffed.sees(YANG))[-1] == CHANGE
    await staffed.taps(YANG, "setread")
    await staffed.taps(YANG, "reads:1")
    assert (await staffed.sees(YANG))[-2:] == [DONE, HOME]
    await staffed.says(YANG, "👤")
    await staffed.taps(YANG, "set")
    rows = (await staffed.messages(YANG))[-1]["reply_markup"]["inline_keyboard"]
    assert [one["text"] for one in rows[0]] == ["1 🗣 声音", "2 👂 听或看", "3 ⏰ 提醒"]
    heard = len(await voices(staffed))
    await staffed.taps(YANG, "setlang")
    assert len(await voices(staffed)) == heard + 2
    assert (await staffed.sees(YANG))[-3] == WHICH
    await staffed.says(YANG, "2")
    assert (await staffed.sees(YANG))[-2:] == [DONE, HOME]
    person = await yang(staffed)
    assert (person.speaks, person.reads.value, person.language) == ("zh", "some", "zh_Hans_CN")


async def test_a_change_is_heard_at_once(staffed):
    await in_class(staffed, "zh")
    path = await record(staffed, SAYS)
    await record(staffed, DONE_KEY)
    await record(staffed, "1 study, 2 I am here, 3 next class, 4 ask the teacher.")
    await staffed.says(YANG, "👤")
    for act in ("set", "setlang", "lang:3:1"):
        await staffed.taps(YANG, act)
    assert (await staffed.sees(YANG))[-1] == HOME
    assert (await files(staffed))[-2:] == [f"data:clips/{path.name}"] * 2


async def test_the_hour_is_set_from_the_same_screen(staffed):
    await in_class(staffed)
    await staffed.says(YANG, "👤")
    await staffed.taps(YANG, "set")
    await staffed.says(YANG, "3")
    assert (await staffed.sees(YANG))[-1] == "什么时候提醒你？1 早上　2 中午　3 晚上"


async def test_two_on_one_phone_are_each_spoken_to_in_their_own(two):
    wu = (await two.rows(select(Person).where(Person.id == 4)))[0]
    await two.taps(YANG, f"lang:3:{two.clip}")
    await two.taps(YANG, "reads:0")
    await agrees(two)
    await two.starts(YANG, await two.card(wu))
    await two.taps(YANG, "join:")
    assert (await offered(two))[-2:] == [f"lang:4:{two.clip}", "lang:4:0"]
    await two.taps(YANG, "lang:4:0")
    assert (await files(two))[-2:] == ["bot:clips/zh/123.ogg", "bot:clips/zh/007.ogg"]
    await two.forges(YANG, "lang:3:0")  # it is Wu who holds the phone
    two.wait(minutes=31)
    await two.taps(YANG, "lang:3:0")  # who is that?
    await two.taps(YANG, "who:4")
    rows = await two.rows(select(Person).where(Person.id.in_([3, 4])).order_by(Person.id))
    assert [one.speaks for one in rows] == ["hea", "zh"]
    two.wait(minutes=31)
    await two.says(YANG, "👤")
    await two.taps(YANG, "who:3")
    await two.taps(YANG, "set")
    await two.taps(YANG, "setlang")
    await two.taps(YANG, f"lang:3:{two.clip}")
    assert two.own in (await files(two))[-2:]
    chosen = select(LedgerEntry).where(LedgerEntry.kind == "language.chosen")
    told = [(one.person_id, one.payload["speaks"]) for one in await two.rows(chosen)]
    assert sorted(told) == [(3, "hea"), (3, "hea"), (4, "zh")]


async def test_a_second_phone_asks_anew_and_goes_home(two):
    await two.taps(YANG, "lang:3:0")
    await two.taps(YANG, "reads:0")
    await agrees(two)
    await two.person(WU, "新手机")
    await two.starts(WU, await two.card(await yang(two)))
    await two.taps(WU, "join:")
    await two.taps(WU, f"lang:3:{two.clip}")
    assert (await two.sees(WU))[-1] == HOME
    linked = select(Account.user_id).join(AccountPerson, AccountPerson.account_id == Account.id)
    assert set(await two.rows(linked.where(AccountPerson.person_id == 3))) == {YANG, WU}
    assert await two.rows(select(Message.id).where(Message.state == "failed")) == []


async def test_a_class_head_changes_a_voice_on_request_and_the_ledger_says_who(staffed):
    await in_class(staffed)
    await staffed.says(HEAD, "/enrol")
    await staffed.taps(HEAD, "voices")
    assert (await staffed.sees(HEAD))[-1] == "谁要换声音？"
    assert acts((await staffed.messages(HEAD))[-1]) == ["voiceof:3"]  # Wu is on no phone
    await staffed.taps(HEAD, "voiceof:3")
    assert (await staffed.sees(HEAD))[-1] == "示例杨一想听哪种声音？现在是苗语。"
    miao, mandarin = acts((await staffed.messages(HEAD))[-1])
    assert (await staffed.taps(HEAD, mandarin))["text"] == "✔"
    assert (await yang(staffed)).speaks == "zh"
    assert (await staffed.sees(YANG))[-1] == DONE
    ((told),) = await lines(staffed, "language.chosen")
    assert (told["before"], told["speaks"], told["by"]) == ("hea", "zh", 2)
    assert (await staffed.forges(HEAD, "setvoice:3:7"))["text"] == "❌"
    assert (await staffed.forges(HEAD, "setvoice:1:" + miao.rpartition(":")[2]))["text"] == "❌"
    for user in (TEACHER, YANG):
        assert (await staffed.forges(user, miao))["text"] == "❌"
    assert (await yang(staffed)).speaks == "zh"
