import asyncio
import base64

from sqlalchemy import select

from bot.services import menus
from bot.services.online_importing import read_due
from db.models import (
    Alias,
    LedgerEntry,
    Mark,
    Media,
    Meeting,
    MeetingState,
    OnlineImport,
    Person,
    Role,
)
from tests.bot.services.online_files import book, detail, sums, text
from tests.handlers.room import HEAD, TEACHER, YANG

EVERYBODY = (("示例杨一", "08:50:00", "10:25:00"), ("示例吴二", "09:20:00", "10:25:00"))


async def sends(room, path, user=TEACHER, name=None):
    """Send a file after class, and let it be fetched and read."""
    file = base64.b64encode(path.read_bytes()).decode()
    await room.do("document", user=user, file=file, file_name=name or path.name)
    await room.settle()
    async with asyncio.timeout(100):
        while await room.rows(select(Media.id).where(Media.kind.startswith("online:"))):
            await room.house.heartbeat.fetch(room.now)
            await read_due(room.house.database, room.house.app.bot_data["data"], room.now)
            room.house.sender.wake()
            await room.settle()
    await room.settle()
    return (await room.sees(user))[-1]


async def test_a_file_that_is_blank_or_tells_of_seconds_only_says_so(staffed, tmp_path):
    staffed.wait(hours=2)
    said = await sends(staffed, book(tmp_path / "blank.xlsx", 表=[]))
    assert said == "文件是空的，里面什么都没有。"
    said = await sends(staffed, text(tmp_path / "spaces.csv", [["", ""], [" ", ""]]))
    assert said == "文件是空的，里面什么都没有。"
    short = detail(("示例杨一", "09:00:00", "09:00:20"))
    said = await sends(staffed, book(tmp_path / "short.xlsx", 成员参会明细=short))
    assert said == ("按这个文件，11-23 9:00–9:00有人在，课上不到5分钟，太短了，没有导入。")
    assert await staffed.marks() == []


async def shown(room, user=TEACHER):
    return (await room.sees(user))[-1]


async def test_a_file_is_read_shown_and_imported_by_one_tap(staffed, tmp_path):
    staffed.wait(hours=2)
    said = await sends(staffed, book(tmp_path / "t.xlsx", 成员参会明细=detail(*EVERYBODY)))
    assert said.splitlines() == [
        "腾讯会议 · 示例班 · 11-23 8:55：认出2人，待认0个，主持人等不计0个。还没有保存。",
        "示例杨一：90分钟",
        "示例吴二：65分钟，迟到25分钟",
    ]
    assert await staffed.marks() == []
    assert (await staffed.taps(TEACHER, "onlsave:1"))["text"] == "✔"
    assert await shown(staffed) == "已导入：到1，迟1，过时才进0，不在上课时间0，文件里没有0。"
    assert await staffed.marks() == [
        (3, "in", "present", "import"),
        (3, "out", "present", "import"),
        (4, "in", "late", "import"),
        (4, "out", "present", "import"),
    ]
    assert "import.applied" in await staffed.kinds(1)
    assert (await staffed.kinds(3))[-3:] == ["mark.made", "mark.made", "import.applied"]
    (row,) = await staffed.rows(select(OnlineImport))
    (media,) = await staffed.rows(select(Media))
    assert (row.origin, row.sha256) == ("tencent_detail", media.sha256)


async def test_doubts_are_settled_by_taps_and_learnt(staffed, tmp_path):
    staffed.wait(hours=2)
    rows = (
        ("山里人", "09:00:00", "10:25:00"),
        ("示例吴", "09:00:00", "10:25:00"),
        ("过路人", "09:00:00", "09:02:00"),
    )
    said = await sends(staffed, book(tmp_path / "t.xlsx", 成员参会明细=detail(*rows)))
    assert "认出0人，待认3个" in said
    assert said.endswith("“山里人”（9:00–10:25）是谁？")
    message = (await staffed.messages(TEACHER))[-1]
    faces = [one["text"] for one in message["reply_markup"]["inline_keyboard"][0]]
    assert faces == ["示例杨一", "示例吴二"]
    await staffed.taps(TEACHER, "onlwho:1:0:3")
    said = await shown(staffed)
    assert said.endswith("“示例吴”（9:00–10:25）是谁？")
    message = (await staffed.messages(TEACHER))[-1]
    assert message["reply_markup"]["inline_keyboard"][0][0]["text"] == "示例吴二"
    await staffed.taps(TEACHER, "onlwho:1:1:4")
    await staffed.taps(TEACHER, "onlwho:1:2:0")
    assert "认出2人，待认0个" in await shown(staffed)
    assert await staffed.rows(select(Alias)) == []
    await staffed.taps(TEACHER, "onlsave:1")
    learnt = await staffed.rows(select(Alias).order_by(Alias.id))
    assert [(one.person_id, one.name) for one in learnt] == [(3, "山里人"), (4, "示例吴")]
    assert len(await staffed.marks()) == 4


async def test_choices_can_be_made_anew_and_strangers_left_at_once(staffed, tmp_path):
    staffed.wait(hours=2)
    rows = [("示例杨一", "09:00:00", "10:25:00")]
    rows += [(f"路人{n}", "09:00:00", "10:00:00") for n in range(4)]
    await sends(staffed, book(tmp_path / "t.xlsx", 成员参会明细=detail(*rows)))
    await staffed.taps(TEACHER, "onlrest:1")
    assert "文件里没有1人：示例吴二" in await shown(staffed)
    await staffed.taps(TEACHER, "onlredo:1")
    assert "待认4个" in await shown(staffed)
    await staffed.taps(TEACHER, "onlrest:1")
    await staffed.taps(TEACHER, "onlsave:1")
    assert [mark[0] for mark in await staffed.marks()] == [3, 3]


