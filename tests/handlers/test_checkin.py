"""The code of the moment, the check in the middle, the place: ways to be here that prove more."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.services import code_card, coding, linking, midway
from db.models import (
    Account,
    AccountPerson,
    Mark,
    Media,
    Meeting,
    Message,
    Person,
    Phase,
    Status,
    StudyClass,
    Update,
)
from tests.handlers.room import HEAD, TEACHER, USERNAME, WU, YANG, acts


@pytest.fixture
async def enrolled(staffed):
    """Both learners are on phones."""
    yang, wu = await staffed.rows(select(Person).where(Person.id.in_([3, 4])).order_by(Person.id))
    await staffed.enrols(YANG, yang)
    await staffed.enrols(WU, wu)
    return staffed


async def sets(room, **fields):
    async with room.house.database.begin() as session:
        await session.execute(update(StudyClass).values(**fields))


@pytest.fixture
async def coded(enrolled):
    """Their class asks for the code, and the teacher has opened check-in."""
    await sets(enrolled, asks_code=True)
    await enrolled.taps(TEACHER, "open:1")
    return enrolled


async def code_now(room, meeting_id=1):
    async with room.house.database.read() as session:
        meeting = await session.get_one(Meeting, meeting_id)
        leaks = await coding.leaks_of(session, meeting)
        return coding.code_at(room.key, meeting, coding.window_of(room.now), leaks)


async def other_than(room, *codes):
    return next(code for code in map("{:04}".format, range(10_000)) if code not in codes)


async def beats(room):
    """Let the heartbeat change what is due."""
    async with room.house.database.begin() as session:
        changed = await code_card.refresh_due(
            session, room.key, USERNAME, room.house.app.bot_data["data"], room.now
        )
    room.house.sender.wake()
    await room.settle()
    return changed


async def to_the_end_of_a_window(room):
    left = coding.SECONDS - room.now.timestamp() % coding.SECONDS
    room.wait(seconds=left - 0.5)


async def test_in_a_class_with_a_code_a_tap_asks_for_it_and_the_pad_takes_it(coded):
    await coded.taps(YANG, "here:1")
    assert await coded.marks() == []
    assert (await coded.sees(YANG))[-1] == "按老师手机上的四个数字。"
    code = await code_now(coded)
    for digit in code[:3]:
        await coded.taps(YANG, f"digit:1:{digit}")
    assert (await coded.sees(YANG))[-1] == f"{code[:3]}·"
    await coded.taps(YANG, f"digit:1:{code[3]}")
    assert await coded.marks() == [(3, "in", "present", "code")]
    await coded.taps(YANG, "here:1")
    assert "已经记过了。" in await coded.sees(YANG)


async def test_digits_hold_two_seconds_more_and_no_longer(coded):
    await coded.taps(YANG, "here:1")
    await coded.taps(WU, "here:1")
    await to_the_end_of_a_window(coded)
    code = await code_now(coded)
    coded.wait(seconds=1.5)  # one second after the change
    await coded.says(YANG, f"{code[:2]} {code[2:]}")
    assert await coded.marks() == [(3, "in", "present", "code")]
    coded.wait(seconds=2)  # three seconds after it
    await coded.says(WU, code)
    assert len(await coded.marks()) == 1
    assert "不对，再看一眼。" in await coded.sees(WU)
    assert "code.wrong" not in await coded.kinds(4)  # a slow thumb is no guess
    coded.wait(minutes=5)
    await coded.says(WU, code)  # replayed
    assert len(await coded.marks()) == 1
    assert (await coded.kinds(4)).count("code.wrong") == 1
    full_width = (await code_now(coded)).translate({48 + n: 0xFF10 + n for n in range(10)})
    await coded.says(WU, full_width)
    assert (await coded.marks())[-1] == (4, "in", "present", "code")


async def test_a_code_cannot_be_guessed(coded):
    await coded.taps(YANG, "here:1")
    wrong = await other_than(coded, await code_now(coded))
    for _try in range(coding.TRIES):
        await coded.says(YANG, wrong)
    assert (await coded.sees(YANG))[-1] == "请找老师，老师帮你记。"
    assert "示例杨一输错了5次签到码" in (await coded.sees(HEAD))[-1]
    await coded.taps(YANG, "here:1")
    await coded.says(YANG, await code_now(coded))  # right, but too late
    assert await coded.marks() == []
    assert (await coded.kinds(3)).count("code.wrong") == coding.TRIES
    await coded.taps(WU, "here:1")  # another account may still try
    await coded.says(WU, await code_now(coded))
    assert await coded.marks() == [(4, "in", "present", "code")]


async def test_the_code_of_another_meeting_is_wrong(coded):
    await coded.taps(YANG, "here:1")
    other = await code_now(coded, 2)
    assert other != await code_now(coded)
    await coded.says(YANG, other)
    assert await coded.marks() == []


async def test_a_qr_holds_through_the_next_window_and_a_forwarded_picture_is_worth_nothing(coded):
    link = linking.moment_payload(coded.key, 1, coding.window_of(coded.now))
    coded.wait(seconds=coding.SECONDS)
    await coded.starts(YANG, link)
    assert await coded.marks() == [(3, "in", "present", "qr")]
    coded.wait(seconds=coding.SECONDS)
    await coded.starts(WU, link)
    assert len(await coded.marks()) == 1
    assert (await coded.sees(WU))[-1] == "按老师手机上的四个数字。"
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    await coded.starts(WU, forged)
    await coded.taps(TEACHER, "close:1")
    await coded.taps(TEACHER, "closed:1")
    await coded.starts(WU, linking.moment_payload(coded.key, 1, coding.window_of(coded.now)))
    assert len(await coded.marks()) == 1


async def shown(room):
    """Return the newest message with a picture that the teacher sees, and its words."""
    return next(
        one for one in reversed(await room.messages(TEACHER)) if "photo" in one and "caption" in one
    )


async def test_the_teachers_phone_shows_a_code_that_changes(coded):
    await coded.taps(TEACHER, "code:1")
    await coded.taps(TEACHER, "code:1")  # twice in a window shows one
    first = await shown(coded)
    assert first["caption"] == f"签到码 {await code_now(coded)}，每15秒换一次"
    assert await beats(coded) == 0
    for _window in range(2):
        coded.wait(seconds=coding.SECONDS)
        assert await beats(coded) == 1
        now = await shown(coded)
        assert now["message_id"] == first["message_id"]
        assert now["caption"] == f"签到码 {await code_now(coded)}，每15秒换一次"
        assert now["photo"] != first["photo"]
    coded.wait(seconds=coding.SECONDS)
    await coded.taps(TEACHER, "codestop:1")
    assert (await shown(coded))["caption"] == "签到码已停。"
    coded.wait(seconds=coding.SECONDS)
    assert await beats(coded) == 0
    await coded.taps(TEACHER, "code:1")
    coded.wait(minutes=10)
    assert await beats(coded) == 1
    assert (await shown(coded))["caption"] == "签到码已停。"
    assert await beats(coded) == 0


async def test_an_unsent_picture_is_superseded(coded):
    await coded.taps(TEACHER, "code:1")
    data = coded.house.app.bot_data["data"]
    async with coded.house.database.begin() as session:  # nothing leaves before this ends
        for _window in range(3):
            coded.wait(seconds=coding.SECONDS)
            await code_card.refresh_due(session, coded.key, USERNAME, data, coded.now)
            session.expire_all()  # a later tick reads anew
    await coded.settle()
    edits = await coded.rows(select(Message).where(Message.purpose == "code"))
    assert len(edits) == 1
    assert f"-{coding.window_of(coded.now)}-" in str(edits[0].payload)


async def test_a_code_typed_in_the_group_is_removed_and_renewed(coded):
    await coded.has_group()
    await coded.taps(TEACHER, "code:1")
    await coded.taps(WU, "here:1")
    old = await code_now(coded)
    for _time in range(2):
        said = await coded.says(YANG, f"签到码 {await code_now(coded)} 快点", chat=coded.group)
        seen = [one["message_id"] for one in await coded.messages(WU, coded.group)]
        assert said["message_id"] not in seen
    group = await coded.sees(WU, coded.group)
    assert group.count("签到码不要发到群里，老师手机上已经换了新的。") == 1
    assert old != await code_now(coded)
    assert (await shown(coded))["caption"].startswith(f"签到码 {await code_now(coded)}")
    assert (await coded.kinds(1)).count("code.leaked") == 2
    await coded.says(WU, old)
    assert await coded.marks() == []
    assert not [one for one in await coded.rows(select(Update)) if "快点" in one.payload]
    kept = await coded.says(YANG, "买了 2026 斤", chat=coded.group)
    assert kept["message_id"] in [
        one["message_id"] for one in await coded.messages(WU, coded.group)
    ]


async def test_a_tap_in_the_group_leads_to_the_pad(coded):
    await coded.taps(TEACHER, "close:1")
    await coded.taps(TEACHER, "closed:1")
    await coded.has_group()
    await coded.taps(TEACHER, "reopen:1")
    answer = await coded.taps(YANG, "here:1", coded.group)
    await coded.starts(YANG, answer["url"].partition("start=")[2])
    assert (await coded.sees(YANG))[-1] == "按老师手机上的四个数字。"


async def test_who_came_late_for_check_in_is_kept_and_the_head_is_told(enrolled):
    await sets(enrolled, late_until=20, grace=3)
    await enrolled.taps(TEACHER, "open:1")
    enrolled.wait(minutes=14)
    await enrolled.taps(YANG, "here:1")
    assert await enrolled.marks() == [(3, "in", "late", "tap")]
    enrolled.wait(minutes=7)
    await enrolled.taps(WU, "here:1")
    assert len(await enrolled.marks()) == 1
    assert "示例吴二" in (await enrolled.sees(HEAD))[-1]
    assert "act.refused" in await enrolled.kinds(4)


async def shares(room):
    """Let Wu use Yang's phone too."""
    async with room.house.database.begin() as session:
        account = await session.scalar(select(Account).where(Account.user_id == YANG))
        session.add(AccountPerson(account_id=account.id, person_id=4, linked_at=room.now))


