from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services.standing import standing
from db.models import (
    LedgerEntry,
    Makeup,
    Mark,
    Media,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Role,
    Sheet,
    StudyClass,
)
from tests.handlers.announce_room import add, joins
from tests.handlers.class_photos import classroom, coded, jpeg
from tests.handlers.room import HEAD, TEACHER, YANG

CLERK = 103


@pytest.fixture
async def after(staffed):
    """The first class was closed yesterday, and nobody was marked."""
    staffed.wait(days=1)
    async with staffed.house.database.begin() as session:
        meeting = await session.get_one(Meeting, 1)
        meeting.state, meeting.closed_by = MeetingState.CLOSED, 1
        meeting.closed_at = meeting.ends_at
    return staffed


@pytest.fixture
async def asked(after):
    """The teacher has asked for Wu's mark."""
    await after.says(TEACHER, "/makeup")
    await after.taps(TEACHER, "amend:1")
    await after.taps(TEACHER, "amend:1:4")
    await after.says(TEACHER, "她在，签到表上有手印")
    return after


async def requests(room):
    return await room.rows(select(Makeup).order_by(Makeup.id))


async def test_a_teacher_asks_with_a_reason_and_nothing_counts_yet(asked):
    (makeup,) = await requests(asked)
    assert (makeup.person_id, makeup.reason, makeup.granted) == (4, "她在，签到表上有手印", None)
    assert await asked.marks() == []
    assert (await asked.sees(HEAD))[-1] == (
        "示例石老师申请补录：示例吴二（到） 11-23 8:55 听、点、说，她在，签到表上有手印"
    )
    assert "makeup.asked" in await asked.kinds(4)


async def test_the_head_agrees_and_a_mark_of_its_own_kind_counts_apart(asked):
    assert (await asked.taps(HEAD, "makeup:1:1"))["text"] == "✔"
    (mark,) = await asked.rows(select(Mark))
    assert (mark.how.value, mark.sure.value, mark.made_by) == ("makeup", "makeup", 1)
    (makeup,) = await requests(asked)
    assert (makeup.granted, makeup.decided_by, makeup.mark_id) == (True, 2, mark.id)
    assert "同意补录：示例吴二" in (await asked.sees(TEACHER))[-1]
    assert (await asked.kinds(4)).count("makeup.approved") == 1
    async with asked.house.database.read() as session:
        stands = standing([mark], await session.get_one(Meeting, 1))
    assert (stands.status, stands.sure) == ("present", "makeup")


async def test_a_refusal_stays_and_makes_no_mark(asked):
    await asked.taps(HEAD, "makeup:1:0")
    (makeup,) = await requests(asked)
    assert (makeup.granted, makeup.mark_id) == (False, None)
    assert await asked.marks() == []
    assert "不同意补录" in (await asked.sees(TEACHER))[-1]
    assert "makeup.refused" in await asked.kinds(4)
    assert (await asked.taps(HEAD, "makeup:1:1"))["text"] == "❌"  # decided once
    assert await asked.marks() == []


async def test_the_reason_may_be_spoken_and_the_state_chosen(after):
    await after.says(TEACHER, "/makeup")
    await after.taps(TEACHER, "amend:1")
    await after.taps(TEACHER, "amend:1:3")
    await after.taps(TEACHER, "amendas:1:3:3")
    await after.speaks(TEACHER)
    (makeup,) = await requests(after)
    assert (makeup.status.value, makeup.voice_id is None) == ("excused", False)
    assert "voice" in (await after.messages(HEAD))[-1]


async def test_whoever_asked_never_agrees(asked):
    assert (await asked.forges(TEACHER, "makeup:1:1"))["text"] == "❌"
    assert (await requests(asked))[0].granted is None


async def test_what_the_head_asks_for_the_township_decides(after):
    clerk = Person(id=9, county_id=1, number="P000009", name="示例潘", created_at=after.now)
    held = Membership(person_id=9, role=Role.TOWNSHIP, place="云上镇", starts_at=after.now)
    await add(after, clerk, held)
    await joins(after, CLERK, 9)
    async with after.house.database.begin() as session:
        (await session.get_one(StudyClass, 1)).township = "云上镇"
    await after.says(HEAD, "/makeup")
    await after.taps(HEAD, "amend:1")
    await after.taps(HEAD, "amend:1:4")
    await after.says(HEAD, "网络不好")
    assert (await after.forges(HEAD, "makeup:1:1"))["text"] == "❌"
    assert "示例龙主任申请补录" in (await after.sees(CLERK))[-1]
    await after.taps(CLERK, "makeup:1:1")
    assert await after.marks() == [(4, "in", "present", "makeup")]


async def test_where_nobody_may_agree_that_is_said_and_the_request_waits(after):
    await after.says(HEAD, "/makeup")
    await after.taps(HEAD, "amend:1")
    await after.taps(HEAD, "amend:1:4")
    await after.says(HEAD, "网络不好")
    assert "能审批的人还没上手机" in (await after.sees(HEAD))[-1]
    assert (await requests(after))[0].decided_at is None


async def test_the_same_is_not_asked_for_twice(asked):
    await asked.forges(TEACHER, "amend:1:4")
    assert (await asked.sees(TEACHER))[-1] == "已经申请过了：示例吴二"
    assert len(await requests(asked)) == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [("cancelled", "这次课取消了"), ("planned", "还没上完"), ("open", "还没上完")],
)
async def test_nothing_is_made_up_for_a_class_that_was_not_held(after, state, said):
    async with after.house.database.begin() as session:
        (await session.get_one(Meeting, 1)).state = MeetingState(state)
    await after.says(TEACHER, "/today")
    for act in ("amend:1", "amend:1:4", "amendas:1:4:0"):
        await after.forges(TEACHER, act)
        assert said in (await after.sees(TEACHER))[-1]
    assert await requests(after) == []