async def test_the_same_file_again_says_so(staffed, tmp_path):
    staffed.wait(hours=2)
    path = book(tmp_path / "t.xlsx", 成员参会明细=detail(*EVERYBODY))
    await sends(staffed, path)
    await staffed.taps(TEACHER, "onlsave:1")
    assert await sends(staffed, path) == "这个文件11-23 11:00已经导入过，没有新内容。"
    assert await sends(staffed, path, HEAD) == "这个文件11-23 11:00已经导入过，没有新内容。"
    assert len(await staffed.rows(select(Mark))) == 4
    assert len(await staffed.rows(select(OnlineImport))) == 1


async def test_a_second_tap_on_import_makes_nothing_twice(staffed, tmp_path):
    staffed.wait(hours=2)
    await sends(staffed, book(tmp_path / "t.xlsx", 成员参会明细=detail(*EVERYBODY)))
    await staffed.taps(TEACHER, "onlsave:1")
    await staffed.forges(TEACHER, "onlsave:1")
    assert "已经导入过" in await shown(staffed)
    assert (await staffed.forges(TEACHER, "onldrop:1"))["text"] == "❌"
    assert len(await staffed.rows(select(Mark))) == 4


async def test_a_draft_can_be_thrown_away(staffed, tmp_path):
    staffed.wait(hours=2)
    path = book(tmp_path / "t.xlsx", 成员参会明细=detail(*EVERYBODY))
    await sends(staffed, path)
    await staffed.taps(TEACHER, "onldrop:1")
    assert await shown(staffed) == "已放弃，没有导入。"
    assert await staffed.rows(select(OnlineImport)) == []
    assert "认出2人" in await sends(staffed, path)


async def test_a_file_of_another_day_is_refused(staffed, tmp_path):
    staffed.wait(hours=2)
    rows = sums(("示例杨一", "2026-11-20 09:00:00", "2026-11-20 10:25:00", "85分钟"))
    said = await sends(staffed, text(tmp_path / "t.csv", rows, "gb18030"))
    assert said == "这个文件是11-20 9:00–10:25的，那时你没有课，没有导入。"
    assert await staffed.rows(select(OnlineImport)) == []


async def test_what_is_no_such_file_is_refused_in_a_sentence(staffed, tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    assert await sends(staffed, path) == "文件打不开。请重新导出 .xlsx 或 .csv，再发一次。"
    said = await sends(staffed, book(path, 成员参会概况=sums()))
    assert said == "这次会议没有人参加，不用导入。"
    said = await sends(staffed, book(path, 名单=[["姓名"], ["示例杨一"]]))
    assert said.startswith("没看到谁几点进、几点出。")


async def test_a_class_long_ago_needs_a_makeup(staffed, tmp_path):
    staffed.wait(days=8)
    said = await sends(staffed, book(tmp_path / "t.xlsx", 成员参会明细=detail(*EVERYBODY)))
    assert said == "这节课过去7天多了，缺的签到请走补录。"


async def test_a_learner_and_another_teacher_import_nothing(staffed, tmp_path):
    staffed.wait(hours=2)
    path = book(tmp_path / "t.xlsx", 成员参会明细=detail(*EVERYBODY))
    await sends(staffed, path)
    async with staffed.house.database.read() as session:
        learner = await session.get_one(Person, 3)
    await staffed.enrols(YANG, learner)
    answer = await staffed.forges(YANG, "onlsave:1")
    assert answer["text"] == "❌"
    file = base64.b64encode(path.read_bytes()).decode()
    await staffed.do("document", user=YANG, file=file, file_name="t.xlsx")
    await staffed.settle()
    assert await staffed.rows(select(Media).where(Media.kind.startswith("online"))) == []
    assert await staffed.marks() == []


async def test_a_cancelled_class_has_no_attendance(staffed, tmp_path):
    async with staffed.house.database.begin() as session:
        (await session.get_one(Meeting, 1)).state = MeetingState.CANCELLED
    staffed.wait(hours=2)
    said = await sends(staffed, book(tmp_path / "t.xlsx", 成员参会明细=detail(*EVERYBODY)))
    assert "那时你没有课" in said


async def test_no_name_is_written_into_the_ledger(staffed, tmp_path):
    staffed.wait(hours=2)
    await sends(staffed, book(tmp_path / "t.xlsx", 成员参会明细=detail(*EVERYBODY)))
    await staffed.taps(TEACHER, "onlsave:1")
    lines = select(LedgerEntry).where(LedgerEntry.kind == "import.applied")
    assert all("示例" not in str(line.payload) for line in await staffed.rows(lines))


async def test_the_menu_tells_teachers_that_the_file_can_be_sent_here(staffed):
    for user in (TEACHER, HEAD):
        await staffed.says(user, "/online")
        assert "导出参会明细" in await shown(staffed, user)
    for role in (Role.TEACHER, Role.CLASS_HEAD):
        assert "online" in [name for name, _sign, _text in menus.BY_ROLE[role]]
