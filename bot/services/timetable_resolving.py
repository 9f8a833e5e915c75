"""Find out who teaches and where, from what a line or a cell says and what the class is like."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.roster_people import CellError
from bot.services.timetable_rows import TimetableRow, wrong
from db.models import Person, Role, StudyClass
from db.queries import meetings, people

_PLACE = re.compile(r"[村寨镇乡校楼室点场站院馆屋厅堂园店]|基地|中心|车间|会议|\d")
_TITLE = re.compile(r"(?:老师|教师|师傅)$")


@dataclass(frozen=True)
class Desk:
    """A class with those who teach it, by name, and the places of its county."""

    study_class: StudyClass
    teachers: dict[str, Person | None]  # nobody under a name that two have
    places: frozenset[str]

    def teacher(self, name: str) -> Person | None:
        """Find who teaches under a name, with or without 老师 after it."""
        return self.teachers.get(name) or self.teachers.get(_TITLE.sub("", name))


async def desk_of(session: AsyncSession, study_class: StudyClass, now: datetime) -> Desk:
    """Gather what decides who and where."""
    found = {
        person.id: person
        for role in (Role.TEACHER, Role.CLASS_HEAD)
        for person in await people.members(session, study_class.id, role, now)
    }
    teachers: dict[str, Person | None] = {}
    for person in found.values():
        teachers[person.name] = None if person.name in teachers else person
    places = await meetings.places_of(session, study_class.county_id)
    return Desk(study_class, teachers, frozenset(places))


def settle(row: TimetableRow, desk: Desk) -> tuple[TimetableRow, Person] | CellError:
    """Give a line its teacher and its place, or say which cell lacks one."""
    name, place = row.teacher, row.entry.place
    for part in row.extras:
        if _is_teacher(part, desk) and not name:
            name = part
        elif not place:
            place = part
        else:
            return wrong("parts", row.sheet, row.row, row.columns["lesson"])
    name = name or row.usual_teacher or _only(desk)
    if not name:
        return wrong("no_teacher", row.sheet, row.row, row.columns["teacher"])
    teacher = desk.teacher(name)
    if teacher is None:
        return wrong("teacher", row.sheet, row.row, row.columns["teacher"], name=name)
    place = place or row.usual_place or desk.study_class.teaching_point
    if not place:
        return wrong("no_place", row.sheet, row.row, row.columns["place"])
    return replace(row, entry=replace(row.entry, place=place)), teacher


def _is_teacher(part: str, desk: Desk) -> bool:
    """Say whether a part of a cell names a person: one of the class, or what is no place."""
    if desk.teacher(part):
        return True
    return part not in desk.places and not _PLACE.search(part)


def _only(desk: Desk) -> str:
    """Return the name of the only one who teaches a class."""
    return next(iter(desk.teachers)) if len(desk.teachers) == 1 else ""
