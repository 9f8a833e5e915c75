"""Whether somebody who came to a meeting may say that they must go before its end."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.tallying import standings
from bot.services.whose_word import CAME
from db.models import Meeting, MeetingState, Person, Role
from db.queries import early_leaves, marks, meetings, people


async def may_go(session: AsyncSession, person: Person, meeting: Meeting, now: datetime) -> bool:
    """Say whether somebody is marked as there in a meeting that is on, and has not gone yet."""
    if meeting.state is not MeetingState.OPEN or not meeting.starts_at <= now < meeting.ends_at:
        return False
    if not await people.is_in(session, person.id, Role.LEARNER, meeting.study_class_id, now):
        return False
    if standings(await marks.arrivals(session, meeting.id)).get(person.id) not in CAME:
        return False
    return person.id not in await early_leaves.gone(session, meeting.id)


async def meeting_on(session: AsyncSession, person: Person, now: datetime) -> Meeting | None:
    """Find the meeting that somebody is in and may go from."""
    for class_id in await people.class_ids_of(session, person.id, Role.LEARNER, now):
        meeting = await meetings.opened(session, class_id)
        if meeting and await may_go(session, person, meeting, now):
            return meeting
    return None
