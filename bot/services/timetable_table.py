"""A sheet as a table: every cell at hand, what is merged, and what its title says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.services.roster_cells import Cell, Merge, Sheet
from bot.services.roster_values import narrow, tidy
from bot.services.timetable_rows import too_long
from bot.services.timetable_times import Period, as_period

MOST_ROWS = 500
MOST_COLUMNS = 100
MOST_MERGED = 100_000  # cells that lie under merges
_TO = r" ?(?:至|到|[-–—~～])+ ?"
_DAY = r"(?:(\d{4}) ?[年/.-] ?)?(?:(\d{1,2}) ?[月/.-] ?)?(\d{1,2})[日号]?"
_SPAN = re.compile(
    rf"(\d{{4}}) ?[年/.-] ?(\d{{1,2}}) ?[月/.-] ?(\d{{1,2}})[日号]?{_TO}{_DAY}(?!\d)"
)
_YEAR = re.compile(r"(\d{4}) ?年")
_SAID = re.compile(
    r"(?<!\w)(班级|教学班|上课地点|教学点|地点|教室|任课教师|授课教师|教师|老师)"
    r" ?[:：] ?([^\s:：,，;；]+)"
)
PERIOD_HEADS = {"节次", "时段", "时间", "开始", "结束"}
_MEANS = {"班级": "class_name", "教学班": "class_name"} | dict.fromkeys(
    ("任课教师", "授课教师", "教师", "老师"), "teacher"
)


@dataclass
class Facts:
    """What the titles above a grid say for all of it."""

    span: tuple[date, date] | None = None
    year: int | None = None
    said: dict[str, str] = field(default_factory=dict)

    def hear(self, text: str) -> None:
        """Take in a title; the later one overrules."""
        said = narrow(text)
        if found := _SPAN.search(said):
            self.span = _span([int(part) if part else None for part in found.groups()]) or self.span
        if found := _YEAR.search(said):
            self.year = int(found[1])
        for name, value in _SAID.findall(tidy(text)):
            self.said[_MEANS.get(name, "place")] = value


def _span(parts: list[int | None]) -> tuple[date, date] | None:
    year, month, day, last_year, last_month, last_day = parts
    try:
        first = date(year or 0, month or 0, day or 0)
        last = date(last_year or first.year, last_month or first.month, last_day or 0)
    except ValueError:
        return None
    return (first, last) if first <= last else None


@dataclass
class Table:
    """The cells of a sheet by row and column; one under a merge is found by its corner."""

    name: str
    cells: dict[tuple[int, int], Cell]
    corners: dict[tuple[int, int], Merge]
    rows: list[int]
    width: int

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell, or in the merged cell that covers it."""
        merge = self.corners.get((row, column))
        cell = self.cells.get((merge.top, merge.left) if merge else (row, column))
        return cell.text if cell else ""

    def joined(self, row: int, columns: Iterable[int]) -> str:
        """Return the texts of some cells of a row, each merged one once."""
        return " ".join(dict.fromkeys(filter(None, (self.text(row, at) for at in columns))))


def table_of(name: str, sheet: Sheet) -> Table | None:
    """Read a sheet as a table; one that is too long or wide for a grid is none."""
    cells: dict[tuple[int, int], Cell] = {}
    rows = []
    for row in sheet.rows():
        if row.number > MOST_ROWS or max(row.cells) > MOST_COLUMNS:
            return None
        rows.append(row.number)
        cells.update({(row.number, column): cell for column, cell in row.cells.items()})
    if not rows:
        return None
    width = max(column for _, column in cells)
    corners: dict[tuple[int, int], Merge] = {}
    merged = 0
    for merge in sheet.merges:
        right, bottom = min(merge.right, width), min(merge.bottom, rows[-1])
        merged += max(0, right - merge.left + 1) * max(0, bottom - merge.top + 1)
        if merged > MOST_MERGED:
            raise too_long()
        for at in range(merge.top, bottom + 1):
            corners.update({(at, column): merge for column in range(merge.left, right + 1)})
    return Table(name, cells, corners, rows, width)


def periods_of(table: Table) -> dict[int | str, Period]:
    """Read a table of periods (作息时间): a column 节次 and one or two with the times."""
    found: dict[int | str, Period] = {}
    columns: list[int] = []
    for row in table.rows:
        heads = {at: tidy(table.text(row, at)) for at in range(1, table.width + 1)}
        named = [
            at for at, head in heads.items() if head in {"节次", "时段", "时间", "开始", "结束"}
        ]
        if len(named) > 1 and len(named) == sum(map(bool, heads.values())):
            columns = named
            continue
        read = as_period(table.joined(row, columns)) if columns else None
        if read and read.starts and (read.first or read.part):
            found[read.first or read.part] = read
    return found
