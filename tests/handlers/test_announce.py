from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from bot.services import announcing
from bot.services.announcement_rows import FALLBACK
from db.models import (
    Announcement,
    AnnouncementState,
    LedgerEntry,
    Membership,
    Message,
    OutboxState,
    Person,
    Reads,
    Recipient,
    Role,
    StudyClass,
    Wanted,
)
from tests.handlers.announce_room import (
    OFFICE,
    OTHER_HEAD,
    add,
    joins,
    leaves,
    of_number,
    opens_office,
    second_class,
    told,
)
from tests.handlers.room import HEAD, TEACHER, WU, YANG

WORDS = "今晚停电，明天照常上课。"


@pytest.fixture
async def enrolled(staffed):
    """Yang is on a phone and reads nothing; Wu is on no phone."""
    await joins(staffed, YANG, 3)
    return staffed


@pytest.fixture
async def written(enrolled):
    """The class head has written and spoken an announcement."""
    await enrolled.says(HEAD, "/announce")
    await enrolled.says(HEAD, WORDS)
    await enrolled.speaks(HEAD)
    return enrolled


@pytest.fixture
async def previewed(written):
    await written.taps(HEAD, "announce:")
    return written


@pytest.fixture
async def sent(previewed):
    await previewed.taps(HEAD, "send:")
    await leaves(previewed)
    return previewed


async def announcements(room):
    return await room.rows(select(Announcement).order_by(Announcement.id))


async def reasons(room):
    rows = await room.rows(select(Recipient).order_by(Recipient.person_id))
    return {row.person_id: row.reason for row in rows}


async def test_the_preview_is_the_very_message_with_people_and_minutes(previewed):
    seen = await previewed.sees(HEAD)
    assert seen[-4:] == [
        "学员收到的是：",
        "<voice>",
        WORDS,
        "将发给1个班1人，约1分钟发完。发送吗？\n另有1人手机上收不到，发完可看电话名单。",
    ]


async def test_voice_then_words_reach_a_learner_once(sent):
    assert (await sent.sees(YANG))[-2:] == ["<voice>", WORDS]
    assert [one[:3] for one in await told(sent, YANG)] == [
        (f"ann:1:{YANG}:voice", "sendVoice", "sent"),
        (f"ann:1:{YANG}", "sendMessage", "sent"),
    ]
    assert await reasons(sent) == {3: "", 4: "not on a phone"}
    assert (await announcements(sent))[0].state is AnnouncementState.SENT
    lines = await sent.rows(select(LedgerEntry).where(LedgerEntry.kind == "announcement.sent"))
    assert [(line.person_id, line.payload["people"]) for line in lines] == [(2, 2)]


async def test_a_learner_may_hear_it_again_and_a_stranger_to_it_may_not(sent):
    toast = await sent.taps(YANG, "annhear:")
    assert toast["text"] == "🔊"
    assert (await sent.messages(YANG))[-1]["caption"] == "📢"
    assert (await sent.forges(TEACHER, "annhear:1"))["text"] == "❌"


async def test_a_second_tap_on_send_sends_nothing_more(previewed):
    act = next(act for act in await acts_of(previewed, HEAD) if act.startswith("send:"))
    assert (await previewed.forges(HEAD, act))["text"] == "✔"
    assert (await previewed.forges(HEAD, act))["text"] == "❌"
    await leaves(previewed)
    await leaves(previewed)
    assert (await previewed.sees(YANG)).count(WORDS) == 1


async def acts_of(room, user):
    rows = [
        row
        for message in await room.messages(user)
        for row in message.get("reply_markup", {}).get("inline_keyboard", [])
    ]
    return [one.get("callback_data", "") for row in rows for one in row]


