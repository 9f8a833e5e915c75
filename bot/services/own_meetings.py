"""Which meeting a learner means: somebody may learn in two classes, each with its own meetings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import tallying
from bot.services.attending import Outcome, judge
from db.models import Meeting, Person, Role
from db.queries import marks, meetings, people

JUST_OVER = timedelta(hours=2)


async def waiting_for(
    session: AsyncSession, person: Person, now: datetime, study_class_id: int | None = None
) -> Meeting | None:
    """Find an open meeting that a learner has not answered yet: of any class, or of this one."""
    for meeting in await opened(session, person, now):
        if study_class_id not in (None, meeting.study_class_id):
            continue
        if judge(meeting, now)[0] is not Outcome.CLOSED and not await marked(
            session, person, meeting
        ):
            return meeting
    return None


async def opened(session: AsyncSession, person: Person, now: datetime) -> list[Meeting]:
    """List the meetings of one's classes whose check-in is open."""
    classes = await people.class_ids_of(session, person.id, Role.LEARNER, now)
    found = [await meetings.opened(session, number) for number in classes]
    return [meeting for meeting in found if meeting]


async def marked(session: AsyncSession, person: Person, meeting: Meeting) -> bool:
    """Say whether anything is marked of how somebody came to a meeting."""
    return person.id in tallying.standings(await marks.arrivals(session, meeting.id))


async def following(session: AsyncSession, person: Person, now: datetime) -> list[Meeting]:
    """List the next meeting of each of one's classes, the nearest first."""
    classes = await people.class_ids_of(session, person.id, Role.LEARNER, now)
    found = [await meetings.following(session, number, now) for number in classes]
    return sorted((one for one in found if one), key=_begins)


async def present_meeting(session: AsyncSession, person: Person, now: datetime) -> Meeting | None:
    """Find the meeting that ✋ at home can mean: open, or about to be, or just over.

    Of two, that which still waits for an answer.
    """
    open_now = await opened(session, person, now)
    ahead = await following(session, person, now)
    soon = [one for one in ahead if judge(one, now)[0] is not Outcome.TOO_EARLY]
    possible = open_now + [one for one in soon if one not in open_now]
    if possible:
        return await _unanswered(session, person, possible) or possible[0]
    return await _just_over(session, person, now) or (ahead[0] if ahead else None)


async def _unanswered(
    session: AsyncSession, person: Person, possible: Sequence[Meeting]
) -> Meeting | None:
    if len(possible) == 1:
        return possible[0]
    for meeting in possible:
        if not await marked(session, person, meeting):
            return meeting
    return None


async def _just_over(session: AsyncSession, person: Person, now: datetime) -> Meeting | None:
    classes = await people.class_ids_of(session, person.id, Role.LEARNER, now)
    found = [await meetings.ended_last(session, number, now) for number in classes]
    over = [one for one in found if one and now - one.ends_at < JUST_OVER]
    return max(over, key=lambda one: one.ends_at, default=None)


def _begins(meeting: Meeting) -> tuple[datetime, int]:
    return meeting.starts_at, meeting.id
