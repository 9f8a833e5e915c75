"""Read a timetable, a plain list or a grid: all of it, or each cell that is wrong and why."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from bot.services.refusing import Refusal
from bot.services.roster_cells import Sheet
from bot.services.roster_package import Package, open_package
from bot.services.timetable_grid import Grid, Span
from bot.services.timetable_heads import HEADER_WITHIN, NEEDED
from bot.services.timetable_list import read_list
from bot.services.timetable_rows import MOST_MEETINGS, TimetableReading, TimetableRow, wrong
from bot.services.timetable_table import periods_of, table_of
from bot.services.timetable_times import Period

__all__ = ["TimetableReading", "TimetableRow", "read_timetable", "wrong"]


def read_timetable(path: Path, today: date, span: Span | None = None) -> TimetableReading:
    """Read every sheet that is a timetable; a file that has none is refused.

    The span is of a grid that names days of the week; without one its title says it.
    """
    package = open_package(path, MOST_MEETINGS)
    reading = TimetableReading()

    @cache
    def periods() -> Mapping[int | str, Period]:
        return _periods(package)

    others = [
        (name, part)
        for name, part in package.sheets
        if not read_list(name, Sheet(package, part), today, reading, periods)
    ]
    found = len(others) < len(package.sheets)
    if not _read_grids(package, others, today, span, reading) and not found:
        heads = "、".join(NEEDED)
        raise Refusal(
            f"没有找到课程表：请在前 {HEADER_WITHIN} 行写表头（{heads}），"
            "或者用一边是日期或星期、一边是“第1节 08:30-09:10”的表。",
            f"There is no timetable: give the first {HEADER_WITHIN} rows its heads ({heads}), or"
            " make a grid of days or weekdays and periods like 第1节 08:30-09:10.",
            "missing_head",
        )
    if not reading.rows and not reading.errors:
        raise Refusal(
            "表头下面没有课，请填好再导入。", "There is no meeting under the header.", "empty"
        )
    return reading


def _periods(package: Package) -> Mapping[int | str, Period]:
    """Gather the tables of periods of all sheets."""
    tables = [table_of(name, Sheet(package, part)) for name, part in package.sheets]
    return {name: one for table in tables if table for name, one in periods_of(table).items()}


def _read_grids(
    package: Package,
    sheets: list[tuple[str, str]],
    today: date,
    span: Span | None,
    reading: TimetableReading,
) -> bool:
    tables = [table_of(name, Sheet(package, part)) for name, part in sheets]
    read = [table for table in tables if table]
    periods = {name: one for table in read for name, one in periods_of(table).items()}
    found = [Grid(table, periods, today, span, reading).read() for table in read]
    return any(found)
