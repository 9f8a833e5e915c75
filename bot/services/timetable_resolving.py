"""Find out who teaches what and where, from what a line or a cell says and the class is like."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.roster_people import CellError
from bot.services.timetable_meeting import LONGEST_TITLE
from bot.services.timetable_rows import TimetableRow, wrong
from bot.services.timetable_values import course_of, is_ours, known_lessons, lesson_of, own_title
from db.models import Person, Role, StudyClass
from db.queries import meetings, people

_PLACE = re.compile(r"[村寨镇乡校楼室点场站院馆屋厅堂园店]|基地|中心|车间|会议|\d")
_TITLE = re.compile(r"(?:老师|教师|师傅)$")
_BRACKET = re.compile(r"(.+?) ?[(（\[【]([^()（）\[\]【】]+)[)）\]】]")
_SHORTEST = 2  # characters of a name that is not written in full


@dataclass(frozen=True)
class Desk:
    """A class with those who teach it, by name, and the places of its county."""

    study_class: StudyClass
    teachers: dict[str, Person | None]  # nobody under a name that two have
    places: frozenset[str]

    def teacher(self, name: str) -> Person | None:
        """Find who teaches under a name: with or without 老师 after it, in full or as one calls."""
        found = self.teachers.get(name) or self.teachers.get(_TITLE.sub("", name))
        called = self.called(name)
        return found or (self.teachers[called[0]] if len(called) == 1 else None)

    def called(self, name: str) -> list[str]:
        """List the teachers who may be meant: 石老师 and 明贵老师 are both 石明贵."""
        bare = _TITLE.sub("", name)
        titled = bare != name and bool(bare)
        return [
            full
            for full in self.teachers
            if full == bare
            or (len(name) >= _SHORTEST and full.endswith(name))
            or (titled and (full.startswith(bare) or full.endswith(bare)))
        ]


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
    """Give a line what is taught, its teacher and its place, or say which cell lacks one."""
    if row.line:
        row = _resolve(row, desk)
        if row.line:
            known = known_lessons(row.line)
            return wrong("lesson", row.sheet, row.row, row.columns["lesson"], known=known)
    name, place = row.teacher, row.entry.place
    for part in row.extras:
        if _is_teacher(part, desk) and not name:
            name = part
        elif not place:
            place = part
        else:
            return wrong("parts", row.sheet, row.row, row.columns["lesson"])
    name = name or row.usual_teacher or _only(desk)
    at = row.columns.get("teacher", row.columns["lesson"])
    if not name:
        return wrong("no_teacher", row.sheet, row.row, at)
    teacher = desk.teacher(name)
    if teacher is None:
        code = "two_teachers" if desk.called(name) else "teacher"
        return wrong(code, row.sheet, row.row, at, name=name)
    place = place or row.usual_place or desk.study_class.teaching_point
    if not place:
        at = row.columns.get("place", row.columns["lesson"])
        return wrong("no_place", row.sheet, row.row, at)
    return replace(row, entry=replace(row.entry, place=place)), teacher


def _resolve(row: TimetableRow, desk: Desk) -> TimetableRow:
    """Tell what is taught from who and where in one line: 文化基础 石老师; the rest is a title."""
    bracket = _BRACKET.fullmatch(row.line)
    words = [*bracket[1].split(), bracket[2]] if bracket else row.line.split()
    teacher, place = row.teacher, row.entry.place
    peeled = len(words)
    while peeled > 1:
        word = words[peeled - 1]
        if not teacher and (desk.teacher(word) or _TITLE.search(word)):
            teacher = word
        elif not place and word in desk.places:
            place = word
        else:
            break
        peeled -= 1
    text = " ".join(words[:peeled]) if peeled < len(words) else row.line
    row = replace(row, line=text, teacher=teacher, entry=replace(row.entry, place=place))
    if key := lesson_of(text):
        return replace(row, line="", entry=replace(row.entry, lesson=key))
    if course := course_of(text):
        return replace(row, line="", in_order=course)
    if is_ours(text):
        return row
    given = row.entry.title
    both = own_title(f"{text} {given}")
    title = both if given not in text and len(both) <= LONGEST_TITLE else own_title(text)
    return replace(row, line="", entry=replace(row.entry, title=title))


def _is_teacher(part: str, desk: Desk) -> bool:
    """Say whether a part of a cell names a person: one of the class, or what is no place."""
    if desk.teacher(part):
        return True
    return part not in desk.places and not _PLACE.search(part)


def _only(desk: Desk) -> str:
    """Return the name of the only one who teaches a class."""
    return next(iter(desk.teachers)) if len(desk.teachers) == 1 else ""
