"""A check-in on a phone that a family shares: one after the other, each in their own name."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import attending, checkin_words, choosing, homing, tallying
from bot.voice.listening import Listener
from db.models import How, Meeting, Person, Role, Status
from db.queries import marks, people


async def check_in_here(
    session: AsyncSession,
    here: Listener,
    persons: Sequence[Person],
    meeting_id: int,
    now: datetime,
    person: Person | None = None,
    how: How = How.TAP,
) -> None:
    """Mark one of those who share this phone, then ask who else is here.

    Without `person` it is the one whose turn it is; anybody else is marked with that one's help.
    """
    meeting = await session.get(Meeting, meeting_id)
    if meeting is None or here.person is None:
        return
    helper = here.person if person and person.id != here.person.id else None
    whose = person or here.person
    made = await attending.check_in(
        session, whose, meeting, now, how, here.account.id, helper=helper
    )
    await checkin_words.answer(session, here, made, now)
    standing = tallying.standings(await marks.arrivals(session, meeting.id))
    unmarked = [
        one
        for one in persons
        if standing.get(one.id) in (None, Status.LEAVE)
        and await _of_class(session, one, meeting, now)
    ]
    if unmarked and made.mark_id:
        await choosing.ask_anyone_else(session, here, meeting.id, unmarked, now)
    elif helper:
        await homing.go_home(session, here, now)


async def _of_class(session: AsyncSession, person: Person, meeting: Meeting, now: datetime) -> bool:
    return await people.is_in(session, person.id, Role.LEARNER, meeting.study_class_id, now)
