"""The class's sign-in sheets as a workbook: one register, then one sheet a meeting."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from bot.evidence.attendance import ClassFacts, hours_of, rule_facts, status_key
from bot.evidence.words import day, span, time, weekday, word, words
from bot.services.counting import Standing, shown, totals
from bot.services.standing import CAME
from db.models import Meeting, Person, Status

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
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
Standings = list[tuple[Meeting, Standing]]


@dataclass(frozen=True)
class Row:
    """A learner and how they stand in each of their meetings."""

    person: Person
    standings: Standings


class Book:
    """A workbook in which every text stays text."""

    def __init__(self, now: datetime) -> None:
        self.content = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(
            self.content,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self.workbook.set_properties({"created": now.astimezone(UTC).replace(tzinfo=None)})
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        boxed = base | {"border": 1, "align": "center"}
        self.title = self._style(base | {"font_size": 16, "bold": True, "align": "center"})
        self.plain = self._style(base)
        self.note = self._style(base | {"font_size": 8, "text_wrap": True, "valign": "top"})
        self.head = self._style(boxed | {"bold": True, "text_wrap": True})
        self.cell = self._style(boxed | {"num_format": "@"})
        self.number = self._style(boxed)
        self.tenths = self._style(boxed | {"num_format": "0.0"})
        # A leading ' keeps such a text a text even where somebody edits or copies the cell.
        self.guarded = self._style(boxed | {"num_format": "@", "quote_prefix": True})

    def _style(self, properties: dict[str, object]) -> Format:
        return self.workbook.add_format(properties)

    def text(self, sheet: Worksheet, row: int, column: int, value: str) -> None:
        """Write a text that can never be read as a formula."""
        style = self.guarded if value.startswith(FORMULA_STARTS) else self.cell
        if value:
            sheet.write_string(row, column, value, style)
        else:
            sheet.write_blank(row, column, None, style)

    def sum(self, sheet: Worksheet, at: tuple[int, int], rows: int, value: float) -> None:
        """Write the live sum of the `rows` cells above, with its value for who does not reckon."""
        row, column = at
        first, last = xl_rowcol_to_cell(row - rows, column), xl_rowcol_to_cell(row - 1, column)
        style = self.number if isinstance(value, int) else self.tenths
        if rows:
            sheet.write_formula(row, column, f"=SUM({first}:{last})", style, value)
        else:
            sheet.write_number(row, column, value, style)


def signin_book(about: ClassFacts, rows: Sequence[Row]) -> bytes:
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
    book: Book, about: ClassFacts, rows: Sequence[Row], number: int, meeting: Meeting
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
    here = [(row, stand) for row in rows for held, stand in row.standings if held.id == meeting.id]
    for at, (row, stand) in enumerate(here, HEAD_ROW + 1):
        _line(book, sheet, at, row.person, (meeting, stand))
    end = HEAD_ROW + 1 + len(here)
    present = sum(stand.status in CAME for _, stand in here)
    book.text(sheet, end, 0, form["sum"])
    book.text(sheet, end, 1, f"{form['sum_present']} {present} / {len(here)}")
    for column in range(2, last + 1):
        book.text(sheet, end, column, "")
    book.sum(sheet, (end, 8), len(here), sum(stand.minutes for _, stand in here))
    book.sum(
        sheet, (end, 9), len(here), sum(float(hours_of(meeting, stand)) for _, stand in here) + 0.0
    )
    _rule(book, sheet, end + 1, last, about)


def _line(
    book: Book, sheet: Worksheet, at: int, person: Person, held: tuple[Meeting, Standing]
) -> None:
    """Write one learner's line; the place for the signature stays blank."""
    meeting, stand = held
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
    sheet.write_number(at, 9, float(hours_of(meeting, stand)), book.tenths)
    book.text(sheet, at, 10, "")


def _register(book: Book, about: ClassFacts, rows: Sequence[Row]) -> None:
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
    book: Book, sheet: Worksheet, at: int, row: Row, meetings: Sequence[Meeting]
) -> None:
    signs = words()["signin"]["marks"]
    person = row.person
    stands = {meeting.id: stand for meeting, stand in row.standings}
    for column, text in enumerate((person.number, person.name, person.sex, person.village)):
        book.text(sheet, at, column, text)
    for column, meeting in enumerate(meetings, 4):
        stand = stands.get(meeting.id)
        sign = signs[status_key(meeting, stand)] if stand else signs["cancelled"]
        book.text(sheet, at, column, sign)
    column = 4 + len(meetings)
    total = totals(row.standings)
    sheet.write_number(at, column, total.minutes, book.number)
    sheet.write_number(at, column + 1, float(shown(total.hours)), book.tenths)
    for offset, status in enumerate(COUNTED, 2):
        sheet.write_number(at, column + offset, total.by_status[status], book.number)


def _register_sums(book: Book, sheet: Worksheet, rows: Sequence[Row], column: int) -> None:
    at = HEAD_ROW + 1 + len(rows)
    book.text(sheet, at, 0, words()["signin"]["sum"])
    for blank in range(1, column):
        book.text(sheet, at, blank, "")
    all_totals = [totals(row.standings) for row in rows]
    book.sum(sheet, (at, column), len(rows), sum(total.minutes for total in all_totals))
    everyone = sum(float(shown(total.hours)) for total in all_totals) + 0.0
    book.sum(sheet, (at, column + 1), len(rows), everyone)
    for offset, status in enumerate(COUNTED, 2):
        count = sum(total.by_status[status] for total in all_totals)
        book.sum(sheet, (at, column + offset), len(rows), count)


def _rule(book: Book, sheet: Worksheet, row: int, last: int, about: ClassFacts) -> None:
    """Say below the table by which rule hours were counted, and that it is yet to be verified."""
    form, rule = words()["signin"], rule_facts(about.now)
    needed = rule["required"]
    required = (
        form["required_unknown"] if needed is None else form["required"] % {"required": needed}
    )
    sheet.merge_range(row, 0, row, last, "", book.note)
    sheet.write_string(row, 0, form["rule"] % (rule | {"required": required}), book.note)
    sheet.set_row(row, 28)
