"""The class head sees and changes by taps how the class checks in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services.attending import Outcome, judge
from db import ledger
from db.models import LedgerEntry, Meeting, MeetingState, StudyClass
from tests.handlers.announce_room import joins
from tests.handlers.room import HEAD, TEACHER, YANG

NAMES = ("opens_before", "grace", "late_until", "leave_grace", "asks_code", "asks_midway", "place")
NONE = 9999


def number(name):
    return NAMES.index(name)


async def the_class(room):
    return (await room.rows(select(StudyClass)))[0]


async def sets(room, name, value):
    await room.says(HEAD, "/class")
    await room.taps(HEAD, f"clset:1:{number(name)}")
    return (await room.taps(HEAD, f"clset:1:{number(name)}:{value}"))["text"]


async def changes(room):
    lines = await room.rows(
        select(LedgerEntry).where(LedgerEntry.kind == "class.set").order_by(LedgerEntry.seq)
    )
    return [
        (one.person_id, one.payload["setting"], one.payload["was"], one.payload["is"])
        for one in lines
    ]


async def test_the_head_reads_every_setting_in_words(staffed):
    await staffed.says(HEAD, "/class")
    assert (await staffed.sees(HEAD))[-1].splitlines() == [
        "示例班签到设置（从现在起）：",
        "· 课前30分钟开放签到。",
        "· 上课10分钟后到，算迟到。",
        "· 下课才停止签到。",
        "· 早退按迟到的分钟数算。",
        "· 不用现场码。",
        "· 不做中途抽查。",
        "· 不问定位。",
    ]


@pytest.mark.parametrize(
    ("name", "tapped", "value"),
    [
        ("opens_before", 60, 60),
        ("grace", 15, 15),
        ("late_until", 30, 30),
        ("leave_grace", 5, 5),
        ("asks_code", 1, True),
        ("asks_midway", 1, True),
    ],
)
async def test_each_is_set_by_three_taps_and_written_down(staffed, name, tapped, value):
    was = getattr(await the_class(staffed), name)
    assert await sets(staffed, name, tapped) == "✔"
    assert getattr(await the_class(staffed), name) == value
    assert await changes(staffed) == [(2, name, was, value)]
    assert await sets(staffed, name, tapped) == "✔"  # so already: nothing more is written
    assert len(await changes(staffed)) == 1
    async with staffed.house.database.read() as session:
        assert [fault async for fault in ledger.verify(session)] == []


async def test_what_has_no_minutes_can_be_taken_away_again(staffed):
    await sets(staffed, "late_until", 30)
    await sets(staffed, "late_until", NONE)
    assert (await the_class(staffed)).late_until is None


async def test_check_in_never_ends_before_people_begin_to_be_late(staffed):
    await sets(staffed, "late_until", 20)
    assert await sets(staffed, "grace", 30) == "❌"
    assert "⚠ 停止签到（20 分钟）要晚于算迟到的时间（30 分钟）。" in (await staffed.sees(HEAD))[-1]
    assert (await the_class(staffed)).grace == 10


async def test_a_forged_value_is_refused(staffed):
    await staffed.says(HEAD, "/class")
    assert (await staffed.forges(HEAD, "clset:1:0:5000"))["text"] == "❌"
    assert (await staffed.forges(HEAD, "clset:1:7:1"))["text"] == "❌"
    assert (await staffed.forges(HEAD, "clset:2:0:30"))["text"] == "❌"
    assert await changes(staffed) == []


async def test_nobody_but_the_head_changes_them(staffed):
    await joins(staffed, YANG, 3)
    await staffed.says(YANG, "/next")
    for user in (TEACHER, YANG):
        assert (await staffed.forges(user, "clset:1:0:60"))["text"] == "❌"
    assert (await the_class(staffed)).opens_before == 30


async def test_the_place_is_sent_from_where_the_class_is_and_taken_away_by_a_tap(staffed):
    await staffed.says(HEAD, "/class")
    await staffed.taps(HEAD, f"clset:1:{number('place')}")
    await staffed.do("location", user=HEAD, latitude=26.6, longitude=107.9)
    await staffed.settle()
    place = (await the_class(staffed)).location
    assert place == {"latitude": 26.6, "longitude": 107.9, "metres": 300}
    assert "单独同意过的学员问定位，范围300米" in (await staffed.sees(HEAD))[-1]
    await staffed.taps(HEAD, f"clset:1:{number('place')}")
    await staffed.taps(HEAD, f"clset:1:{number('place')}:500")
    assert (await the_class(staffed)).location["metres"] == 500
    await staffed.taps(HEAD, f"clset:1:{number('place')}")
    await staffed.taps(HEAD, f"clset:1:{number('place')}:0")
    assert (await the_class(staffed)).location is None
    assert len(await changes(staffed)) == 3


async def test_a_place_that_nobody_asked_for_is_still_not_kept(staffed):
    await staffed.do("location", user=HEAD, latitude=26.6, longitude=107.9)
    await staffed.settle()
    assert (await the_class(staffed)).location is None
    assert "没有保存" in (await staffed.sees(HEAD))[-1]


async def test_a_meeting_that_has_begun_keeps_its_windows(staffed):
    await sets(staffed, "grace", 30)
    await sets(staffed, "leave_grace", 20)
    first, second = await staffed.rows(select(Meeting).order_by(Meeting.id))
    assert first.windows == {
        "opens_before": 30,
        "grace": 10,
        "late_until": None,
        "leave_grace": None,
    }
    assert second.windows is None
    first.state = second.state = MeetingState.OPEN
    later = timedelta(minutes=25)
    assert judge(first, first.starts_at + later)[0] is Outcome.LATE
    assert judge(second, second.starts_at + later)[0] is Outcome.PRESENT
