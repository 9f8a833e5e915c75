from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db.models import LedgerEntry, Message, OutboxState, Poll, StudyClass
from tests.handlers.announce_room import OTHER_HEAD, ends, joins, second_class
from tests.handlers.room import HEAD, TEACHER, WU, YANG

QUESTION = "哪天上课好？"


@pytest.fixture
async def grouped(staffed):
    """The class has its group, with two learners in it."""
    await joins(staffed, YANG, 3)
    await joins(staffed, WU, 4)
    await staffed.has_group()
    return staffed


@pytest.fixture
async def drafted(grouped):
    await grouped.says(HEAD, "/poll")
    await grouped.says(HEAD, QUESTION)
    await grouped.says(HEAD, "🌅 赶场前\n🌙 晚上")
    return grouped


@pytest.fixture
async def posted(drafted):
    await drafted.taps(HEAD, "pollend:1:1")
    await drafted.taps(HEAD, "pollsend:")
    return drafted


async def polls(room):
    return await room.rows(select(Poll).order_by(Poll.id))


async def in_group(room, user=HEAD):
    found = [one["poll"] for one in await room.messages(user, room.group) if "poll" in one]
    return found[-1] if found else None


async def votes(room, user, option):
    poll = await in_group(room)
    await room.do("vote", user=user, poll_id=poll["id"], options=[option])
    await room.settle()


async def test_the_preview_is_the_very_poll_and_closed(drafted):
    await drafted.taps(HEAD, "pollend:1:2")
    shown = (await drafted.messages(HEAD))[-2]["poll"]
    assert (shown["question"], shown["is_closed"]) == (QUESTION, True)
    assert [one["text"] for one in shown["options"]] == ["🌅 赶场前", "🌙 晚上"]
    assert (await drafted.sees(HEAD))[-1] == "群里看到的就是这样，今天21:00结束。发送吗？"
    assert await in_group(drafted) is None


async def test_it_is_spoken_then_posted_natively_and_anonymously(posted):
    poll = await in_group(posted)
    assert (poll["question"], poll["is_anonymous"], poll["is_closed"]) == (QUESTION, True, False)
    assert (await posted.sees(HEAD))[-1] == "正在发到群里。今天10:00结束，到时告诉你结果。"
    assert "poll.sent" in await posted.kinds(2)


async def test_the_heads_own_voice_says_the_question_in_the_group(drafted):
    await drafted.speaks(HEAD)
    await drafted.taps(HEAD, "pollend:1:1")
    await drafted.taps(HEAD, "pollsend:")
    group = await drafted.messages(HEAD, drafted.group)
    assert "voice" in group[-2]
    assert "poll" in group[-1]


async def test_at_its_end_it_is_stopped_and_the_totals_are_kept_and_told(posted):
    await votes(posted, YANG, 1)
    await votes(posted, WU, 1)
    await votes(posted, TEACHER, 0)
    assert (await polls(posted))[0].closed_at is None
    posted.wait(minutes=59)
    assert await ends(posted) == 0
    posted.wait(minutes=2)
    await ends(posted)
    assert (await in_group(posted))["is_closed"]
    one = (await polls(posted))[0]
    assert one.totals == {"votes": [1, 2]}
    assert one.closed_at == posted.now
    assert (await posted.sees(HEAD))[-1] == f"投票结束。{QUESTION}\n🌅 赶场前：1\n🌙 晚上：2"
    posted.wait(minutes=5)
    assert await ends(posted) == 0
    closed = await posted.rows(select(LedgerEntry).where(LedgerEntry.kind == "poll.closed"))
    assert [line.payload["votes"] for line in closed] == [[1, 2]]
    assert (await posted.sees(HEAD)).count((await posted.sees(HEAD))[-1]) == 1


async def test_a_poll_that_cannot_be_stopped_ends_with_what_was_heard(posted):
    await votes(posted, YANG, 0)
    async with posted.house.database.begin() as session:
        lost = update(Message).where(Message.key == "poll:1").values(message_id=999_999)
        await session.execute(lost)
    posted.wait(minutes=61)
    await ends(posted)
    posted.wait(minutes=2)
    await ends(posted)
    one = (await polls(posted))[0]
    assert (one.totals, one.closed_at) == ({"votes": [1, 0]}, posted.now)


