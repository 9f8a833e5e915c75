import base64
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from db.models import (
    Account,
    Media,
    Membership,
    Person,
    Role,
    RosterDoubt,
    RosterDraft,
    RosterEntry,
    RosterHead,
    RosterImport,
)
from tests.bot.services.roster_books import book, line
from tests.bot.services.rosters.make_rosters import HERE
from tests.handlers.room import acts

SCHOOL, TOWNSHIP = 301, 302


@pytest.fixture
async def office(room):
    """Staff of the school and of a township have come in."""
    people = (
        (SCHOOL, 8, Role.SCHOOL, "示例石校长", ""),
        (TOWNSHIP, 9, Role.TOWNSHIP, "示例潘", "示例乡"),
    )
    for user, number, role, name, place in people:
        async with room.house.database.begin() as session:
            person = Person(
                id=number, county_id=1, number=f"P00000{number}", name=name, created_at=room.now
            )
            session.add(person)
            await session.flush()
            session.add(Membership(person_id=number, role=role, place=place, starts_at=room.now))
        await room.person(user, name)
        await room.starts(user, await room.post(person, role))
    async with room.house.database.begin() as session:
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("SELECT setval(pg_get_serial_sequence('person', 'id'), 99)"))
    return room


async def sends(room, path, user=SCHOOL):
    file = base64.b64encode(path.read_bytes()).decode()
    await room.do("document", user=user, file=file, file_name=path.name)
    await room.settle()
    while await room.rows(select(Media.id).where(Media.kind.startswith("roster:"))):
        await room.house.heartbeat.fetch(room.now)
        await room.settle()
    return await said(room, user)


async def said(room, user=SCHOOL):
    return [one for one in await room.sees(user) if one != "<document>"][-1]


async def imports(room):
    await room.house.heartbeat.take_rosters(room.now)
    await room.settle()


async def documents(room, user=SCHOOL):
    return [one["document"] for one in await room.messages(user) if "document" in one]


async def test_a_roster_is_shown_and_imported_by_one_tap(office, tmp_path):
    words = await sends(office, book(tmp_path / "r.xlsx", line(2), line(3)))
    assert words.splitlines()[0] == ("名单共2人：新增2，已有0；要改0处，可能重复0对。还没有导入。")
    assert "B 姓名" in words
    assert "E 身份证号" in words
    assert len(await office.rows(select(Person))) == 6
    assert (await office.taps(SCHOOL, "rosok:1"))["text"] == "⏳"
    assert await said(office) == "⏳ 正在导入。"
    await imports(office)
    assert "已导入（第1次）：新增2人，更新0人，无变化0人" in await said(office)
    (row,) = await office.rows(select(RosterImport))
    assert (row.made_by, row.new, row.county_id) == (8, 2, 1)
    assert [one["file_name"] for one in await documents(office)][-1] == "导入报告.xlsx"
    await imports(office)
    assert len(await office.rows(select(RosterImport))) == 1


async def test_what_is_wrong_comes_back_marked_and_cannot_be_imported(office, tmp_path):
    words = await sends(office, book(tmp_path / "r.xlsx", line(2), line(3, 身份证号="1")))
    assert "要改1处" in words
    assert "❌ 工作表“花名册”E4：身份证号应为 18 位，这里是 1 位" in words
    message = next(one for one in reversed(await office.messages(SCHOOL)) if "text" in one)
    assert acts(message) == ["rosno:1"]
    assert [one["file_name"] for one in await documents(office)][-1] == "错误.xlsx"
    await office.taps(SCHOOL, "rosno:1")
    assert await said(office) == "已放弃，没有导入。"
    await imports(office)
    assert await office.rows(select(RosterImport)) == []


async def test_columns_known_by_content_are_confirmed_and_remembered(office, tmp_path):
    heads = ("序号", "姓名", "性别", "民族", "证件", "联络", "备注")
    words = await sends(office, book(tmp_path / "r.xlsx", line(2), heads=heads))
    assert "看内容认的，请核对：E“证件” → 身份证号、F“联络” → 联系电话" in words
    await office.taps(SCHOOL, "roscol:1:6")
    assert await said(office) == "F列是什么？"
    await office.taps(SCHOOL, "rosis:1:6:0")
    await imports(office)
    assert "看内容认的，请核对：E“证件” → 身份证号" in await said(office)
    assert "F" not in (await said(office)).splitlines()[1]
    await office.taps(SCHOOL, "rosok:1")
    await imports(office)
    kept = await office.rows(select(RosterHead))
    assert [(one.sender_id, one.head, one.field) for one in kept] == [(8, "证件", "id_number")]
    words = await sends(office, book(tmp_path / "r2.xlsx", line(4)[:5], heads=heads[:5]))
    assert "看内容认的" not in words


async def test_pairs_are_settled_by_taps_and_never_before(office, tmp_path):
    await sends(office, book(tmp_path / "r.xlsx", line(2)))
    await office.taps(SCHOOL, "rosok:1")
    await imports(office)
    words = await sends(office, book(tmp_path / "r2.xlsx", line(4, 姓名=line(2)[1])))
    assert "可能原来就有的：1人" in words
    await office.taps(SCHOOL, "rosok:2")
    await imports(office)
    assert (await said(office)).splitlines()[0] == "是同一人，还是两个人？（还有1对要定）"
    (doubt,) = await office.rows(select(RosterDoubt))
    assert doubt.same is None
    await office.taps(SCHOOL, "rossame:1")
    assert await said(office) == "都定好了。"
    (doubt,) = await office.rows(select(RosterDoubt))
    assert (doubt.same, doubt.decided_by) == (True, 8)