async def test_what_was_changed_after_the_preview_is_seen_before_it_is_sent(previewed):
    act = next(act for act in await acts_of(previewed, HEAD) if act.startswith("send:"))
    await previewed.says(HEAD, "带上课本。")
    assert (await previewed.forges(HEAD, act))["text"] == "❌"
    assert (await announcements(previewed))[0].state is AnnouncementState.DRAFT
    assert f"{WORDS}\n带上课本。" in await previewed.sees(HEAD)


async def test_ten_thousand_letters_are_refused_and_nothing_is_lost(enrolled):
    await enrolled.says(HEAD, "/announce")
    await enrolled.says(HEAD, WORDS)
    await enrolled.says(HEAD, "长" * 10_000)
    seen = await enrolled.sees(HEAD)
    assert seen[-1] == (
        f"通知最多4096字，现在有{10_000 + len(WORDS) + 1}字，没有收下；前面写的还在。"
    )
    assert (await announcements(enrolled))[0].text == WORDS
    await enrolled.says(HEAD, "明天见。")
    assert (await announcements(enrolled))[0].text == f"{WORDS}\n明天见。"


async def test_the_longest_announcement_arrives_whole_for_everybody(enrolled):
    longest = "好" * 4096
    await enrolled.says(HEAD, "/announce")
    await enrolled.says(HEAD, longest)
    await enrolled.taps(HEAD, "annset:1:r2:")
    await enrolled.taps(HEAD, "announce:")
    await enrolled.taps(HEAD, "send:")
    await leaves(enrolled)
    assert (await enrolled.sees(YANG))[-1] == longest
    assert (await enrolled.sees(TEACHER))[-1] == longest


async def test_markup_is_shown_as_it_was_written(enrolled):
    await enrolled.says(HEAD, "/announce")
    await enrolled.says(HEAD, "<b>重要 & <i")
    await enrolled.taps(HEAD, "annset:1:r2:")
    await enrolled.taps(HEAD, "announce:")
    await enrolled.taps(HEAD, "send:")
    await leaves(enrolled)
    assert (await enrolled.sees(YANG))[-1] == "<b>重要 & <i"
    assert (await enrolled.sees(TEACHER))[-1] == "示例龙主任通知：\n<b>重要 & <i"


async def test_an_id_number_never_gets_into_an_announcement(enrolled):
    await enrolled.says(HEAD, "/announce")
    await enrolled.says(HEAD, "他的号是110101199001011237")
    assert "我已经删掉了" in (await enrolled.sees(HEAD))[-1]
    assert not [one for one in await enrolled.messages(HEAD) if "1101" in one.get("text", "")]
    assert (await announcements(enrolled))[0].text == ""


async def test_what_is_neither_words_nor_voice_is_asked_for_again(enrolled):
    await enrolled.says(HEAD, "/announce")
    await enrolled.says(HEAD, "\u0007")
    assert (await announcements(enrolled))[0].text == ""
    await enrolled.speaks(HEAD, forward_from="别人")
    assert "转发" in (await enrolled.sees(HEAD))[-1]
    assert (await announcements(enrolled))[0].voice_id is None


async def test_words_alone_ask_the_sender_to_speak_and_may_go_nevertheless(enrolled):
    await enrolled.says(HEAD, "/announce")
    await enrolled.says(HEAD, WORDS)
    await enrolled.taps(HEAD, "announce:")
    assert (await enrolled.sees(HEAD))[-1].endswith("其中1人不识字，请再发一条语音说一遍。")
    async with enrolled.house.database.begin() as session:
        await session.execute(update(Person).where(Person.id == 3).values(speaks="hea"))
    await enrolled.taps(HEAD, "send:")
    await leaves(enrolled)
    assert (await enrolled.sees(YANG))[-1] == WORDS
    wanted = await enrolled.rows(select(Wanted).where(Wanted.key == FALLBACK))
    assert [(one.language, one.count) for one in wanted] == [("hea", 1)]


