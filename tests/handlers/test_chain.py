"""A list typed in the group becomes marks; what is unclear is settled by taps."""

import pytest
from sqlalchemy import select

from bot.services import linking
from bot.services.standing import standing
from db import ledger
from db.models import (
    Account,
    AccountPerson,
    Alias,
    Mark,
    Meeting,
    Membership,
    Person,
    Role,
    StudyClass,
    Update,
)
from db.queries import marks
from tests.handlers.announce_room import joins
from tests.handlers.room import HEAD, STRANGER, TEACHER, WU, YANG


@pytest.fixture
async def group(staffed):
    """Both learners are on phones, the class has its group, check-in is open."""
    await joins(staffed, YANG, 3)
    await joins(staffed, WU, 4)
    await staffed.has_group()
    await staffed.taps(TEACHER, "open:1")
    return staffed


async def listed(room):
    return [
        (row.person_id, row.status.value, row.sure.value, row.minutes_late)
        for row in await room.rows(select(Mark).order_by(Mark.id))
    ]


async def posts(room, user, text):
    """Write into the group; return how many thumbs the bot gave to that."""
    before = (await room.get("pending"))["calls"].get("setMessageReaction", 0)
    await room.says(user, text, chat=room.group)
    return (await room.get("pending"))["calls"].get("setMessageReaction", 0) - before


async def test_a_list_marks_oneself_and_others_and_gets_a_thumb(group):
    before = await group.sees(YANG, group.group)
    assert await posts(group, YANG, "#接龙\n1. 示例杨一 到\n2、示例吴 二 请假") == 1
    assert await listed(group) == [(3, "present", "self", 0), (4, "leave", "helper", 0)]
    after = await group.sees(YANG, group.group)
    assert len(after) == len(before)  # nothing is repeated in the group
    assert "到1，迟0，假1" in "".join(await group.sees(TEACHER))


async def test_the_whole_list_posted_again_counts_only_what_is_new(group):
    await posts(group, YANG, "1. 示例杨一 到")
    await posts(group, WU, "1. 示例杨一 到\n2. 示例吴二 迟到10分钟")
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 迟到10分钟")
    assert await listed(group) == [(3, "present", "self", 0), (4, "late", "self", 10)]


async def test_a_changed_line_takes_the_earlier_one_back(group):
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 到")
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 病假")
    assert [row[:2] for row in await listed(group)] == [
        *((3, "present"), (4, "present")),
        *((4, "withdrawn"), (4, "leave")),
    ]


async def test_ones_own_word_is_not_taken_back_by_another(group):
    await posts(group, WU, "1. 示例吴二 到")
    await posts(group, YANG, "1. 示例吴二 没来")
    assert await listed(group) == [(4, "present", "self", 0)]


async def test_here_is_as_late_as_a_tap_and_another_says_it_as_it_is(group):
    group.wait(minutes=20)
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 到")
    assert await listed(group) == [(3, "late", "self", 20), (4, "present", "helper", 0)]


async def test_who_was_listed_by_another_is_confirmed_in_the_roll_call(group):
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 到")
    await group.taps(TEACHER, "roll:1")
    rows = (await group.messages(TEACHER))[-1]["reply_markup"]["inline_keyboard"]
    assert [one["text"] for one in rows[0]] == ["1 示例吴二 到?"]
    await group.taps(TEACHER, "rollall:1")
    await group.taps(TEACHER, "rollsave:1")
    assert (await group.marks())[-1] == (4, "in", "present", "roll")


async def test_who_tapped_already_is_not_marked_again(group):
    await group.taps(YANG, "here:1", group.group)
    await posts(group, WU, "1. 示例杨一 到")
    assert await group.marks() == [(3, "in", "present", "group")]


