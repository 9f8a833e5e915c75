"""Find the grids of a table: which row holds the days or the periods, and which columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from bot.services.roster_cells import Cell, Merge
from bot.services.roster_values import tidy
from bot.services.timetable_cell import is_nothing
from bot.services.timetable_heads import field_of
from bot.services.timetable_table import Table
from bot.services.timetable_times import Period, as_period
from bot.services.timetable_values import WrittenDay, as_day

Head = WrittenDay | Period
REMARK = re.compile(r"(?:备注|说明|注|序号|班主任|签名|签字)(?:$|[:：].*)")
MOST_HEADS = 3
BESIDE = {"teacher", "place"}  # what a column beside the grid may say of a whole row
PARTS = {"lesson", "title", "teacher", "place", "mode"}


@dataclass(frozen=True)
class Frame:
    """The heads of a grid: in a row from `first` on; those of the other kind stand left of it."""

    top: int
    bottom: int  # the last row of heads: dates may stand under the days of the week
    first: int
    days_across: bool
    heads: int = 0  # the last row of days or periods; below may stand 内容 and 教师 of each
    parts: Mapping[int, str] = field(default_factory=dict)  # what a column under a head holds
    owners: Mapping[int, int] = field(default_factory=dict)  # the column that has its head

    beside: Mapping[int, str] = field(default_factory=dict)  # a place or teacher of a whole row

    def across(self, text: str) -> Head | None:
        """Read a head of the row."""
        return as_day(text) if self.days_across else as_period(text)

    def down(self, text: str) -> Head | None:
        """Read a head of the column."""
        return as_period(text) if self.days_across else as_day(text)

    def axis(self, table: Table, row: int) -> str:
        """Return what stands left of the grid in a row."""
        columns = (at for at in self.left() if not is_remark(table.text(self.top, at)))
        return table.joined(row, columns)

    def left(self) -> list[int]:
        """Return the columns left of the grid that name its rows."""
        return [at for at in range(1, self.first) if at not in self.beside]

    def right_of(self, merge: Merge) -> int:
        """Return the last column of the grid that a merged cell covers."""
        columns = range(merge.left, merge.right + 1)
        return max((at for at in columns if at not in self.beside), default=merge.right)

    def said_beside(self, table: Table, row: int) -> dict[str, tuple[int, Cell]]:
        """Return what stands beside the grid in a row, each with its column."""
        found = {}
        for at, name in self.beside.items():
            merge = table.corners.get((row, at))
            cell = table.cells.get((merge.top, merge.left) if merge else (row, at))
            own = merge is None or merge.left == merge.right  # else it is of more than the place
            if cell and own and not is_nothing(cell.text):
                found[name] = (at, cell)
        return found

    def head(self, table: Table, column: int) -> str:
        """Return what stands above a column."""
        column = self.owners.get(column, column)
        rows = (row for row in table.rows if self.top <= row <= (self.heads or self.bottom))
        return " ".join(dict.fromkeys(filter(None, (table.text(row, column) for row in rows))))

    def group(self, column: int) -> list[int]:
        """Return the columns under the same head, from the one that says what is taught."""
        if not self.parts:
            return [column]
        owner = self.owners.get(column, column)
        return [at for at in self.parts if self.owners.get(at, at) == owner]


def frame_at(table: Table, row: int) -> Frame | None:
    """Return the grid whose heads begin in a row, if any does."""
    texts = {at: table.text(row, at) for at in range(1, table.width + 1)}
    days = [at for at, text in texts.items() if text and as_day(text)]
    periods = [at for at, text in texts.items() if text and as_period(text)]
    below = [one for one in table.rows if one > row]
    for heads, others, days_across in ((days, periods, True), (periods, days, False)):
        # Heads have a column left of them; a line of a list has a day there, or a period.
        if not heads or heads[0] == 1 or any(at < heads[0] for at in others):
            continue
        beside = _beside(table, row, heads)
        frame = Frame(row, row, heads[0], days_across, beside=beside)
        more = list(takewhile(lambda one: _is_heads(table, frame, one), below[:MOST_HEADS]))  # noqa: B023
        frame = _with_parts(table, replace(frame, bottom=more[-1] if more else row))
        rest = [one for one in below if one > frame.bottom]
        if any(frame.down(frame.axis(table, one)) for one in rest):
            return frame
    return None


def _beside(table: Table, row: int, heads: list[int]) -> dict[int, str]:
    """Find the columns left or right of all heads that say where or who for a whole row.

    One between the heads, or one of several, may be of one head only: nobody can tell.
    """
    columns = (at for at in range(1, table.width + 1) if not heads[0] <= at <= heads[-1])
    named = {at: field_of(table.text(row, at)) for at in columns}
    held = list(named.values())
    return {at: name for at, name in named.items() if name in BESIDE and held.count(name) == 1}


def _is_heads(table: Table, frame: Frame, row: int) -> bool:
    """Say whether a row under the heads holds more of them, as dates under days of the week."""
    texts = [table.text(row, at) for at in range(frame.first, table.width + 1)]
    heads = [text for text in texts if text and not _is_aside(text)]
    return bool(heads) and all(map(frame.across, heads)) and not frame.down(frame.axis(table, row))


def _is_aside(text: str) -> bool:
    return is_remark(text) or field_of(text) in BESIDE


def _with_parts(table: Table, frame: Frame) -> Frame:
    """Take in a row under the heads that only says 内容, 教师 and the like of each."""
    row = next((one for one in table.rows if one > frame.bottom), None)
    if row is None:
        return frame
    texts = {at: table.text(row, at) for at in range(frame.first, table.width + 1)}
    named = {at: text for at, text in texts.items() if text and not is_remark(text)}
    parts = {at: held for at, text in named.items() if (held := field_of(text)) in PARTS and held}
    if not parts or len(parts) < len(named) or not {"lesson", "title"} & set(parts.values()):
        return frame
    owners: dict[int, int] = {}
    owner, before = frame.first, ""
    for at in range(frame.first, table.width + 1):
        text = frame.head(table, at)
        if text and (text != before or parts.get(at) == parts.get(owner)):
            owner, before = at, text
        owners[at] = owner
    return replace(frame, bottom=row, heads=frame.bottom, parts=parts, owners=owners)


def is_remark(text: str) -> bool:
    """Say whether a row or a column is for people only."""
    return REMARK.match(tidy(text)) is not None


def crosses(table: Table, frame: Frame, row: int) -> bool:
    """Say whether a row is a title or a note that lies across the whole grid."""
    merge = table.corners.get((row, frame.first))
    if merge is not None and merge.left < frame.first:
        return True
    texts = (table.text(row, at) for at in range(frame.first, table.width + 1))
    return not any(texts)
