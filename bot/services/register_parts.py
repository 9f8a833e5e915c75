"""The other sheets of a class register: minutes, months, teachers, places, and the rules."""

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from bot.language import clock
from bot.services.hours import is_made_up
from bot.services.hours_rules import local_day, rule_on, shown
from bot.services.register_cells import Book
from bot.services.register_rows import Register, Row, Worked, of_month
from db.models import Meeting, Track

TRACKS = {Track.CERTIFICATE: "非学历", Track.REGISTER: "学籍"}
PERSON_HEADS = ("序号", "编号", "姓名", "性别", "村", "类别")
FIRST = 4  # rows above the learners: title, two facts, heads
RULE_HEADS = (
    "起用日期",
    "类别",
    "一学时（分钟）",
    "每日上限（学时）",
    "线上上限（学时）",
    "手机自学计入",
    "补录计入",
    "应修学时",
    "其中实训",
    "状态",
    "来源",
)


def person(book: Book, sheet: Worksheet, at: int, number: int, row: Row) -> int:
    """Write who a row is; return the next column. Numbers of persons are texts."""
    who = row.hours.person
    name = who.name + ("（临时）" if who.temporary else "")
    track = TRACKS[row.hours.track] if row.hours.membership else "不在册"
    for column, text in enumerate((str(number), who.number, name, who.sex, who.village, track)):
        book.text(sheet, at, column, text)
    return len(PERSON_HEADS)


def columns(sheet: Worksheet, meetings: int, rest: int) -> None:
    """Set the widths of a sheet of learners."""
    for column, width in enumerate((5, 9, 12, 5, 12, 7)):
        sheet.set_column(column, column, width)
    first = len(PERSON_HEADS)
    if meetings:
        sheet.set_column(first, first + meetings - 1, 6.5)
    sheet.set_column(first + meetings, first + meetings + rest, 8)


def heads_of(meetings: Sequence[Meeting]) -> list[str]:
    """Name the columns of meetings by day and time."""
    return [f"{local_day(one.starts_at):%m-%d}\n{clock(one.starts_at)}" for one in meetings]


def minutes(book: Book, register: Register, facts: Sequence[str]) -> None:
    """Write minutes as numbers, whose sums are live; what was made up is summed apart."""
    held = register.meetings
    heads = [*PERSON_HEADS, *heads_of(held), "分钟合计", "其中补录", "手机自学分钟"]
    sheet = book.sheet("分钟", "到课分钟", facts, heads)
    columns(sheet, len(held), 3)
    first = len(PERSON_HEADS)
    last = first + len(held)
    for number, row in enumerate(register.rows, 1):
        at = FIRST + number - 1
        person(book, sheet, at, number, row)
        for column, meeting in enumerate(held, first):
            stand = row.stand(meeting)
            if stand and is_made_up(stand):
                sheet.write_number(at, column, stand.minutes, book.late_number)
            else:
                book.figure(sheet, at, column, stand.minutes if stand else None)
        total = row.totals
        book.total(sheet, at, last, (at, first, at, last - 1), total.minutes + total.makeup_minutes)
        book.figure(sheet, at, last + 1, total.makeup_minutes)
        book.figure(sheet, at, last + 2, total.phone_minutes)
    end = FIRST + len(register.rows)
    for column in range(first):
        book.text(sheet, end, column, "合计" if column == 1 else "")
    for column, meeting in enumerate(held, first):
        stands = [stand for row in register.rows if (stand := row.stand(meeting))]
        _sum(book, sheet, end, column, sum(stand.minutes for stand in stands))
    totals = [row.totals for row in register.rows]
    _sum(book, sheet, end, last, sum(one.minutes + one.makeup_minutes for one in totals))
    _sum(book, sheet, end, last + 1, sum(one.makeup_minutes for one in totals))
    _sum(book, sheet, end, last + 2, sum(one.phone_minutes for one in totals))


def _sum(book: Book, sheet: Worksheet, end: int, column: int, value: float) -> None:
    """Write the sum of a column of learners."""
    book.total(sheet, end, column, (FIRST, column, end - 1, column), value)


def months(book: Book, register: Register, facts: Sequence[str]) -> None:
    """Write the hours of each month: those that count, and apart those made up."""
    heads = [*PERSON_HEADS]
    for month in register.months:
        heads += [f"{month}\n计入学时", f"{month}\n补录学时"]
    heads += ["计入学时合计", "补录学时合计"]
    sheet = book.sheet("按月", "按月学时", facts, heads)
    columns(sheet, 0, len(heads))
    first = len(PERSON_HEADS)
    for number, row in enumerate(register.rows, 1):
        at = FIRST + number - 1
        person(book, sheet, at, number, row)
        of_months = [of_month(row.hours, month) for month in register.months]
        for column, total in enumerate([*of_months, row.totals]):
            book.figure(sheet, at, first + 2 * column, float(shown(total.counted)))
            book.figure(sheet, at, first + 2 * column + 1, float(shown(total.makeup)))


def worked(book: Book, name: str, head: str, facts: Sequence[str], rows: Sequence[Worked]) -> None:
    """Write what was held by each teacher, or at each place."""
    heads = [head, "课次", "授课分钟", "课时", "学员到课分钟", "补录分钟", "签字"]
    sheet = book.sheet(name, name, facts, heads)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(heads) - 2, 13)
    sheet.set_column(len(heads) - 1, len(heads) - 1, 20)
    for at, row in enumerate(rows, FIRST):
        book.text(sheet, at, 0, row.name)
        values = (row.meetings, row.minutes, row.hours, row.attended, row.made_up)
        for column, value in enumerate(values, 1):
            book.figure(sheet, at, column, value)
        book.text(sheet, at, len(heads) - 1, "")
    end = FIRST + len(rows)
    book.text(sheet, end, 0, "合计")
    sums = [(one.meetings, one.minutes, one.hours, one.attended, one.made_up) for one in rows]
    for column, values in enumerate(zip(*sums, strict=True), 1):
        _sum(book, sheet, end, column, sum(values))
    book.text(sheet, end, len(heads) - 1, "")


def rules(book: Book, register: Register, facts: Sequence[str]) -> None:
    """Write by which rules hours were counted, register by register, and who says so."""
    sheet = book.sheet("规则", "学时规则", facts, RULE_HEADS)
    sheet.set_column(0, len(RULE_HEADS) - 2, 12)
    sheet.set_column(len(RULE_HEADS) - 1, len(RULE_HEADS) - 1, 60)
    at = FIRST
    for rule in register.rules:
        for track, name in TRACKS.items():
            own = rule_on(rule.effective_from, [rule], track)
            for column, value in enumerate(
                (
                    rule.effective_from.isoformat(),
                    name,
                    str(own.unit_minutes),
                    str(own.max_per_day),
                    _known(own.online_cap),
                    "是" if own.phone_counts else "否",
                    "是" if own.makeup_counts else "否",
                    _known(own.required),
                    _known(own.practice_required),
                    own.status,
                    own.source,
                )
            ):
                book.text(sheet, at, column, value)
            at += 1


def _known(value: int | None) -> str:
    return "未定（待核）" if value is None else str(value)