async def test_the_screen_before_it_stays_the_present_one(enrolled):
    await enrolled.says(YANG, "🏠")
    await enrolled.says(HEAD, "/announce")
    await enrolled.says(HEAD, WORDS)
    await enrolled.taps(HEAD, "announce:")
    await enrolled.taps(HEAD, "send:")
    await leaves(enrolled)
    await enrolled.says(YANG, "3")
    assert (await enrolled.sees(YANG))[-1].startswith("下次课：")


async def test_a_group_and_staff_get_theirs_without_a_learner_name(written):
    await written.person(WU, "示例吴二")
    await written.has_group()
    await written.taps(HEAD, "annset:1:r2:")
    await written.taps(HEAD, "annset:1:r9:")
    await written.taps(HEAD, "announce:")
    seen = await written.sees(HEAD)
    assert [one for one in seen if one.endswith("是：")] == [
        "学员收到的是：",
        "工作人员收到的是：",
        "群里看到的是：",
    ]
    await written.taps(HEAD, "send:")
    await leaves(written)
    assert (await written.sees(HEAD, written.group))[-2:] == ["<voice>", WORDS]
    assert (await written.sees(TEACHER))[-2:] == ["<voice>", f"示例龙主任通知：\n{WORDS}"]


async def test_nobody_to_tell_is_said_and_nothing_leaves(written):
    await written.taps(HEAD, "annset:1:r1:")
    await written.taps(HEAD, "announce:")
    assert (await written.sees(HEAD))[-1] == "这样选没有人收得到，请换个对象。"
    assert (await written.forges(HEAD, "send:1:3"))["text"] == "❌"
    await written.taps(HEAD, "annset:1:r9:")  # the class has no group
    await written.taps(HEAD, "announce:")
    assert (await written.sees(HEAD))[-1] == "这样选没有人收得到，请换个对象。"
    assert (await announcements(written))[0].state is AnnouncementState.DRAFT


async def test_a_class_without_a_group_is_told_to_the_sender(written):
    await written.taps(HEAD, "annset:1:r9:")
    await written.taps(HEAD, "announce:")
    assert "还没有班级群：示例班。" in (await written.sees(HEAD))[-1]
    await written.taps(HEAD, "send:")
    await leaves(written)
    await written.taps(HEAD, "report:a1:2:")
    assert "班里没有群：1" in (await written.sees(HEAD))[-1]


async def test_it_may_leave_at_a_time(previewed):
    await previewed.taps(HEAD, "sendat:")
    await previewed.taps(HEAD, "sendat:1:2:1")
    assert (await previewed.sees(HEAD))[-1] == "今天19:30发出。"
    await leaves(previewed)
    assert not await told(previewed, YANG)
    previewed.wait(hours=10, minutes=30)
    await leaves(previewed)
    assert (await previewed.sees(YANG))[-1] == WORDS


async def test_a_time_may_be_typed_and_a_wrong_one_loses_nothing(previewed):
    await previewed.taps(HEAD, "sendat:")
    await previewed.taps(HEAD, "sendat:1:2:3")
    for wrong in ("25:00", "8:61", "2020-01-01 8:00", "2027-06-01 8:00", "随便", "2-30 8:00"):
        await previewed.says(HEAD, wrong)
        assert (await previewed.sees(HEAD))[-1].startswith("没看懂时间")
    await previewed.says(HEAD, "明天 下午2点半")
    assert (await previewed.sees(HEAD))[-1] == "明天14:30发出。"
    assert (await announcements(previewed))[0].send_at == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


async def test_a_time_in_quiet_hours_is_told_with_the_morning_in_which_it_arrives(previewed):
    await previewed.taps(HEAD, "sendat:")
    await previewed.taps(HEAD, "sendat:1:2:3")
    await previewed.says(HEAD, "今晚 23:00")
    said = (await previewed.sees(HEAD))[-1]
    assert said == "今天23:00发出。那时是休息时间，早上7:30起送到。"


