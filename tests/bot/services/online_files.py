"""Files as Tencent Meeting and DingTalk give them out, of people who are nobody's."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

DAY = "2026-11-23"
SUMS = ("用户昵称（入会昵称）", "首次入会时间", "最后退会时间", "入会次数", "累计参会时长", "身份")
DETAIL = ("序号", "用户昵称（入会昵称）", "入会时间", "退会时间", "参会时长", "身份")
DINGTALK = ("姓名", "手机号", "加入时间", "离开时间", "参会时长")
LIVE = ("姓名", "部门", "观看直播时长(分钟)", "观看方式")
MEMBER = "普通参会者"
Rows = Sequence[Sequence[object]]


def above(starts: str = f"{DAY} 08:55:00") -> list[list[object]]:
    """Return the rows that Tencent Meeting writes above its header."""
    return [
        ["会议主题:", "听、点、说（示例）"],
        ["会议号:", "000 000 000"],
        ["会议创建者:", "示例石老师"],
        ["预定开始时间:", starts],
        ["预定结束时间:", f"{DAY} 10:25:00"],
        ["累计会议时长:", "01:35:00"],
        ["参会用户总数:", 3],
        [],
    ]


def sums(*rows: tuple[str, str, str, str], role: str = MEMBER) -> list[list[object]]:
    """Write the sheet of sums: name, first join, last leave, length."""
    lines: list[list[object]] = [*above(), list(SUMS)]
    for name, join, leave, length in rows:
        lines.append([name, _on(join), _on(leave), "1", length, role])
    return lines


def detail(*rows: tuple[str, str, str]) -> list[list[object]]:
    """Write the sheet of details: name, join, leave; a row each time."""
    lines: list[list[object]] = [*above(), list(DETAIL)]
    for number, (name, join, leave) in enumerate(rows, 1):
        lines.append([number, name, _on(join), _on(leave), "", MEMBER])
    return lines


def _on(clock: str) -> str:
    """Put a clock time on the day of the class."""
    return clock if " " in clock or not clock[:1].isdigit() else f"{DAY} {clock}"


def book(path: Path, **sheets: Rows) -> Path:
    """Write a workbook of these sheets."""
    workbook = Workbook()
    del workbook["Sheet"]
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)
    return path


def text(path: Path, rows: Rows, encoding: str = "utf-8", sign: str = ",") -> Path:
    """Write a text file of these rows."""
    lines = io.StringIO()
    csv.writer(lines, delimiter=sign).writerows(rows)
    path.write_bytes(lines.getvalue().encode(encoding))
    return path
