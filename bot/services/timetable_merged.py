"""Merged cells of a list: one that lies over several lines is said of each of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from bot.services.roster_cells import Cell, Merge, Row
from bot.services.timetable_cell import is_nothing
from bot.services.timetable_rows import MOST_MEETINGS, too_long

MOST_FILLED = MOST_MEETINGS * 10
SAYS = {"lesson", "title"}


def fill_merged(
    rows: Sequence[Row], fields: Mapping[int, str], merges: Iterable[Merge], header: int
) -> tuple[list[Row], list[tuple[int, int]]]:
    """Return the lines, each with what lies over it, and the merged cells that nobody can read."""
    lines = {row.number: row for row in rows}
    numbers = sorted(lines)
    cells = {number: dict(lines[number].cells) for number in numbers}
    passed: set[int] = set()
    wrong = []
    filled = 0
    for merge in merges:
        columns = [at for at in fields if merge.left <= at <= merge.right]
        corner = lines[merge.top].cells.get(merge.left) if merge.top in lines else None
        if not columns or merge.top <= header or corner is None:
            continue
        covered = numbers[bisect_left(numbers, merge.top) : bisect_right(numbers, merge.bottom)]
        filled += len(covered)
        if filled > MOST_FILLED:
            raise too_long()
        if len(columns) == 1 or (fields.get(merge.left) in SAYS and len(covered) == 1):
            for number in covered:
                cells[number].setdefault(merge.left if len(columns) > 1 else columns[0], corner)
        elif is_nothing(corner.text) or _alone(lines[merge.top], merge, fields):
            passed.update(covered)
        else:
            wrong.append((merge.top, merge.left))
    kept = [
        Row(number, cells[number])
        for number in numbers
        if number not in passed and set(lines[number].cells) & set(fields)
    ]
    return kept, wrong


def _alone(row: Row, merge: Merge, fields: Mapping[int, str]) -> bool:
    """Say whether a merged cell is all that its line says: a title or a note between the lines."""
    others: dict[int, Cell] = {at: cell for at, cell in row.cells.items() if at in fields}
    return all(merge.left <= at <= merge.right for at in others)
