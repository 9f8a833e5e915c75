"""Find out who teaches what and where, from what a line or a cell says and the class is like."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.services.roster_people import CellError
from bot.services.timetable_meeting import LONGEST_TITLE
from bot.services.timetable_rows import TimetableReading, TimetableRow, wrong
from bot.services.timetable_values import course_of, is_ours, known_lessons, lesson_of, own_title
from db.models import Person, Role, StudyClass
from db.queries import meetings, people

_PLACE = re.compile(r"[村寨镇乡校楼室点场站院馆屋厅堂园店]|基地|中心|车间|会议|\d")
_TITLE = re.compile(r"(?:老师|教师|师傅)$")
_NAMES = re.compile(r"[、,，;；/／|&]+|(?<=老师|教师|师傅)\s+")
_CALLED = re.compile(r".{1,3}(?:老师|师傅)")
_BRACKET = re.compile(r"(.+?) ?[(（\[【]([^()（）\[\]【】]+)[)）\]】]")
ONE_TEACHER = "one_teacher"
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

    def teachers_in(self, name: str) -> list[str]:
        """Part the names of several teachers in one cell; 石老师、杨老师 are two."""
        names = [one for part in _NAMES.split(name) if (one := part.strip())]
        whole = name if self.teacher(name) else "".join(names)
        return [whole] if self.teacher(whole) else names or [name]

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


def settle(
    row: TimetableRow, desk: Desk, reading: TimetableReading
) -> tuple[TimetableRow, Person] | CellError:
    """Give a line what is taught, its teacher and its place, or say which cell lacks one."""
    if row.line:
        row = _resolve(row, desk)
        if row.line:
            known = known_lessons(row.line)
            return wrong("lesson", row.sheet, row.row, row.columns["lesson"], known=known)
    sorted_out = _sorted(row, desk)
    if sorted_out is None:
        return wrong("parts", row.sheet, row.row, row.columns["lesson"])
    name, place = sorted_out
    at = row.columns.get("teacher", row.columns["lesson"])
    if not name and row.usual_teacher:
        name, at = row.usual_teacher, row.columns.get("usual_teacher", at)
    name = name or _only(desk)
    if not name:
        return wrong("no_teacher", row.sheet, row.row, at)
    name, *others = desk.teachers_in(name)
    teacher = desk.teacher(name)
    if teacher is None:
        code = "two_teachers" if desk.called(name) else "teacher"
        return wrong(code, row.sheet, row.row, at, name=name)
    place = place or row.usual_place or desk.study_class.teaching_point
    if not place:
        where = row.columns.get("place", row.columns["lesson"])
        return wrong("no_place", row.sheet, row.row, where)
    _mind_others(
        reading,
        f"{row.sheet}!{at}{row.row}",
        name,
        [one for one in others if desk.teacher(one) is not teacher],
    )
    return replace(row, entry=replace(row.entry, place=place)), teacher


def _sorted(row: TimetableRow, desk: Desk) -> tuple[str, str] | None:
    """Tell the names from the place in the parts of a cell; None where there are too many."""
    name, place = row.teacher, row.entry.place
    for part in row.extras:
        if _is_teacher(part, desk) and not name:
            name = part
        elif desk.teacher(part) or _CALLED.fullmatch(part):
            name = "、".join(filter(None, (name, part)))
        elif not place:
            place = part
        else:
            return None
    return name, place


def _mind_others(reading: TimetableReading, cell: str, first: str, others: list[str]) -> None:
    """Note who stands in a cell beside the one that is planned."""
    if others:
        reading.assume(
            ONE_TEACHER,
            cell,
            _("A meeting has one teacher; only the first is planned: %(first)s, not %(others)s."),
            first=first,
            others="、".join(others),
        )


def _resolve(row: TimetableRow, desk: Desk) -> TimetableRow:
    """Tell what is taught from who and where in one line: 文化基础 石老师; the rest is a title."""
    bracket = _BRACKET.fullmatch(row.line)
    words = [*bracket[1].split(), bracket[2]] if bracket else row.line.split()
    teacher, place = row.teacher, row.entry.place
    peeled = len(words)
    while peeled > 1:
        word = words[peeled - 1]
        if not teacher and _names_teachers(word, desk):
            teacher = word
        elif teacher and not row.teacher and (desk.teacher(word) or _CALLED.fullmatch(word)):
            teacher = f"{word}、{teacher}"
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


def _names_teachers(word: str, desk: Desk) -> bool:
    """Say whether a word at the end of a line names who teaches: 石老师, 石明贵、李示例."""
    return bool(_TITLE.search(word)) or all(map(desk.teacher, desk.teachers_in(word)))


def _is_teacher(part: str, desk: Desk) -> bool:
    """Say whether a part of a cell names a person: one of the class, or what is no place."""
    if any(map(desk.teacher, desk.teachers_in(part))):
        return True
    return part not in desk.places and not _PLACE.search(part)


def _only(desk: Desk) -> str:
    """Return the name of the only one who teaches a class."""
    return next(iter(desk.teachers)) if len(desk.teachers) == 1 else ""