async def test_an_unclear_line_is_settled_by_a_tap_and_the_name_is_learnt(group):
    await posts(group, WU, "1. 示例吴二 到\n2. 阿杨 到")
    assert (await group.sees(HEAD))[-1] == "接龙里“阿杨 到”没认出来，是谁？"
    assert (await group.taps(HEAD, "place:1:3"))["text"] == "✔"
    assert (await listed(group))[-1] == (3, "present", "helper", 0)
    (alias,) = await group.rows(select(Alias))
    assert (alias.person_id, alias.name) == (3, "阿杨")
    assert (await group.forges(HEAD, "place:1:4"))["text"] == "❌"
    await posts(group, WU, "1. 示例吴二 到\n2. 阿杨 请假")
    assert (await listed(group))[-1] == (3, "leave", "helper", 0)


async def test_all_unclear_lines_are_asked_about_in_one_message_and_once(group):
    await posts(group, WU, "#接龙\n1. 甲甲 到\n2. 乙乙 到\n3. 示例杨一 收到")
    seen = await group.sees(HEAD)
    assert seen[-1] == (
        "接龙里有3行没看明白，点行号来定：\n1. 示例杨一 收到\n2. 甲甲 到\n3. 乙乙 到"
    )
    await posts(group, WU, "#接龙\n1. 甲甲 到\n2. 乙乙 到\n3. 示例杨一 收到")
    assert await group.sees(HEAD) == seen
    await group.taps(HEAD, "placeline:2")
    assert (await group.sees(HEAD))[-1] == "接龙里“甲甲 到”没认出来，是谁？"
    await group.taps(HEAD, "placelist:1")
    assert (await group.sees(HEAD))[-1] == seen[-1]
    await group.taps(HEAD, "placeline:2")
    await group.taps(HEAD, "place:2:0")
    assert (await group.sees(HEAD))[-1].endswith("1. 示例杨一 收到\n2. 乙乙 到")
    await group.taps(HEAD, "placestate:1:0")
    assert (await group.sees(HEAD))[-1] == "接龙里“乙乙 到”没认出来，是谁？"
    await group.taps(HEAD, "place:3:0")
    assert (await group.sees(HEAD))[-1] == "接龙都清楚了，谢谢。"
    assert len(await group.sees(HEAD)) == len(seen)  # all of it in one message
    assert await listed(group) == []
    assert await group.rows(select(Alias)) == []


async def test_of_two_who_bear_a_name_the_head_says_which(group):
    async with group.house.database.begin() as session:
        (await session.get_one(Person, 4)).name = "示例杨一"
    await posts(group, YANG, "#接龙\n1. 示例杨一 到")
    assert await listed(group) == []
    await group.taps(HEAD, "place:1:4")
    assert await listed(group) == [(4, "present", "helper", 0)]
    assert await group.rows(select(Alias)) == []


async def test_a_state_nobody_understands_is_left_to_the_roll_call(group):
    await posts(group, YANG, "1. 示例杨一 到\n2. 吴老二 在山上")
    await group.taps(HEAD, "place:1:4")
    assert "没看懂" in "".join(await group.sees(HEAD))
    assert [row[0] for row in await listed(group)] == [3]


async def test_who_is_on_the_way_is_not_marked_and_nobody_is_asked(group):
    before = await group.sees(HEAD)
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 马上到，在路上")
    assert [row[0] for row in await listed(group)] == [3]
    assert await group.sees(HEAD) == before


async def test_of_a_known_name_it_is_asked_how_they_stand(group):
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 收到")
    assert (await group.sees(HEAD))[-1] == "接龙里“示例吴二 收到”没看懂，是到了吗？"
    assert (await group.forges(TEACHER, "placestate:1:1"))["text"] == "❌"
    assert (await group.forges(HEAD, "placestate:1:7"))["text"] == "❌"
    assert (await group.taps(HEAD, "placestate:1:1"))["text"] == "✔"
    assert (await listed(group))[-1] == (4, "present", "helper", 0)
    assert (await group.forges(HEAD, "placestate:1:1"))["text"] == "❌"


async def test_what_the_head_settles_after_closing_changes_nothing(group):
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 收到\n3. 甲甲 到")
    await group.taps(TEACHER, "close:1")
    await group.taps(TEACHER, "closed:1")
    await group.taps(HEAD, "placestate:1:1")
    assert [row[0] for row in await listed(group)] == [3]
    assert "这次课已结束，没有改动" in "".join(await group.sees(HEAD))
    assert (await group.taps(HEAD, "place:2:0"))["text"] == "✔"


