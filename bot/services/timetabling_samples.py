"""A sample timetable: three meetings of one week, as a list and as the grid schools use."""

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
    first = _first(week_of)
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


def sample_grid(
    path: Path,
    *,
    class_name: str,
    teacher: str,
    week_of: date,
    starts: time = time(9),
    minutes: int = 90,
    place: str = "云上村教学点",
) -> None:
    """Write the same three meetings as a grid: days down, periods across, a title above."""
    begins = datetime.combine(week_of, starts)
    morning = f"第1节\n{begins:%H:%M}-{begins + timedelta(minutes=minutes):%H:%M}"
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime.combine(week_of, time(12)), "title": "示例课程表"})
        sheet = book.add_worksheet("课程表")
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        cell = book.add_format({"num_format": "@", "border": 1, "text_wrap": True})
        sheet.merge_range(0, 0, 0, 2, "课程表（示例·虚构）", title)
        sheet.merge_range(1, 0, 1, 2, f"班级：{class_name}　教师：{teacher}　地点：{place}", cell)
        sheet.set_column(0, 2, 24)
        for column, head in enumerate(("日期", "星期", morning)):
            sheet.write_string(2, column, head, cell)
        for at, key in enumerate(LESSONS):
            day = _first(week_of) + timedelta(days=at)
            sheet.set_row(3 + at, 36)
            lesson = course().lesson(key)
            cells = (
                f"{day:%Y}年{day.month}月{day.day}日",
                f"星期{'一二三四五六日'[day.weekday()]}",
                f"{lesson.title if lesson else key}\n{teacher}",
            )
            for column, value in enumerate(cells):
                sheet.write_string(3 + at, column, value, cell)
        sheet.freeze_panes(3, 2)


def _first(week_of: date) -> date:
    """Return the first of three days: the day itself, or one before it at the week's end."""
    return week_of - timedelta(days=max(0, week_of.weekday() + len(LESSONS) - WEEK))
