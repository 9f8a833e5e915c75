"""The county's base figures: the census, the townships' visits, who is enrolled, who registered.

A person of several lists is one: known by the ID number, else by name, birthday and village. What
a later line says counts before what an earlier one said.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import roster_codes
from bot.services.roster_people import ListKind
from bot.services.roster_values import age_at
from db.models import Person, RosterEntry, Track
from db.queries import rosters

# Who is not to be taught any more, whatever list they stand in.
LEFT_OUT = frozenset({"died", "moved", "schooled", "unable", "missing"})
NO_PLACE = "（未填）"


@dataclass
class Counted:
    """One human being, whatever lists name them."""

    name: str
    sex: str
    birth_date: date | None
    township: str
    village: str
    person: Person | None = None
    lists: set[str] = field(default_factory=set)
    visits: set[str] = field(default_factory=set)
    whereabouts: str = ""
    said: str = ""
    disability: str = ""
    in_census: bool | None = None
    enrolled: bool = False
    registered: bool = False

    @property
    def of_census(self) -> bool:
        """Whether the census has them: by its own list, else by what the visit noted."""
        return ListKind.CENSUS in self.lists or bool(self.in_census)


@dataclass(frozen=True)
class Bounds:
    """Whom the figures count as to be taught, and on which day."""

    on: date
    youngest: int
    oldest: int


async def counted(session: AsyncSession, county_id: int, now: datetime) -> list[Counted]:
    """Lay the lists and the base over each other."""
    entries = await rosters.of_county(session, county_id)
    learners = {one.id: one for one in await rosters.learners(session, county_id, now)}
    registered = await rosters.on_register(session, county_id, Track.REGISTER)
    linked = {one.person_id for one in entries if one.person_id} | set(learners)
    by_person = {one.id: one for one in await rosters.people_of(session, sorted(linked))}
    people: list[Counted] = []
    index = _Index()
    for person in by_person.values():
        kept = by_person.get(person.merged_into or 0)
        one = index.at_person(kept.id) if kept else None
        if one is None:
            one = _of_person(person)
            one.enrolled = person.id in learners
            one.registered = person.id in registered
            people.append(one)
        index.add(one, person.id, person.id_fingerprint)
    for entry in entries:
        found = index.find(entry)
        if found is None:
            found = Counted(entry.name, entry.sex, entry.birth_date, entry.township, entry.village)
            people.append(found)
        index.add(found, entry.person_id, entry.id_fingerprint, entry)
        _lay_over(found, entry)
    # Of the base only who is a learner or on a list is counted.
    return [one for one in people if one.enrolled or one.lists]


class _Index:
    """Finds a human being by the ID number, else by name, birthday and village."""

    def __init__(self) -> None:
        self._persons: dict[int, Counted] = {}
        self._prints: dict[str, Counted] = {}
        self._names: dict[tuple[str, date | None, str], Counted] = {}
        self._sure: set[int] = set()  # of whom a number is known

    def at_person(self, number: int) -> Counted | None:
        """Find by a person of the base."""
        return self._persons.get(number)

    def find(self, entry: RosterEntry) -> Counted | None:
        """Find whom a line is about."""
        if entry.person_id and (found := self._persons.get(entry.person_id)):
            return found
        if entry.id_fingerprint:
            # Another number is another person, however alike the names.
            same = self._prints.get(entry.id_fingerprint)
            return same or self._unnumbered(entry)
        return self._names.get((entry.name, entry.birth_date, entry.village))

    def _unnumbered(self, entry: RosterEntry) -> Counted | None:
        found = self._names.get((entry.name, entry.birth_date, entry.village))
        return found if found and not self._numbered(found) else None

    def _numbered(self, one: Counted) -> bool:
        return one.person is not None or id(one) in self._sure

    def add(
        self,
        one: Counted,
        person_id: int | None,
        print_: str | None,
        entry: RosterEntry | None = None,
    ) -> None:
        """Remember by what somebody is found."""
        if person_id:
            self._persons[person_id] = one
        if print_:
            self._prints[print_] = one
            self._sure.add(id(one))
        name = entry or one
        if name.birth_date:
            self._names.setdefault((name.name, name.birth_date, name.village), one)


def _of_person(person: Person) -> Counted:
    return Counted(
        person.name,
        person.sex,
        person.birth_date,
        person.township,
        person.village,
        person,
        disability=person.disability,
    )


def _lay_over(one: Counted, entry: RosterEntry) -> None:
    one.lists.add(entry.kind)
    if entry.kind == ListKind.VISIT:
        one.visits.add(f"{entry.import_id}:{entry.place.rpartition('!')[0]}")
    one.whereabouts = entry.whereabouts or one.whereabouts
    one.said = entry.said or one.said
    one.disability = entry.disability or one.disability
    one.in_census = entry.in_census if entry.in_census is not None else one.in_census
    one.registered = entry.registered if entry.registered is not None else one.registered
    one.township, one.village = one.township or entry.township, one.village or entry.village


def due(one: Counted, bounds: Bounds) -> bool:
    """Say whether somebody is to be taught: of the age, there, and never at school."""
    if one.whereabouts in LEFT_OUT:
        return False
    if one.birth_date is None:
        return False
    return bounds.youngest <= age_at(one.birth_date, bounds.on) <= bounds.oldest


def figures(people: Iterable[Counted], bounds: Bounds) -> dict[str, Any]:
    """Count the county, and each township of it."""
    everybody = list(people)
    by_township: dict[str, list[Counted]] = defaultdict(list)
    for one in everybody:
        by_township[one.township or NO_PLACE].append(one)
    return {
        "on": bounds.on.isoformat(),
        "ages": [bounds.youngest, bounds.oldest],
        **_figures(everybody, bounds),
        "townships": {name: _figures(found, bounds) for name, found in sorted(by_township.items())},
    }


def _figures(people: list[Counted], bounds: Bounds) -> dict[str, Any]:
    visited = [one for one in people if ListKind.VISIT in one.lists]
    kinds = Counter(one.whereabouts for one in visited if one.whereabouts)
    disabled = Counter(one.disability for one in people if one.disability)
    return {
        "people": len(people),
        "census": sum(one.of_census for one in people),
        "visited": len(visited),
        "census_not_visited": sum(
            one.of_census and ListKind.VISIT not in one.lists for one in people
        ),
        "visited_not_census": sum(not one.of_census for one in visited),
        "due": sum(due(one, bounds) for one in people),
        "enrolled": sum(one.enrolled for one in people),
        "registered": sum(one.registered for one in people),
        "enrolled_not_registered": sum(one.enrolled and not one.registered for one in people),
        "due_not_enrolled": sum(due(one, bounds) and not one.enrolled for one in people),
        "enrolled_not_due": sum(one.enrolled and not due(one, bounds) for one in people),
        "no_birth_date": sum(one.birth_date is None for one in people),
        "whereabouts": {kind: kinds[kind] for kind, _name in roster_codes.kinds()},
        "disabled": dict(sorted(disabled.items())),
    }


TITLES = {
    "people": "合计人数",
    "census": "七普在册",
    "visited": "摸排到的",
    "census_not_visited": "七普在册、没有摸排到",
    "visited_not_census": "摸排到、七普不在册",
    "due": "应学（年龄之内，没有去世、迁出、已上过学、丧失学习能力、查无此人）",
    "enrolled": "在籍",
    "registered": "已注册学籍",
    "enrolled_not_registered": "在籍、没有注册",
    "due_not_enrolled": "应学、还没有在籍",
    "enrolled_not_due": "在籍、但不在应学之内（请核对）",
    "no_birth_date": "没有出生日期（年龄不明）",
}
