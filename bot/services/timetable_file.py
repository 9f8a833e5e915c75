"""Read a timetable as a plain list: all of it, or each cell that is wrong and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from openpyxl.utils import get_column_letter

from bot.language import SHANGHAI
from bot.services.refusing import Refusal
from bot.services.roster_cells import Cell, Kind, Row, Sheet
from bot.services.roster_package import open_package
from bot.services.roster_people import CellError
from bot.services.roster_values import narrow, text_fault, tidy
from bot.services.teaching import course
from bot.services.timetabling import LONGEST_PLACE, PlannedMeeting
from db.models import Mode

MOST_MEETINGS = 2_000
HEADER_WITHIN = 10
LONGEST_TEXT = 80
MOST_DAYS_AWAY = 366
HEADS = {
    "班级": "class_name",
    "教学班": "class_name",
    "日期": "day",
    "上课日期": "day",
    "开始": "starts",
    "开始时间": "starts",
    "结束": "ends",
    "结束时间": "ends",
    "地点": "place",
    "上课地点": "place",
    "课": "lesson",
    "课程": "lesson",
    "授课内容": "lesson",
    "课名": "title",
    "教师": "teacher",
    "授课教师": "teacher",
    "任课教师": "teacher",
    "方式": "mode",
    "授课方式": "mode",
}
NEEDED = {
    "day": "日期",
    "starts": "开始",
    "ends": "结束",
    "place": "地点",
    "lesson": "课",
    "teacher": "教师",
}
MODES = {
    "": Mode.OFFLINE,
    "线下": Mode.OFFLINE,
    "线上": Mode.ONLINE,
    "实训": Mode.PRACTICE,
    "实操": Mode.PRACTICE,
}
DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})日?(?: 0?0:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
CLOCK = re.compile(r"(?:1899-12-3[01] )?(\d{1,2})(?:[:点时](\d{1,2})?(?::00|分)?)")
ERRORS = {
    "missing": ("没有填{head}，请补上", "{head} is missing; fill it in"),
    "text": ("是公式、错误值或太长，请直接填写", "it is a formula, an error or too long; type it"),
    "day": ("日期看不懂，请写成 2026-11-23 的样子", "the day is unclear; write it like 2026-11-23"),
    "far": ("日期离今天超过一年，请核对年份", "the day is over a year away; check the year"),
    "time": ("时间看不懂，请写成 08:30 的样子", "the time is unclear; write it like 08:30"),
    "ends_early": ("结束不晚于开始，请改正", "it ends before it begins; correct it"),
    "lesson": ("没有这一课，请写 {known}", "there is no such lesson; write {known}"),
    "mode": ("方式请写线下、线上或实训", "the mode is 线下, 线上 or 实训"),
    "merged": ("是合并单元格，请取消合并，每行分别填写", "the cells are merged; unmerge them"),
    "teacher": (
        "“{name}”不是这个班的教师，请先用 invite --role teacher 请这位教师",
        "“{name}” is no teacher of this class; invite them first with invite --role teacher",
    ),
    "class": ("没有“{name}”这个班，请核对", "there is no class “{name}”; check it"),
}  # fmt: skip


@dataclass(frozen=True)
class TimetableRow:
    """One line: a meeting, its class and its teacher by name, and where each cell stands."""

    sheet: str
    row: int
    columns: dict[str, str]
    class_name: str
    teacher: str
    entry: PlannedMeeting


@dataclass
class TimetableReading:
    """All that was read of a timetable."""

    rows: list[TimetableRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)


def wrong(code: str, sheet: str, row: int, column: str, **values: str) -> CellError:
    """Describe one wrong cell."""
    chinese, english = (text.format(**values) for text in ERRORS[code])
    return CellError(
        sheet,
        row,
        column,
        code,
        f"工作表“{sheet}”{column}{row}：{chinese}。",
        f"Sheet “{sheet}”, cell {column}{row}: {english}.",
    )


def read_timetable(path: Path, today: date) -> TimetableReading:
    """Read every sheet that has the heads of a timetable; a file that is none is refused."""
    package = open_package(path, MOST_MEETINGS)
    reading = TimetableReading()
    found = False
    for name, part in package.sheets:
        sheet = Sheet(package, part)
        rows = sheet.rows()
        head = _head(rows)
        if head is None:
            continue
        found = True
        header, fields = head
        reader = _Reader(name, fields, today, reading)
        for row in rows:
            reader.take(row)
            if len(reading.rows) + len(reading.errors) > MOST_MEETINGS:
                raise Refusal(
                    f"课程表太长，一个文件最多 {MOST_MEETINGS} 次课，请分开。",
                    f"The timetable is too long: at most {MOST_MEETINGS} meetings a file.",
                    "too_many_rows",
                )
        for merge in sheet.merges:
            if merge.bottom > header and merge.left in fields:
                letter = get_column_letter(merge.left)
                reading.errors.append(wrong("merged", name, merge.top, letter))
    if not found:
        heads = "、".join(NEEDED.values())
        raise Refusal(
            f"前 {HEADER_WITHIN} 行里没有找到课程表的表头（{heads}），请补上。",
            f"The first {HEADER_WITHIN} rows lack the heads of a timetable ({heads}).",
            "missing_head",
        )
    if not reading.rows and not reading.errors:
        raise Refusal(
            "表头下面没有课，请填好再导入。", "There is no meeting under the header.", "empty"
        )
    return reading


def _head(rows: Iterator[Row]) -> tuple[int, dict[int, str]] | None:
    """Find the header and its row; the rows after it are left to be read."""
    for row in rows:
        names = {column: HEADS.get(narrow(cell.text)) for column, cell in row.cells.items()}
        fields = {column: name for column, name in names.items() if name}
        if set(NEEDED) <= set(fields.values()):
            if len(set(fields.values())) < len(fields):
                raise Refusal(
                    f"表头第 {row.number} 行有重复的列，请只留一列。",
                    f"Row {row.number}, the header, names a column twice; keep one.",
                    "doubled_head",
                )
            return row.number, fields
        if row.number >= HEADER_WITHIN:
            return None
    return None


class _Reader:
    """Read the lines of one sheet."""

    def __init__(
        self, sheet: str, head: dict[int, str], today: date, reading: TimetableReading
    ) -> None:
        self.sheet = sheet
        self.head = head
        self.today = today
        self.reading = reading
        self.letters = {name: get_column_letter(column) for column, name in head.items()}

    def take(self, row: Row) -> None:
        """Read one line; a blank one is passed over."""
        cells = {
            self.head[column]: cell for column, cell in row.cells.items() if column in self.head
        }
        if not cells:
            return
        before = len(self.reading.errors)
        texts = {name: self._text(row.number, name, cell) for name, cell in cells.items()}
        for name, head in NEEDED.items():
            if name not in cells:
                self._blame("missing", row.number, name, head=head)
        day = self._day(row.number, texts.get("day"))
        starts = self._time(row.number, "starts", texts.get("starts"))
        ends = self._time(row.number, "ends", texts.get("ends"))
        if starts and ends and ends <= starts:
            self._blame("ends_early", row.number, "ends")
        lesson = self._lesson(row.number, texts.get("lesson"))
        mode = MODES.get(texts.get("mode") or "")
        if mode is None:
            self._blame("mode", row.number, "mode")
        if len(self.reading.errors) > before or not (day and starts and ends and lesson and mode):
            return
        entry = PlannedMeeting(
            datetime.combine(day, starts, SHANGHAI),
            datetime.combine(day, ends, SHANGHAI),
            texts["place"],
            mode,
            lesson,
            texts.get("title", ""),
        )
        self.reading.rows.append(
            TimetableRow(
                self.sheet,
                row.number,
                self.letters,
                texts.get("class_name", ""),
                texts["teacher"],
                entry,
            )
        )

    def _blame(self, code: str, row: int, name: str, **values: str) -> None:
        self.reading.errors.append(wrong(code, self.sheet, row, self.letters[name], **values))

    def _text(self, row: int, name: str, cell: Cell) -> str:
        if cell.kind is Kind.ERROR or text_fault(cell, min(LONGEST_TEXT, LONGEST_PLACE)):
            self._blame("text", row, name)
            return ""
        return tidy(cell.text)

    def _day(self, row: int, text: str | None) -> date | None:
        if not text:
            return None
        found = DAY.fullmatch(narrow(text))
        try:
            day = date(*(int(part) for part in found.groups() if part)) if found else None
        except ValueError:
            day = None
        if day is None:
            self._blame("day", row, "day")
        elif abs((day - self.today).days) > MOST_DAYS_AWAY:
            self._blame("far", row, "day")
        return day

    def _time(self, row: int, name: str, text: str | None) -> time | None:
        if not text:
            return None
        found = CLOCK.fullmatch(narrow(text))
        try:
            if found:
                return time(int(found[1]), int(found[2] or 0))
        except ValueError:
            pass  # as 24:00: told below
        self._blame("time", row, name)
        return None

    def _lesson(self, row: int, text: str | None) -> str | None:
        if not text:
            return None
        for lesson in course().lessons:
            if text.lower() == lesson.key or text == lesson.title:
                return lesson.key
        known = "、".join(lesson.key for lesson in course().lessons)
        self._blame("lesson", row, "lesson", known=known)
        return None
