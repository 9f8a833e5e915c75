"""I must go (早退请假): a learner goes before the end, says why, and may stay after all."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import letting_go
from bot.services.going_early import may_go
from bot.services.keeping import Attachment, keep
from bot.services.marking import make_mark, withdraw
from bot.services.standing import valid
from bot.services.whose_word import Word, word_of
from bot.voice.buttons import button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import EarlyLeave, How, Meeting, Person, Phase, Reason, Status, Sure
from db.queries import early_leaves, marks

WAITS = "early"  # the account's state while the reason is awaited by voice
TEXT = 400  # characters kept
REASONS = {1: Reason.ILL, 2: Reason.AWAY, 3: Reason.FARM, 4: Reason.OTHER}


async def ask_why(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> bool:
    """Ask why somebody must go; False where they are not there, or have gone already."""
    if here.person is None or not await may_go(session, here.person, meeting, now):
        return False
    here.account.state = None
    faces = ("1 🤒", "2 🚌", "3 🌾", "4 🎤")
    rows = [button(face, f"earlywhy:{meeting.id}:{number}") for number, face in enumerate(faces, 1)]
    asked = Screen(
        _("Why must you go? 1 ill, 2 a journey, 3 farm work, 4 something else."),
        picture=picture("why"),
        rows=[rows[:2], rows[2:]],
    )
    await show(session, here, asked, now)
    return True


async def give_reason(
    session: AsyncSession, here: Listener, meeting: Meeting, number: int, now: datetime
) -> bool:
    """Take the reason that was pressed, or ask for it by voice; False where none is awaited."""
    person = here.person
    if person is None or number not in REASONS or not await may_go(session, person, meeting, now):
        return False
    if REASONS[number] is Reason.OTHER:
        here.account.state = f"{WAITS}:{meeting.id}"
        asked = Screen(_("Hold the microphone and tell me."), picture=picture("microphone"))
        await show(session, here, asked, now)
        return True
    await _go(session, here, person, meeting, REASONS[number], now)
    return True


async def hear_reason(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    now: datetime,
    *,
    text: str = "",
    said: Attachment | None = None,
) -> bool:
    """Take a reason in a learner's own words; False where it is no longer waited for."""
    here.account.state = None
    person = here.person
    if person is None or not await may_go(session, person, meeting, now):
        return False
    await _go(session, here, person, meeting, Reason.OTHER, now, text=text, said=said)
    return True


async def _go(
    session: AsyncSession,
    here: Listener,
    person: Person,
    meeting: Meeting,
    reason: Reason,
    now: datetime,
    *,
    text: str = "",
    said: Attachment | None = None,
) -> None:
    """Mark somebody as gone at this moment, by their own word, and ask the head to let them."""
    earlier = await early_leaves.of_person(session, meeting.id, person.id)
    number = len(earlier) + 1
    media = await keep(session, said, person.id, now) if said else None
    keys = await marks.keys(session, meeting.id, person.id, Phase.OUT)
    mark = await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.OUT,
        status=Status.LEFT_EARLY,
        how=How.VOICE if media else How.TAP,
        sure=Sure.SELF,
        by=person,
        at=now,
        key=f"self:{number}" if "self" in keys else "self",
        account_id=here.account.id,
        voice_id=media.id if media else None,
    )
    leave = EarlyLeave(
        meeting_id=meeting.id,
        person_id=person.id,
        number=number,
        reason=reason,
        voice_id=media.id if media else None,
        text=text[:TEXT],
        asked_at=now,
        mark_id=mark.id if mark else None,
    )
    session.add(leave)
    await session.flush()
    about = {"meeting": meeting.id, "early": leave.id, "reason": reason, "media": leave.voice_id}
    await ledger.record(session, person.id, "early.asked", now, **about)
    told = Screen(
        _("I have told your class head that you must go. Take care."),
        rows=[[button("↩️", f"stay:{leave.id}")]],
    )
    receipt(session, here, told, now)
    await letting_go.ask_staff(session, leave, meeting, now)


async def stay(session: AsyncSession, here: Listener, leave: EarlyLeave, now: datetime) -> bool:
    """Take back that somebody goes: they stay; what was said and granted stays in the record."""
    person, meeting = here.person, await session.get_one(Meeting, leave.meeting_id)
    ours = person is not None and person.id == leave.person_id and leave.stayed_at is None
    if person is None or not ours or meeting.closed_at is not None or now >= meeting.ends_at:
        return False
    leave.stayed_at = now
    for mark in valid(await marks.of_person(session, meeting.id, person.id)):
        granted = word_of(mark) is Word.LEAVE and mark.phase is Phase.OUT
        if mark.id == leave.mark_id or granted:
            await withdraw(session, mark, person=person, meeting=meeting, by=person, at=now)
    about = {"meeting": meeting.id, "early": leave.id}
    await ledger.record(session, person.id, "early.stayed", now, **about)
    receipt(session, here, Screen(_("Good. You stay.")), now)
    await letting_go.tell_staff_of_staying(session, leave, meeting, now)
    return True