async def test_nothing_is_made_up_for_a_class_to_come_or_one_closed_today(after):
    await after.says(TEACHER, "/today")
    await after.forges(TEACHER, "amend:2:4")
    assert "还没上完" in (await after.sees(TEACHER))[-1]
    async with after.house.database.begin() as session:
        (await session.get_one(Meeting, 1)).closed_at = after.now
    await after.forges(TEACHER, "amend:1:4")
    assert "今天还可以重开" in (await after.sees(TEACHER))[-1]
    assert await requests(after) == []


async def test_who_came_or_was_not_in_the_class_needs_none(after):
    async with after.house.database.begin() as session:
        wu = await session.scalar(select(Membership).where(Membership.person_id == 4))
        wu.starts_at = after.now
        mark = {"meeting_id": 1, "person_id": 3, "phase": "in", "key": "self", "status": "present"}
        who = {"how": "tap", "sure": "self", "made_by": 3, "minutes_late": 0}
        session.add(Mark(**mark, **who, at=after.now - timedelta(days=1)))
    await after.says(TEACHER, "/makeup")
    await after.taps(TEACHER, "amend:1")
    assert (await after.sees(TEACHER))[-1] == "大家都来了。"
    for person in (3, 4, 1, 999):
        assert (await after.forges(TEACHER, f"amend:1:{person}"))["text"] == "❌"
    assert await requests(after) == []


async def test_a_teacher_of_another_class_may_not_ask_nor_a_learner_agree(asked):
    other = Person(id=9, county_id=1, number="P000009", name="示例外人", created_at=asked.now)
    await add(
        asked,
        StudyClass(id=2, county_id=1, name="别的班", created_at=asked.now),
        other,
        Membership(person_id=9, role=Role.TEACHER, study_class_id=2, starts_at=asked.now),
        Membership(person_id=9, role=Role.CLASS_HEAD, study_class_id=2, starts_at=asked.now),
    )
    await joins(asked, CLERK, 9)
    await joins(asked, YANG, 3)
    await asked.says(CLERK, "/today")
    await asked.says(YANG, "/next")
    for act in ("amend:1", "amend:1:3", "amendas:1:3:0", "makeup:1:1"):
        assert (await asked.forges(CLERK, act))["text"] == "❌"
        assert (await asked.forges(YANG, act))["text"] == "❌"
    assert await asked.marks() == []
    assert len(await requests(asked)) == 1


async def test_a_photo_shows_that_it_is_true_and_the_decider_sees_it(after):
    await after.says(TEACHER, "/makeup")
    await after.taps(TEACHER, "amend:1")
    await after.taps(TEACHER, "amend:1:4")
    await after.do("photo", user=TEACHER, image=coded(jpeg(classroom(1))))
    await after.settle()
    assert (await after.sees(TEACHER))[-1] == "已作为证据留存。请再说或写一下原因"
    assert await requests(after) == []
    await after.taps(TEACHER, "amendas:1:4:1")  # another state: the photo stays
    await after.says(TEACHER, "照片里有她")
    (makeup,) = await requests(after)
    assert (makeup.reason, makeup.status.value, makeup.voice_id) == ("照片里有她", "late", None)
    (media,) = await after.rows(select(Media).where(Media.kind == "photo"))
    assert makeup.evidence_id == media.id
    *_all, photo, question = await after.messages(HEAD)
    assert photo["caption"] == "补录的证据"
    assert "photo" in photo
    assert "照片里有她" in question["text"]
    (line,) = await after.rows(select(LedgerEntry).where(LedgerEntry.kind == "makeup.asked"))
    assert line.payload["evidence"] == media.id


async def test_a_photo_with_words_is_evidence_and_reason_at_once(after):
    await after.says(TEACHER, "/makeup")
    await after.taps(TEACHER, "amend:1")
    await after.taps(TEACHER, "amend:1:4")
    await after.do("photo", user=TEACHER, image=coded(jpeg(classroom(1))), caption="她在后排")
    await after.settle()
    (makeup,) = await requests(after)
    assert (makeup.reason, makeup.evidence_id is None) == ("她在后排", False)


async def test_the_signed_sheet_can_be_the_evidence(after):
    async with after.house.database.begin() as session:
        media = Media(
            kind="photo",
            person_id=1,
            file_id="sheet",
            unique_id="sheet",
            retry_at=after.now,
            received_at=after.now,
        )
        session.add(media)
        await session.flush()
        sheet = Sheet(
            meeting_id=1,
            rows={"1": 3, "2": 4},
            printed_by=1,
            printed_at=after.now,
            media_id=media.id,
            filed_by=1,
            filed_at=after.now,
        )
        session.add(sheet)
    await after.says(TEACHER, "/makeup")
    await after.taps(TEACHER, "amend:1")
    await after.taps(TEACHER, "amend:1:4")
    assert (await after.taps(TEACHER, "amendsheet:1"))["text"] == "✔"
    await after.says(TEACHER, "签到表第二行有手印")
    (makeup,) = await requests(after)
    assert (makeup.sheet_id, makeup.evidence_id) == (1, None)


async def test_without_a_signed_sheet_there_is_no_such_evidence(after):
    await after.says(TEACHER, "/makeup")
    await after.taps(TEACHER, "amend:1")
    await after.taps(TEACHER, "amend:1:4")
    assert (await after.forges(TEACHER, "amendsheet:1"))["text"] == "❌"
