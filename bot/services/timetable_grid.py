"""Read a timetable that is a grid: days one way, periods the other, either way round."""

from datetime import date, datetime, timedelta

from openpyxl.utils import get_column_letter

from bot.language import SHANGHAI
from bot.services.refusing import Refusal
from bot.services.roster_cells import Cell, Kind
from bot.services.roster_values import text_fault, tidy
from bot.services.timetable_cell import in_one_line, is_nothing, said_in
from bot.services.timetable_days import date_of, mind_year
from bot.services.timetable_frame import Frame, crosses, frame_at, is_remark
from bot.services.timetable_hours import timed
from bot.services.timetable_rows import TimetableReading, TimetableRow, wrong
from bot.services.timetable_table import Facts, Table
from bot.services.timetable_times import Period, as_period
from bot.services.timetable_values import (
    LONGEST_TEXT,
    MOST_DAYS_AWAY,
    WEEKDAYS,
    WEEKDAYS_EN,
    WrittenDay,
    as_day,
)
from bot.services.timetabling import PlannedMeeting

DAY = timedelta(days=1)
WEEK = 7
SAYS = {"lesson", "title"}
LABELS = {
    "lesson": "课",
    "title": "课",
    "teacher": "教师",
    "place": "地点",
    "mode": "方式",
}
FIELDS = ("day", "class_name", "teacher", "place", "lesson")
Span = tuple[date, date]