async def test_a_draft_may_be_thrown_away(previewed):
    await previewed.taps(HEAD, "anndrop:")
    assert (await previewed.sees(HEAD))[-1] == "已放弃，没有发送。"
    assert not await announcements(previewed)
    assert (await previewed.forges(HEAD, "send:1:2"))["text"] == "❌"


async def test_a_draft_is_taken_up_again(written):
    await written.says(HEAD, "/today")
    await written.says(HEAD, "/announce")
    assert (await announcements(written))[0].text == WORDS
    await written.taps(HEAD, "announce:")
    assert WORDS in await written.sees(HEAD)


async def test_quiet_hours_hold_it_back_until_each_ones_morning(previewed):
    async with previewed.house.database.begin() as session:
        early = update(Person).where(Person.id == 3).values(quiet_from=1200, quiet_until=360)
        await session.execute(early)
    previewed.wait(hours=13)  # 22:00
    await previewed.taps(HEAD, "announce:1")
    assert (await previewed.sees(HEAD))[-1].endswith("现在是休息时间，7:30起才会送到。")
    await previewed.taps(HEAD, "send:")
    await leaves(previewed)
    rows = await previewed.rows(select(Message).where(Message.key.like("ann:%")))
    assert {row.not_before for row in rows} == {datetime(2026, 11, 23, 22, tzinfo=UTC)}  # 6:00
    assert WORDS not in await previewed.sees(YANG)
    previewed.wait(hours=8)
    await leaves(previewed)
    assert (await previewed.sees(YANG))[-2:] == ["<voice>", WORDS]


async def test_what_has_not_left_can_be_withdrawn(previewed):
    previewed.wait(hours=13)
    await previewed.taps(HEAD, "send:")
    await leaves(previewed)
    await previewed.taps(HEAD, "recall:")
    seen = await previewed.sees(HEAD)
    assert seen[-2] == "已撤回：2条没有发出。"
    assert "已发0，待发0，跳过2" in seen[-1]
    assert {one[2:] for one in await told(previewed, YANG)} == {("skipped", "recalled")}
    previewed.wait(hours=12)
    await leaves(previewed)
    assert WORDS not in await previewed.sees(YANG)
    assert "announcement.recalled" in await previewed.kinds(2)


async def test_half_sent_only_the_rest_is_withdrawn(sent):
    await sent.taps(HEAD, "recall:")
    assert (await sent.sees(HEAD))[-1] == "已经全部发出，没有可撤回的。"
    await joins(sent, WU, 4)
    async with sent.house.database.begin() as session:
        early = update(Person).where(Person.id == 4).values(quiet_from=0, quiet_until=1439)
        await session.execute(early)
    await sent.says(HEAD, "/announce")
    await sent.says(HEAD, "第二条")
    await sent.taps(HEAD, "announce:2")
    await sent.taps(HEAD, "send:2")
    await leaves(sent)
    await sent.taps(HEAD, "recall:2")
    assert "已发1，待发0，跳过1" in (await sent.sees(HEAD))[-1]
    assert {one[2] for one in await told(sent, YANG)} == {"sent"}
    assert (await told(sent, WU))[-1][2:] == ("skipped", "recalled")


async def test_it_does_not_leave_when_its_author_has_lost_the_role(previewed):
    await second_class(previewed)
    await add(
        previewed,
        Membership(person_id=6, role=Role.CLASS_HEAD, study_class_id=1, starts_at=previewed.now),
    )
    await previewed.taps(HEAD, "sendat:")
    await previewed.taps(HEAD, "sendat:1:2:2")
    async with previewed.house.database.begin() as session:
        over = update(Membership).where(
            Membership.person_id == 2, Membership.role == Role.CLASS_HEAD
        )
        await session.execute(over.values(ends_at=previewed.now))
    previewed.wait(hours=23, minutes=1)
    await leaves(previewed)
    assert (await announcements(previewed))[0].state is AnnouncementState.RECALLED
    assert not await told(previewed, YANG)
    assert (await previewed.sees(OTHER_HEAD))[
        -1
    ] == "有一条定时通知没有发出：写的人已不在这个岗位。"
    line = (
        await previewed.rows(select(LedgerEntry).where(LedgerEntry.kind == "announcement.recalled"))
    )[0]
    assert line.payload["reason"] == "role ended"


