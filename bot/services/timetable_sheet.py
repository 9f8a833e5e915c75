"""The timetable as a sheet to hang on the wall: a week a page, days across, periods down.

It is read back by `timetable import` as it is: nothing in it is a formula, all of it is text.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.language import SHANGHAI
from bot.services.roster_report import UNWRITABLE
from bot.services.timetable_values import WEEKDAYS
from bot.services.weighing import day_of, day_warnings
from db.models import Meeting, Mode, StudyClass

WEEK = 7
DAY = timedelta(days=1)
LANDSCAPE_A4 = 9
PLAIN, STRONG = 12, 16
MODES = {Mode.OFFLINE: "", Mode.ONLINE: "线上", Mode.PRACTICE: "实训"}
Period = tuple[time, time]


def write_sheet(
    path: Path,
    study_class: StudyClass,
    monday: date,
    weeks: int,
    meetings: Sequence[Meeting],
    teachers: Mapping[int, str],
) -> None:
    """Write so many weeks of a class's meetings, teachers by their numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        # Else the file's own date would differ each time, and it would be uploaded anew.
        book.set_properties({"created": datetime.combine(monday, time(12)), "title": "课程表"})
        formats = _formats(book)
        for at in range(weeks):
            first = monday + at * WEEK * DAY
            of_week = [
                one for one in meetings if first <= day_of(one.starts_at) < first + WEEK * DAY
            ]
            sheet = book.add_worksheet(f"{first.month}月{first.day}日起")
            _week(sheet, formats, study_class, first, of_week, teachers)


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    middle = {"align": "center", "valign": "vcenter", "text_wrap": True, "num_format": "@"}
    return {
        "title": book.add_format(middle | {"bold": True, "font_size": STRONG + 6}),
        "facts": book.add_format({"font_size": PLAIN, "num_format": "@", "align": "center"}),
        "head": book.add_format(
            middle | {"bold": True, "border": 1, "font_size": STRONG, "bg_color": "#E8EEF7"}
        ),
        "cell": book.add_format(middle | {"border": 1, "font_size": PLAIN}),
        "note": book.add_format(
            {"font_size": PLAIN, "num_format": "@", "text_wrap": True, "valign": "top"}
        ),
    }


def _week(
    sheet: Worksheet,
    formats: Mapping[str, Format],
    study_class: StudyClass,
    first: date,
    meetings: Sequence[Meeting],
    teachers: Mapping[int, str],
) -> None:
    """Fill a page."""
    last, right = first + (WEEK - 1) * DAY, WEEK
    sheet.set_landscape()
    sheet.set_paper(LANDSCAPE_A4)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, right, 20)
    sheet.set_row(0, 36)
    sheet.set_row(2, 44)
    sheet.merge_range(0, 0, 0, right, "", formats["title"])
    sheet.write_string(0, 0, "课程表", formats["title"])
    facts = f"班级：{study_class.name}　{_written(first)}–{_written(last)}"
    sheet.merge_range(1, 0, 1, right, "", formats["facts"])
    sheet.write_string(1, 0, _clean(facts), formats["facts"])
    sheet.write_string(2, 0, "节次", formats["head"])
    for at in range(WEEK):
        day = first + at * DAY
        words = f"星期{WEEKDAYS[at]}\n{day.month}月{day.day}日"
        sheet.write_string(2, 1 + at, words, formats["head"])
    periods = sorted({_period(meeting) for meeting in meetings})
    for row, period in enumerate(periods):
        sheet.set_row(3 + row, 96)
        label = f"第{row + 1}节\n{period[0]:%H:%M}–{period[1]:%H:%M}"
        sheet.write_string(3 + row, 0, label, formats["head"])
        for at in range(WEEK):
            held = [
                one
                for one in meetings
                if _period(one) == period and day_of(one.starts_at) == first + at * DAY
            ]
            words = _said(held[0], teachers) if held else ""
            sheet.write_string(3 + row, 1 + at, words, formats["cell"])
    _note(sheet, formats, study_class, first, 4 + len(periods))


def _note(
    sheet: Worksheet,
    formats: Mapping[str, Format],
    study_class: StudyClass,
    first: date,
    row: int,
) -> None:
    """Say below what is special about days of the week."""
    said = [
        f"{day.month}月{day.day}日 {''.join(words)}"
        for day in (first + at * DAY for at in range(WEEK))
        if (words := day_warnings(day, study_class.township))
    ]
    if said:
        sheet.set_row(row, 20 * len(said))
        sheet.merge_range(row, 0, row, WEEK, "", formats["note"])
        sheet.write_string(row, 0, _clean("备注：" + "\n".join(said)), formats["note"])


def _said(meeting: Meeting, teachers: Mapping[int, str]) -> str:
    """Return what stands in the cell of a meeting, a line each."""
    lines = [
        f"{meeting.lesson} {meeting.title}".strip(),
        f"地点：{meeting.place}",
        f"教师：{teachers.get(meeting.teacher_id, '')}",
        MODES[meeting.mode],
    ]
    return _clean("\n".join(line for line in lines if line))


def _period(meeting: Meeting) -> Period:
    start, end = (one.astimezone(SHANGHAI) for one in (meeting.starts_at, meeting.ends_at))
    return start.time(), end.time()


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _clean(words: str) -> str:
    """Leave out what no sheet can hold."""
    return UNWRITABLE.sub("", words)
