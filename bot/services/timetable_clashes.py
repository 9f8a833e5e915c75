"""Meetings of a file that cannot both be held: each pair, with the cells of both sides."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.roster_people import CellError
from bot.services.timetable_resolving import Desk
from bot.services.timetable_rows import TimetableRow, wrong
from bot.services.timetabling import PlannedMeeting, stands
from db.models import Meeting, Person
from db.queries import meetings

MOST = 500  # pairs that are listed
Plan = tuple[Desk, Person, list[TimetableRow]]
Held = tuple[Desk, Person, TimetableRow]


async def clashes(session: AsyncSession, plans: Sequence[Plan]) -> list[CellError]:
    """List what overlaps within a file, then what overlaps with meetings that stand."""
    held = [(desk, teacher, row) for desk, teacher, rows in plans for row in rows]
    found = list(_within(held))
    for desk, teacher, rows in plans:
        if rows:
            found += await _with_standing(session, desk, teacher, rows)
    return found[:MOST]


def _within(held: Sequence[Held]) -> Iterator[CellError]:
    told = 0
    running: list[Held] = []
    for desk, teacher, row in sorted(held, key=_order):
        running = [one for one in running if one[2].entry.ends_at > row.entry.starts_at]
        for other_desk, other_teacher, other in running:
            same_class = other_desk.study_class.id == desk.study_class.id
            if told >= MOST or not (same_class or other_teacher.id == teacher.id):
                continue
            told += 1
            code = "clash_class" if same_class else "clash_teacher"
            values = {"other": other.cell, "when": other.entry.when, "name": teacher.name}
            yield _wrong(code, row, **values)
        running.append((desk, teacher, row))


def _order(held: Held) -> tuple[datetime, str, int]:
    """Sort by time; of those at the same time the one that stands lower in the file is blamed."""
    row = held[2]
    return row.entry.starts_at, row.sheet, row.row


async def _with_standing(
    session: AsyncSession, desk: Desk, teacher: Person, rows: Sequence[TimetableRow]
) -> list[CellError]:
    study_class = desk.study_class
    standing = await meetings.around(
        session,
        study_class.id,
        teacher.id,
        after=min(row.entry.starts_at for row in rows),
        until=max(row.entry.ends_at for row in rows),
    )
    return [
        _wrong(
            "taken_class" if meeting.study_class_id == study_class.id else "taken_teacher",
            row,
            when=_when(meeting),
            title=meeting.title,
            name=teacher.name,
            other=meeting.study_class.name,
        )
        for row in rows
        if not stands(row.entry, study_class, teacher, standing)
        for meeting in standing
        if row.entry.meets(meeting)
    ]


def _when(meeting: Meeting) -> str:
    return PlannedMeeting(meeting.starts_at, meeting.ends_at, meeting.place).when


def _wrong(code: str, row: TimetableRow, **values: str) -> CellError:
    column = row.columns.get("lesson", row.columns["day"])
    return wrong(code, row.sheet, row.row, column, **values)
