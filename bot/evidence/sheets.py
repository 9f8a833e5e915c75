"""The class's sign-in sheets as a workbook: one register, then one sheet a meeting."""

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from bot.evidence.attendance import ClassFacts, hours_of, rule_facts, status_key
from bot.evidence.sheet_book import Book
from bot.evidence.words import day, span, time, weekday, word, words
from bot.services.counting import shown
from bot.services.hours import Totals, is_made_up
from bot.services.hours_of_class import LearnerHours
from bot.services.hours_rules import local_day, rule_on
from bot.services.standing import CAME
from db.models import Meeting, Status

FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
NAME_LENGTH = 31
HEAD_ROW = 4
WIDTHS = (9, 14, 6, 14, 9, 9, 8, 12, 7, 7, 18)
COUNTED = (
    Status.PRESENT,
    Status.LATE,
    Status.LEFT_EARLY,
    Status.LEAVE,
    Status.EXCUSED,
    Status.ABSENT,
)


def signin_book(about: ClassFacts, rows: Sequence[LearnerHours]) -> bytes:
    """Write the sign-in sheets of a class (XLSX)."""
    book = Book(about.now)
    _register(book, about, rows)
    for number, meeting in enumerate(about.meetings, 1):
        _meeting(book, about, rows, number, meeting)
    book.workbook.close()
    return book.content.getvalue()


def _page(sheet: Worksheet, last_column: int, *, landscape: bool) -> None:
    """Set a sheet up for A4, its head on every page."""
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.5, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.set_footer("&C第 &P 页 共 &N 页")
    if landscape:
        sheet.set_landscape()
    sheet.set_row(0, 26)
    sheet.set_row(HEAD_ROW, 32)
    sheet.set_column(last_column, last_column, WIDTHS[-1])


def _meeting(
    book: Book, about: ClassFacts, rows: Sequence[LearnerHours], number: int, meeting: Meeting
) -> None:
    form = words()["signin"]
    heads = form["heads"]
    last = len(heads) - 1
    name = f"{number:02} {day(meeting.starts_at)[5:]} {meeting.title}"
    sheet = book.workbook.add_worksheet(name.translate(FORBIDDEN)[:NAME_LENGTH].strip())
    _page(sheet, last, landscape=True)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, last, "", book.title)
    sheet.write_string(0, 0, f"{about.study_class.name} {form['title']}", book.title)
    teacher = about.name(meeting.teacher_id)
    for line, pairs in enumerate(
        (
            (
                ("class", about.study_class.name),
                ("date", f"{day(meeting.starts_at)} {weekday(meeting.starts_at)}"),
                ("time", span(meeting.starts_at, meeting.ends_at)),
            ),
            (
                ("topic", meeting.title),
                ("place", meeting.place),
                ("mode", word("mode", meeting.mode.value)),
            ),
            (("teacher", teacher), ("head", about.head)),
        ),
        1,
    ):
        for column, (key, value) in zip((0, 4, 8), pairs, strict=False):
            sheet.write_string(line, column, f"{form[key]}：{value}", book.plain)
    for column, text in enumerate(heads):
        sheet.write_string(HEAD_ROW, column, text, book.head)
    here = [row for row in rows if meeting.id in row.by_meeting]
    for at, row in enumerate(here, HEAD_ROW + 1):
        _line(book, sheet, at, row, meeting)
    end = HEAD_ROW + 1 + len(here)
    stands = [row.by_meeting[meeting.id] for row in here]
    present = sum(stand.status in CAME for stand, _credit in stands)
    book.text(sheet, end, 0, form["sum"])
    book.text(sheet, end, 1, f"{form['sum_present']} {present} / {len(here)}")
    for column in range(2, last + 1):
        book.text(sheet, end, column, "")
    book.sum(sheet, (end, 8), len(here), sum(stand.minutes for stand, _credit in stands))
    given = sum(float(hours_of(credit)) for _stand, credit in stands) + 0.0
    book.sum(sheet, (end, 9), len(here), given)
    _rule(book, sheet, end + 1, last, about)


