"""A leave that was granted is a mark too: it says why somebody was not there (事假, 病假)."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import tallying
from bot.services.marking import make_mark, next_key, withdraw
from bot.services.standing import Word, valid, word_of
from db.models import (
    Coming,
    How,
    LeaveKind,
    Meeting,
    MeetingState,
    Person,
    Phase,
    Reason,
    Status,
    Sure,
)
from db.queries import marks


async def mark_leave(
    session: AsyncSession, leave: Coming, meeting: Meeting, head: Person, now: datetime
) -> None:
    """Mark a leave as the class head granted it; who comes after all counts as having come."""
    person = await session.get_one(Person, leave.person_id)
    await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.IN,
        status=Status.LEAVE,
        how=How.TAP,
        sure=Sure.WITNESS,
        by=head,
        at=now,
        key=await next_key(session, meeting, person, Phase.IN, "leave"),
        voice_id=leave.voice_id,
        leave=LeaveKind.SICK if leave.reason is Reason.ILL else LeaveKind.PERSONAL,
    )
    if meeting.state is MeetingState.OPEN:
        await tallying.refresh(session, meeting, now)


async def take_back(session: AsyncSession, person: Person, meeting: Meeting, now: datetime) -> None:
    """Withdraw a leave of somebody who says after all that they come."""
    for mark in valid(await marks.of_person(session, meeting.id, person.id)):
        if word_of(mark) is Word.LEAVE:
            await withdraw(session, mark, person=person, meeting=meeting, by=person, at=now)