async def test_another_head_can_neither_see_nor_send_nor_withdraw_it(previewed):
    await second_class(previewed)
    for act in ("announce:1", "send:1:2", "sendat:1:2:1", "anndrop:1", "annset:1:r2:1"):
        assert (await previewed.forges(OTHER_HEAD, act))["text"] == "❌"
    assert (await announcements(previewed))[0].state is AnnouncementState.DRAFT
    await previewed.taps(HEAD, "send:")
    for act in ("recall:1", "report:a1:0:1", "report:a1:3:1", "report:c1:3:1"):
        assert (await previewed.forges(OTHER_HEAD, act))["text"] == "❌"
    assert (await previewed.forges(YANG, "recall:1"))["text"] == "❌"
    await leaves(previewed)
    assert (await previewed.sees(YANG))[-1] == WORDS


async def test_a_head_cannot_choose_a_class_that_is_not_theirs(written):
    await second_class(written)
    for item in ("c2", "r3", "r7", "t1"):
        assert (await written.forges(HEAD, f"annset:1:{item}:1"))["text"] == "❌"
    await written.taps(HEAD, "announce:1")
    await written.taps(HEAD, "send:")
    await leaves(written)
    assert 7 not in await reasons(written)


async def test_a_draft_for_a_class_no_longer_led_is_for_the_present_one(written):
    await second_class(written)
    async with written.house.database.begin() as session:
        moved = update(Membership).where(Membership.person_id == 2)
        await session.execute(moved.values(study_class_id=2))
    await written.says(HEAD, "再说一句")
    await written.taps(HEAD, "announce:")
    assert (await announcements(written))[0].audience["classes"] == [2]
    assert WORDS not in await written.sees(YANG)


async def test_the_school_chooses_townships_classes_and_roles(enrolled):
    await second_class(enrolled)
    await opens_office(enrolled)
    async with enrolled.house.database.begin() as session:
        await session.execute(update(Person).where(Person.id == 3).values(township="甲镇"))
    await enrolled.says(OFFICE, "/announce")
    await enrolled.says(OFFICE, WORDS)
    await enrolled.speaks(OFFICE)
    faces = await buttons(enrolled, OFFICE)
    for name in ("乡镇干部", "甲镇", "乙镇", "示例班", "邻班"):
        assert name in faces
    await enrolled.taps(OFFICE, faces["甲镇"])
    await enrolled.taps(OFFICE, "announce:")
    assert (await enrolled.sees(OFFICE))[-1] == "将发给1个班1人，约1分钟发完。发送吗？"
    await enrolled.taps(OFFICE, faces["甲镇"])
    await enrolled.taps(OFFICE, "annset:1:r3:")
    await enrolled.taps(OFFICE, "announce:")
    assert (await enrolled.sees(OFFICE))[-1].startswith("将发给2个班3人")
    await enrolled.taps(OFFICE, "send:")
    await leaves(enrolled)
    assert await reasons(enrolled) == {
        2: "",
        3: "",
        4: "not on a phone",
        6: "",
        7: "not on a phone",
    }
    assert (await enrolled.sees(OTHER_HEAD))[-1] == f"示例教务通知：\n{WORDS}"


async def buttons(room, user):
    found: dict[str, str] = {}
    for message in await room.messages(user):
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            found |= {one["text"]: one.get("callback_data", "") for one in row}
    return found


async def crashes(room):
    """Write a slice, and end before it is kept."""
    async with room.house.database.begin() as session:
        await announcing.queue_due(session, room.now)
        raise RuntimeError("cut off")


