import pytest
from sqlalchemy import select

from bot.services.standing import standing
from db.models import Contest, Mark, Meeting, MeetingState, Membership, Person, Role
from tests.handlers.announce_room import add, joins
from tests.handlers.room import HEAD, TEACHER, WU, YANG

CLERK = 103


@pytest.fixture
async def after(staffed):
    """The first class is over; the roll call has Yang as absent, and she is on a phone."""
    await joins(staffed, YANG, 3)
    await staffed.taps(TEACHER, "open:1")
    await staffed.taps(TEACHER, "roll:1")
    for _tap in range(2):
        await staffed.taps(TEACHER, "mark:1:3")
    await staffed.taps(TEACHER, "rollsave:1")
    await staffed.taps(TEACHER, "close:1")
    await staffed.taps(TEACHER, "closed:1")
    staffed.wait(hours=5)
    await staffed.says(YANG, "/next")
    return staffed


@pytest.fixture
async def contested(after):
    await after.forges(YANG, "wrong")
    await after.taps(YANG, "contest:1")
    await after.speaks(YANG)
    return after


@pytest.fixture
async def clerk(after):
    """Somebody works for the learner's township."""
    person = Person(id=9, county_id=1, number="P000009", name="示例潘", created_at=after.now)
    held = Membership(person_id=9, role=Role.TOWNSHIP, place="云上镇", starts_at=after.now)
    await add(after, person, held)
    async with after.house.database.begin() as session:
        (await session.get_one(Person, 3)).township = "云上镇"
    await joins(after, CLERK, 9)
    return after


async def contests(room):
    return await room.rows(select(Contest).order_by(Contest.id))


async def test_a_learner_says_by_picture_and_voice_which_day_is_wrong(contested):
    card = next(
        one
        for one in await contested.messages(YANG)
        if one.get("caption") == "哪一天记得不对？" and "photo" in one
    )
    rows = card["reply_markup"]["inline_keyboard"]
    assert [one["callback_data"] for one in rows[0]] == ["contest:1"]
    (contest,) = await contests(contested)
    assert (contest.person_id, contest.meeting_id, contest.decided_at) == (3, 1, None)
    assert contest.voice_id is not None
    assert "已经报上去了" in (await contested.sees(YANG))[-1]
    assert "mark.contested" in await contested.kinds(3)


async def test_the_head_hears_it_with_all_marks_of_that_day(contested):
    heard = await contested.messages(HEAD)
    assert "voice" in heard[-2]
    assert heard[-1]["text"] == (
        "示例杨一说11-23 8:55 听、点、说记得不对。请听完再定\n9:00 进 缺 点名 示例石老师"
    )


async def test_put_right_a_new_mark_counts_and_the_old_one_stays(contested):
    await contested.taps(HEAD, "settle:1:1")
    assert (await contests(contested))[0].decided_at is None  # a reason is due first
    await contested.speaks(HEAD)
    assert await contested.marks() == [
        (3, "in", "absent", "roll"),
        (3, "in", "present", "witness"),
    ]
    (contest,) = await contests(contested)
    assert (contest.status.value, contest.decided_by) == ("present", 2)
    assert contest.word_id is not None
    async with contested.house.database.read() as session:
        marks = (await session.scalars(select(Mark))).all()
        stands = standing(marks, await session.get_one(Meeting, 1))
    assert stands.status == "present"
    assert "改过来了：今天，到" in "".join(await contested.sees(YANG))
    assert (await contested.kinds(3)).count("contest.settled") == 1


async def test_put_right_to_late_counts_the_least_that_is_late(contested):
    await contested.taps(HEAD, "settle:1:2")
    await contested.says(HEAD, "她晚了一点")
    mark = (await contested.rows(select(Mark).order_by(Mark.id)))[-1]
    assert (mark.status.value, mark.minutes_late) == ("late", 11)


async def test_left_as_it_was_the_learner_hears_the_reason(contested):
    await contested.taps(HEAD, "settle:1:0")
    await contested.speaks(HEAD)
    seen = await contested.messages(YANG)
    assert "没有改，请听原因。" in str(seen[-2])
    assert "voice" in seen[-1]
    assert await contested.marks() == [(3, "in", "absent", "roll")]
    assert (await contests(contested))[0].status is None


