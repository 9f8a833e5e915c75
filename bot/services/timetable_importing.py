"""Plan what a timetable file says: whole or not at all."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.roster_people import CellError
from bot.services.timetable_file import TimetableReading, TimetableRow, wrong
from bot.services.timetabling import PlannedMeeting, plan_meetings
from db.models import Person, Role, StudyClass
from db.queries import people


@dataclass(frozen=True)
class Planned:
    """What an import planned, what stood already, and the cells that kept it from planning."""

    new: int = 0
    unchanged: int = 0
    errors: tuple[CellError, ...] = ()

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
        }


async def plan_timetable(
    session: AsyncSession, reading: TimetableReading, study_class: StudyClass | None, now: datetime
) -> Planned:
    """Plan every line, in the class that it names or else in the one given."""
    errors = list(reading.errors)
    plans: dict[tuple[int, int], list[PlannedMeeting]] = defaultdict(list)
    classes: dict[int, StudyClass] = {}
    teachers: dict[int, Person] = {}
    for row in reading.rows:
        place = await _class_of(session, row, study_class)
        if place is None:
            where = row.columns.get("class_name", row.columns["day"])
            errors.append(wrong("class", row.sheet, row.row, where, name=row.class_name))
            continue
        teacher = await _teacher(session, place, row.teacher, now)
        if teacher is None:
            where = row.columns["teacher"]
            errors.append(wrong("teacher", row.sheet, row.row, where, name=row.teacher))
            continue
        classes[place.id], teachers[teacher.id] = place, teacher
        plans[place.id, teacher.id].append(row.entry)
    if errors:
        return Planned(errors=tuple(errors))
    new = 0
    for (class_id, teacher_id), entries in plans.items():
        new += len(
            await plan_meetings(session, classes[class_id], teachers[teacher_id], entries, now)
        )
    return Planned(new, len(reading.rows) - new)


async def _class_of(
    session: AsyncSession, row: TimetableRow, given: StudyClass | None
) -> StudyClass | None:
    return await people.class_named(session, row.class_name) if row.class_name else given


async def _teacher(
    session: AsyncSession, study_class: StudyClass, name: str, now: datetime
) -> Person | None:
    """Find who teaches under this name in a class; nobody where two do."""
    found = {
        person.id: person
        for role in (Role.TEACHER, Role.CLASS_HEAD)
        for person in await people.members(session, study_class.id, role, now)
        if person.name == name
    }
    return next(iter(found.values())) if len(found) == 1 else None
