"""Who is missing, for the class head: call them, ask them, or say that they sit here."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, names
from bot.language import N_ as _
from bot.services import attending, rolling, tallying, tasking
from bot.services.attending import Outcome
from bot.services.marking import make_mark
from bot.services.reaching import listeners
from bot.services.reminder_rules import rules_of
from bot.services.reminder_times import quiet_at, quiet_of
from bot.voice.buttons import BLUE, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Way, tell
from db import ledger
from db.models import (
    How,
    Meeting,
    MeetingState,
    Person,
    Phase,
    Priority,
    Role,
    Status,
    Sure,
    TaskKind,
)
from db.queries import notices, people

LISTED = 15


async def name_missing(
    session: AsyncSession,
    listener: Listener,
    meeting: Meeting,
    page: int,
    now: datetime,
    way: Way | None = None,
) -> None:
    """Tell a class head in private who is not here, and what can be done about each."""
    missing = await rolling.unsettled(session, meeting, now)
    if not missing:
        tell(session, listener, _("Everybody has come."), now, (), way)
        return
    pages = -(-len(missing) // LISTED)
    page = min(max(page, 1), pages)
    phones = await people.with_phones(session, missing)
    open_ = meeting.state is MeetingState.OPEN
    rows: Keyboard = []
    for person in missing[(page - 1) * LISTED : page * LISTED]:
        row = [button(f"{person.name} 📞", f"chase:{meeting.id}:{person.id}")]
        if open_:
            row.append(button("✋ " + html(MANDARIN, _("Sits here")), _seen(meeting, person)))
        rows.append(row)
    turns = [button("«", f"missing:{meeting.id}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"missing:{meeting.id}:{page + 1}")] if page < pages else []
    nudge = [button(html(MANDARIN, _("Ask them now")), f"nudge:{meeting.id}", BLUE)]
    tell(
        session,
        listener,
        _("%(count)d of %(class)s are not here: %(names)s"),
        now,
        [*rows, turns, nudge if open_ and phones else []],
        way,
        count=len(missing),
        class_=meeting.study_class.name,
        names=names([person.name for person in missing], MANDARIN),
    )


def _seen(meeting: Meeting, person: Person) -> str:
    return f"seen:{meeting.id}:{person.id}"


async def member(
    session: AsyncSession, meeting: Meeting, person_id: int, now: datetime
) -> Person | None:
    """Return a learner of a meeting's class by number."""
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    return next((person for person in everybody if person.id == person_id), None)


async def bear_witness(
    session: AsyncSession, listener: Listener, meeting: Meeting, person_id: int, now: datetime
) -> Person | None:
    """Mark somebody whom the class head sees; None where that cannot be marked now."""
    head, person = listener.person, await member(session, meeting, person_id, now)
    outcome, late = attending.judge(meeting, now)
    if head is None or person is None or meeting.state is not MeetingState.OPEN:
        return None
    if outcome in (Outcome.CLOSED, Outcome.TOO_EARLY) or head.id == person.id:
        return None
    mark = await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.IN,
        status=Status.LATE if outcome is Outcome.LATE else Status.PRESENT,
        how=How.WITNESS,
        sure=Sure.WITNESS,
        by=head,
        at=now,
        key="witness",
        account_id=listener.account.id,
        minutes_late=late,
    )
    if mark:
        await tallying.refresh(session, meeting, now)
    return person


async def chase(session: AsyncSession, meeting: Meeting, person_id: int, now: datetime) -> bool:
    """Open a task to look after somebody who is missing; False where one is open already."""
    person = await member(session, meeting, person_id, now)
    if person is None:
        return False
    key = f"missing:{person.id}:{meeting.id}"
    return await tasking.open_task(session, TaskKind.SILENT, person, meeting.study_class, key, now)


async def nudge(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> int | None:
    """Ask everybody who is missing whether they are here, once; return how many were asked."""
    outcome, _late = attending.judge(meeting, now)
    if meeting.state is not MeetingState.OPEN or outcome is Outcome.CLOSED:
        return None
    head = listener.person.id if listener.person else None
    asked = 0
    for person in await rolling.unsettled(session, meeting, now):
        reached = False
        quiet = quiet_at(now, quiet_of(person, rules_of(meeting.study_class)[0]))
        for place in await listeners(session, person):
            key = f"nudge:{meeting.id}:{person.id}:{place.account.id}"
            if await notices.exists(session, key):
                continue
            way = Way(
                Priority.CHECKIN,
                key,
                expires_at=meeting.ends_at,
                purpose="nudge",
                silent=bool(quiet),
            )
            await attending.ask_here(session, place, meeting, now, way)
            reached = True
        if reached:
            about = {"meeting": meeting.id, "by": head}
            await ledger.record(session, person.id, "nudge.sent", now, **about)
        asked += reached
    return asked
