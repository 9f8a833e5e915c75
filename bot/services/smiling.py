"""How was it? 😀 😐 🙁 after class marks the way out; a closing that is undone takes that back."""

import enum
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.services.attending import own_taps
from bot.services.marking import WITHDRAWN, make_mark, withdraw
from bot.services.standing import valid
from bot.services.whose_word import Word, word_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt
from db.models import How, Mark, Meeting, MeetingState, Person, Phase, Role, Status, Sure
from db.queries import marks, people

FEELINGS = frozenset({1, 2, 3})
NOTED_ALREADY = _("✅ Noted already")


class Smiled(enum.Enum):
    """What became of a feeling."""

    NOTED = "noted"
    AGAIN = "again"
    REFUSED = "refused"


async def leave_feeling(
    session: AsyncSession, person: Person, meeting: Meeting, feeling: int, at: datetime
) -> Smiled:
    """Mark a learner as gone, with how it was; once, after the closing, not who went before."""
    ours = await people.is_in(session, person.id, Role.LEARNER, meeting.study_class_id, at)
    if not ours or meeting.state is not MeetingState.CLOSED or feeling not in FEELINGS:
        return Smiled.REFUSED
    earlier = await marks.keys(session, meeting.id, person.id, Phase.OUT)
    said = own_taps(earlier)
    if any(f"{WITHDRAWN}{number}" not in earlier for number in said):
        return Smiled.AGAIN
    mark = await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.OUT,
        status=Status.PRESENT,
        how=How.TAP,
        sure=Sure.SELF,
        by=person,
        at=at,
        key=f"self:{len(said) + 1}" if said else "self",
        feeling=feeling,
    )
    return Smiled.NOTED if mark else Smiled.AGAIN


async def go_out(
    session: AsyncSession, here: Listener, meeting_id: int, feeling: int, now: datetime
) -> Smiled:
    """Take the feeling with which a learner leaves, and thank them once."""
    meeting = await session.get(Meeting, meeting_id)
    if meeting is None or here.person is None:
        return Smiled.REFUSED
    smiled = await leave_feeling(session, here.person, meeting, feeling, now)
    if smiled is Smiled.NOTED:
        receipt(session, here, Screen(_("Thank you.")), now)
    return smiled


async def take_back(session: AsyncSession, meeting: Meeting, by: Person, now: datetime) -> int:
    """Withdraw what learners said of their going at a closing that is undone; return how many.

    They stayed, as the class did. Who went early by their own word went before it, and stays gone.
    """
    closed = meeting.closed_at
    if closed is None:
        return 0
    count = 0
    for mark in valid(await marks.of_meeting(session, meeting.id)):
        if _at_closing(mark, closed):
            person = await session.get_one(Person, mark.person_id)
            made = await withdraw(
                session, mark, person=person, meeting=meeting, by=by, at=now, sure=Sure.TEACHER
            )
            count += made is not None
    return count


def _at_closing(mark: Mark, closed: datetime) -> bool:
    own = word_of(mark) is Word.OWN and mark.phase is Phase.OUT
    return own and mark.status is not Status.LEFT_EARLY and mark.at >= closed