async def test_an_announcement_in_slices_is_resumed_and_never_doubled(previewed, monkeypatch):
    monkeypatch.setattr(announcing, "SLICE", 1)
    await previewed.taps(HEAD, "send:")
    async with previewed.house.database.begin() as session:
        assert await announcing.queue_due(session, previewed.now)
    with pytest.raises(RuntimeError, match="cut off"):
        await crashes(previewed)
    await leaves(previewed)
    assert (await previewed.sees(YANG)).count(WORDS) == 1
    assert await reasons(previewed) == {3: "", 4: "not on a phone"}


async def test_two_who_share_a_phone_get_one_message(previewed):
    async with previewed.house.database.begin() as session:
        await session.execute(update(Person).values(reads=Reads.NOTHING))
    await previewed.starts(YANG, await previewed.card(await of_number(previewed, 4)))
    await previewed.taps(YANG, "join:")
    await previewed.taps(HEAD, "send:")
    await leaves(previewed)
    assert (await previewed.sees(YANG)).count(WORDS) == 1
    assert await reasons(previewed) == {3: "", 4: ""}


async def test_who_blocked_the_bot_is_listed_for_a_call(previewed):
    await previewed.taps(HEAD, "send:")
    await previewed.do("block", user=YANG)
    await previewed.settle()
    await leaves(previewed)
    assert await reasons(previewed) == {3: "unreachable", 4: "not on a phone"}
    await previewed.taps(HEAD, "report:a1:3:")
    assert (await previewed.messages(HEAD))[-1]["caption"] == "请打电话：2人"
    files = list((previewed.house.app.bot_data["data"] / "lists").glob("*.xlsx"))
    rows = list(load_workbook(BytesIO(files[0].read_bytes()))["电话名单"].values)
    assert [row[0::4] for row in rows[2:]] == [
        ("示例杨一", "手机收不到消息"),
        ("示例吴二", "没有绑定手机"),
    ]


async def test_one_that_breaks_is_put_off_and_stops_no_other(previewed, caplog):
    await previewed.taps(HEAD, "send:")
    async with previewed.house.database.begin() as session:
        broken = Announcement(
            author_id=2,
            text="坏",
            audience={"classes": [1]},
            state=AnnouncementState.PLANNED,
            made_at=previewed.now,
            send_at=previewed.now - timedelta(hours=1),
        )
        session.add(broken)
    await leaves(previewed)
    assert (await previewed.sees(YANG))[-1] == WORDS
    assert [one.message for one in caplog.records if "announcement 2 broke" in one.message]
    assert (await announcements(previewed))[1].send_at == previewed.now + announcing.LATER
    caplog.clear()


async def test_nobody_but_staff_announces(enrolled):
    await enrolled.says(YANG, "/announce")
    await enrolled.says(TEACHER, "/announce")
    assert not await announcements(enrolled)
    assert all(row.state is not OutboxState.FAILED for row in await enrolled.rows(select(Message)))


async def test_many_classes_are_turned_page_by_page_in_one_message(enrolled):
    await opens_office(enrolled)
    classes = [
        StudyClass(id=number, county_id=1, name=f"示例{number}班", created_at=enrolled.now)
        for number in range(10, 40)
    ]
    await add(enrolled, *classes)
    await enrolled.says(OFFICE, "/announce")
    await enrolled.says(OFFICE, WORDS)
    before = len(await enrolled.messages(OFFICE))
    await enrolled.taps(OFFICE, "annturn:")
    await enrolled.taps(OFFICE, "annset:1:c30:")
    assert len(await enrolled.messages(OFFICE)) == before
    faces = await buttons(enrolled, OFFICE)
    assert "✔ 示例30班" in faces
    assert "« 2/3 »" in faces
    assert (await announcements(enrolled))[0].audience["classes"] == [30]
