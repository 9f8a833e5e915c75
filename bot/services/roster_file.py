"""Read a roster (花名册) as offices send it: all of it, or the reasons why not."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

from openpyxl.utils import column_index_from_string, get_column_letter

from bot.services.roster_archive import RefusedError
from bot.services.roster_book import Book, open_book
from bot.services.roster_cells import Merge, Row
from bot.services.roster_columns import HEADER_WITHIN, Columns, Doubled, Missing
from bot.services.roster_heads import NEEDED
from bot.services.roster_matching import NOTHING_GIVEN, Given, match_columns, shown
from bot.services.roster_people import CellError, RosterReading, cell_error
from bot.services.roster_rows import Bounds, SheetReader
from bot.services.roster_rules import rules
from bot.services.roster_twice import twice

MOST_PEOPLE = 20_000
SAMPLE = 60  # rows that are looked at before the columns are settled
MOST_MERGE_ERRORS = 500


def read_roster(
    path: Path,
    *,
    on: date,
    youngest: int | None = None,
    oldest: int | None = None,
    most: int = MOST_PEOPLE,
    given: Given = NOTHING_GIVEN,
) -> RosterReading:
    """Read the people of a roster, ages counted at a date; nothing raises, all is reported."""
    bounds = Bounds(
        on,
        rules().youngest if youngest is None else youngest,
        rules().oldest if oldest is None else oldest,
    )
    try:
        book = open_book(path, most, given.title)
        readers = _read_sheets(book, bounds, most, given)
    except DoubledHeadError as error:
        return _refused(error, error.cells)
    except RefusedError as error:
        return _refused(error)
    people = tuple(person for reader in readers for person in reader.people)
    duplicates, repeated = twice([(one, one.people) for one in readers])
    errors = (*(error for reader in readers for error in reader.errors), *repeated)
    order = {page.name: at for at, page in enumerate(book.sheets)}
    return RosterReading(
        people,
        tuple(sorted(errors, key=lambda error: (order[error.sheet], error.row))),
        duplicates,
        columns=[one for reader in readers for one in shown(reader.sheet, reader.columns)],
    )


class DoubledHeadError(RefusedError):
    """A head that stands over two columns, with its cells."""

    def __init__(self, sheet: str, found: Doubled) -> None:
        where = {"head": found.head, "first": found.first, "second": found.second}
        super().__init__("doubled_head", sheet=sheet, **where)
        self.cells = tuple(
            cell_error("doubled_head", sheet=sheet, row=found.row, column=column, **where)
            for column in (found.first, found.second)
        )


def _refused(error: RefusedError, errors: tuple[CellError, ...] = ()) -> RosterReading:
    return RosterReading(
        errors=errors, refused=error.code, refusal_zh=error.chinese, refusal_en=error.english
    )


def _read_sheets(book: Book, bounds: Bounds, most: int, given: Given) -> list[SheetReader]:
    readers: list[SheetReader] = []
    lacking: list[tuple[str, Missing]] = []
    for page in book.sheets:
        grid = page.open()
        head, rest = _split(grid.rows())
        found, kind = match_columns(page.name, head, given)
        if isinstance(found, Doubled):
            raise DoubledHeadError(page.name, found)
        if isinstance(found, Missing):
            lacking.append((page.name, found))
        if not isinstance(found, Columns):
            continue
        reader = SheetReader(page.name, found, bounds, kind, book.old_days)
        room = most - sum(len(other.people) for other in readers)
        readers.append(reader)
        for row in chain(head, rest):
            if row.number > found.last_row:
                reader.take(row)
            if len(reader.people) > room:
                raise RefusedError("too_many_rows", limit=most)
        blame_merges(reader, reader.settle(grid.merges))
    _check_heads(readers, lacking)
    return readers


def _split(rows: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """Take the rows that may be a header, and some after them to see what columns hold."""
    head: list[Row] = []
    for row in rows:
        head.append(row)
        if row.number > HEADER_WITHIN and len(head) > SAMPLE:
            break
    return head, rows


def _check_heads(readers: list[SheetReader], lacking: list[tuple[str, Missing]]) -> None:
    lacking = [(name, found) for name, found in lacking if found.sure or not readers]
    lacking.sort(key=lambda pair: len(pair[1].heads))
    if lacking or not readers:
        name, heads = (lacking[0][0], lacking[0][1].heads) if lacking else ("", NEEDED.values())
        raise RefusedError(
            "missing_head",
            where=f"工作表“{name}”里" if name else f"前 {HEADER_WITHIN} 行里",
            where_en=f"Sheet “{name}”" if name else f"The first {HEADER_WITHIN} rows",
            heads="、".join(f"“{head}”" for head in heads),
        )
    if not any(reader.people for reader in readers):
        raise RefusedError("empty")


def blame_merges(reader: SheetReader, merges: list[Merge]) -> None:
    """Report merged cells among the people; what they hide is not guessed."""
    rows = sorted(person.row for person in reader.people)
    known = set(reader.columns.fields.values())
    needed = {reader.columns.fields[name] for name in NEEDED if name in reader.columns.fields}
    touching = [
        merge
        for merge in merges
        if (merge.left, merge.top) != (merge.right, merge.bottom)
        and bisect_left(rows, merge.top) < bisect_right(rows, merge.bottom)
        and any(merge.left <= column <= merge.right for column in known)
        # Along a row only what is hidden to the right of the first is lost.
        and (
            merge.top != merge.bottom
            or any(merge.left < column <= merge.right for column in needed)
        )
    ][:MOST_MERGE_ERRORS]
    for merge in touching:
        column = get_column_letter(merge.left)
        span = f"{column}{merge.top}:{get_column_letter(merge.right)}{merge.bottom}"
        reader.errors.append(
            cell_error("merged", sheet=reader.sheet, row=merge.top, column=column, range=span)
        )
    reader.errors[:] = [
        error
        for error in reader.errors
        if error.code not in {"missing_name", "missing_id"}
        or not any(_covers(merge, error) for merge in touching)
    ]


def _covers(merge: Merge, error: CellError) -> bool:
    column = column_index_from_string(error.column)
    return merge.left <= column <= merge.right and merge.top <= error.row <= merge.bottom
