"""The class register as a workbook (学时登记表): attendance, minutes, months, teachers, places.

Signatures are never made: their cells stay empty. What was marked afterwards (补录) has its own
colour and its own sums in every sheet.
"""

from collections.abc import Sequence
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from bot.language import clock
from bot.services import register_parts
from bot.services.counting import Standing
from bot.services.hours import Totals, is_made_up
from bot.services.hours_rules import local_day, shown
from bot.services.register_cells import Book
from bot.services.register_parts import FIRST, PERSON_HEADS, TRACKS, columns, heads_of, person
from bot.services.register_rows import Register, Row
from db.models import Meeting, MeetingState, Status, Track

SIGNS = {
    Status.PRESENT: "到",
    Status.LATE: "迟",
    Status.LEFT_EARLY: "早",
    Status.LEAVE: "假",
    Status.EXCUSED: "公",
    Status.ABSENT: "缺",
}
COUNTED = tuple(SIGNS)
STATUS_HEADS = ("出勤", "迟到", "早退", "请假", "公差", "缺勤")
SUM_HEADS = (
    "课次学时",
    "其中实训",
    "其中线上",
    "手机自学学时",
    "补录次数",
    "补录学时",
    "计入学时",
)
LAST_HEADS = ("应修学时", "还差学时", "学员签字（按手印）", "教师签字")
LEGEND = (
    "到 出勤　迟 迟到　早 早退　假 请假　公 公差　缺 缺勤　… 未结束　— 取消　空白 不在班；"
    "数字为分钟；紫底“补”为补录（事后补记，经第二人同意），各项合计中单列。"
)


def write_register(path: Path, register: Register) -> None:
    """Write the register of a class, whole or of a month."""
    path.parent.mkdir(parents=True, exist_ok=True)
    title = f"{register.of_class.study_class.name} 学时登记表"
    book = Book(path, register.of_class.now, title)
    _attendance(book, register, title)
    facts = _facts(register)
    register_parts.minutes(book, register, facts)
    register_parts.months(book, register, facts)
    register_parts.worked(book, "教师课时", "教师", facts, register.teachers)
    register_parts.worked(book, "教学点课时", "地点", facts, register.places)
    register_parts.rules(book, register, facts)
    book.close()


def _facts(register: Register) -> list[str]:
    study_class = register.of_class.study_class
    span = f"{register.month[:4]}年{int(register.month[5:])}月" if register.month else "全部"
    day = local_day(register.of_class.now)
    return [
        "　".join(
            (
                f"班主任：{register.head}",
                f"教学点：{study_class.teaching_point}",
                f"专业：{study_class.trade}",
                f"范围：{span}",
                f"统计至：{day.isoformat()} {clock(register.of_class.now)}",
            )
        ),
        LEGEND,
    ]


def sign(meeting: Meeting, stand: Standing | None) -> str:
    """Write how somebody stands in a meeting, with the minutes; nothing where it is not theirs."""
    if stand is None:
        return ""
    if stand.status is None:
        return "—" if meeting.state is MeetingState.CANCELLED else "…"
    minutes = str(stand.minutes) if stand.minutes else ""
    return ("补" if is_made_up(stand) else "") + SIGNS[stand.status] + minutes


def sums(total: Totals) -> tuple[float, ...]:
    """Return a learner's sums as they stand in the register."""
    return (
        *(total.by_status[status] for status in COUNTED),
        float(shown(total.hours)),
        float(shown(total.practice)),
        float(shown(total.online)),
        float(shown(total.phone)),
        total.made_up,
        float(shown(total.makeup)),
        float(shown(total.counted)),
    )


def _attendance(book: Book, register: Register, title: str) -> None:
    """Write who came: a learner a row, a meeting a column, sums, places for signatures."""
    until = ("累计计入学时",) if register.month else ()
    tail = (*STATUS_HEADS, *SUM_HEADS, *until, *LAST_HEADS)
    heads = [*PERSON_HEADS, *heads_of(register.meetings), *tail]
    sheet = book.sheet("学时登记", title, _facts(register), heads)
    columns(sheet, len(register.meetings), len(tail))
    sheet.set_column(len(heads) - 2, len(heads) - 1, 16)
    at = FIRST
    first = len(PERSON_HEADS) + len(register.meetings)
    blocks: list[tuple[Track, int, int]] = []
    number = 0
    for track in Track:
        rows = [row for row in register.rows if row.hours.track is track]
        start = at
        for row in rows:
            number += 1
            _attendance_line(book, sheet, at, number, row, register)
            at += 1
        if rows:
            blocks.append((track, start, at - 1))
    for track, start, end in blocks:
        of_track = [row for row in register.rows if row.hours.track is track]
        _sum_line(book, sheet, at, (start, end), first, of_track, register, TRACKS[track])
        at += 1
    sheet.write_string(
        at + 1,
        0,
        "班主任签字：　　　　　　　　　　学校（盖章）：　　　　　　　　　　日期：",
        book.plain,
    )


def _attendance_line(
    book: Book, sheet: Worksheet, at: int, number: int, row: Row, register: Register
) -> None:
    sheet.set_row(at, 22)
    column = person(book, sheet, at, number, row)
    for meeting in register.meetings:
        stand = row.stand(meeting)
        told = sign(meeting, stand)
        if stand and is_made_up(stand):
            sheet.write_string(at, column, told, book.late)
        else:
            book.text(sheet, at, column, told)
        column += 1
    for value in sums(row.totals):
        book.figure(sheet, at, column, value)
        column += 1
    if register.month:
        book.figure(sheet, at, column, float(shown(row.until.counted)))
        column += 1
    left = row.hours.left
    if row.hours.required is None:
        book.text(sheet, at, column, "待核")
    else:
        book.figure(sheet, at, column, row.hours.required)
    book.figure(sheet, at, column + 1, None if left is None else float(shown(left)))
    book.text(sheet, at, column + 2, "")
    book.text(sheet, at, column + 3, "")


def _sum_line(
    book: Book,
    sheet: Worksheet,
    at: int,
    lines: tuple[int, int],
    column: int,
    rows: Sequence[Row],
    register: Register,
    name: str,
) -> None:
    """Write the sums of one register (学籍, 非学历) below the learners."""
    book.text(sheet, at, 0, "")
    book.text(sheet, at, 1, f"{name}合计")
    for blank in range(2, column):
        book.text(sheet, at, blank, "")
    summed = list(zip(*(sums(row.totals) for row in rows), strict=True))
    if register.month:
        summed.append(tuple(float(shown(row.until.counted)) for row in rows))
    for offset, values in enumerate(summed):
        span = (lines[0], column + offset, lines[1], column + offset)
        book.total(sheet, at, column + offset, span, sum(values))
    for blank in range(column + len(summed), column + len(summed) + len(LAST_HEADS)):
        book.text(sheet, at, blank, "")
