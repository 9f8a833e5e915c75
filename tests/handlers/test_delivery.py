import asyncio
import json
import os
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select, update
from typer.testing import CliRunner

from bot.__main__ import app
from db.models import (
    LedgerEntry,
    Meeting,
    MeetingState,
    Membership,
    Message,
    OutboxState,
    Person,
    Reminder,
    ReminderKind,
    ReminderState,
    Role,
    Task,
    TaskKind,
)
from tests.handlers.announce_room import OFFICE, add, joins, leaves, opens_office, second_class
from tests.handlers.room import HEAD, TEACHER, WU, YANG


@pytest.fixture
async def told(staffed):
    """Yang got an announcement; Wu, on no phone, was to be told it and reminded."""
    await joins(staffed, YANG, 3)
    async with staffed.house.database.begin() as session:
        await session.execute(update(Meeting).values(state=MeetingState.CANCELLED))
        await session.execute(delete(Reminder))  # only those of the test
        phone = update(Person).where(Person.id == 4).values(phone="13900000004", village="云上村")
        await session.execute(phone)
    await add(
        staffed,
        Reminder(
            key="day_before:2:4",
            kind=ReminderKind.DAY_BEFORE,
            meeting_id=2,
            person_id=4,
            due_at=staffed.now,
            expires_at=staffed.now,
            state=ReminderState.SKIPPED,
            reason="not on a phone",
        ),
        Message(
            key="reminder:day_before:2:3:1",
            chat_id=YANG,
            method="sendMessage",
            payload={},
            priority=2,
            person_id=3,
            study_class_id=1,
            purpose="reminder",
            created_at=staffed.now,
            not_before=staffed.now,
            state=OutboxState.FAILED,
            error="Forbidden: bot was blocked by the user",
        ),
    )
    await staffed.says(HEAD, "/announce")
    await staffed.says(HEAD, "明天见。")
    await staffed.taps(HEAD, "announce:")
    await staffed.taps(HEAD, "send:")
    await leaves(staffed)
    return staffed


async def test_a_class_head_sees_at_once_who_got_what(told):
    await told.says(HEAD, "/delivery")
    assert (await told.sees(HEAD))[-1] == (
        "示例班 11-23 9:00\n"
        "今天：已发1，待发0，跳过2，失败1\n"
        "提醒（7天）：已发0，待发0，跳过1，失败1\n"
        "通知（7天）：已发1，待发0，跳过1，失败0\n"
        "没有绑定手机：1人"
    )


async def test_those_who_failed_are_named_with_the_reason(told):
    await told.says(HEAD, "/delivery")
    await told.taps(HEAD, "report:c1:1:")
    assert (await told.sees(HEAD))[-1] == "失败名单：\n示例杨一：手机收不到消息"


async def test_the_reasons_of_what_was_skipped_are_counted(told):
    await told.says(HEAD, "/delivery")
    await told.taps(HEAD, "report:c1:2:")
    assert "通知（7天）\n没有绑定手机：1" in (await told.sees(HEAD))[-1]


async def test_the_phone_list_is_a_sheet_for_staff_and_on_the_record(told):
    await told.says(HEAD, "/delivery")
    await told.taps(HEAD, "report:c1:3:")
    sent = (await told.messages(HEAD))[-1]
    assert sent["caption"] == "请打电话：1人"
    assert sent["document"]["file_name"].startswith("phones-1123-0900")
    files = list((told.house.app.bot_data["data"] / "lists").glob("*.xlsx"))
    rows = list(load_workbook(BytesIO(files[0].read_bytes()))["电话名单"].values)
    assert rows[2] == ("示例吴二", "13900000004", "", "云上村", "没有绑定手机")
    assert files[0].stat().st_mode & 0o077 == 0
    lines = await told.rows(select(LedgerEntry).where(LedgerEntry.kind == "export.made"))
    assert [(one.person_id, one.payload["people"]) for one in lines] == [(2, 1)]


async def test_the_head_calls_who_is_not_linked_and_writes_down_what_was_learnt(told):
    await told.says(HEAD, "/delivery")
    await told.taps(HEAD, "report:c1:4:")
    assert (await told.sees(HEAD))[-1] == ("请打电话：1人\n1. 示例吴二 13900000004（没有绑定手机）")
    await told.taps(HEAD, "call:1:4")
    assert (await told.sees(HEAD))[-1] == "请联系示例吴二 13900000004：没有绑定手机"
    await told.taps(HEAD, "call:1:4")  # a second tap opens no second task
    assert (await told.taps(HEAD, "done:1:0"))["text"] == "✔"
    assert (await told.taps(HEAD, "call:1:4"))["text"] == "✔ 外出务工"
    await told.taps(HEAD, "report:c1:4:")
    assert (await told.sees(HEAD))[-1].endswith("（没有绑定手机） ✔ 外出务工")
    (task,) = await told.rows(select(Task))
    assert (task.kind, task.outcome, task.closed_by) == (TaskKind.UNLINKED, "away", 2)
    assert await told.kinds(4) == ["task.opened", "task.closed"]


