import base64

import pytest
from sqlalchemy import select

from bot.services import linking
from db.models import Account, Mark, Person, Question, Update
from tests.handlers.room import HEAD, STRANGER, TEACHER, VOICE, WU, YANG


@pytest.fixture
async def enrolled(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    return staffed


async def test_a_stranger_hears_one_kind_sentence_a_day_and_nothing_is_kept(room):
    await room.person(STRANGER, "路人")
    await room.starts(STRANGER)
    for words in ("你好", "有人吗", "/study", "/today"):
        await room.says(STRANGER, words)
    assert len(await room.sees(STRANGER)) == 2  # the voice and its card
    assert "成人学校" in (await room.sees(STRANGER))[-1]
    assert not [row for row in await room.rows(select(Update)) if "有人吗" in row.payload]
    room.wait(days=1)
    await room.says(STRANGER, "你好")
    assert sum("成人学校" in one for one in await room.sees(STRANGER)) == 2


@pytest.mark.parametrize("act", ["open:1", "here:1", "undo:1", "x", "study", "a:b:c:d:e", "who:1"])
async def test_a_stranger_may_press_nothing(room, act):
    await room.person(STRANGER, "路人")
    await room.starts(STRANGER)
    assert (await room.forges(STRANGER, act))["text"] == "❌"
    assert await room.marks() == []


@pytest.mark.parametrize(
    "act",
    ["open:1", "here:99", "step:9:0:0", "go:9", "undo:77", "agree:55:1", "clear:9:1", "join:1:1"],
)
async def test_forged_acts_do_nothing(enrolled, act):
    before = await enrolled.marks()
    await enrolled.forges(YANG, act)
    assert await enrolled.marks() == before


@pytest.mark.parametrize("act", ["", "nonsense", "step:1", "here:1:2:3:4", "hear:999", "hear:../x"])
async def test_an_act_that_means_nothing_shows_the_screen_again(enrolled, act):
    if act:
        await enrolled.forges(YANG, act)
    assert "1 读书" in (await enrolled.sees(YANG))[-1]


async def test_a_sticker_brings_the_screen_back(enrolled):
    await enrolled.do("sticker", user=YANG, emoji="👍")
    await enrolled.settle()
    assert "1 读书" in (await enrolled.sees(YANG))[-1]


async def test_a_place_is_neither_needed_nor_kept(enrolled):
    await enrolled.do("location", user=YANG, latitude=26.58, longitude=107.98)
    await enrolled.settle()
    assert (await enrolled.sees(YANG))[-1] == "这个我用不上，没有保存。"
    assert not [row for row in await enrolled.rows(select(Update)) if "26.58" in row.payload]


async def test_a_phone_number_is_neither_needed_nor_kept(enrolled):
    await enrolled.do("contact", user=YANG, phone_number="19900000001")
    await enrolled.settle()
    assert (await enrolled.sees(YANG))[-1] == "这个我用不上，没有保存。"
    assert not [row for row in await enrolled.rows(select(Update)) if "19900000001" in row.payload]


async def test_a_file_of_60_megabytes_is_too_big(enrolled):
    tiny = base64.b64encode(b"x").decode()
    await enrolled.do(
        "document", user=YANG, file=tiny, file_name="a.zip", declared_size=60 * 1024 * 1024
    )
    await enrolled.settle()
    assert "文件太大了，请发小一点的。" in await enrolled.sees(YANG)
    assert await enrolled.rows(select(Question)) == []


async def test_an_edited_message_counts_as_first_written(enrolled):
    said = await enrolled.says(YANG, "老师好")
    await enrolled.do("edit", user=YANG, message_id=said["message_id"], text="改了")
    await enrolled.settle()
    assert [one.text for one in await enrolled.rows(select(Question))] == ["老师好"]
    assert (await enrolled.kinds(3))[-1] == "message.edited"


async def test_a_forwarded_voice_is_no_consent(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.person(YANG, "杨")
    await staffed.person(WU, "吴")
    await staffed.starts(YANG, await staffed.card(yang))
    for act in ("join:", "reads:0", "notice:", "notice:", "notice:"):
        await staffed.taps(YANG, act)
    await staffed.do("voice", user=YANG, audio=VOICE, forward_from=WU)
    await staffed.settle()
    assert "这是转发的语音，请你自己说一遍。" in await staffed.sees(YANG)
    assert "consent.given" not in await staffed.kinds(3)


async def test_consent_needs_the_voice_before_the_thumb(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.person(YANG, "杨")
    await staffed.starts(YANG, await staffed.card(yang))
    for act in ("join:", "reads:0", "notice:", "notice:", "notice:"):
        await staffed.taps(YANG, act)
    await staffed.forges(YANG, "agree:1:1")
    assert "consent.given" not in await staffed.kinds(3)


async def test_who_says_no_may_still_come(staffed):
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.person(YANG, "杨")
    await staffed.starts(YANG, await staffed.card(yang))
    for act in ("join:", "reads:0", "notice:", "notice:", "notice:", "agree:1:0"):
        await staffed.taps(YANG, act)
    assert (await staffed.sees(YANG))[-1].startswith("没关系。")
    assert "没有同意" in (await staffed.sees(HEAD))[-1]
    await staffed.says(YANG, "/here")
    assert len(await staffed.marks()) == 1


async def test_a_blocked_account_is_lost_and_found_again(enrolled):
    await enrolled.do("block", user=YANG)
    await enrolled.settle()
    assert await reachable(enrolled) == [False]
    assert "示例杨一" in (await enrolled.sees(HEAD))[-1]
    await enrolled.do("unblock", user=YANG)
    await enrolled.starts(YANG)
    assert await reachable(enrolled) == [True]


async def reachable(room):
    return await room.rows(select(Account.reachable).where(Account.user_id == YANG))


async def test_help_calls_a_person(enrolled):
    await enrolled.says(YANG, "/help")
    assert (await enrolled.sees(YANG))[-1] == "我请人给你打电话。"
    assert (await enrolled.sees(HEAD))[-1] == "请联系示例杨一 —：需要人帮忙"


async def test_several_persons_on_one_phone_are_asked_who_is_here(enrolled):
    wu = (await enrolled.rows(select(Person).where(Person.id == 4)))[0]
    await enrolled.starts(YANG, await enrolled.card(wu))
    for act in ("join:", "reads:0", "notice:2:2", "notice:2:3", "notice:2:4"):
        await enrolled.taps(YANG, act)
    await enrolled.speaks(YANG)
    await enrolled.taps(YANG, "agree:2:1")
    enrolled.wait(minutes=31)
    await enrolled.says(YANG, "/here")
    assert "现在是谁？按照片。" in (await enrolled.sees(YANG))[-1]
    await enrolled.taps(YANG, "who:4")
    assert [(mark[0], mark[3]) for mark in await enrolled.marks()] == [(4, "tap")]


async def test_one_helps_the_other_to_check_in_on_a_shared_phone(enrolled):
    wu = (await enrolled.rows(select(Person).where(Person.id == 4)))[0]
    await enrolled.starts(YANG, await enrolled.card(wu))
    for act in ("join:", "reads:0", "notice:2:2", "notice:2:3", "notice:2:4"):
        await enrolled.taps(YANG, act)
    await enrolled.speaks(YANG)
    await enrolled.taps(YANG, "agree:2:1")
    await enrolled.taps(TEACHER, "open:1")
    await enrolled.starts(YANG, link_of(enrolled))
    assert "还有谁和你在一起？" in (await enrolled.sees(YANG))[-1]
    await enrolled.taps(YANG, "with:1:3")
    rows = await enrolled.rows(select(Mark).order_by(Mark.id))
    assert [(one.person_id, one.made_by, one.sure.value) for one in rows] == [
        (4, 4, "self"),
        (3, 4, "helper"),
    ]


def link_of(room):
    return linking.payload(room.key, "w", 1)
