"""The weeks of a timetable, counted from the calendar's first Monday."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import SHANGHAI
from bot.services.weighing import day_of
from db.models import Meeting, MeetingState, StudyClass
from db.queries import meetings

WEEK = 7
WEEKS = 2
FARTHEST = 104  # weeks to either side


def week_of(day: date) -> int:
    """Return the number of a day's week, counted from the calendar's first Monday."""
    return (day.toordinal() - 1) // WEEK


def monday(week: int) -> date:
    """Return the first day of a week."""
    return date.fromordinal(week * WEEK + 1)


def week_asked(week: int, now: datetime) -> int | None:
    """Return the week that a button names, 0 for the present one; None where it is too far."""
    present = week_of(day_of(now))
    week = week or present
    return week if abs(week - present) <= FARTHEST else None


async def meetings_of_weeks(
    session: AsyncSession, study_class: StudyClass, week: int, weeks: int = WEEKS
) -> Sequence[Meeting]:
    """List a class's meetings of some weeks."""
    first = datetime.combine(monday(week), time(), SHANGHAI)
    until = first + timedelta(weeks=weeks)
    return await meetings.of_class(session, study_class.id, after=first, until=until)


async def planned(
    session: AsyncSession, study_class: StudyClass, week: int, weeks: int = WEEKS
) -> list[Meeting]:
    """List what a class is going to do in some weeks, but for what was cancelled."""
    found = await meetings_of_weeks(session, study_class, week, weeks)
    return [meeting for meeting in found if meeting.state is not MeetingState.CANCELLED]
