"""Read the attendance file of an online meeting: who was there from when to when, or why not."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.language import N_ as _
from bot.services.online_layouts import Header, header_of, load_layouts, plain
from bot.services.online_table import FORMULA, MacroError, Table, tables_of
from bot.services.online_values import NOTHING, after, placed, read_length, read_moment
from bot.services.roster_archive import RefusedError
from bot.services.roster_values import narrow, tidy

HEADER_WITHIN = 30
LONGEST = timedelta(hours=24)

FAULTS = {
    "missing": _("The file did not arrive. Please send it again."),
    "too_big": _("This file is too big for me. Please send a smaller one."),
    "old_xls": _("This is an old file. Please open it, save it as .xlsx and send it again."),
    "password": _("This file has a password. Please remove it and send the file again."),
    "bomb": _("This file unpacks to something far too big, so I did not open it."),
    "broken": _("I cannot open this file. Please export it once more, as .xlsx or .csv."),
    "too_many_rows": _("This file is far too long for a class. Please send that of one meeting."),
    "macro": _("This file carries a program (macro). Please save it as .xlsx and send it again."),
    "formula": _("There are formulas in this file. Please send it as the platform exported it."),
    "layout": _(
        "I do not see who joined and left when. Please send the list of participants that Tencent "
        "Meeting or DingTalk exports, as it is."
    ),
    "no_day": _(
        "This file does not say on which day the meeting was. Please export the one with the times "
        "of joining and leaving."
    ),
    "blank": _("The file is empty: there is nothing in it."),
    "empty": _("Nobody was in this meeting, so there is nothing to import."),
}


class UnreadableError(Exception):
    """A file that is not taken; its code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def msgid(self) -> str:
        """The sentence that says why."""
        return FAULTS[self.code]


@dataclass(frozen=True)
class OnlineRow:
    """One row: a label, and a span in the meeting.

    Where only the length is known, it begins at None and ends at None.
    """

    label: str
    joined: datetime | None
    left: datetime | None
    length: timedelta | None
    role: str = ""
    phone: str = ""
    number: str = ""


@dataclass(frozen=True)
class OnlineReading:
    """What a file says."""

    sha256: str
    origin: str
    rows: tuple[OnlineRow, ...]
    starts: datetime | None = None
    host: str = ""
    unreadable: int = 0

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """From when to when anybody was there; None where no row says a time."""
        joined = [row.joined for row in self.rows if row.joined]
        left = [row.left for row in self.rows if row.left]
        if joined and left:
            return min(joined), max(left)
        if self.starts is None:
            return None
        longest = max((row.length for row in self.rows if row.length), default=timedelta())
        return self.starts, self.starts + longest


def read_online(path: Path, near: datetime | None = None) -> OnlineReading:
    """Read a file whole; `near` is when the meeting was, where somebody says so beside it."""
    if not path.is_file():
        raise UnreadableError("missing")
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        tables = tables_of(path)
    except MacroError:
        raise UnreadableError("macro") from None
    except RefusedError as error:
        raise UnreadableError(error.code) from error
    header, above, below = _found(tables)
    starts, host = _above(above)
    return _rows(sha256, header, below, starts or near, host)


def _found(tables: Sequence[tuple[str, Table]]) -> tuple[Header, Table, Table]:
    """Find the header; of a file with several tables, the one that says most."""
    for origin in load_layouts().layouts:
        for _name, table in tables:
            for place, cells in enumerate(table[:HEADER_WITHIN]):
                if header := header_of(cells, origin):
                    return header, table[:place], table[place + 1 :]
    if not any(cell for _name, table in tables for row in table for cell in row):
        raise UnreadableError("blank")
    raise UnreadableError("layout")


def _above(rows: Table) -> tuple[datetime | None, str]:
    """Read what stands above the header: when the meeting began, and who held it."""
    words = load_layouts().above
    said: dict[str, str] = {}
    for row in rows:
        cells = [cell for cell in row if cell]
        for cell, following in zip(cells, [*cells[1:], ""], strict=True):
            head, colon, value = narrow(cell).partition(":")
            said.setdefault(plain(head), value.strip() if colon and value.strip() else following)
    starts = next((said[plain(one)] for one in words.starts if said.get(plain(one))), "")
    host = next((said[plain(one)] for one in words.host if said.get(plain(one))), "")
    moment = read_moment(starts)
    return moment if isinstance(moment, datetime) else None, tidy(host)


def _rows(
    sha256: str, header: Header, table: Table, near: datetime | None, host: str
) -> OnlineReading:
    rows: list[OnlineRow] = []
    unreadable = 0
    dayless = False
    for cells in table:
        said = {
            what: cells[place] if place < len(cells) else ""
            for what, place in header.columns.items()
        }
        if FORMULA in said.values():
            raise UnreadableError("formula")
        if not any(said.get(what) for what in ("name", "phone", "number")):
            continue
        if tidy(said.get("replay", "")) in load_layouts().replay:
            continue
        row, faultless, no_day = _row(said, header, near)
        dayless |= no_day
        unreadable += not faultless
        if row:
            rows.append(row)
    if dayless:
        raise UnreadableError("no_day")
    if not rows:
        raise UnreadableError("layout" if unreadable else "empty")
    return _ended(OnlineReading(sha256, header.origin, tuple(rows), near, host, unreadable))


def _row(
    said: dict[str, str], header: Header, near: datetime | None
) -> tuple[OnlineRow | None, bool, bool]:
    """Read one row: what it says, whether all of it could be read, whether its day is missing."""
    label = tidy(said["name"])
    length = read_length(said.get("length", ""), header.unit)
    joined: datetime | None = None
    left: datetime | None = None
    if "join" in header.columns:
        came = read_moment(said["join"])
        if came is None:
            return None, narrow(said["join"]) in NOTHING, False  # invited, but never came
        joined = placed(came, near)
        if joined is None:
            return None, True, True
        went = read_moment(said["leave"])
        if went is not None:
            left = after(joined, went)
        elif length is not None:
            left = joined + length
        if left is not None and not timedelta() <= left - joined <= LONGEST:
            return None, False, False
    elif length is None:
        return None, False, False
    elif not length:
        return None, True, False
    row = OnlineRow(
        label,
        joined,
        left,
        length,
        tidy(said.get("role", "")),
        narrow(said.get("phone", "")),
        narrow(said.get("number", "")),
    )
    return row, True, False


def _ended(reading: OnlineReading) -> OnlineReading:
    """Let who was still there when the file was made stay until the last one had gone."""
    last = max((row.left for row in reading.rows if row.left), default=None)
    open_ = [row for row in reading.rows if row.joined and row.left is None]
    if open_ and last is None:
        raise UnreadableError("layout")
    rows = [
        replace(row, left=max(last, row.joined)) if last and row.joined and not row.left else row
        for row in reading.rows
    ]
    return replace(reading, rows=tuple(rows))
