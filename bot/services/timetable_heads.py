"""The heads of a plain list of meetings, as schools call them."""

import re
from collections.abc import Iterator

from bot.services.refusing import Refusal
from bot.services.roster_cells import Row
from bot.services.roster_values import narrow
from bot.services.timetable_table import Facts

HEADER_WITHIN = 10
HEADS = {
    name: field
    for field, names in {
        "class_name": "班级 教学班 班次",
        "day": "日期 上课日期 授课日期 培训日期",
        "time": "时间 上课时间 授课时间 培训时间 时段 起止时间",
        "period": "节次",
        "starts": "开始 开始时间",
        "ends": "结束 结束时间",
        "place": "地点 上课地点 授课地点 培训地点 教学点 教室",
        "lesson": "课 课程 课程名称 内容 授课内容 教学内容 培训内容 课程内容 科目",
        "title": "课名 课题 主题 专题",
        "teacher": "教师 老师 授课教师 任课教师 授课老师 任课老师 主讲 主讲人 授课人 讲师",
        "mode": "方式 授课方式 上课方式",
    }.items()
    for name in names.split()
}
NEEDED = ("日期", "时间", "内容")
WORDS = {
    "day": "日期",
    "time": "时间",
    "period": "节次",
    "starts": "开始",
    "ends": "结束",
    "lesson": "课",
    "title": "课名",
}
_REMARK = re.compile(r"[(（].*[)）]$|\s")


def field_of(text: str) -> str | None:
    """Return what a column holds by its head: 授课内容 （必填）."""
    return HEADS.get(_REMARK.sub("", narrow(text)))


def find_heads(rows: Iterator[Row], facts: Facts) -> tuple[int, dict[int, str]] | None:
    """Find the header and its row, and what is said above; the rows after it are left."""
    for row in rows:
        names = {column: field_of(cell.text) for column, cell in row.cells.items()}
        fields = {column: name for column, name in names.items() if name}
        held = set(fields.values())
        timed = held & {"time", "period"} or {"starts", "ends"} <= held
        dated = held & {"day", "time"}
        if timed and dated and held & {"lesson", "title"}:
            if len(held) < len(fields) and "day" in held:
                raise Refusal(
                    f"表头第 {row.number} 行有重复的列，请只留一列。",
                    f"Row {row.number}, the header, names a column twice; keep one.",
                    "doubled_head",
                )
            if len(held) == len(fields):
                return row.number, fields
        if row.number >= HEADER_WITHIN:
            return None
        facts.hear(" ".join(dict.fromkeys(cell.text for cell in row.cells.values())))
    return None
