"""Match the columns of a roster: by name, as remembered, as told, and by what stands in them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from openpyxl.utils import get_column_letter

from bot.services.roster_cells import Cell, Kind, Row
from bot.services.roster_columns import (
    HEADER_WITHIN,
    Columns,
    Doubled,
    Missing,
    find_columns,
    is_lower,
    joined,
    known,
    others_of,
    settled,
    texts,
)
from bot.services.roster_heads import (
    NEEDED,
    NUMBERING,
    OTHER_PEOPLE,
    Naming,
    field_of,
    plain,
)
from bot.services.roster_people import ListKind, Matched
from bot.services.roster_values import PHONE, SCIENTIFIC, SEXES, narrow

MOSTLY = 0.6  # of a column's cells must look like the field
ID_LIKE = re.compile(r"\d{6}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]")
OLD_ID_LIKE = re.compile(r"\d{6}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}")
LOST_ID = (10**17, 10**18)  # numbers of eighteen digits
TITLED = (
    (ListKind.CENSUS, re.compile("七普|第七次.*普查|人口普查")),
    (ListKind.VISIT, re.compile("摸排|排查|摸底")),
)
BY_NAME, BY_CONTENT, REMEMBERED, TOLD = "name", "content", "remembered", "told"


@dataclass(frozen=True)
class Given:
    """What is known of columns beforehand: heads that a sender's files have, columns as told."""

    remembered: Mapping[str, str] = field(default_factory=dict)  # a plain head: its field
    told: Mapping[str, str] = field(default_factory=dict)  # a column's letter: its field
    kind: ListKind | None = None  # what list it is, where somebody says so
    title: str = ""  # of a text, which has no sheets; else that of the file

    def naming(self, head: str) -> str | None:
        """Say which field a head names; what a person said once goes before what we think."""
        return self.remembered.get(plain(head)) or field_of(head)


NOTHING_GIVEN = Given()


def kind_of(name: str, rows: Sequence[Row], columns: Columns) -> ListKind:
    """Say what list a sheet is: by its title, its name, or a column of whereabouts."""
    above = " ".join(
        cell.text
        for row in rows
        if row.number < min(columns.last_row, HEADER_WITHIN)
        for cell in row.cells.values()
    )
    for kind, title in TITLED:
        if title.search(name) or title.search(above):
            return kind
    return ListKind.VISIT if "whereabouts" in columns.fields else ListKind.ROSTER


def match_columns(
    name: str, rows: Sequence[Row], given: Given = NOTHING_GIVEN
) -> tuple[Columns | Doubled | Missing | None, ListKind]:
    """Find a sheet's header, and what its columns hold."""
    head = [row for row in rows if row.number <= HEADER_WITHIN]
    found = find_columns(head, given.naming)
    if isinstance(found, Doubled):
        return found, ListKind.ROSTER
    if isinstance(found, Columns):
        columns = _completed(found, rows, given)
        return columns, given.kind or kind_of(name, rows, columns)
    guessed = _guessed(head, rows, given)
    if isinstance(guessed, Columns):
        kind = given.kind or kind_of(name, rows, guessed)
        if "name" in guessed.fields and (
            "id_number" in guessed.fields
            or (kind is not ListKind.ROSTER and "birth_date" in guessed.fields)
        ):
            return guessed, kind
        missing = tuple(head for field_, head in NEEDED.items() if field_ not in guessed.fields)
        return (replace(found, heads=missing) if found else None), ListKind.ROSTER
    return guessed or found, ListKind.ROSTER


def _guessed(head: Sequence[Row], rows: Sequence[Row], given: Given) -> Columns | Doubled | None:
    """Take the row that names most fields for the header, and look under it."""
    naming: Naming = given.naming
    lines = [(row, texts(row)) for row in head]
    best = max(lines, key=lambda line: len(known(line[1], naming)), default=None)
    if best and not known(best[1], naming):
        best = _told_header(lines, given)
    if best is None:
        return None
    row, over = best
    under = next((found for one, found in lines if one.number == row.number + 1), {})
    last, heads = row.number, {column: (text, text) for column, text in over.items()}
    if is_lower(over, under, naming):
        last, heads = row.number + 1, joined(over, under, naming)
    columns = settled(last, heads, naming)
    return columns if isinstance(columns, Doubled) else _completed(columns, rows, given)


