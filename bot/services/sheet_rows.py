"""Rows of a sheet while they are keyed in: what was said of each, their pictures, their buttons."""

from collections.abc import Mapping
from pathlib import Path

from bot.language import MANDARIN, translate
from bot.language import N_ as _
from bot.paper import layout, strips
from bot.voice.buttons import BLUE, GREEN, Keyboard, button
from db.models import Person, Sheet, Status

COLUMNS = 2
FACES = {
    Status.PRESENT: _("here"),
    Status.ABSENT: _("absent"),
    Status.LEAVE: _("leave"),
    Status.LATE: _("late"),
}
TURN: dict[Status | None, Status | None] = {
    None: Status.PRESENT,
    Status.PRESENT: Status.ABSENT,
    Status.ABSENT: Status.LEAVE,
    Status.LEAVE: Status.LATE,
    Status.LATE: None,
}
Draft = dict[int, Status]


def draft(sheet: Sheet) -> Draft:
    """Return what was keyed in so far, by row."""
    return {int(row): Status(status) for row, status in (sheet.keyed or {}).items()}


def _keep(sheet: Sheet, keyed: Draft) -> None:
    sheet.keyed = {str(row): status.value for row, status in sorted(keyed.items())}


def strip_file(sheet: Sheet, strip: int) -> str:
    """Name the picture of some rows, which lies beside the straightened page."""
    path = Path(sheet.straight)
    return path.with_name(f"{path.stem}-{strip}{path.suffix}").as_posix()


def shown_strips(sheet: Sheet) -> int:
    """Return how many strips have somebody in them, or the row that a newcomer signs."""
    last = max((layout.place_of(int(row)) for row in sheet.rows), default=0)
    return min(last + 1, layout.ROWS - 1) // strips.AT_ONCE + 1


def strip_of(row: int) -> int:
    """Return the strip that shows a row."""
    return layout.place_of(row) // strips.AT_ONCE


def rows_of(sheet: Sheet, strip: int) -> list[int]:
    """Return the rows of somebody that a strip shows."""
    shown = strips.places(strip)
    return sorted(int(row) for row in sheet.rows if layout.place_of(int(row)) in shown)


def buttons(sheet: Sheet, strip: int, listed: Mapping[int, Person]) -> Keyboard:
    """Return the buttons of a strip: its rows in their order, then what goes for all."""
    keyed = draft(sheet)
    faces = [
        button(
            f"{row} {listed[row].name} {face(keyed.get(row))}",
            f"sheetrow:{sheet.id}:{row}",
        )
        for row in rows_of(sheet, strip)
        if row in listed
    ]
    rows = [faces[start : start + COLUMNS] for start in range(0, len(faces), COLUMNS)]
    turns = [button("«", f"sheetgo:{sheet.id}:{strip - 1}")] if strip else []
    if strip + 1 < shown_strips(sheet):
        turns.append(button("»", f"sheetgo:{sheet.id}:{strip + 1}"))
    turns.append(button(translate(MANDARIN, _("+ Newcomer")), f"walkin:{sheet.meeting_id}"))
    everybody = button(translate(MANDARIN, _("All here")), f"sheetall:{sheet.id}:{strip}", GREEN)
    save_ = button(translate(MANDARIN, _("Save")), f"sheetsave:{sheet.id}", BLUE)
    return [*rows, turns, [everybody, save_]]


def face(status: Status | None) -> str:
    """Return one character for a state."""
    return translate(MANDARIN, FACES[status]) if status else "·"


def turn_row(sheet: Sheet, row: int) -> Status | None:
    """Turn a row on to its next state."""
    keyed = draft(sheet)
    following = TURN.get(keyed.pop(row, None))
    _keep(sheet, keyed | ({row: following} if following else {}))
    return following


def all_here(sheet: Sheet, strip: int) -> None:
    """Key in everybody of these rows as here who is not keyed in yet."""
    _keep(sheet, dict.fromkeys(rows_of(sheet, strip), Status.PRESENT) | draft(sheet))
