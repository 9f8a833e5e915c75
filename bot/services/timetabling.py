"""The timetable (课程表): meetings planned all or none, never on top of each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncSession

from bot import almanac
from bot.language import SHANGHAI
from bot.services.refusing import Refusal
from bot.services.timetable_meeting import (
    DAY,
    LONGEST_PLACE,
    LONGEST_TITLE,
    PlannedMeeting,
    check_entry,
    lesson_title,
)
from db import ledger
from db.models import Meeting, Person, StudyClass
from db.queries import meetings

__all__ = [
    "LONGEST_PLACE",
    "LONGEST_TITLE",
    "PlannedMeeting",
    "check_entry",
    "lesson_title",
    "next_free",
    "plan_meetings",
    "stands",
]

MOST_A_DAY = 20
DAYS_OFFERED = 14


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
    new = [entry for entry in entries if not stands(entry, study_class, teacher, standing)]
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
            **({} if meeting.lesson else {"title": meeting.title}),
        )
    return made


async def next_free(
    session: AsyncSession,
    study_class: StudyClass,
    teacher: Person,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> tuple[datetime, datetime] | None:
    """Find the next day on which nothing stands against a meeting at this time of the day.

    In the busy time in the fields any other day is offered, if none is better within a fortnight.
    """
    first = PlannedMeeting(starts_at, ends_at, "")
    later = [first.later(days) for days in range(1, DAYS_OFFERED + 1)]
    standing = await meetings.around(
        session, study_class.id, teacher.id, after=starts_at, until=later[-1].ends_at
    )
    elsewhere = {
        number for number, _ in await meetings.classmates_elsewhere(session, study_class.id, now)
    }
    if elsewhere:
        standing = [
            *standing,
            *await meetings.of_classes(
                session, elsewhere, after=starts_at, until=later[-1].ends_at
            ),
        ]
    free = [
        entry
        for entry in later
        if entry.starts_at > now and not any(entry.meets(one) for one in standing)
    ]
    township = study_class.township
    for borne in (set(), _borne(first.day, township)):
        for entry in free:
            if _against(entry.day, township) <= borne:
                return entry.starts_at, entry.ends_at
    return None


def _against(day: date, township: str) -> set[almanac.Kind]:
    return {notice.kind for notice in almanac.warnings_on(day, township) if notice.avoid}


def _borne(day: date, township: str) -> set[almanac.Kind]:
    """Return what cannot be avoided by another day: a season outlasts the fortnight."""
    seasons = {almanac.Kind.SEASON}
    return seasons if _against(day, township) != seasons else set()


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


def stands(
    entry: PlannedMeeting, study_class: StudyClass, teacher: Person, standing: Sequence[Meeting]
) -> bool:
    """Say whether this very meeting is planned already."""
    return any(
        (meeting.study_class_id, meeting.teacher_id) == (study_class.id, teacher.id)
        and (meeting.starts_at, meeting.ends_at) == (entry.starts_at, entry.ends_at)
        and (meeting.lesson, meeting.place, meeting.mode) == (entry.lesson, entry.place, entry.mode)
        and (entry.lesson or meeting.title == entry.title)
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
            if entry.meets(meeting):
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
