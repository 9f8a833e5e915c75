"""Read a timetable that is a plain list: a line a meeting."""

from collections.abc import Iterator
from datetime import date, datetime, time

from openpyxl.utils import get_column_letter

from bot.language import SHANGHAI
from bot.services.refusing import Refusal
from bot.services.roster_cells import Cell, Kind, Row, Sheet
from bot.services.roster_values import narrow, text_fault, tidy
from bot.services.timetable_rows import TimetableReading, TimetableRow, wrong
from bot.services.timetable_values import (
    LONGEST_TEXT,
    MODES,
    MOST_DAYS_AWAY,
    as_date,
    as_time,
    known_lessons,
    lesson_of,
)
from bot.services.timetabling import PlannedMeeting

HEADER_WITHIN = 10
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


def read_list(name: str, sheet: Sheet, today: date, reading: TimetableReading) -> bool:
    """Read a sheet if it has the heads of a list; say whether it has."""
    rows = sheet.rows()
    head = _head(rows)
    if head is None:
        return False
    header, fields = head
    reader = _Reader(name, fields, today, reading)
    for row in rows:
        reader.take(row)
        reading.check_length()
    for merge in sheet.merges:
        if merge.bottom > header and merge.left in fields:
            reading.errors.append(wrong("merged", name, merge.top, get_column_letter(merge.left)))
    return True


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
        if cell.kind is Kind.ERROR or text_fault(cell, LONGEST_TEXT):
            self._blame("text", row, name)
            return ""
        return tidy(cell.text)

    def _day(self, row: int, text: str | None) -> date | None:
        if not text:
            return None
        day = as_date(text)
        if day is None:
            self._blame("day", row, "day")
        elif abs((day - self.today).days) > MOST_DAYS_AWAY:
            self._blame("far", row, "day")
        return day

    def _time(self, row: int, name: str, text: str | None) -> time | None:
        if not text:
            return None
        read = as_time(text)
        if read is None:
            self._blame("time", row, name)
        return read

    def _lesson(self, row: int, text: str | None) -> str | None:
        if not text:
            return None
        key = lesson_of(text)
        if key is None:
            self._blame("lesson", row, "lesson", known=known_lessons(text))
        return key