async def test_an_import_is_taken_back_by_two_taps(office, tmp_path):
    await sends(office, book(tmp_path / "r.xlsx", line(2)))
    await office.taps(SCHOOL, "rosok:1")
    await imports(office)
    await office.taps(SCHOOL, "rosback:1")
    assert (await said(office)).startswith("撤销第1次导入吗？")
    assert (await office.taps(SCHOOL, "rosundo:1"))["text"] == "↩️"
    assert await said(office) == "第1次导入已撤销：去掉1人，改回0人。"
    assert await office.rows(select(RosterEntry)) == []


async def test_a_township_imports_its_own_people_only(office, tmp_path):
    heads = ("姓名", "身份证号", "乡镇")
    foreign = book(tmp_path / "r.xlsx", [*line(2)[1:5:3], "示例镇"], heads=heads)
    assert "只能导入本乡镇" in await sends(office, foreign, TOWNSHIP)
    ours = book(tmp_path / "r2.xlsx", [*line(2)[1:5:3], "示例乡"], heads=heads)
    assert "新增1" in await sends(office, ours, TOWNSHIP)
    assert (await office.forges(SCHOOL, "rosok:2"))["text"] == "❌"
    await office.taps(TOWNSHIP, "rosok:2")
    await imports(office)
    assert "已导入" in await said(office, TOWNSHIP)


async def test_a_base_list_makes_nobody_a_learner(office):
    words = await sends(office, HERE / "10-visit.xlsx")
    assert "其中七普名单0人，摸排7人。" in words
    await office.taps(SCHOOL, "rosok:1")
    await imports(office)
    assert "名单录入7行" in await said(office)
    assert len(await office.rows(select(Person))) == 6


async def test_a_file_that_is_no_roster_is_refused_in_one_sentence(office):
    words = await sends(office, HERE / "21-macro.xlsm")
    assert (
        words
        == "没有导入。\n文件里带有宏（程序），为安全起见没有打开；请另存为不带宏的 .xlsx 再发。"
    )
    words = await sends(office, HERE / "12-gbk.csv")
    assert "工作表“名单”E6：身份证号被表格程序变成了数字" in words


async def test_who_may_no_more_imports_nothing(office, tmp_path):
    await sends(office, book(tmp_path / "r.xlsx", line(2)))
    await office.taps(SCHOOL, "rosok:1")
    async with office.house.database.begin() as session:
        held = await session.scalar(select(Membership).where(Membership.person_id == 8))
        held.ends_at = office.now
    await imports(office)
    assert await said(office) == "您现在不能导入名单了。"
    assert await office.rows(select(RosterImport)) == []
    (draft,) = await office.rows(select(RosterDraft))
    assert draft.closed_at is not None


async def test_a_roster_in_a_group_is_not_read(office, tmp_path):
    made = await office.do(
        "groups", title="示例群", type="supergroup", owner=SCHOOL, members=[SCHOOL]
    )
    path = book(tmp_path / "r.xlsx", line(2))
    file = base64.b64encode(path.read_bytes()).decode()
    await office.do("document", user=SCHOOL, file=file, file_name="r.xlsx", chat=made["id"])
    await office.settle()
    assert await office.rows(select(Media)) == []


async def test_the_report_names_every_line(office, tmp_path):
    await sends(office, book(tmp_path / "r.xlsx", line(2), line(3)))
    await office.taps(SCHOOL, "rosok:1")
    await imports(office)
    path = office.house.app.bot_data["data"] / "rosters/import-1/导入报告.xlsx"
    sheet = load_workbook(io.BytesIO(path.read_bytes()))["导入结果"]
    assert [[cell.value for cell in row][:5] for row in sheet][1:] == [
        ["花名册!3", "花名册", "杨例丂", "", "新增"],
        ["花名册!4", "花名册", "杨例七", "", "新增"],
    ]


async def test_learners_and_strangers_send_no_rosters(staffed, tmp_path):
    file = base64.b64encode(book(tmp_path / "r.xlsx", line(2)).read_bytes()).decode()
    await staffed.person(999, "示例过路")
    await staffed.starts(999)
    await staffed.do("document", user=999, file=file, file_name="r.xlsx")
    await staffed.settle()
    assert await staffed.rows(select(Media).where(Media.kind.startswith("roster:"))) == []
    assert (await staffed.rows(select(Account.state).where(Account.user_id == 999))) == [None]


async def test_pairs_and_imports_of_others_are_not_theirs_to_settle(office, tmp_path):
    for number, name in ((1, line(2)[1]), (2, line(2)[1])):
        path = book(tmp_path / f"{number}.xlsx", line(number * 2, 姓名=name))
        await sends(office, path)
        await office.taps(SCHOOL, f"rosok:{number}")
        await imports(office)
    for act in ("rossame:1", "rosother:1", "rosundo:1", "rosback:1", "rosis:2:2:1"):
        assert (await office.forges(TOWNSHIP, act))["text"] == "❌"
    (doubt,) = await office.rows(select(RosterDoubt))
    assert doubt.same is None
    assert [one.undone_at for one in await office.rows(select(RosterImport))] == [None, None]