async def test_who_blocked_the_bot_is_told_apart_from_who_is_not_linked(told):
    await told.do("block", user=YANG)
    await told.says(HEAD, "/announce")
    await told.says(HEAD, "再说一次。")
    await told.taps(HEAD, "announce:")
    await told.taps(HEAD, "send:")
    await leaves(told)
    await told.says(HEAD, "/delivery")
    assert "没有绑定手机：1人\n手机收不到消息：1人" in (await told.sees(HEAD))[-1]
    await told.taps(HEAD, "report:c1:4:")
    assert "示例杨一 —（手机收不到消息）" in (await told.sees(HEAD))[-1]
    await told.taps(HEAD, "call:1:3")
    (task,) = await told.rows(select(Task))  # the one that was opened when it was lost
    assert (task.kind, task.person_id) == (TaskKind.BLOCKED, 3)


async def test_who_links_a_phone_need_not_be_called_any_more(told):
    await told.says(HEAD, "/delivery")
    await told.taps(HEAD, "report:c1:4:")
    await told.taps(HEAD, "call:1:4")
    (wu,) = await told.rows(select(Person).where(Person.id == 4))
    await told.person(WU, wu.name)
    await told.starts(WU, await told.card(wu))
    await told.taps(WU, "join:")
    (task,) = await told.rows(select(Task))
    assert task.outcome == "came"
    assert (await told.taps(HEAD, "call:1:4"))["text"] == "✔"


async def test_a_phone_list_is_gone_after_a_day(told):
    await told.says(HEAD, "/delivery")
    await told.taps(HEAD, "report:c1:3:")
    told.wait(days=1, minutes=1)
    await told.taps(HEAD, "report:c1:3:")
    files = list((told.house.app.bot_data["data"] / "lists").glob("*.xlsx"))
    assert [file.name[:11] for file in files] == ["phones-1124"]


async def test_an_announcement_has_its_own_report(told):
    await told.says(HEAD, "/delivery")
    await told.taps(HEAD, "report:a1:0:")
    assert (await told.sees(HEAD))[-1] == (
        "📢 11-23 9:00 明天见。：已发1，待发0，跳过1，失败0\n没有绑定手机：1人"
    )
    await told.taps(HEAD, "report:a1:1:")
    assert (await told.sees(HEAD))[-1] == "没有失败的。"
    await told.taps(HEAD, "report:a1:2:")
    assert "没有绑定手机：1" in (await told.sees(HEAD))[-1]
    await told.taps(HEAD, "report:a1:3:")
    assert (await told.messages(HEAD))[-1]["caption"] == "请打电话：1人"


async def test_the_school_chooses_among_its_classes(told):
    await second_class(told)
    await opens_office(told)
    await told.says(OFFICE, "/delivery")
    await told.taps(OFFICE, "report:c2:0:")
    assert (await told.sees(OFFICE))[-1].startswith("邻班 11-23")
    await told.taps(OFFICE, "report:a1:0:")
    assert "已发1" in (await told.sees(OFFICE))[-1]


async def test_nobody_else_sees_who_got_what(told):
    await second_class(told)
    await told.says(TEACHER, "/delivery")
    for user in (TEACHER, YANG):
        for act in (
            "report:c1:0:1",
            "report:c1:3:1",
            "report:c1:4:1",
            "call:1:4",
            "report:a1:0:1",
            "delivery:1",
        ):
            assert (await told.forges(user, act))["text"] == "❌"
    assert (await told.forges(HEAD, "report:c2:0:1"))["text"] == "❌"
    assert (await told.forges(HEAD, "report:a9:0:1"))["text"] == "❌"


async def test_a_head_of_yesterday_sees_nothing_more(told):
    async with told.house.database.begin() as session:
        over = update(Membership).where(Membership.role == Role.CLASS_HEAD)
        await session.execute(over.values(ends_at=told.now))
    assert (await told.forges(HEAD, "report:c1:3:1"))["text"] == "❌"


async def test_the_command_line_says_the_same(told, monkeypatch, database_url, tmp_path):
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAOKE_DATABASE_URL", database_url)
    monkeypatch.setenv("MIAOKE_CLOCK", str(told.clock))

    def run(*args):
        return CliRunner().invoke(app, ["delivery", *args])

    found = await asyncio.to_thread(run, "--class", "示例班", "--json")
    assert found.exit_code == 0, found.output
    said = json.loads(found.stdout)
    assert said["class"] == "示例班"
    today = said["reports"][0]
    assert [today[fate] for fate in ("sent", "waiting", "skipped", "failed")] == [1, 0, 2, 1]
    assert said["unreached"] == [
        {"name": "示例吴二", "phone": "13900000004", "linked": False, "reason": "没有绑定手机"}
    ]
    plain = await asyncio.to_thread(run, "--class", "示例班")
    assert "今天\t1\t0\t2\t1" in plain.stdout
    assert "请打电话 call: 示例吴二 13900000004（没有绑定手机 not linked）" in plain.stdout
    wrong = await asyncio.to_thread(run, "--class", "没有的班")
    assert wrong.exit_code == 2