async def test_one_code_serves_the_family_at_one_phone(coded):
    await shares(coded)
    coded.wait(seconds=1)
    await coded.taps(YANG, "here:1")
    await coded.says(YANG, await code_now(coded))
    assert "还有谁和你在一起？" in (await coded.sees(YANG))[-1]
    await coded.taps(YANG, "with:1:4")
    async with coded.house.database.read() as session:
        rows = (await session.scalars(select(Mark).order_by(Mark.id))).all()
    assert [(row.person_id, row.how, row.sure, row.made_by) for row in rows] == [
        (3, "code", "self", 3),
        (4, "tap", "helper", 3),
    ]


async def in_the_middle(room):
    """Let the moment come that the bot chose, and let it ask."""
    async with room.house.database.read() as session:
        meeting = await session.get_one(Meeting, 1)
    room.wait(seconds=(meeting.mid_at - room.now).total_seconds() + 1)
    for _again in range(2):  # it asks once
        async with room.house.database.begin() as session:
            await midway.ask_due(session, room.house.app.bot_data["data"], room.now)
    room.house.sender.wake()
    await room.settle()
    return meeting


async def test_in_the_middle_those_who_came_are_asked_for_the_number(enrolled):
    await sets(enrolled, asks_midway=True)
    await enrolled.taps(TEACHER, "open:1")
    await enrolled.taps(YANG, "here:1")
    meeting = await in_the_middle(enrolled)
    third = (meeting.ends_at - enrolled.now.replace(hour=1, minute=0, second=0)) / 3
    assert meeting.starts_at + third - timedelta(minutes=5) < meeting.mid_at
    assert meeting.mid_at < meeting.ends_at - third + timedelta(minutes=5)
    asked = "还在上课吗？老师给你看的是几？"
    assert (await enrolled.sees(YANG)).count(asked) == 1
    assert asked not in await enrolled.sees(WU)
    wrong = meeting.mid_number % midway.NUMBERS + 1
    await enrolled.taps(YANG, f"mid:1:{wrong}:3")
    assert (await enrolled.sees(YANG))[-1] == "不对，再看一眼。"
    await enrolled.taps(YANG, f"mid:1:{meeting.mid_number}:3")
    await enrolled.taps(YANG, f"mid:1:{meeting.mid_number}:3")
    await enrolled.forges(WU, f"mid:1:{meeting.mid_number}:4")  # did not come
    assert (await enrolled.marks())[1:] == [
        (3, "mid", "absent", "tap"),
        (3, "mid", "present", "tap"),
    ]
    await enrolled.taps(TEACHER, "midheads:1:0")
    assert "签到1人，中途数了0人" in (await enrolled.sees(HEAD))[-1]
    await enrolled.taps(TEACHER, "midall:1")
    assert (await enrolled.marks())[-1] == (3, "mid", "present", "roll")


