"""Rosters out of the base as XLSX: the roster itself, what an import did, the lists laid over."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import SHANGHAI
from bot.services import roster_codes
from bot.services.roster_figures import TITLES, Bounds, Counted, due, figures
from bot.services.roster_people import ListKind
from bot.services.roster_report import inert
from db import ledger
from db.models import Person, RosterImport, StudyClass
from db.queries import rosters
from db.sealing import Key

HEADS = (
    ("序号", 6), ("编号", 10), ("姓名", 12), ("性别", 6), ("民族", 8), ("身份证号", 22),
    ("出生日期", 12), ("联系电话", 14), ("乡镇", 12), ("村", 12), ("住址", 28), ("班级", 22),
    ("残疾类别", 12), ("备注", 24),
)  # fmt: skip
LISTS = {ListKind.ROSTER: "花名册", ListKind.CENSUS: "七普", ListKind.VISIT: "摸排"}
Line = Sequence[object]


def write_sheets(
    target: Path, sheets: Iterable[tuple[str, Sequence[tuple[str, int]], Iterable[Line]]]
) -> None:
    """Write sheets of texts, dead to whatever opens them."""
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        text = book.add_format({"num_format": "@"})
        for name, heads, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, (title, width) in enumerate(heads):
                sheet.set_column(column, column, width, text)
                sheet.write_string(0, column, title, head)
            for at, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    said = "" if value is None else str(value)
                    sheet.write_string(at, column, inert(said), text)


async def export_roster(
    session: AsyncSession,
    target: Path,
    county_id: int,
    key: Key,
    now: datetime,
    study_class: StudyClass | None = None,
    *,
    numbers: bool = False,
) -> int:
    """Write who is enrolled, of one class or of all; whole ID numbers only where asked for.

    Each number that is written out is a line in its person's ledger.
    """
    learners = await rosters.learners(session, county_id, now)
    seats = await rosters.seats(session, [one.id for one in learners], now)
    rows: list[Line] = []
    for person in learners:
        class_name = seats.get(person.id, "")
        if study_class and class_name != study_class.name:
            continue
        number = "**************" + person.id_tail if person.id_tail else ""
        if numbers and person.id_sealed:
            number = key.unseal(person.id_sealed)
            await ledger.record(session, person.id, "number.exported", now)
        rows.append(
            (
                len(rows) + 1, person.number, person.name, person.sex, person.ethnicity, number,
                person.birth_date, person.phone, person.township, person.village, person.address,
                class_name, person.disability, person.note,
            )
        )  # fmt: skip
    write_sheets(target, [("花名册", HEADS, rows)])
    return len(rows)


async def write_outcome(session: AsyncSession, target: Path, row: RosterImport) -> None:
    """Write what an import did, line by line, and of whom somebody has to say if they are one."""
    entries = await rosters.entries(session, row.id)
    numbers = sorted({one.person_id for one in entries if one.person_id})
    known = {one.id: one for one in await rosters.people_of(session, numbers)}
    seats = await rosters.seats(session, numbers, row.at)
    lines: list[Line] = []
    for entry in entries:
        person = known.get(entry.person_id or 0)
        outcome = "新增" if entry.added else "更新" if entry.before else "无变化"
        if entry.kind != ListKind.ROSTER:
            outcome = "已在籍" if person else "已录入名单"
        lines.append(
            (
                entry.place, LISTS[ListKind(entry.kind)], entry.name, entry.village, outcome,
                person.number if person else "", seats.get(entry.person_id or 0, ""),
            )
        )  # fmt: skip
    doubts = [
        await _doubt(session, doubt.id, doubt.person_id, doubt.other_id)
        for doubt in await rosters.open_doubts(session, 2_000, row.id)
    ]
    at = row.at.astimezone(SHANGHAI)
    told: list[Line] = [
        ("第几次导入", row.id),
        ("时间", f"{at:%Y-%m-%d %H:%M}"),
        ("人数", row.people),
        ("新增", row.new),
        ("更新", row.changed),
        ("可能是同一人", len(doubts)),
        ("怎样撤销", f"python -m bot roster undo {row.id}"),
    ]
    heads = (("位置", 16), ("名单", 8), ("姓名", 12), ("村", 12), ("结果", 12), ("编号", 10))
    pairs = (("第几对", 8), ("新来的", 28), ("原有的", 28))
    write_sheets(
        target,
        [
            ("说明", (("导入报告", 18), ("", 40)), told),
            ("导入结果", (*heads, ("班级", 22)), lines),
            ("可能是同一人", pairs, doubts),
        ],
    )


async def _doubt(session: AsyncSession, number: int, newer: int, older: int) -> Line:
    one = await session.get_one(Person, newer)
    other = await session.get_one(Person, older)
    return (number, told_of(one), told_of(other))


def told_of(person: Person) -> str:
    """Name a person so that staff can tell two of one name apart."""
    born = person.birth_date.isoformat() if person.birth_date else "—"
    tail = f" ****{person.id_tail}" if person.id_tail else ""
    return f"{person.name} {person.number} {person.village} {born}{tail}"


def write_reconciled(target: Path, everybody: Sequence[Counted], bounds: Bounds) -> None:
    """Write the lists laid over each other, one line a human being, and the figures of it."""
    counts = figures(everybody, bounds)
    names = dict(roster_codes.kinds())
    kinds = counts["whereabouts"]
    told: list[Line] = [("截止日期", counts["on"])]
    told += [(title, counts[key]) for key, title in TITLES.items()]
    told += [(f"去向：{names[kind]}", count) for kind, count in kinds.items()]
    told += [(f"残疾：{kind}", count) for kind, count in counts["disabled"].items()]
    heads = (
        ("姓名", 12), ("性别", 6), ("出生日期", 12), ("乡镇", 12), ("村", 12), ("编号", 10),
        ("七普在册", 10), ("摸排轮次", 10), ("去向", 14), ("原话", 24), ("残疾类别", 12),
        ("应学", 8), ("在籍", 8), ("注册学籍", 10),
    )  # fmt: skip
    rows = [
        (
            one.name, one.sex, one.birth_date, one.township, one.village,
            one.person.number if one.person else "", _yes(one.of_census), len(one.visits),
            names.get(one.whereabouts, ""), one.said, one.disability, _yes(due(one, bounds)),
            _yes(one.enrolled), _yes(one.registered),
        )
        for one in sorted(everybody, key=lambda one: (one.township, one.village, one.name))
    ]  # fmt: skip
    write_sheets(
        target, [("基础数据", (("项目", 44), ("人数", 12)), told), ("名单核对", heads, rows)]
    )


def _yes(said: bool) -> str:  # noqa: FBT001 - a cell's value
    return "是" if said else ""
