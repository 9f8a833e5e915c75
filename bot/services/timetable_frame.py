"""Find the grids of a table: which row holds the days or the periods, and which columns."""

import re
from dataclasses import dataclass
from itertools import takewhile

from bot.services.roster_values import tidy
from bot.services.timetable_table import Table
from bot.services.timetable_values import Period, WrittenDay, as_day, as_period

Head = WrittenDay | Period
REMARK = re.compile(r"(?:备注|说明|注|序号|班主任|签名|签字)(?:$|[:：].*)")
MOST_HEADS = 3


@dataclass(frozen=True)
class Frame:
    """The heads of a grid: in a row from `first` on; those of the other kind stand left of it."""

    top: int
    bottom: int  # the last row of heads: dates may stand under the days of the week
    first: int
    days_across: bool

    def across(self, text: str) -> Head | None:
        """Read a head of the row."""
        return as_day(text) if self.days_across else as_period(text)

    def down(self, text: str) -> Head | None:
        """Read a head of the column."""
        return as_period(text) if self.days_across else as_day(text)

    def axis(self, table: Table, row: int) -> str:
        """Return what stands left of the grid in a row."""
        columns = (at for at in range(1, self.first) if not is_remark(table.text(self.top, at)))
        return table.joined(row, columns)

    def head(self, table: Table, column: int) -> str:
        """Return what stands above a column."""
        rows = (row for row in table.rows if self.top <= row <= self.bottom)
        return " ".join(dict.fromkeys(filter(None, (table.text(row, column) for row in rows))))


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
        frame = Frame(row, row, heads[0], days_across)
        more = list(takewhile(lambda one: _is_heads(table, frame, one), below[:MOST_HEADS]))  # noqa: B023
        frame = Frame(row, more[-1] if more else row, heads[0], days_across)
        rest = [one for one in below if one > frame.bottom]
        if any(frame.down(frame.axis(table, one)) for one in rest):
            return frame
    return None


def _is_heads(table: Table, frame: Frame, row: int) -> bool:
    """Say whether a row under the heads holds more of them, as dates under days of the week."""
    texts = [table.text(row, at) for at in range(frame.first, table.width + 1)]
    heads = [text for text in texts if text and not is_remark(text)]
    return bool(heads) and all(map(frame.across, heads)) and not frame.down(frame.axis(table, row))


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
