"""Plan what a timetable file says: whole or not at all."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.roster_people import CellError
from bot.services.taught import pack
from bot.services.timetable_cautions import Caution, cautions, in_order, of_file
from bot.services.timetable_clashes import Plan, clashes
from bot.services.timetable_resolving import Desk, desk_of, settle
from bot.services.timetable_rows import TimetableReading, TimetableRow, wrong
from bot.services.timetable_sense import past
from bot.services.timetabling import plan_meetings
from db.models import Meeting, MeetingState, Person, StudyClass
from db.queries import meetings, people

MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Planned:
    """What an import planned, what stood already, and the cells that kept it from planning."""

    new: int = 0
    unchanged: int = 0
    errors: tuple[CellError, ...] = ()
    warnings: tuple[Caution, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Shape the result for `--json`."""
        return {
            "new": self.new,
            "unchanged": self.unchanged,
            "errors": [
                {
                    "sheet": error.sheet,
                    "row": error.row,
                    "column": error.column,
                    "code": error.code,
                    "message": f"{error.message_zh} {error.message_en}",
                }
                for error in self.errors
            ],
            "warnings": [warning.as_json() for warning in self.warnings],
        }


async def plan_timetable(
    session: AsyncSession, reading: TimetableReading, study_class: StudyClass | None, now: datetime
) -> Planned:
    """Plan every meeting, in the class that it names or else in the one given."""
    plans, errors = await _settle(session, reading, study_class, now)
    if errors := [*reading.errors, *errors]:
        return Planned(errors=tuple(dict.fromkeys(errors)))
    if wrong_cells := await clashes(session, plans):
        return Planned(errors=tuple(dict.fromkeys(wrong_cells)))
    made: list[Meeting] = []
    for desk, teacher, rows in plans:
        entries = [row.entry for row in rows]
        made += await plan_meetings(session, desk.study_class, teacher, entries, now)
    warnings = await _warnings(session, reading, plans, made, now)
    return Planned(len(made), len(reading.rows) - len(made), warnings=tuple(warnings))


async def _warnings(
    session: AsyncSession,
    reading: TimetableReading,
    plans: Sequence[Plan],
    made: Sequence[Meeting],
    now: datetime,
) -> list[Caution]:
    """Gather what speaks against what was planned, each with its cell."""
    cells = {
        (desk.study_class.id, row.entry.starts_at): row.cell
        for desk, _teacher, rows in plans
        for row in rows
    }
    found = of_file(reading.assumed.values())
    new = {(meeting.study_class_id, meeting.starts_at) for meeting in made}
    fresh = [
        (row.entry, desk.study_class.id)
        for desk, _teacher, rows in plans
        for row in rows
        if (desk.study_class.id, row.entry.starts_at) in new
    ]
    for one in past([entry for entry, _number in fresh], now):
        number = next(number for entry, number in fresh if entry is one.entry)
        cell = cells[number, one.entry.starts_at]
        found.append(Caution(one.kind, None, one.text, one.values, cell=cell))
    for desk, teacher, rows in plans:
        entries = [row.entry for row in rows]
        found += await cautions(
            session, desk.study_class, teacher, entries, now, desk.places, cells
        )
    return in_order(found)


async def _settle(
    session: AsyncSession, reading: TimetableReading, study_class: StudyClass | None, now: datetime
) -> tuple[list[Plan], list[CellError]]:
    """Sort the meetings by class and teacher; name each cell that keeps one from being planned."""
    errors: list[CellError] = []
    desks: dict[str, Desk | None] = {}
    rows: dict[int, list[tuple[TimetableRow, Person]]] = defaultdict(list)
    for row in reading.rows:
        if row.class_name not in desks:
            place = await _class_of(session, row, study_class)
            desks[row.class_name] = await desk_of(session, place, now) if place else None
        desk = desks[row.class_name]
        if desk is None:
            where = row.columns.get("class_name", row.columns["day"])
            errors.append(wrong("class", row.sheet, row.row, where, name=row.class_name))
            continue
        settled = settle(row, desk, reading)
        if isinstance(settled, CellError):
            errors.append(settled)
        else:
            rows[desk.study_class.id].append(settled)
    plans: list[Plan] = []
    by_class = {desk.study_class.id: desk for desk in desks.values() if desk}
    for class_id, found in rows.items():
        ordered, left_out = await _in_order(session, class_id, found)
        errors += left_out
        of_teacher: dict[Person, list[TimetableRow]] = defaultdict(list)
        for row, teacher in ordered:
            of_teacher[teacher].append(row)
        plans += [(by_class[class_id], teacher, held) for teacher, held in of_teacher.items()]
    return plans, errors


async def _class_of(
    session: AsyncSession, row: TimetableRow, given: StudyClass | None
) -> StudyClass | None:
    return await people.class_named(session, row.class_name) if row.class_name else given


async def _in_order(
    session: AsyncSession, class_id: int, rows: list[tuple[TimetableRow, Person]]
) -> tuple[list[tuple[TimetableRow, Person]], list[CellError]]:
    """Give each meeting that names only a course its next lesson; one that stands keeps its own."""
    rows = sorted(rows, key=lambda one: one[0].entry.starts_at)
    if not any(row.in_order for row, _ in rows):
        return rows, []
    standing = {
        meeting.starts_at: meeting.lesson
        for meeting in await meetings.of_class(
            session,
            class_id,
            after=rows[0][0].entry.starts_at,
            until=rows[-1][0].entry.starts_at + MOMENT,
        )
        if meeting.state is not MeetingState.CANCELLED
    }
    taken = await meetings.lessons_of(session, class_id) | {row.entry.lesson for row, _ in rows}
    given, errors = [], []
    for row, teacher in rows:
        if not row.in_order:
            given.append((row, teacher))
            continue
        course = pack(row.in_order)
        following = (lesson.key for lesson in course.lessons if lesson.key not in taken)
        key = standing.get(row.entry.starts_at) or next(following, None)
        if key is None:
            where = row.columns["lesson"]
            errors.append(wrong("lessons_out", row.sheet, row.row, where, course=course.title))
            continue
        taken.add(key)
        given.append((replace(row, entry=replace(row.entry, lesson=key)), teacher))
    return given, errors
