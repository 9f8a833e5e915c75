"""Whose hours are what: a class whole, or one learner by register (学籍, 非学历)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.counting import Standing, standing
from bot.services.hours import Credit, Kind, Spent, Totals, add_up, credits_of, spent_in
from bot.services.hours_rules import HoursRule, local_day, rule_on
from db.models import Mark, Meeting, Membership, Person, StudyClass, Track
from db.queries import hours as queries
from db.queries.hours import Studied

MINUTE = 60


@dataclass(frozen=True)
class LearnerHours:
    """One learner's meetings, what each gave, and what is asked for."""

    person: Person
    track: Track
    membership: Membership | None  # None: marked in the class without being in it
    standings: tuple[tuple[Meeting, Standing], ...]
    credits: tuple[Credit, ...]
    rule: HoursRule  # by which it is judged what is still needed

    @cached_property
    def totals(self) -> Totals:
        """What all of it adds up to."""
        return add_up(self.standings, self.credits)

    @property
    def required(self) -> int | None:
        """How many hours are asked for; None where nobody has said."""
        return self.rule.required

    @property
    def left(self) -> Fraction | None:
        """How many hours are still needed."""
        if self.required is None:
            return None
        return max(self.required - self.totals.counted, Fraction(0))

    @cached_property
    def by_meeting(self) -> dict[int, tuple[Standing, Credit]]:
        """How they stand in each meeting, and what it gave."""
        given = {one.spent.meeting_id: one for one in self.credits}
        return {held.id: (stand, given[held.id]) for held, stand in self.standings}

    def here(self, now: datetime) -> bool:
        """Say whether they are in the class at this moment."""
        held = self.membership
        return bool(held and held.starts_at <= now and (held.ends_at is None or held.ends_at > now))


@dataclass(frozen=True)
class ClassHours:
    """A class as its marks have it at one moment."""

    study_class: StudyClass
    now: datetime
    meetings: Sequence[Meeting]  # that have begun
    ahead: Sequence[Meeting]
    learners: tuple[LearnerHours, ...]


async def class_hours(
    session: AsyncSession,
    study_class: StudyClass,
    now: datetime,
    rules: Sequence[HoursRule] = (),
) -> ClassHours:
    """Reckon the hours of a whole class from its marks; the same marks give the same hours."""
    number = (study_class.id,)
    members = await queries.memberships(session, study_class.id)
    held = await queries.meetings(session, number, now)
    coming = () if study_class.ended_at else await queries.ahead(session, study_class.id, now)
    into = await queries.merged(session)
    marks = sort_marks(await queries.marks(session, number), into)
    known = {person.id for person, _membership in members}
    others = await queries.persons(session, marks.keys() - known)
    ids = known | marks.keys()
    learning = await queries.learning(session, ids)
    studied = await _studied(session, ids, into, now)
    last = _last_day(held, coming, now)
    rows: list[tuple[Person, Membership | None]] = [*members, *((one, None) for one in others)]
    found = []
    for person, membership in rows:
        track = membership.track if membership else Track.CERTIFICATE
        stands = stands_in(held, marks.get(person.id, {}), membership)
        lessons = on_phone(studied.get(person.id, ()), learning[person.id], number, stands)
        spent = [*(spent_in(*row) for row in stands), *lessons]
        given = tuple(credits_of(spent, rules, track))
        rule = rule_on(last, rules, track)
        found.append(LearnerHours(person, track, membership, stands, given, rule))
    return ClassHours(study_class, now, held, coming, tuple(found))