def _line(book: Book, sheet: Worksheet, at: int, row: LearnerHours, meeting: Meeting) -> None:
    """Write one learner's line; the place for the signature stays blank."""
    person, (stand, credit) = row.person, row.by_meeting[meeting.id]
    sheet.set_row(at, 20)
    how = word("how", stand.how.value) if stand.how else ""
    texts = (
        person.number,
        person.name,
        person.sex,
        person.village,
        time(stand.came),
        time(stand.left),
        word("status", status_key(meeting, stand)),
        how,
    )
    for column, text in enumerate(texts):
        book.text(sheet, at, column, text)
    sheet.write_number(at, 8, stand.minutes, book.number)
    sheet.write_number(at, 9, float(hours_of(credit)), book.tenths)
    book.text(sheet, at, 10, "")


def _register(book: Book, about: ClassFacts, rows: Sequence[LearnerHours]) -> None:
    form = words()["signin"]
    first = 4
    last = first + len(about.meetings) + len(form["totals"]) - 1
    sheet = book.workbook.add_worksheet(form["register"])
    _page(sheet, last, landscape=True)
    for column, width in enumerate(WIDTHS[:first]):
        sheet.set_column(column, column, width)
    sheet.set_column(first, last, 7)
    sheet.write_string(0, 0, f"{about.study_class.name} {form['register']}", book.plain)
    sheet.merge_range(0, 0, 0, last, "", book.title)
    sheet.write_string(0, 0, f"{about.study_class.name} {form['register']}", book.title)
    sheet.write_string(1, 0, f"{form['head']}：{about.head}", book.plain)
    sheet.write_string(2, 0, form["legend"], book.plain)
    heads = [
        *form["heads"][:first],
        *(f"{day(meeting.starts_at)[5:]}\n{time(meeting.starts_at)}" for meeting in about.meetings),
        *form["totals"],
    ]
    for column, text in enumerate(heads):
        sheet.write_string(HEAD_ROW, column, text, book.head)
    for at, row in enumerate(rows, HEAD_ROW + 1):
        _register_line(book, sheet, at, row, about.meetings)
    _register_sums(book, sheet, rows, first + len(about.meetings))
    _rule(book, sheet, HEAD_ROW + 2 + len(rows), last, about)


def _register_line(
    book: Book, sheet: Worksheet, at: int, row: LearnerHours, meetings: Sequence[Meeting]
) -> None:
    signs = words()["signin"]["marks"]
    person = row.person
    for column, text in enumerate((person.number, person.name, person.sex, person.village)):
        book.text(sheet, at, column, text)
    for column, meeting in enumerate(meetings, 4):
        stood = row.by_meeting.get(meeting.id)
        sign = signs[status_key(meeting, stood[0])] if stood else signs["cancelled"]
        made_up = words()["signin"]["made_up"] if stood and is_made_up(stood[0]) else ""
        book.text(sheet, at, column, made_up + sign)
    for column, value in enumerate(_figures(row.totals), 4 + len(meetings)):
        style = book.number if isinstance(value, int) else book.tenths
        sheet.write_number(at, column, value, style)


def _figures(total: Totals) -> tuple[float, ...]:
    """Return a learner's sums; what was made up, and lessons on the phone, stand apart."""
    return (
        total.minutes,
        float(shown(total.hours)),
        *(total.by_status[status] for status in COUNTED),
        total.made_up,
        float(shown(total.makeup)),
        float(shown(total.phone)),
        float(shown(total.counted)),
    )


def _register_sums(book: Book, sheet: Worksheet, rows: Sequence[LearnerHours], column: int) -> None:
    at = HEAD_ROW + 1 + len(rows)
    book.text(sheet, at, 0, words()["signin"]["sum"])
    for blank in range(1, column):
        book.text(sheet, at, blank, "")
    sums = [list(of_all) for of_all in zip(*(_figures(row.totals) for row in rows), strict=True)]
    for offset, values in enumerate(sums or [[] for _one in words()["signin"]["totals"]]):
        book.sum(sheet, (at, column + offset), len(rows), sum(values))


def _rule(book: Book, sheet: Worksheet, row: int, last: int, about: ClassFacts) -> None:
    """Say below the table by which rule hours were counted, and that it is yet to be verified."""
    form, rule = words()["signin"], rule_facts(rule_on(local_day(about.now)))
    needed = rule["required"]
    required = (
        form["required_unknown"] if needed is None else form["required"] % {"required": needed}
    )
    sheet.merge_range(row, 0, row, last, "", book.note)
    sheet.write_string(row, 0, form["rule"] % (rule | {"required": required}), book.note)
    sheet.set_row(row, 28)