async def test_two_wrong_numbers_are_enough(enrolled):
    await sets(enrolled, asks_midway=True)
    await enrolled.taps(TEACHER, "open:1")
    await enrolled.taps(YANG, "here:1")
    meeting = await in_the_middle(enrolled)
    wrong = meeting.mid_number % midway.NUMBERS + 1
    for _try in range(3):
        await enrolled.taps(YANG, f"mid:1:{wrong}:3")
    await enrolled.taps(YANG, f"mid:1:{meeting.mid_number}:3")
    marks = [row for row in await enrolled.marks() if row[1] == "mid"]
    assert marks == [(3, "mid", "absent", "tap")] * 2


async def test_the_place_is_asked_only_where_the_class_wants_it_and_the_learner_agreed(enrolled):
    await sets(enrolled, location={"latitude": 26.58, "longitude": 107.98, "metres": 200})
    await enrolled.taps(TEACHER, "open:1")
    await enrolled.taps(YANG, "here:1")
    assert "我可以问你在哪里吗？" in (await enrolled.sees(YANG))[-1]
    await enrolled.taps(YANG, "locate:1:")
    assert "按图钉" in (await enrolled.sees(YANG))[-1]
    await enrolled.do("location", user=YANG, latitude=26.581, longitude=107.98)
    await enrolled.settle()
    async with enrolled.house.database.read() as session:
        placed = await session.scalar(select(Mark).where(Mark.key == "place"))
        rows = (await session.scalars(select(Update))).all()
    assert (placed.phase, placed.metres, placed.person_id) == (Phase.IN, 111, 3)
    assert not [row for row in rows if "26.58" in row.payload]
    assert "到1，迟0，假0，未到1，共2" in " ".join(await enrolled.sees(TEACHER))
    await enrolled.do("location", user=YANG, latitude=26.5, longitude=107.9)  # unasked
    await enrolled.settle()
    assert (await enrolled.sees(YANG))[-1] == "这个我用不上，没有保存。"
    assert len(await enrolled.rows(select(Mark))) == 2


