"""Find the header of a roster and say which column holds what."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from openpyxl.utils import get_column_letter

from bot.services.roster_cells import Row
from bot.services.roster_heads import (
    FORGIVING,
    HEADS,
    NEEDED,
    NOISE,
    NUMBERING,
    OTHER_PEOPLE,
    OTHERS,
    TITLES,
    Naming,
    field_of,
)

HEADER_WITHIN = 20  # rows that may stand above the people
LIKELY = 3  # known heads that make a row a header even when a needed one is missing
TITLE_LENGTH = 40


@dataclass(frozen=True)
class Columns:
    """Where a sheet's header ends and what each column under it holds."""

    last_row: int
    fields: dict[str, int]
    others: dict[int, str]
    heads: dict[int, str]
    how: Mapping[str, str] = field(default_factory=dict)  # other than by its name


@dataclass(frozen=True)
class Doubled:
    """One head over two columns."""

    row: int
    head: str
    first: str
    second: str


@dataclass(frozen=True)
class Missing:
    """A header that lacks heads we need; not sure where it may be no roster at all."""

    heads: tuple[str, ...]
    sure: bool


def find_columns(rows: list[Row], naming: Naming = field_of) -> Columns | Doubled | Missing | None:
    """Find the header among a sheet's first rows; None where there is no roster."""
    lines = [(row, texts(row)) for row in rows if row.number <= HEADER_WITHIN]
    for (upper, above), (lower, below) in pairwise([(Row(0, {}), {}), *lines]):
        if lower.number != upper.number + 1:
            above = {}  # noqa: PLW2901 - a row apart is no upper line
        both = joined(above, below, naming)
        if _complete(below, naming) and not (
            known(above, naming) and _is_upper(above, below, naming)
        ):
            under = next((texts for row, texts in lines if row.number == lower.number + 1), {})
            if is_lower(below, under, naming):
                return settled(lower.number + 1, joined(below, under, naming), naming)
            single = {column: (head, head) for column, head in below.items()}
            return settled(lower.number, single, naming)
        whole = {column: head for column, (head, _) in both.items()}
        if _complete(whole, naming) and not _complete(above, naming):
            return settled(lower.number, both, naming)
    return _nearly(lines, naming)


def texts(row: Row) -> dict[int, str]:
    """Return what stands in a row's cells, as heads are compared."""
    return {
        column: unicodedata.normalize("NFKC", cell.text).strip()[:TITLE_LENGTH]
        for column, cell in row.cells.items()
    }


def known(heads: dict[int, str], naming: Naming) -> set[str]:
    """Return the fields that these heads name."""
    return {found for head in heads.values() if (found := naming(head))}


def _complete(heads: dict[int, str], naming: Naming) -> bool:
    return set(NEEDED) <= known(heads, naming)


def _is_upper(above: dict[int, str], below: dict[int, str], naming: Naming) -> bool:
    """Say whether a line fills columns that the line under it leaves open."""
    return any(naming(head) and column not in below for column, head in above.items())


def is_lower(above: dict[int, str], below: dict[int, str], naming: Naming) -> bool:
    """Say whether a line under the header divides its heads further."""
    needed = {column for column, head in above.items() if naming(head) in NEEDED}
    return bool(known(below, naming)) and not needed & set(below)


def joined(
    above: dict[int, str], below: dict[int, str], naming: Naming
) -> dict[int, tuple[str, str]]:
    """Join two lines: a column's own head, and the head with what stands over it."""
    found: dict[int, tuple[str, str]] = {}
    over = ""
    for column in sorted({*above, *below}):
        over = above.get(column, over)
        own = below.get(column)
        if own is None:
            found[column] = (over, over)
        elif OTHER_PEOPLE.search(over) or naming(over + own):
            found[column] = (over + own, over + own)
        else:
            found[column] = (own, over + own)
    return found


def settled(last_row: int, heads: dict[int, tuple[str, str]], naming: Naming) -> Columns | Doubled:
    """Give each field its column; two columns of one field are a mistake or a choice."""
    fields: dict[str, int] = {}
    for column, (head, whole) in sorted(heads.items()):
        name = naming(head)
        if name is None:
            continue
        first = fields.get(name)
        if first is None:
            fields[name] = column
        elif name not in FORGIVING or heads[first][1] == whole:
            letters = get_column_letter(first), get_column_letter(column)
            return Doubled(last_row, TITLES[name], *letters)
        elif _rank(name, head) < _rank(name, heads[first][0]):
            fields[name] = column
    return Columns(
        last_row,
        fields,
        others_of({column: whole for column, (_, whole) in heads.items()}, fields),
        {column: whole for column, (_, whole) in heads.items()},
    )


def others_of(heads: Mapping[int, str], fields: Mapping[str, int]) -> dict[int, str]:
    """Return the columns that are no field of ours, but for running numbers."""
    return {
        column: OTHERS.get(NOISE.sub("", head), head)
        for column, head in heads.items()
        if column not in fields.values() and NOISE.sub("", head).lower() not in NUMBERING
    }


def _rank(name: str, head: str) -> int:
    heads = HEADS[name]
    bare = NOISE.sub("", head)
    return heads.index(bare) if bare in heads else len(heads)


def _nearly(lines: list[tuple[Row, dict[int, str]]], naming: Naming) -> Missing | None:
    best: set[str] = max((known(found, naming) for _, found in lines), key=len, default=set())
    if not best:
        return None
    missing = tuple(head for name, head in NEEDED.items() if name not in best)
    sure = len(best) >= LIKELY and len(missing) < len(NEEDED)
    return Missing(missing or tuple(NEEDED.values()), sure)