async def test_what_is_passed_up_the_township_alone_decides(clerk):
    await clerk.forges(YANG, "wrong")
    await clerk.taps(YANG, "contest:1")
    await clerk.says(YANG, "我来了")
    assert (await clerk.forges(CLERK, "settle:1:1"))["text"] == "❌"  # not passed up yet
    await clerk.taps(HEAD, "settle:1:9")
    assert (await clerk.sees(HEAD))[-1] == "已转乡镇"
    assert (await clerk.taps(HEAD, "settle:1:1"))["text"] == "❌"
    assert "“我来了”" in (await clerk.sees(CLERK))[-1]
    assert (await clerk.forges(CLERK, "settle:1:9"))["text"] == "❌"
    await clerk.says(CLERK, "/contests")
    await clerk.taps(CLERK, "settle:1:1")
    await clerk.says(CLERK, "签到表上有她")
    assert (await contests(clerk))[0].decided_by == 9
    assert (await clerk.marks())[-1] == (3, "in", "present", "witness")
    assert [kind for kind in await clerk.kinds(3) if "contest" in kind] == [
        *("mark.contested", "contest.raised"),
        "contest.settled",
    ]


async def test_with_nobody_in_the_township_the_head_decides(contested):
    assert (await contested.taps(HEAD, "settle:1:9"))["text"] == "❌"
    assert "请你自己定" in (await contested.sees(HEAD))[-1]
    assert (await contests(contested))[0].raised_at is None


async def test_it_is_decided_once(contested):
    await contested.taps(HEAD, "settle:1:0")
    await contested.says(HEAD, "没来")
    assert (await contested.taps(HEAD, "settle:1:1"))["text"] == "❌"
    assert len(await contested.marks()) == 1


async def test_more_words_on_the_same_day_go_with_the_first(contested):
    await contested.forges(YANG, "contest:1")
    await contested.speaks(YANG)
    assert len(await contests(contested)) == 1
    assert (await contested.kinds(3)).count("mark.contested") == 2


async def test_only_ones_own_classes_that_are_over_are_contested(after):
    assert "contest" not in str(await after.rows(select(Contest)))
    await after.forges(YANG, "contest:2")  # still to come
    await after.forges(YANG, "contest:999")
    async with after.house.database.begin() as session:
        (await session.get_one(Meeting, 1)).state = MeetingState.CANCELLED
    await after.forges(YANG, "contest:1")
    await after.speaks(YANG)
    assert await contests(after) == []


async def test_nobody_else_decides(contested):
    await joins(contested, WU, 4)
    await contested.says(WU, "/next")
    for user in (TEACHER, YANG, WU):
        assert (await contested.forges(user, "settle:1:1"))["text"] == "❌"
    assert (await contests(contested))[0].decided_at is None


async def test_a_bottom_button_still_leads_home(after):
    await after.forges(YANG, "wrong")
    await after.taps(YANG, "contest:1")
    await after.says(YANG, "🏠")
    assert await contests(after) == []


async def test_the_standing_says_who_decided_and_why_and_both_marks_stay(contested):
    await contested.taps(HEAD, "settle:1:1")
    await contested.says(HEAD, "签到表上有她的手印")
    await contested.forges(TEACHER, "whyhere:1:3")
    said = (await contested.sees(TEACHER))[-1]
    assert said.splitlines()[:3] == [
        "示例杨一",
        "到：9:00老师点名：缺勤，到：异议后的决定（2026-11-23 14:00）",
        "异议后决定更正：从上课开始算",
    ]
    assert "提出异议，示例龙主任于2026-11-23决定更正，理由：签到表上有她的手印" in said
    assert "以异议后的决定为准" not in said  # no mark of the learner's own stood against it
    (contest,) = await contests(contested)
    assert contest.reason == "签到表上有她的手印"
    assert len(await contested.marks()) == 2


async def test_what_was_left_as_it_was_says_so_with_its_reason(contested):
    await contested.taps(HEAD, "settle:1:0")
    await contested.speaks(HEAD)
    await contested.forges(TEACHER, "whyhere:1:3")
    said = (await contested.sees(TEACHER))[-1]
    assert "决定维持原记录，理由：见语音" in said
    assert len(await contested.marks()) == 1


async def test_a_contest_that_waits_is_told_of_too(contested):
    await contested.forges(TEACHER, "whyhere:1:3")
    assert "2026-11-23提出异议，还没有决定" in (await contested.sees(TEACHER))[-1]