async def test_all_unclear_lines_are_left_aside_by_one_tap(group):
    await posts(group, YANG, "#接龙\n1. 甲甲 到\n2. 乙乙 到\n3. 示例杨一 到")
    await group.taps(HEAD, "placedrop:2")
    assert (await group.sees(HEAD))[-1] == "接龙都清楚了，谢谢。"
    assert [row[0] for row in await listed(group)] == [3]


async def test_a_given_name_alone_is_enough_where_one_of_the_class_has_it(group):
    async with group.house.database.begin() as session:
        (await session.get_one(Person, 3)).name = "杨阿妹"
        (await session.get_one(Person, 4)).name = "吴老金"
    await posts(group, WU, "#接龙\n1. 阿妹 到\n2. 老金 感冒了，来不了")
    assert [row[:2] for row in await listed(group)] == [(3, "present"), (4, "leave")]
    async with group.house.database.begin() as session:
        (await session.get_one(Person, 4)).name = "石阿妹"
    await posts(group, WU, "#接龙\n1. 阿妹 请假")
    assert len(await listed(group)) == 2
    assert "是谁" in (await group.sees(HEAD))[-1]


async def test_a_list_of_two_hundred_lines_asks_one_question(group):
    lines = "\n".join(f"{number}. 路人{number} 到" for number in range(1, 200))
    await posts(group, YANG, f"#接龙\n{lines}\n200. 示例杨一 到")
    assert await listed(group) == [(3, "present", "self", 0)]
    assert sum("接龙里" in text for text in await group.sees(HEAD)) == 1
    await group.taps(HEAD, "placelist:2")
    assert "11. 路人" in (await group.sees(HEAD))[-1]


async def test_other_talk_with_numbers_is_dropped_unread(group):
    assert await posts(group, YANG, "1. 买盐\n2. 买米") == 0
    assert await listed(group) == []
    assert not [one for one in await group.rows(select(Update)) if "买米" in one.payload]


async def test_after_closing_a_list_is_dropped(group):
    await group.taps(TEACHER, "close:1")
    await group.taps(TEACHER, "closed:1")
    await posts(group, YANG, "1. 示例杨一 到")
    assert await listed(group) == []


async def test_a_stranger_marks_nobody(group):
    await group.person(STRANGER, "路人")
    await group.do(f"groups/{group.group}/members", user=STRANGER)
    await posts(group, STRANGER, "1. 示例杨一 到")
    assert await listed(group) == []


async def test_a_list_in_another_classs_group_marks_nobody(group):
    async with group.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=group.now))
        await session.flush()
        session.add(
            Membership(person_id=2, role=Role.CLASS_HEAD, study_class_id=2, starts_at=group.now)
        )
    made = await group.do("groups", title="别的群", type="supergroup", owner=HEAD, members=[YANG])
    await group.do(
        "startgroup",
        user=HEAD,
        group=made["id"],
        payload=linking.payload(group.key, "g", 2),
        admin=["pin_messages"],
    )
    await group.settle()
    await group.says(YANG, "#接龙\n1. 示例杨一 到", chat=made["id"])
    assert await listed(group) == []


async def test_on_a_shared_phone_nobody_knows_whose_word_it_is(group):
    async with group.house.database.begin() as session:
        account = await session.scalar(select(Account).where(Account.user_id == YANG))
        shared = AccountPerson(account_id=account.id, person_id=4, linked_at=group.now)
        session.add(shared)
    group.wait(hours=1)
    await posts(group, YANG, "1. 示例杨一 到\n2. 示例吴二 到")
    assert {row[2] for row in await listed(group)} == {"helper"}


async def test_only_the_head_places_a_line(group):
    await posts(group, WU, "#接龙\n1. 阿杨 到")
    assert (await group.forges(TEACHER, "place:1:3"))["text"] == "❌"
    assert (await group.forges(HEAD, "place:1:1"))["text"] == "❌"  # a teacher is no learner
    assert await listed(group) == []


async def edits(room, user, said, text):
    await room.do("edit", user=user, chat=room.group, message_id=said["message_id"], text=text)
    await room.settle()


