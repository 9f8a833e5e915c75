"""Saving a roll call: a mark of each drafted name, all of which can be taken back together."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import tallying
from bot.services.marking import make_mark, next_key, withdraw
from bot.voice.buttons import button
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db.models import How, Mark, Meeting, MeetingState, Person, Phase, Role, Status, Sure
from db.queries import marks, people, planning, rolls


async def save(
    session: AsyncSession,
    listener: Listener,
    meeting: Meeting,
    now: datetime,
    *,
    told: bool = True,
) -> bool:
    """Make a mark of each drafted name; earlier marks stay, the latest roll call counts.

    The meeting is locked, so that two who save at once do not both mark the same names. Without
    `told` nothing is said of it: the class is closed in the same breath.
    """
    teacher = listener.person
    await planning.locked(session, meeting)
    if teacher is None or meeting.state is not MeetingState.OPEN:
        return False
    last, draft = 0, await marks.draft(session, meeting.id)
    for person in await people.members(session, meeting.study_class_id, Role.LEARNER, now):
        status = draft.get(person.id)
        if status is None:
            continue
        mark = await make_mark(
            session,
            person=person,
            meeting=meeting,
            phase=Phase.IN,
            status=status,
            how=How.ROLL,
            sure=Sure.TEACHER,
            by=teacher,
            at=now,
            key=await next_key(session, meeting, person, Phase.IN, "roll"),
            account_id=listener.account.id,
        )
        last = mark.id if mark else last
    await rolls.clear(session, meeting.id)
    await tallying.refresh(session, meeting, now)
    if told:
        await _say_saved(session, listener, meeting, last, now)
    return True


async def _say_saved(
    session: AsyncSession, listener: Listener, meeting: Meeting, last: int, now: datetime
) -> None:
    counted = await tallying.tally(session, meeting, now)
    undo = [button("↩︎", f"rollundo:{meeting.id}:{last}")] if last else []
    tell(
        session,
        listener,
        _("Saved: here %(here)d, absent %(absent)d, on leave %(leave)d"),
        now,
        [[*undo, button(html(MANDARIN, _("Close")), f"close:{meeting.id}")]],
        here=counted.came,
        absent=counted.absent,
        leave=counted.leave,
    )


async def undo(
    session: AsyncSession, listener: Listener, meeting: Meeting, last: int, now: datetime
) -> bool:
    """Take back what was saved with a mark; all of it stays written and is a draft again."""
    teacher, mark = listener.person, await session.get(Mark, last)
    await planning.locked(session, meeting)
    if teacher is None or mark is None or meeting.state is not MeetingState.OPEN:
        return False
    if mark.meeting_id != meeting.id or mark.made_by != teacher.id:
        return False
    drafted: dict[int, Status] = {}
    for saved in await rolls.saved_with(session, meeting.id, teacher.id, mark.at):
        person = await session.get_one(Person, saved.person_id)
        taken = await withdraw(
            session,
            saved,
            person=person,
            meeting=meeting,
            by=teacher,
            at=now,
            sure=Sure.TEACHER,
        )
        if taken:
            drafted[person.id] = saved.status
    if not drafted:
        return False
    await rolls.put(session, meeting.id, drafted, over=False)
    await tallying.refresh(session, meeting, now)
    return True
