"""Read a roster (花名册) as offices send it: all of it, or the reasons why not."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

from openpyxl.utils import column_index_from_string, get_column_letter

from bot.services.roster_archive import RefusedError
from bot.services.roster_cells import Merge, Row, Sheet
from bot.services.roster_columns import (
    HEADER_WITHIN,
    NEEDED,
    Columns,
    Doubled,
    Missing,
    find_columns,
)
from bot.services.roster_messages import masked
from bot.services.roster_package import Package, open_package
from bot.services.roster_people import CellError, RosterReading, RosterRow, cell_error
from bot.services.roster_rows import Bounds, SheetReader

MOST_PEOPLE = 5_000
YOUNGEST, OLDEST = 15, 59
MOST_MERGE_ERRORS = 500


def read_roster(
    path: Path,
    *,
    on: date,
    youngest: int = YOUNGEST,
    oldest: int = OLDEST,
    most: int = MOST_PEOPLE,
) -> RosterReading:
    """Read the people of a roster, ages counted at a date; nothing raises, all is reported."""
    try:
        package = open_package(path, most)
        readers = _read_sheets(package, Bounds(on, youngest, oldest), most)
    except DoubledHeadError as error:
        return _refused(error, error.cells)
    except RefusedError as error:
        return _refused(error)
    people = tuple(person for reader in readers for person in reader.people)
    duplicates, repeated = _duplicates(readers)
    errors = (*(error for reader in readers for error in reader.errors), *repeated)
    order = {name: at for at, (name, _) in enumerate(package.sheets)}
    return RosterReading(
        people,
        tuple(sorted(errors, key=lambda error: (order[error.sheet], error.row))),
        duplicates,
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


def _read_sheets(package: Package, bounds: Bounds, most: int) -> list[SheetReader]:
    readers: list[SheetReader] = []
    lacking: list[tuple[str, Missing]] = []
    for name, part in package.sheets:
        sheet = Sheet(package, part)
        head, rest = _split(sheet.rows())
        found = find_columns(head)
        if isinstance(found, Doubled):
            raise DoubledHeadError(name, found)
        if isinstance(found, Missing):
            lacking.append((name, found))
        if not isinstance(found, Columns):
            continue
        reader = SheetReader(name, found, bounds)
        room = most - sum(len(other.people) for other in readers)
        readers.append(reader)
        for row in chain(head, rest):
            if row.number > found.last_row:
                reader.take(row)
            if len(reader.people) > room:
                raise RefusedError("too_many_rows", limit=most)
        blame_merges(reader, sheet.merges)
    _check_heads(readers, lacking)
    return readers


def _split(rows: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """Take the rows that may be a header, and the first one after them."""
    head: list[Row] = []
    for row in rows:
        head.append(row)
        if row.number > HEADER_WITHIN:
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
    touching = [
        merge
        for merge in merges
        if (merge.left, merge.top) != (merge.right, merge.bottom)
        and bisect_left(rows, merge.top) < bisect_right(rows, merge.bottom)
        and any(merge.left <= column <= merge.right for column in known)
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


def _duplicates(
    readers: list[SheetReader],
) -> tuple[tuple[tuple[str, str], ...], list[CellError]]:
    """Find who stands here twice: by ID number (an error) or by name and birthday."""
    numbers: dict[str, RosterRow] = {}
    births: dict[tuple[str, date], RosterRow] = {}
    pairs: list[tuple[str, str]] = []
    errors: list[CellError] = []
    for reader, person in _everyone(readers):
        number, birth = person.id_number, person.birth_date
        first = numbers.get(number) if number else None
        if first:
            pairs.append((first.place, person.place))
            errors.append(_repeated(reader, person, first))
        elif number:
            numbers[number] = person
        if not (person.name and birth):
            continue
        namesake = births.setdefault((person.name, birth), person)
        if namesake is not person and first is None:
            pairs.append((namesake.place, person.place))
    return tuple(pairs), errors


def _everyone(readers: list[SheetReader]) -> Iterator[tuple[SheetReader, RosterRow]]:
    for reader in readers:
        for person in reader.people:
            yield reader, person


def _repeated(reader: SheetReader, person: RosterRow, first: RosterRow) -> CellError:
    return cell_error(
        "duplicate",
        sheet=person.sheet,
        row=person.row,
        column=get_column_letter(reader.columns.fields["id_number"]),
        other=f"工作表“{first.sheet}”第 {first.row} 行",
        other_en=f"sheet “{first.sheet}” row {first.row}",
        id=masked(person.id_number),
    )