async def test_an_edited_list_is_the_new_list_and_the_teacher_sees_what_changed(group):
    lines = "1. 示例杨一 到\n2. 示例吴二 到"
    said = await group.says(YANG, lines, chat=group.group)
    before = await group.sees(YANG, group.group)
    await edits(group, YANG, said, "1. 示例杨一 到\n2. 示例吴二 病假")
    assert [row[:2] for row in await listed(group)] == [
        *((3, "present"), (4, "present")),
        *((4, "withdrawn"), (4, "leave")),
    ]
    assert (await group.sees(TEACHER))[-1] == (
        "示例杨一改了群里的接龙（听、点、说），改动如下，原来的记录保留：\n示例吴二：到 → 假"
    )
    assert await group.sees(YANG, group.group) == before  # no names in the group
    assert "list.edited" in await group.kinds(3)
    async with group.house.database.read() as session:
        assert [fault async for fault in ledger.verify(session)] == []


async def test_who_has_no_line_any_more_is_taken_back(group):
    said = await group.says(YANG, "1. 示例杨一 到\n2. 示例吴二 到", chat=group.group)
    await edits(group, YANG, said, "1. 示例杨一 到")
    assert (await listed(group))[-1][:2] == (4, "withdrawn")
    assert (await group.sees(TEACHER))[-1].endswith("示例吴二：到 → 没写")
    await edits(group, YANG, said, "打错了")  # a list no more
    assert [row[1] for row in await listed(group)].count("withdrawn") == 2


async def test_an_edit_that_changes_no_line_says_nothing(group):
    said = await group.says(YANG, "1. 示例杨一 到", chat=group.group)
    before = await group.sees(TEACHER)
    await edits(group, YANG, said, "#接龙 今天的课\n1. 示例杨一 到")
    assert await listed(group) == [(3, "present", "self", 0)]
    assert await group.sees(TEACHER) == before


async def test_other_talk_that_is_edited_and_edits_after_closing_change_nothing(group):
    talk = await group.says(YANG, "今天下雨", chat=group.group)
    said = await group.says(YANG, "1. 示例杨一 到", chat=group.group)
    await edits(group, YANG, talk, "今天下大雨")
    await group.taps(TEACHER, "close:1")
    await group.taps(TEACHER, "closed:1")
    before = await group.rows(select(Mark.id))
    await edits(group, YANG, said, "1. 示例杨一 没来\n2. 示例吴二 到")
    await edits(group, YANG, said, "1. 示例杨一 没来")
    assert await group.rows(select(Mark.id)) == before
    told = [text for text in await group.sees(TEACHER) if "接龙" in text]
    assert told == ["示例杨一在“听、点、说”结束以后改了接龙，原来的记录不变。"]


async def test_who_writes_that_they_come_late_is_there_from_then_or_from_their_tap(group):
    await posts(group, YANG, "1. 示例杨一 晚到40分钟")
    await posts(group, WU, "1. 示例吴二 迟到30分钟")
    group.wait(minutes=20)  # 25 minutes after the start
    await group.taps(WU, "here:1", group.group)
    group.wait(minutes=65)
    await group.taps(TEACHER, "close:1")
    await group.taps(TEACHER, "closed:1")
    async with group.house.database.read() as session:
        meeting = await session.get_one(Meeting, 1)
        found = {}
        for person in (3, 4):
            stands = standing(await marks.of_person(session, 1, person), meeting)
            found[person] = (str(stands.status), stands.minutes)
    assert found == {3: ("late", 50), 4: ("late", 65)}


async def test_a_list_does_not_stand_in_for_the_code_of_the_moment(group):
    async with group.house.database.begin() as session:
        (await session.get_one(StudyClass, 1)).asks_code = True
    assert await posts(group, WU, "1. 示例吴二 到\n2. 示例杨一 到") == 1
    assert await listed(group) == []
    assert (await group.sees(WU))[-1] == "按老师手机上的四个数字。"
    await posts(group, YANG, "1. 示例吴二 到\n2. 示例杨一 请假")
    assert await listed(group) == [(3, "leave", "self", 0)]
