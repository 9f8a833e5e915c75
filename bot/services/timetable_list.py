"""Read a timetable that is a plain list: a line a meeting."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from openpyxl.utils import get_column_letter

from bot.language import SHANGHAI
from bot.services.roster_cells import Cell, Kind, Row, Sheet
from bot.services.roster_values import text_fault, tidy
from bot.services.timetable_cell import Said, in_one_line, is_nothing, named
from bot.services.timetable_days import MOST_DAYS, as_range, date_of, last_of, mind_year
from bot.services.timetable_frame import is_remark
from bot.services.timetable_heads import WORDS, find_heads
from bot.services.timetable_hours import hours_of
from bot.services.timetable_merged import fill_merged
from bot.services.timetable_rows import (
    MOST_MEETINGS,
    TimetableReading,
    TimetableRow,
    too_long,
    wrong,
)
from bot.services.timetable_table import Facts
from bot.services.timetable_times import Period, as_time, split_day
from bot.services.timetable_values import (
    LONGEST_TEXT,
    MODES,
    MOST_DAYS_AWAY,
    WEEKDAYS,
    WEEKDAYS_EN,
    WrittenDay,
    as_date,
    as_day,
)
from bot.services.timetabling import PlannedMeeting

DAY = timedelta(days=1)
Known = Callable[[], Mapping[int | str, Period]]


def read_list(
    name: str, sheet: Sheet, today: date, reading: TimetableReading, known: Known
) -> bool:
    """Read a sheet if it has the heads of a list; say whether it has."""
    rows, facts = sheet.rows(), Facts()
    head = find_heads(rows, facts)
    if head is None:
        return False
    header, fields = head
    lines = []
    for row in rows:
        if row.cells.keys() & fields.keys():
            lines.append(row)
        if len(lines) > MOST_MEETINGS:
            raise too_long()
    if "day" not in fields.values() and not _dated(lines, fields):
        return False
    kept, unread = fill_merged(lines, fields, sheet.merges, header)
    reader = _Reader(name, fields, today, reading, facts, known)
    for row in kept:
        reader.take(row)
        reading.check_length()
    for top, left in unread:
        reading.errors.append(wrong("merged", name, top, get_column_letter(left)))
    return True


def _dated(lines: list[Row], fields: Mapping[int, str]) -> bool:
    """Say whether the times of a list without days begin with a day: 12月14日 8:30-11:30."""
    at = next(column for column, name in fields.items() if name == "time")
    texts = [row.cells[at].text for row in lines if at in row.cells]
    days = [split_day(text)[0] for text in texts[:5]]
    return any(as_day(day) or as_range(day) for day in days)


class _Reader:
    """Read the lines of one sheet."""

    def __init__(
        self,
        sheet: str,
        head: dict[int, str],
        today: date,
        reading: TimetableReading,
        facts: Facts,
        known: Known,
    ) -> None:
        self.sheet = sheet
        self.head = head
        self.today = today
        self.reading = reading
        self.facts = facts
        self.known = known
        self.letters = {name: get_column_letter(column) for column, name in head.items()}
        self.letters.setdefault("day", self.letters.get("time", "A"))
        self.letters.setdefault("lesson", self.letters.get("title", "A"))

    def take(self, row: Row) -> None:
        """Read one line; one that is blank, a remark or a break is passed over."""
        cells = {
            self.head[column]: cell for column, cell in row.cells.items() if column in self.head
        }
        said = [cells[name].text for name in ("lesson", "title") if name in cells]
        if (said and all(map(is_nothing, said))) or is_remark(next(iter(cells.values())).text):
            return
        before = len(self.reading.errors)
        texts = {name: self._text(row.number, name, cell) for name, cell in cells.items()}
        if len(self.reading.errors) > before:
            return
        if "day" not in self.head.values():
            texts["day"], texts["time"] = split_day(texts.get("time", ""))
        days = self._days(row.number, texts.get("day", ""))
        times = self._times(row.number, texts)
        lesson = self._lesson(row.number, texts)
        mode = MODES.get(texts.get("mode") or "")
        if mode is None:
            self._blame("mode", row.number, "mode")
        if len(self.reading.errors) > before or not (days and times and lesson and mode):
            return
        place, title = texts.get("place", ""), texts.get("title", "")
        title = "" if title in {lesson.line, lesson.lesson} else title
        for day in days:
            starts, ends = (datetime.combine(day, one, SHANGHAI) for one in times)
            self.reading.rows.append(
                TimetableRow(
                    self.sheet,
                    row.number,
                    self.letters,
                    texts.get("class_name", "") or self.facts.said.get("class_name", ""),
                    texts.get("teacher", ""),
                    PlannedMeeting(starts, ends, place, mode, lesson.lesson, title),
                    in_order=lesson.in_order,
                    usual_teacher=self.facts.said.get("teacher", ""),
                    usual_place=self.facts.said.get("place", ""),
                    line=lesson.line,
                )
            )

    def _blame(self, code: str, row: int, name: str, **values: str) -> None:
        self.reading.errors.append(wrong(code, self.sheet, row, self.letters[name], **values))

    def _missing(self, row: int, name: str) -> None:
        self._blame("missing", row, name, head=WORDS[name])

    def _text(self, row: int, name: str, cell: Cell) -> str:
        if cell.kind is Kind.ERROR or text_fault(cell, LONGEST_TEXT):
            self._blame("text", row, name)
            return ""
        return tidy(in_one_line(cell.text) if name == "teacher" else cell.text)

    def _days(self, row: int, text: str) -> list[date]:
        """Read the day of a line, or each day of a range."""
        if not text:
            self._missing(row, "day")
            return []
        whole = as_date(text)
        read = WrittenDay(whole.year, whole.month, whole.day) if whole else as_day(text)
        both = as_range(text) if read is None else None
        if both is None:
            day = self._day(row, text, read)
            return [day] if day else []
        first = self._day(row, text, both[0])
        return self._until(row, first, both[1]) if first else []

    def _until(self, row: int, first: date, written: WrittenDay) -> list[date]:
        last = last_of(first, written)
        if last is None:
            self._blame("no_day", row, "day")
            return []
        self._check(row, last, written)
        if last < first:
            self._blame("backwards", row, "day")
            return []
        count = (last - first).days + 1
        if count > MOST_DAYS:
            values = {"first": first.isoformat(), "last": last.isoformat(), "most": str(MOST_DAYS)}
            self._blame("many_days", row, "day", **values)
            return []
        return [first + number * DAY for number in range(count)]

    def _day(self, row: int, text: str, read: WrittenDay | None) -> date | None:
        day = date_of(read, self.today, self.facts.year, self.facts.span) if read else None
        if read is None or day is None:
            self._blame("no_day" if read and read.month else "day", row, "day")
        elif self._check(row, day, read) and not (read.year or self.facts.year or self.facts.span):
            cell = f"{self.sheet}!{self.letters['day']}{row}"
            mind_year(self.reading, cell, text, day, self.today)
        return day

    def _check(self, row: int, day: date, read: WrittenDay) -> bool:
        """Say whether a date is near and on the day of the week that stands with it."""
        if abs((day - self.today).days) > MOST_DAYS_AWAY:
            self._blame("far", row, "day")
        elif read.weekday not in {None, day.weekday()}:
            right, right_en = f"星期{WEEKDAYS[day.weekday()]}", WEEKDAYS_EN[day.weekday()]
            values = {"day": day.isoformat(), "right": right, "right_en": right_en}
            self._blame("weekday", row, "day", **values)
        else:
            return True
        return False

    def _times(self, row: int, texts: Mapping[str, str]) -> tuple[time, time] | None:
        """Read from when until when, in two columns or in one."""
        given = [name for name in ("starts", "ends") if name in self.letters]
        if len(given) < len(("starts", "ends")) or not any(texts.get(name) for name in given):
            name = "time" if texts.get("time") or "period" not in self.letters else "period"
            if name in self.letters:
                return self._period(row, name, texts.get(name, ""))
        read = {name: self._time(row, name, texts.get(name, "")) for name in given}
        starts, ends = read["starts"], read["ends"]
        if starts is None or ends is None:
            return None
        if ends <= starts:
            self._blame("ends_early", row, "ends")
        return starts, ends

    def _time(self, row: int, name: str, text: str) -> time | None:
        if not text:
            self._missing(row, name)
            return None
        read = as_time(text)
        if read is None:
            self._blame("time", row, name)
        return read

    def _period(self, row: int, name: str, text: str) -> tuple[time, time] | None:
        if not text:
            self._missing(row, name)
            return None
        cell = f"{self.sheet}!{self.letters[name]}{row}"
        found = hours_of(text, self.known, self.reading, cell)
        if isinstance(found, str):
            self._blame(found, row, name)
            return None
        return found

    def _lesson(self, row: int, texts: Mapping[str, str]) -> Said | None:
        text = texts.get("lesson") or texts.get("title", "")
        if not text:
            self._missing(row, "lesson")
            return None
        said = named(Said(), text)
        if said.fault:
            self._blame(said.fault, row, "lesson", known=said.known)
            return None
        return said
