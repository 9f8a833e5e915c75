"""A meeting that is being put together tap by tap, before it is planned."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson
from bot.language import SHANGHAI
from bot.services.taught import FIRST, course, pack, trade_of
from bot.services.timetable_times import MOST_OFFERED as OFFERED
from bot.services.timetable_times import usual_hours
from bot.services.timetabling import PlannedMeeting
from bot.voice.listening import Listener
from db.models import Meeting, Mode, Person, Role, StudyClass
from db.queries import meetings, people, planning

KIND = "meeting"
LOOKED_BACK = 60  # meetings
OWN_PERIODS = 3
MODES = tuple(Mode)


@dataclass(frozen=True)
class Draft:
    """What is known so far; the serial tells an old preview from the present one."""

    study_class: int
    serial: int = 0
    day: int = 0  # the day's ordinal
    starts: int = 0  # minutes of the day
    ends: int = 0
    place: str = ""
    lesson: str = ""
    mode: int = 0
    teacher: int = 0
    title: str = ""  # the school's own, where it is no lesson of ours

    @property
    def starts_at(self) -> datetime:
        """When the meeting would begin."""
        return at_minute(self.day, self.starts)

    @property
    def ends_at(self) -> datetime:
        """When the meeting would end."""
        return at_minute(self.day, self.ends)

    @property
    def entry(self) -> PlannedMeeting:
        """Return what is to be planned."""
        mode = MODES[self.mode]
        times = self.starts_at, self.ends_at
        return PlannedMeeting(*times, self.place, mode, self.lesson, self.title)


def at_minute(day: int, minute: int) -> datetime:
    """Return a minute of a day in the county; days are counted by their ordinals."""
    return datetime.combine(date.fromordinal(day), time(), SHANGHAI) + timedelta(minutes=minute)


def usual_periods() -> tuple[tuple[int, int], ...]:
    """Return the periods that come with the program."""
    return tuple((one.starts, one.ends) for one in usual_hours().periods)


def period_of(meeting: Meeting) -> tuple[int, int]:
    """Return a meeting's period; one that ends on another day ends at midnight here."""
    start = meeting.starts_at.astimezone(SHANGHAI)
    starts = start.hour * 60 + start.minute
    length = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    return starts, min(starts + length, 24 * 60)


async def load(session: AsyncSession, here: Listener, study_class_id: int) -> Draft:
    """Return the draft for a class; a new one where there is none, or one for another class."""
    values = await planning.draft(session, here.account.id, KIND)
    kept = Draft(**values) if values else Draft(study_class_id)
    return kept if kept.study_class == study_class_id else Draft(study_class_id)


async def change(
    session: AsyncSession, here: Listener, draft: Draft, now: datetime, **values: int | str
) -> Draft:
    """Keep a draft with something changed; previews shown before are old from now on."""
    changed = replace(draft, **values, serial=draft.serial + 1)  # type: ignore[arg-type]
    await planning.keep_draft(session, here.account.id, KIND, asdict(changed), now)
    return changed


async def begin(
    session: AsyncSession, here: Listener, study_class: StudyClass, now: datetime
) -> Draft:
    """Begin anew, with what can be guessed: who teaches, what comes next, how it is held."""
    old = await load(session, here, study_class.id)
    last = next(iter(await planning.latest(session, study_class.id, 1)), None)
    staff = await teachers(session, study_class, now)
    numbers = [one.id for one in staff]
    own = here.person.id if here.person else 0
    teaches = await people.members(session, study_class.id, Role.TEACHER, now)
    if own in {one.id for one in teaches}:
        teacher = own
    elif last and last.teacher_id in numbers:
        teacher = last.teacher_id
    else:
        teacher = numbers[0] if numbers else own
    fresh = Draft(
        study_class.id,
        old.serial,
        lesson=(await lessons(session, study_class))[0].key,
        mode=MODES.index(last.mode) if last else 0,
        teacher=teacher,
    )
    return await change(session, here, fresh, now)


async def teachers(session: AsyncSession, study_class: StudyClass, now: datetime) -> list[Person]:
    """List who may teach a class: its teachers, then its heads."""
    found = {
        person.id: person
        for role in (Role.TEACHER, Role.CLASS_HEAD)
        for person in await people.members(session, study_class.id, role, now)
    }
    return list(found.values())


async def periods(session: AsyncSession, study_class_id: int) -> list[tuple[int, int]]:
    """List the periods to offer: the class's own last ones first."""
    last = await planning.latest(session, study_class_id, LOOKED_BACK)
    own = list(dict.fromkeys(period_of(meeting) for meeting in last))[:OWN_PERIODS]
    return list(dict.fromkeys((*own, *usual_periods())))[:OFFERED]


async def places(session: AsyncSession, study_class: StudyClass) -> list[tuple[int, str]]:
    """List the places to offer, each with the meeting that was held there; 0 is the class's own."""
    found = {study_class.teaching_point: 0} if study_class.teaching_point else {}
    for meeting in await planning.latest(session, study_class.id, LOOKED_BACK):
        found.setdefault(meeting.place, meeting.id)
    return [(number, place) for place, number in found.items()][:OFFERED]


async def titles(session: AsyncSession, study_class: StudyClass) -> list[tuple[int, str]]:
    """List the school's own titles of late, each with the meeting that had it."""
    found: dict[str, int] = {}
    for meeting in await planning.latest(session, study_class.id, LOOKED_BACK):
        if not meeting.lesson:
            found.setdefault(meeting.title, meeting.id)
    return [(number, title) for title, number in found.items()][:OFFERED]


async def lessons(session: AsyncSession, study_class: StudyClass) -> list[Lesson]:
    """List a class's lessons: the next untaught of what it last learnt, the others, the taught."""
    trade = trade_of(study_class.course)
    packs = [pack(name) for name in (FIRST, *([trade] if trade else []))]
    had = await meetings.lessons_of(session, study_class.id)
    last = next(iter(await planning.latest(session, study_class.id, 1)), None)
    packs.sort(key=lambda one: not any(last and last.lesson == each.key for each in one.lessons))
    every = [lesson for one in packs for lesson in one.lessons]
    return sorted(every, key=lambda lesson: lesson.key in had)


def lesson_number(lesson: Lesson) -> int:
    """Return where a lesson stands among all that is taught."""
    return [one.key for one in course().lessons].index(lesson.key)
