"""A sample timetable: three meetings of one week, as `timetable import` reads them."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter

from bot.services.teaching import course

LESSONS = ("wh01", "wh02", "wh03")
HEADS = (
    ("班级", 22),
    ("日期", 14),
    ("开始", 8),
    ("结束", 8),
    ("地点", 20),
    ("课", 10),
    ("课名", 20),
    ("教师", 14),
)
WEEK = 7


def sample_timetable(
    path: Path,
    *,
    class_name: str,
    teacher: str,
    week_of: date,
    starts: time = time(9),
    minutes: int = 90,
    place: str = "云上村教学点",
) -> None:
    """Write three meetings of the week of a day, one of them on that day."""
    # The day itself and the two after it; at the week's end those before it.
    first = week_of - timedelta(days=max(0, week_of.weekday() + len(LESSONS) - WEEK))
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime.combine(week_of, time(12)), "title": "示例课程表"})
        sheet = book.add_worksheet("课程表")
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        head = book.add_format({"bold": True, "border": 1, "align": "center"})
        text = book.add_format({"num_format": "@", "border": 1})
        sheet.merge_range(0, 0, 0, len(HEADS) - 1, "课程表（示例·虚构）", title)
        for column, (name, width) in enumerate(HEADS):
            sheet.set_column(column, column, width)
            sheet.write_string(1, column, name, head)
        for at, key in enumerate(LESSONS):
            lesson = course().lesson(key)
            begins = datetime.combine(first + timedelta(days=at), starts)
            ends = begins + timedelta(minutes=minutes)
            cells = (
                class_name,
                f"{begins:%Y-%m-%d}",
                f"{begins:%H:%M}",
                f"{ends:%H:%M}",
                place,
                key,
                lesson.title if lesson else "",
                teacher,
            )
            for column, value in enumerate(cells):
                sheet.write_string(2 + at, column, value, text)
        sheet.freeze_panes(2, 2)
