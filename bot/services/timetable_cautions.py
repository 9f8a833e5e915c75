"""What speaks against planned meetings without forbidding them: the day, the place, a learner."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncSession

from bot import almanac
from bot.language import N_ as _
from bot.language import SHANGHAI, translate
from bot.services.roster_values import narrow
from bot.services.special_days import tell
from bot.services.timetable_rows import Assumed
from bot.services.timetable_sense import odd
from bot.services.timetabling import PlannedMeeting, next_free
from db.models import Meeting, Mode, Person, StudyClass
from db.queries import meetings

PLACE = "place"
UNKNOWN_PLACE = "unknown_place"
LEARNER = "learner"
MOST_NUMBERS = 5
ALIKE = 0.4
FIRST_OF_ALL = datetime.min.replace(tzinfo=SHANGHAI)
Slot = tuple[datetime, datetime]
Cells = Mapping[tuple[int, datetime], str]  # the cell of a meeting by its class and its start


@dataclass(frozen=True)
class Caution:
    """One thing that staff should know of a meeting, and when it could be held instead."""

    kind: str
    entry: PlannedMeeting | None  # none where it is of the file
    text: str
    values: dict[str, str | int] = field(default_factory=dict)
    notice: almanac.Notice | None = None
    free: Slot | None = None
    cell: str = ""
    other: str = ""  # the cell of the other side

    def told(self, language: str) -> str:
        """Say it in a language, with its time and cell."""
        said = self.said(language)
        when = " ".join(filter(None, (self.cell, self.entry.when if self.entry else "")))
        if self.free is None:
            return translate(language, _("%(when)s: %(caution)s"), when=when, caution=said)
        return translate(
            language,
            _("%(when)s: %(caution)s Free: %(free)s."),
            when=when,
            caution=said,
            free=PlannedMeeting(*self.free, "").when,
        )

    def said(self, language: str) -> str:
        """Say in a language what it is."""
        if self.notice:
            return tell(self.notice, language)
        return translate(language, self.text, **self.values)

    def as_json(self) -> dict[str, object]:
        """Shape it for `--json`; the sentence is for people, the rest for machines."""
        return {
            "kind": self.kind,
            "when": self.entry.when if self.entry else "",
            "place": self.entry.place if self.entry else "",
            "cell": self.cell,
            "other_cell": self.other,
            "name": self.notice.name if self.notice else "",
            "verify": bool(self.notice and self.notice.verify),
            "message": self.told("zh_Hans_CN"),
            "message_en": self.told("en"),
            "next_free": [one.astimezone(SHANGHAI).isoformat() for one in self.free or ()],
        }


async def cautions(
    session: AsyncSession,
    study_class: StudyClass,
    teacher: Person,
    entries: Sequence[PlannedMeeting],
    now: datetime,
    places: Iterable[str] | None = None,
    cells: Cells | None = None,
) -> list[Caution]:
    """List what speaks against meetings, by time; with the cells of a file that says them.

    They may be planned already, for a class is only in another one's way; then `places` are those
    that were known before.
    """
    if not entries:
        return []
    cells = cells or {}
    ordered = sorted(entries, key=lambda entry: entry.starts_at)
    if places is None:
        places = await meetings.places_of(session, study_class.county_id)
    found = [
        *await _of_days(session, study_class, teacher, ordered, now),
        *_of_places(ordered, set(places)),
        *await _of_others(session, study_class, ordered, now, cells),
        *(Caution(one.kind, one.entry, one.text, one.values) for one in odd(ordered)),
    ]
    return in_order(
        replace(one, cell=cells.get((study_class.id, one.entry.starts_at), ""))
        for one in found
        if one.entry
    )


def in_order(found: Iterable[Caution]) -> list[Caution]:
    """Sort cautions by time, those of the whole file first; a clash is told from one side."""
    told: dict[object, Caution] = {}
    for one in found:
        sides = frozenset((one.cell, one.other)) if one.cell and one.other else id(one)
        told.setdefault((one.kind, sides), one)
    return sorted(told.values(), key=lambda one: one.entry.starts_at if one.entry else FIRST_OF_ALL)


def of_file(assumed: Iterable[Assumed]) -> list[Caution]:
    """Say what a file left open and was filled in."""
    return [Caution(one.kind, None, one.text, one.values, cell=one.cell) for one in assumed]


async def _of_days(
    session: AsyncSession,
    study_class: StudyClass,
    teacher: Person,
    entries: Sequence[PlannedMeeting],
    now: datetime,
) -> list[Caution]:
    """Say what is special about each day, once a day; what is not known of a year, once."""
    found: list[Caution] = []
    first_of: dict[date, PlannedMeeting] = {}
    for entry in entries:
        first_of.setdefault(entry.day, entry)
    untold: set[str] = set()
    for day, entry in first_of.items():
        free: Slot | None = None
        notices = almanac.warnings_on(day, study_class.township)
        if any(notice.avoid for notice in notices):
            slot = (entry.starts_at, entry.ends_at)
            free = await next_free(session, study_class, teacher, *slot, now)
        for notice in notices:
            if notice.avoid:
                found.append(Caution(notice.kind, entry, notice.text, notice.values, notice, free))
            elif notice.name not in untold:
                untold.add(notice.name)
                found.append(Caution(notice.kind, entry, notice.text, notice.values, notice))
    return found


def _of_places(entries: Sequence[PlannedMeeting], known: set[str]) -> list[Caution]:
    """Name each place where nobody has met yet, once, with the one that is most like it."""
    by_sign = {_sign(place): place for place in known}
    found: dict[str, Caution] = {}
    for entry in entries:
        sign = _sign(entry.place)
        if not known or sign in by_sign or sign in found or entry.mode is Mode.ONLINE:
            continue
        near = get_close_matches(sign, by_sign, 1, ALIKE)
        text = _("Nobody has met at %(place)s yet.")
        values: dict[str, str | int] = {"place": entry.place}
        if near:
            text = _("Nobody has met at %(place)s yet; is it %(near)s?")
            values["near"] = by_sign[near[0]]
        found[sign] = Caution(UNKNOWN_PLACE, entry, text, values)
    return list(found.values())


async def _of_others(
    session: AsyncSession,
    study_class: StudyClass,
    entries: Sequence[PlannedMeeting],
    now: datetime,
    cells: Cells,
) -> list[Caution]:
    """Say which other class takes the place or some of the learners at the same time."""
    standing = await meetings.of_county(
        session,
        study_class.county_id,
        after=entries[0].starts_at,
        until=max(entry.ends_at for entry in entries),
    )
    others = [meeting for meeting in standing if meeting.study_class_id != study_class.id]
    shared: dict[int, list[str]] = defaultdict(list)
    for class_id, number in await meetings.classmates_elsewhere(session, study_class.id, now):
        shared[class_id].append(number)
    return [
        caution
        for entry in entries
        for other in others
        if entry.meets(other)
        for caution in _between(entry, other, shared.get(other.study_class_id, []), cells)
    ]


def _between(
    entry: PlannedMeeting, other: Meeting, shared: list[str], cells: Cells
) -> list[Caution]:
    found = []
    cell = cells.get((other.study_class_id, other.starts_at), "")
    when = PlannedMeeting(other.starts_at, other.ends_at, other.place).when
    values: dict[str, str | int] = {
        "study_class": other.study_class.name,
        "when": " ".join(filter(None, (cell, when))),
    }
    if Mode.ONLINE not in {entry.mode, other.mode} and _sign(entry.place) == _sign(other.place):
        text = _("%(study_class)s is at %(place)s then (%(when)s).")
        found.append(Caution(PLACE, entry, text, values | {"place": other.place}, other=cell))
    if shared:
        numbers = "、".join(shared[:MOST_NUMBERS]) + ("……" if len(shared) > MOST_NUMBERS else "")
        text = _("Learners are in %(study_class)s then (%(when)s): %(numbers)s.")
        found.append(Caution(LEARNER, entry, text, values | {"numbers": numbers}, other=cell))
    return found


def _sign(place: str) -> str:
    """Return what makes two spellings the same place."""
    return "".join(narrow(place).split()).lower()