def _told_header(
    lines: Sequence[tuple[Row, dict[int, str]]], given: Given
) -> tuple[Row, dict[int, str]] | None:
    """Find the row over the first ID number, where somebody said in which column that stands."""
    letters = {letter for letter, name in given.told.items() if name == "id_number"}
    for (upper, above), (row, _texts) in pairwise(lines):
        cells = {get_column_letter(column): cell for column, cell in row.cells.items()}
        if any(letter in cells and _like_id(cells[letter]) for letter in letters):
            return upper, above
    return None


def _completed(columns: Columns, rows: Sequence[Row], given: Given) -> Columns:
    """Add what was told and what stands in columns whose heads say nothing to us."""
    fields, how = dict(columns.fields), {}
    for name, column in fields.items():
        if plain(columns.heads.get(column, "")) in given.remembered:
            how[name] = REMEMBERED
    for column in columns.heads:
        told = given.told.get(get_column_letter(column))
        if told is None:
            continue
        fields = {name: at for name, at in fields.items() if at != column}
        if told:
            fields[told], how[told] = column, TOLD
    taken = set(fields.values())
    below = [row for row in rows if row.number > columns.last_row]
    width = max((max(row.cells) for row in rows), default=0)
    for column in range(1, width + 1):
        head = columns.heads.get(column, "")
        settled_by_hand = get_column_letter(column) in given.told
        if (
            column in taken
            or settled_by_hand
            or OTHER_PEOPLE.search(head)
            or plain(head).lower() in NUMBERING
        ):
            continue
        looks = _content([row.cells[column] for row in below if column in row.cells])
        # A head that is known to mean something else is not overruled.
        if looks and looks not in fields and (given.naming(head) or looks) == looks:
            fields[looks], how[looks] = column, BY_CONTENT
            taken.add(column)
    others = others_of(columns.heads, fields)
    return replace(columns, fields=fields, others=others, how=how)


def _content(cells: Sequence[Cell]) -> str | None:
    """Say which field a column's cells look like."""
    for name, looks in LOOKS:
        alike = sum(looks(cell) for cell in cells)
        if alike and alike >= MOSTLY * len(cells):
            return name
    return None


def _like_id(cell: Cell) -> bool:
    text = re.sub(r"[\s'`]", "", narrow(cell.text)).upper()
    if cell.kind is Kind.NUMBER or SCIENTIFIC.fullmatch(text):
        try:
            number = float(text)
        except ValueError:
            return False
        return LOST_ID[0] <= number < LOST_ID[1] or bool(OLD_ID_LIKE.fullmatch(text))
    return bool(ID_LIKE.fullmatch(text) or OLD_ID_LIKE.fullmatch(text))


def _like_phone(cell: Cell) -> bool:
    text = narrow(cell.text)
    return bool(PHONE.fullmatch(text)) and text.startswith("1")


def _like_sex(cell: Cell) -> bool:
    return narrow(cell.text) in SEXES and not cell.text.strip().isdecimal()


def _like_nation(cell: Cell) -> bool:
    return narrow(cell.text) in {"苗族", "汉族", "侗族", "布依族", "水族", "土家族", "彝族"}


LOOKS: tuple[tuple[str, Callable[[Cell], bool]], ...] = (
    ("id_number", _like_id),
    ("phone", _like_phone),
    ("sex", _like_sex),
    ("ethnicity", _like_nation),
)


def shown(sheet: str, columns: Columns) -> list[Matched]:
    """List a sheet's columns for confirmation."""
    by_column = {column: name for name, column in columns.fields.items()}
    return [
        Matched(
            sheet,
            get_column_letter(column),
            columns.heads.get(column, ""),
            name := by_column.get(column, ""),
            columns.how.get(name, BY_NAME) if name else "",
        )
        for column in sorted({*columns.heads, *by_column})
    ]