class Grid:
    """Read the grids of one table, from top to bottom."""

    def __init__(
        self,
        table: Table,
        periods: dict[int | str, Period],
        today: date,
        span: Span | None,
        reading: TimetableReading,
    ) -> None:
        self.table = table
        self.periods = periods
        self.today = today
        self.span = span
        self.reading = reading
        self.facts = Facts()
        self.found = False
        self.blamed: set[tuple[int, int]] = set()

    def read(self) -> bool:
        """Read them all; say whether there was one."""
        frame: Frame | None = None
        for row in self.table.rows:
            if frame and row <= frame.bottom:
                continue
            if new := frame_at(self.table, row):
                frame, self.found = new, True
            elif frame is None or crosses(self.table, frame, row):
                self.facts.hear(self.table.joined(row, range(1, self.table.width + 1)))
            elif is_remark(self.table.text(row, 1)):
                frame = None
            else:
                self._row(frame, row)
        return self.found

    def _row(self, frame: Frame, row: int) -> None:
        for column in range(frame.first, self.table.width + 1):
            if column in frame.beside:
                continue
            if frame.parts and frame.parts.get(column) not in SAYS:
                continue
            cell = self._cell(frame, row, column)
            head = frame.head(self.table, column)
            if cell is None or is_nothing(cell.text) or is_remark(head):
                continue
            if self._merged_over_days(frame, row, column):
                self._blame("merged_days", row, column)
                continue
            day_at, period_at = (frame.top, column), (row, max(frame.left(), default=1))
            day, period = as_day(head), as_period(frame.axis(self.table, row))
            if not frame.days_across:
                day_at, period_at = period_at, day_at
                day, period = as_day(frame.axis(self.table, row)), as_period(head)
            days = self._days(day, day_at)
            times = self._times(frame, (row, column), period, period_at)
            beside = self._beside(frame, row)
            self._take((row, column), cell, days, times, beside)
            self.reading.check_length()

    def _take(
        self,
        at: tuple[int, int],
        cell: Cell,
        days: list[date],
        times: tuple[Period, Period] | None,
        beside: dict[str, tuple[str, str]],
    ) -> None:
        row, column = at
        said = said_in(cell)
        if said.fault:
            self._blame(said.fault, row, column, known=said.known)
            return
        if times is None:
            return
        starts, ends = times[0].starts, times[1].ends
        assert starts  # noqa: S101 - as _times left them
        assert ends  # noqa: S101
        facts = self.facts.said | {name: text for name, (_letter, text) in beside.items()}
        columns = dict.fromkeys(FIELDS, get_column_letter(column))
        if "teacher" in beside:
            columns["usual_teacher"] = beside["teacher"][0]
        for day in days:
            entry = PlannedMeeting(
                datetime.combine(day, starts, SHANGHAI),
                datetime.combine(day, ends, SHANGHAI),
                said.place,
                said.mode,
                said.lesson,
            )
            self.reading.rows.append(
                TimetableRow(
                    self.table.name,
                    row,
                    columns,
                    facts.get("class_name", ""),
                    said.teacher,
                    entry,
                    said.extras,
                    said.in_order,
                    facts.get("teacher", ""),
                    facts.get("place", ""),
                    said.line,
                )
            )

    def _beside(self, frame: Frame, row: int) -> dict[str, tuple[str, str]]:
        """Return where and who for a whole row, each with the letter of its column."""
        found = {}
        for name, (column, cell) in frame.said_beside(self.table, row).items():
            if cell.kind is Kind.ERROR or text_fault(cell, LONGEST_TEXT):
                self._blame("text", row, column)
            else:
                text = in_one_line(cell.text) if name == "teacher" else cell.text
                found[name] = (get_column_letter(column), tidy(text))
        return found

    def _cell(self, frame: Frame, row: int, column: int) -> Cell | None:
        """Return a cell; what stands beside it under the same head, as teacher, said with it."""
        cell = self.table.cells.get((row, column))
        if cell is None or not frame.parts or cell.kind in {Kind.ERROR, Kind.FORMULA}:
            return cell
        merge = self.table.corners.get((row, column))
        lines = [cell.text]
        for at in frame.group(column):
            covered = merge is not None and merge.left <= at <= merge.right
            text = self.table.text(row, at)
            if at != column and text and not covered and not is_nothing(text):
                lines.append(f"{LABELS[frame.parts[at]]}：{text}")
        return Cell(cell.kind, "\n".join(lines))

    def _merged_over_days(self, frame: Frame, row: int, column: int) -> bool:
        merge = self.table.corners.get((row, column))
        if merge is None:
            return False
        return (
            merge.right > max(frame.group(column)[-1], column)
            if frame.days_across
            else merge.bottom > merge.top
        )

    def _times(
        self,
        frame: Frame,
        cell: tuple[int, int],
        period: Period | None,
        at: tuple[int, int],
    ) -> tuple[Period, Period] | None:
        """Return the periods with which a cell begins and ends: a merged one takes several."""
        first = self._timed(period, at)
        merge = self.table.corners.get(cell)
        if first is None or merge is None:
            return (first, first) if first else None
        if frame.days_across:
            text, last_at = frame.axis(self.table, merge.bottom), (merge.bottom, at[1])
        else:
            right = frame.right_of(merge)
            text, last_at = frame.head(self.table, right), (at[0], right)
        last = self._timed(as_period(text), last_at)
        return (first, last) if last else None

    def _timed(self, period: Period | None, at: tuple[int, int]) -> Period | None:
        """Return a period with its time, or blame its head once."""
        if period is None:
            self._blame("period", *at)
            return None
        found = timed(period, lambda: self.periods, self.reading, self._named(at))
        if isinstance(found, str):
            self._blame(found, *at)
            return None
        return found

    def _named(self, at: tuple[int, int]) -> str:
        return f"{self.table.name}!{get_column_letter(at[1])}{at[0]}"

    def _days(self, day: WrittenDay | None, at: tuple[int, int]) -> list[date]:
        """Return the dates that a head means: one, or one a week."""
        if day is None:
            self._blame("day", *at)
            return []
        span = self.span or self.facts.span
        if day.month is None:
            return self._weekly(day.weekday or 0, span, at)
        found = date_of(day, self.today, self.facts.year, span)
        if found is None:
            self._blame("no_day", *at)
            return []
        if abs((found - self.today).days) > MOST_DAYS_AWAY:
            self._blame("far", *at)
            return []
        if day.weekday not in {None, found.weekday()}:
            right = found.weekday()
            self._blame(
                "weekday",
                *at,
                day=found.isoformat(),
                right=f"星期{WEEKDAYS[right]}",
                right_en=WEEKDAYS_EN[right],
            )
            return []
        if not (day.year or self.facts.year or span):
            mind_year(self.reading, self._named(at), f"{day.month}-{day.day}", found, self.today)
        return [found]

    def _weekly(self, weekday: int, span: Span | None, at: tuple[int, int]) -> list[date]:
        if span is None:
            raise Refusal(
                "课程表只写了星期几，没有写哪一天到哪一天；请在标题里写“2026年11月23日至12月18日”，"
                "或者用 --from 和 --until。",
                "The timetable names days of the week only; write 2026年11月23日至12月18日 in its"
                " title, or use --from and --until.",
                "span",
            )
        first, last = span
        if max(abs((one - self.today).days) for one in span) > MOST_DAYS_AWAY:
            self._blame("far", *at)
            return []
        day = first + (weekday - first.weekday()) % WEEK * DAY
        days = [day + week * DAY for week in range(0, (last - day).days + 1, WEEK)]
        if not days:
            self._blame("never", *at)
        return days

    def _blame(self, code: str, row: int, column: int, **values: str) -> None:
        """Name a wrong cell, the corner of a merged one, and each but once."""
        merge = self.table.corners.get((row, column))
        at = (merge.top, merge.left) if merge else (row, column)
        if at not in self.blamed:
            self.blamed.add(at)
            letter = get_column_letter(at[1])
            self.reading.errors.append(wrong(code, self.table.name, at[0], letter, **values))