async def own_hours(
    session: AsyncSession, person: Person, now: datetime, rules: Sequence[HoursRule] = ()
) -> list[LearnerHours]:
    """Reckon one learner's hours, each register apart: all classes of it together."""
    learning = (await queries.learning(session, (person.id,)))[person.id]
    into = await queries.merged(session)
    same = {person.id, *(one for one, target in into.items() if target == person.id)}
    studied = await _studied(session, {person.id}, into, now)
    found = []
    for track in Track:
        classes = {one.study_class_id: one for one in learning if one.track is track}
        numbers = [number for number in classes if number is not None]
        if not numbers:
            continue
        held = await queries.meetings(session, numbers, now)
        of_class = await queries.marks(session, numbers, same)
        marks = sort_marks(of_class, into).get(person.id, {})
        stands = tuple(
            row
            for number, membership in classes.items()
            for row in stands_in(
                [one for one in held if one.study_class_id == number], marks, membership
            )
        )
        lessons = on_phone(studied.get(person.id, ()), learning, numbers, stands)
        spent = [*(spent_in(*row) for row in stands), *lessons]
        given = tuple(credits_of(spent, rules, track))
        latest = max(classes.values(), key=lambda one: (one.starts_at, one.id))
        coming = [one for number in numbers for one in await queries.ahead(session, number, now)]
        coming.sort(key=lambda one: (one.starts_at, one.id))
        rule = rule_on(_last_day(held, coming, now), rules, track)
        found.append(LearnerHours(person, track, latest, stands, given, rule))
    return found


async def _studied(
    session: AsyncSession, people: set[int], into: Mapping[int, int], now: datetime
) -> dict[int, list[Studied]]:
    """Return what these people studied on the phone, under the name of a walk-in too."""
    everybody = people | {one for one, target in into.items() if target in people}
    found: dict[int, list[Studied]] = defaultdict(list)
    for person_id, lessons in (await queries.studied(session, everybody, now)).items():
        found[into.get(person_id, person_id)] += lessons
    return found


def _last_day(held: Sequence[Meeting], coming: Sequence[Meeting], now: datetime) -> date:
    """Return the day by whose rule it is judged how much is needed: the last that is known."""
    return local_day(max((one.starts_at for one in (*held[-1:], *coming[-1:])), default=now))


def sort_marks(marks: Sequence[Mark], into: Mapping[int, int]) -> dict[int, dict[int, list[Mark]]]:
    """Sort marks by person and meeting; a walk-in's are those of who it was found to be."""
    found: dict[int, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in marks:
        found[into.get(mark.person_id, mark.person_id)][mark.meeting_id].append(mark)
    return found


def stands_in(
    meetings: Sequence[Meeting],
    marks: Mapping[int, list[Mark]],
    membership: Membership | None,
) -> tuple[tuple[Meeting, Standing], ...]:
    """Say how somebody stands in the meetings that are theirs: in their time, or marked."""
    return tuple(
        (meeting, standing(marks.get(meeting.id, ()), meeting))
        for meeting in meetings
        if meeting.id in marks or (membership and within(meeting, membership))
    )


def within(meeting: Meeting, membership: Membership) -> bool:
    """Say whether somebody was in the class when it met."""
    until = membership.ends_at
    return meeting.ends_at > membership.starts_at and (until is None or meeting.starts_at < until)


def on_phone(
    studied: Sequence[Studied],
    learning: Sequence[Membership],
    class_ids: Sequence[int],
    stands: Sequence[tuple[Meeting, Standing]],
) -> list[Spent]:
    """Return the minutes of lessons on the phone, day by day.

    Each lesson belongs to the class in which its learner was last enrolled at that moment; what was
    studied during a meeting that counts is that meeting's.
    """
    busy = [(one.starts_at, one.ends_at) for one, stand in stands if stand.minutes]
    by_day: dict[date, int] = defaultdict(int)
    for lesson in studied:
        mine = _class_at(learning, lesson.at) in class_ids
        if mine and not any(start <= lesson.at <= end for start, end in busy):
            by_day[local_day(lesson.at)] += lesson.seconds
    return [Spent(day, Kind.PHONE, seconds // MINUTE) for day, seconds in by_day.items()]


def _class_at(learning: Sequence[Membership], at: datetime) -> int | None:
    """Return the class in which somebody was enrolled last at a moment."""
    held = [
        one for one in learning if one.starts_at <= at and (one.ends_at is None or one.ends_at > at)
    ]
    return held[-1].study_class_id if held else None
