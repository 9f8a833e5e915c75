"""The timetable (课程表): meetings planned all or none, never on top of each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import SHANGHAI
from bot.services.refusing import Refusal
from bot.services.teaching import course
from db import ledger
from db.models import Meeting, Mode, Person, StudyClass
from db.queries import meetings

MOST_A_DAY = 20
LONGEST_PLACE = LONGEST_TITLE = 80
DAY = timedelta(days=1)


@dataclass(frozen=True)
class PlannedMeeting:
    """One meeting to plan; the title is the lesson's own where none is given."""

    starts_at: datetime
    ends_at: datetime
    place: str
    mode: Mode = Mode.OFFLINE
    lesson: str = ""
    title: str = ""

    @property
    def when(self) -> str:
        """Name the meeting by its time in the county."""
        start, end = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        return f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"


async def plan_meetings(
    session: AsyncSession,
    study_class: StudyClass,
    teacher: Person,
    entries: Sequence[PlannedMeeting],
    now: datetime,
) -> list[Meeting]:
    """Plan a class's meetings, all or none; return the new ones, for one that stands is left."""
    for entry in entries:
        check_entry(entry)
    # Two plans at the same time would not see each other: the second waits here.
    study_class = await session.get_one(StudyClass, study_class.id, with_for_update=True)
    teacher = await session.get_one(Person, teacher.id, with_for_update=True)
    standing = await _standing(session, study_class, teacher, entries)
    new = [entry for entry in entries if not _planned(entry, study_class, teacher, standing)]
    _check_clashes(new, study_class, standing)
    _check_days(new, study_class, standing)
    made = [
        Meeting(
            study_class_id=study_class.id,
            teacher_id=teacher.id,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            place=entry.place,
            mode=entry.mode,
            lesson=entry.lesson,
            title=entry.title or lesson_title(entry.lesson),
            study_class=study_class,
        )
        for entry in sorted(new, key=lambda entry: entry.starts_at)
    ]
    session.add_all(made)
    await session.flush()
    for meeting in made:
        await ledger.record(
            session,
            teacher.id,
            "meeting.planned",
            now,
            meeting=meeting.id,
            study_class=study_class.id,
            starts_at=ledger.stamp(meeting.starts_at),
            ends_at=ledger.stamp(meeting.ends_at),
            lesson=meeting.lesson,
            mode=meeting.mode,
            place=meeting.place,
        )
    return made


def lesson_title(key: str) -> str:
    """Return a lesson's title."""
    lesson = course().lesson(key)
    return lesson.title if lesson else ""


def check_entry(entry: PlannedMeeting) -> None:
    """Refuse a meeting that makes no sense by itself."""
    if course().lesson(entry.lesson) is None:
        known = "、".join(f"{lesson.key} {lesson.title}" for lesson in course().lessons)
        raise Refusal(
            f"{entry.when}：没有“{entry.lesson}”这一课；现有：{known}。",
            f"{entry.when}: there is no lesson “{entry.lesson}”; there are: {known}.",
            "lesson",
        )
    if entry.ends_at <= entry.starts_at:
        raise Refusal(
            f"{entry.when}：结束时间不晚于开始时间，请改正。",
            f"{entry.when}: it ends before it begins; correct it.",
            "ends_early",
        )
    if entry.ends_at - entry.starts_at > DAY:
        raise Refusal(
            f"{entry.when}：一次课不能超过一天，请改正。",
            f"{entry.when}: a meeting lasts no longer than a day; correct it.",
            "too_long",
        )
    if not entry.place.strip() or len(entry.place) > LONGEST_PLACE:
        raise Refusal(
            f"{entry.when}：地点要写，最多 {LONGEST_PLACE} 个字。",
            f"{entry.when}: give a place, in at most {LONGEST_PLACE} characters.",
            "place",
        )
    if len(entry.title) > LONGEST_TITLE:
        raise Refusal(
            f"{entry.when}：课名太长，最多 {LONGEST_TITLE} 个字。",
            f"{entry.when}: the title has at most {LONGEST_TITLE} characters.",
            "title",
        )


async def _standing(
    session: AsyncSession,
    study_class: StudyClass,
    teacher: Person,
    entries: Sequence[PlannedMeeting],
) -> Sequence[Meeting]:
    """List what class or teacher already do on these days."""
    if not entries:
        return []
    return await meetings.around(
        session,
        study_class.id,
        teacher.id,
        after=min(entry.starts_at for entry in entries) - DAY,
        until=max(entry.ends_at for entry in entries) + DAY,
    )


def _planned(
    entry: PlannedMeeting, study_class: StudyClass, teacher: Person, standing: Sequence[Meeting]
) -> bool:
    """Say whether this very meeting is planned already."""
    return any(
        (meeting.study_class_id, meeting.teacher_id) == (study_class.id, teacher.id)
        and (meeting.starts_at, meeting.ends_at) == (entry.starts_at, entry.ends_at)
        and (meeting.lesson, meeting.place, meeting.mode) == (entry.lesson, entry.place, entry.mode)
        for meeting in standing
    )


def _check_clashes(
    entries: Sequence[PlannedMeeting], study_class: StudyClass, standing: Sequence[Meeting]
) -> None:
    for first, second in pairwise(sorted(entries, key=lambda entry: entry.starts_at)):
        if second.starts_at < first.ends_at:
            raise Refusal(
                f"{first.when} 和 {second.when} 时间重叠，请改正。",
                f"{first.when} and {second.when} overlap; correct one of them.",
                "overlap",
            )
    for entry in entries:
        for meeting in standing:
            if meeting.starts_at < entry.ends_at and entry.starts_at < meeting.ends_at:
                other = PlannedMeeting(meeting.starts_at, meeting.ends_at, meeting.place)
                whose, whose_en = (
                    ("这个班", "the class")
                    if meeting.study_class_id == study_class.id
                    else ("这位教师", "the teacher")
                )
                raise Refusal(
                    f"{entry.when}：{whose} {other.when} 已有课，请改时间。",
                    f"{entry.when}: {whose_en} is taken {other.when}; choose another time.",
                    "overlap",
                )


def _check_days(
    entries: Sequence[PlannedMeeting], study_class: StudyClass, standing: Sequence[Meeting]
) -> None:
    new = Counter(_days(entries))
    days = new + Counter(_days(one for one in standing if one.study_class_id == study_class.id))
    for day in new:
        if days[day] > MOST_A_DAY:
            raise Refusal(
                f"{day} 有 {days[day]} 次课，一个班一天最多 {MOST_A_DAY} 次，请核对。",
                f"{day} has {days[day]} meetings, a class has at most {MOST_A_DAY} a day.",
                "too_many",
            )


def _days(meetings: Iterator[Meeting] | Sequence[PlannedMeeting]) -> Iterator[date]:
    for meeting in meetings:
        yield meeting.starts_at.astimezone(SHANGHAI).date()
