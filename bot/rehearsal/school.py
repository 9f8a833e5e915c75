"""The school before anybody comes: a roster, a timetable, links for everybody."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import SHANGHAI
from bot.rehearsal.plan import Plan
from bot.rehearsal.processes import USERNAME
from bot.services import enrolling, linking
from bot.services.consenting import minor
from bot.services.inviting import Issuer, invite_learners, invite_staff
from bot.services.roster_file import read_roster
from bot.services.rostering import file_digest, import_people
from bot.services.samples import class_names, sample_roster
from bot.services.teaching import course
from bot.services.timetabling import PlannedMeeting, plan_meetings
from db.models import Person, Role, StudyClass
from db.queries import people
from db.sealing import load_key
from db.session import Database

COUNTY = "示例县"
CLASS = "2026级中餐烹饪1班"
NEXT_DOOR = "2026级物流服务1班"
PLACE = "云上村教学点"
STARTS, LASTS = time(9), timedelta(minutes=90)
DAYS_BEFORE = timedelta(days=2)  # enrolment: early enough to be reminded the day before


@dataclass(frozen=True)
class Enrolled:
    """A learner as the roster names them, with the links on their cards."""

    id: int
    number: str
    name: str
    minor: bool
    cards: tuple[str, ...]


@dataclass(frozen=True)
class Staff:
    """A member of staff, with their link."""

    number: str
    name: str
    link: str


@dataclass(frozen=True)
class Lesson:
    """A meeting of a class."""

    id: int
    name: str  # as facts call it
    starts: datetime
    ends: datetime
    lesson: str


@dataclass(frozen=True)
class SchoolClass:
    """A class, before anything has happened."""

    id: int
    name: str
    teacher: Staff
    head: Staff
    learners: tuple[Enrolled, ...]
    meetings: tuple[Lesson, ...]


@dataclass(frozen=True)
class School:
    """Every class, and one learner of another."""

    classes: tuple[SchoolClass, ...]
    visitor: Enrolled


def opening(plan: Plan) -> datetime:
    """Return the moment at which the rehearsal begins."""
    return datetime.combine(plan.date, time(8), SHANGHAI) - DAYS_BEFORE


def meeting_name(study_class: str, starts: datetime) -> str:
    """Name a meeting the same in every rehearsal."""
    return f"{study_class} {starts.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


async def found_school(plan: Plan, database: Database, now: datetime) -> School:
    """Import the roster as staff do, plan the meetings and write the links."""
    issuer = Issuer(load_key(plan.data), USERNAME)
    names = class_names(CLASS, plan.classes)
    roster, other = plan.data / "花名册.xlsx", plan.data / "隔壁班.xlsx"
    sample_roster(
        roster,
        learners=plan.learners,
        seed=plan.seed,
        on=plan.date,
        class_name=CLASS,
        classes=plan.classes,
    )
    sample_roster(other, learners=1, seed=plan.seed + 100_000, on=plan.date, class_name=NEXT_DOOR)
    async with database.begin() as session:
        for path in (roster, other):
            await take_in(session, path, plan, issuer, now)
        classes = [
            await found_class(session, plan, name, number, issuer, now)
            for number, name in enumerate(names, 1)
        ]
        next_door = await class_named(session, NEXT_DOOR)
        (visitor,) = await enrolled(session, next_door, issuer, now)
    return School(tuple(classes), visitor)


async def take_in(
    session: AsyncSession, path: Path, plan: Plan, issuer: Issuer, now: datetime
) -> None:
    """Import a roster."""
    reading = read_roster(path, on=plan.date)
    await import_people(session, reading, file_digest(path), issuer.key, COUNTY, now)


async def class_named(session: AsyncSession, name: str) -> StudyClass:
    """Find a class that must be there."""
    study_class = await people.class_named(session, name)
    if study_class is None:
        raise LookupError(name)
    return study_class


async def found_class(
    session: AsyncSession, plan: Plan, name: str, number: int, issuer: Issuer, now: datetime
) -> SchoolClass:
    """Give a class its staff, its meetings and its cards."""
    study_class = await class_named(session, name)
    teacher = await staff(
        session, f"示例老师{ordinal(number)}", Role.TEACHER, study_class, issuer, now
    )
    head = await staff(
        session, f"示例班主任{ordinal(number)}", Role.CLASS_HEAD, study_class, issuer, now
    )
    return SchoolClass(
        study_class.id,
        name,
        teacher,
        head,
        tuple(await enrolled(session, study_class, issuer, now)),
        tuple(await planned(session, plan, study_class, teacher.number, now)),
    )


def ordinal(number: int) -> str:
    """Write a number in letters, for a name holds no digits."""
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


async def staff(
    session: AsyncSession,
    name: str,
    role: Role,
    study_class: StudyClass,
    issuer: Issuer,
    now: datetime,
) -> Staff:
    """Add a member of staff."""
    link = await invite_staff(session, name, role, study_class, COUNTY, issuer, now)
    return Staff(link.number, link.name, link.url)


async def enrolled(
    session: AsyncSession, study_class: StudyClass, issuer: Issuer, now: datetime
) -> list[Enrolled]:
    """List a class's learners with two cards each: one to lose, or for a second phone."""
    links = {
        link.number: link.url for link in await invite_learners(session, study_class, issuer, now)
    }
    found = []
    for person in await people.members(session, study_class.id, Role.LEARNER, now):
        offer = enrolling.Offer(Role.LEARNER, person.id, study_class.id)
        spare = await enrolling.invite(session, offer, now)
        card = linking.start_url(USERNAME, linking.payload(issuer.key, "e", spare.id))
        found.append(
            Enrolled(
                person.id,
                person.number,
                person.name,
                minor(person.birth_date, now),
                (links[person.number], card),
            )
        )
    return found


async def planned(
    session: AsyncSession, plan: Plan, study_class: StudyClass, number: str, now: datetime
) -> list[Lesson]:
    """Plan a meeting a day."""
    lessons = course().lessons
    entries = []
    for day in range(plan.days):
        starts = datetime.combine(plan.date + timedelta(days=day), STARTS, SHANGHAI)
        lesson = lessons[day % len(lessons)]
        entries.append(PlannedMeeting(starts, starts + LASTS, PLACE, lesson=lesson.key))
    members = await people.members(session, study_class.id, Role.TEACHER, now)
    teacher: Person = next(one for one in members if one.number == number)
    made = await plan_meetings(session, study_class, teacher, entries, now)
    return [
        Lesson(
            one.id,
            meeting_name(study_class.name, one.starts_at),
            one.starts_at,
            one.ends_at,
            one.lesson,
        )
        for one in made
    ]