async def test_a_poll_that_never_reached_the_group_is_told(drafted):
    await drafted.taps(HEAD, "pollend:1:1")
    bot = drafted.house.app.bot.id
    await drafted.http.delete(f"/control/groups/{drafted.group}/members/{bot}")
    await drafted.settle()
    async with drafted.house.database.begin() as session:  # before the bot has heard of it
        bound = update(StudyClass).where(StudyClass.id == 1)
        await session.execute(bound.values(group_chat_id=drafted.group))
    await drafted.taps(HEAD, "pollsend:")
    drafted.wait(minutes=61)
    await ends(drafted)
    assert f"投票没有发到群里：{QUESTION}" in await drafted.sees(HEAD)
    assert (await polls(drafted))[0].totals is None


async def test_a_second_tap_on_send_posts_nothing_more(posted):
    assert (await posted.forges(HEAD, "pollsend:1:3"))["text"] == "❌"
    group = await posted.messages(HEAD, posted.group)
    assert len([one for one in group if "poll" in one]) == 1


async def test_an_option_added_after_the_preview_is_seen_before_it_is_sent(drafted):
    await drafted.taps(HEAD, "pollend:1:1")
    await drafted.says(HEAD, "下午")
    await drafted.taps(HEAD, "pollsend:")
    assert await in_group(drafted) is None
    assert "3. 下午" in (await drafted.sees(HEAD))[-1]


async def test_too_much_is_refused_and_nothing_is_lost(drafted):
    for words, said in (
        ("长" * 101, "一个选项最多100字，这个没有加上。"),
        ("\n".join(str(n) for n in range(11)), "最多12个选项，这些没有加上。"),
    ):
        await drafted.says(HEAD, words)
        assert (await drafted.sees(HEAD))[-1] == said
    await drafted.says(HEAD, "🌙 晚上")  # said already
    assert (await polls(drafted))[0].options["options"] == ["🌅 赶场前", "🌙 晚上"]


async def test_a_long_question_and_one_option_make_no_poll(grouped):
    await grouped.says(HEAD, "/poll")
    await grouped.says(HEAD, "问" * 301)
    assert (await grouped.sees(HEAD))[-1] == "问题最多300字，请写短一点。"
    await grouped.says(HEAD, "好吗？\n好")
    assert (await grouped.sees(HEAD))[-1].endswith("请写下一个选项。")
    assert (await grouped.forges(HEAD, "pollend:1:1"))["text"] == "❌"
    assert (await grouped.forges(HEAD, "pollend:1:7"))["text"] == "❌"


async def test_a_class_without_a_group_has_no_poll(staffed):
    await staffed.says(HEAD, "/poll")
    assert (await staffed.sees(HEAD))[-1].startswith("班里还没有群")
    assert not await polls(staffed)


async def test_the_same_poll_in_two_classes_is_told_apart(posted):
    await second_class(posted)
    made = await posted.do(
        "groups", title="邻班群", type="supergroup", owner=OTHER_HEAD, members=[OTHER_HEAD]
    )
    await posted.do(f"groups/{made['id']}/members", user=posted.house.app.bot.id)
    await posted.settle()
    async with posted.house.database.begin() as session:
        bound = update(StudyClass).where(StudyClass.id == 2).values(group_chat_id=made["id"])
        await session.execute(bound)
    await posted.says(OTHER_HEAD, "/poll")
    await posted.says(OTHER_HEAD, f"{QUESTION}\n🌅 赶场前\n🌙 晚上")
    await posted.taps(OTHER_HEAD, "pollend:2:1")
    await posted.taps(OTHER_HEAD, "pollsend:")
    await votes(posted, YANG, 0)
    assert [(one.question, one.totals) for one in await polls(posted)] == [
        (QUESTION, {"votes": [1, 0]}),
        (f"{QUESTION}（邻班）", None),
    ]


async def test_another_head_cannot_touch_a_poll(drafted):
    await second_class(drafted)
    for act in ("pollend:1:1", "pollsend:1:1", "polldrop:1", "pollnew:1"):
        assert (await drafted.forges(OTHER_HEAD, act))["text"] == "❌"
    assert (await polls(drafted))[0].sent_at is None


async def test_a_poll_of_the_night_is_posted_in_the_morning(drafted):
    drafted.wait(hours=13)
    await drafted.taps(HEAD, "pollend:1:1")
    await drafted.taps(HEAD, "pollsend:")
    row = (await drafted.rows(select(Message).where(Message.key == "poll:1")))[0]
    assert (row.state, row.not_before) == (
        OutboxState.WAITING,
        drafted.now + timedelta(hours=9, minutes=30),
    )
    assert (await polls(drafted))[0].ends_at == row.not_before + timedelta(hours=1)


async def test_a_poll_may_be_thrown_away(drafted):
    await drafted.taps(HEAD, "polldrop:")
    assert not await polls(drafted)
    assert (await drafted.sees(HEAD))[-1] == "已放弃，没有发送。"