async def test_who_does_not_want_to_show_the_place_is_here_all_the_same(enrolled):
    await sets(enrolled, location={"latitude": 26.58, "longitude": 107.98, "metres": 200})
    await enrolled.taps(TEACHER, "open:1")
    await enrolled.taps(WU, "here:1")
    question = (await enrolled.messages(WU))[-1]
    no = next(act for act in acts(question) if act.startswith("locate:") and act.endswith(":0"))
    await enrolled.taps(WU, no)
    assert (await enrolled.sees(WU))[-1] == "好的，以后不问了。"
    assert await enrolled.marks() == [(4, "in", "present", "tap")]
    await enrolled.taps(WU, "undo:")
    await enrolled.taps(WU, "here:1")
    assert "我可以问你在哪里吗？" not in (await enrolled.sees(WU))[-1]


async def test_a_voice_in_the_group_says_i_am_here(enrolled):
    await enrolled.has_group()
    await enrolled.taps(TEACHER, "open:1")
    await enrolled.speaks(YANG, chat=enrolled.group)
    assert await enrolled.marks() == [(3, "in", "present", "voice")]
    spoken = [one for one in await enrolled.messages(WU, enrolled.group) if "voice" in one]
    assert spoken[-1]["from"]["id"] == YANG
    media = len(await enrolled.rows(select(Media)))
    await enrolled.speaks(YANG, chat=enrolled.group)  # talk, from now on
    await enrolled.speaks(HEAD, chat=enrolled.group)
    assert len(await enrolled.rows(select(Media))) == media
    assert len(await enrolled.marks()) == 1


async def test_staff_read_why_somebody_counts_as_they_do(enrolled):
    await enrolled.taps(TEACHER, "open:1")
    await enrolled.taps(YANG, "here:1")
    await enrolled.says(TEACHER, "/who")
    await enrolled.taps(TEACHER, "whyhere:1:3")
    assert "到：9:00私聊签到" in (await enrolled.sees(TEACHER))[-1]
    await enrolled.taps(TEACHER, "whowas:1:1")
    assert (await enrolled.forges(YANG, "whyhere:1:4"))["text"] == "❌"
    assert (await enrolled.forges(TEACHER, "whyhere:1:2"))["text"] == "❌"


async def test_a_granted_leave_is_a_mark_until_the_learner_comes(enrolled):
    await enrolled.forges(YANG, "come:2:0")
    await enrolled.forges(YANG, "why:2:1")
    await enrolled.taps(HEAD, "leave:")
    async with enrolled.house.database.read() as session:
        marks = (await session.scalars(select(Mark))).all()
    assert [(one.status, one.leave, one.made_by) for one in marks] == [(Status.LEAVE, "sick", 2)]
    await enrolled.forges(YANG, "come:2:1")
    assert [row[2] for row in await enrolled.marks()] == ["leave", "withdrawn"]
