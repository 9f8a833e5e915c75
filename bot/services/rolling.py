"""Roll call: everybody by name, "all here" first, then the exceptions; nothing counts unsaved."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, names
from bot.language import N_ as _
from bot.services import attending, tallying
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, tell, to_chat
from db.models import (
    How,
    Mark,
    Meeting,
    MeetingState,
    Person,
    Phase,
    Role,
    Status,
    Sure,
)
from db.queries import marks, people

PAGE = 15
COLUMNS = 3
FACES = {
    Status.PRESENT: _("here"),
    Status.ABSENT: _("absent"),
    Status.LEAVE: _("leave"),
    Status.LATE: _("late"),
}
TURN = {
    None: Status.PRESENT,
    Status.PRESENT: Status.ABSENT,
    Status.ABSENT: Status.LEAVE,
    Status.LEAVE: Status.LATE,
    Status.LATE: Status.PRESENT,
}


async def unsettled(session: AsyncSession, meeting: Meeting, now: datetime) -> list[Person]:
    """List the learners whom no tap of their own shows as here."""
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    rows = await marks.arrivals(session, meeting.id)
    standing = tallying.standings(rows)
    return [person for person in everybody if standing.get(person.id) not in tallying.CAME]


async def call_roll(
    session: AsyncSession, listener: Listener, meeting: Meeting, page: int, now: datetime
) -> None:
    """Show a page of names, each with its state."""
    listed = await unsettled(session, meeting, now)
    draft = await marks.draft(session, meeting.id)
    text, rows = sheet(meeting, listed, draft, page)
    payload = {"text": text, "parse_mode": "HTML", "reply_markup": inline(rows)}
    way = Way(purpose="roll")
    to_chat(session, listener.chat_id, "sendMessage", payload, now, way)


def sheet(
    meeting: Meeting, listed: Sequence[Person], draft: dict[int, Status], page: int
) -> tuple[str, Keyboard]:
    """Return the words and buttons of one page of the roll call."""
    pages = max((len(listed) + PAGE - 1) // PAGE, 1)
    page = min(max(page, 1), pages)
    text = html(
        MANDARIN,
        _("Roll call, page %(page)d of %(pages)d. Tap a name to change it."),
        page=page,
        pages=pages,
    )
    shown = listed[(page - 1) * PAGE : page * PAGE]
    faces = [
        button(
            f"{number} {person.name} {face(draft.get(person.id))}",
            f"mark:{meeting.id}:{person.id}:{page}",
        )
        for number, person in enumerate(shown, (page - 1) * PAGE + 1)
    ]
    rows = [faces[start : start + COLUMNS] for start in range(0, len(faces), COLUMNS)]
    turns = [button("«", f"roll:{meeting.id}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"roll:{meeting.id}:{page + 1}")] if page < pages else []
    rows += [
        turns,
        [
            button(html(MANDARIN, _("All here")), f"rollall:{meeting.id}:{page}", "success"),
            button(html(MANDARIN, _("Save")), f"rollsave:{meeting.id}", "primary"),
        ],
    ]
    return text, rows


def face(status: Status | None) -> str:
    """Return one character for a state."""
    return html(MANDARIN, FACES[status]) if status else "·"


async def all_here(session: AsyncSession, meeting: Meeting, now: datetime) -> None:
    """Draft everybody who is not settled as here, on every page."""
    draft = await marks.draft(session, meeting.id)
    listed = await unsettled(session, meeting, now)
    await marks.put_draft(
        session, meeting.id, {person.id: Status.PRESENT for person in listed} | draft
    )


async def turn_one(
    session: AsyncSession, meeting: Meeting, person_id: int, now: datetime
) -> tuple[Person, Status] | None:
    """Turn one name on to its next state; None where the person is not of this class."""
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    person = next((one for one in everybody if one.id == person_id), None)
    if person is None:
        return None
    draft = await marks.draft(session, meeting.id)
    status = TURN[draft.get(person.id)]
    await marks.put_draft(session, meeting.id, draft | {person.id: status})
    return person, status


async def redraw(
    session: AsyncSession,
    message_id: int,
    chat_id: int,
    meeting: Meeting,
    page: int,
    now: datetime,
) -> None:
    """Show a page's new states in its own message."""
    listed = await unsettled(session, meeting, now)
    text, rows = sheet(meeting, listed, await marks.draft(session, meeting.id), page)
    payload = {
        "message_id": message_id,
        "text": text,
        "parse_mode": "HTML",
        "reply_markup": inline(rows),
    }
    to_chat(session, chat_id, "editMessageText", payload, now, Way(purpose="roll-redraw"))


async def save(session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime) -> bool:
    """Make a mark of each drafted name; earlier marks stay, the latest roll call counts."""
    teacher = listener.person
    if teacher is None or meeting.state is not MeetingState.OPEN:
        return False
    draft = await marks.draft(session, meeting.id)
    for person_id, status in sorted(draft.items()):
        earlier = await marks.keys(session, meeting.id, person_id, Phase.IN)
        turn = sum(key.startswith("roll:") for key in earlier) + 1
        mark = Mark(
            meeting_id=meeting.id,
            person_id=person_id,
            phase=Phase.IN,
            key=f"roll:{turn}",
            status=status,
            how=How.ROLL,
            sure=Sure.TEACHER,
            made_by=teacher.id,
            account_id=listener.account.id,
            at=now,
        )
        mark_id = await marks.add_once(session, mark)
        if mark_id is not None:
            await attending.record_mark(session, mark, mark_id)
    await marks.put_draft(session, meeting.id, {})
    await tallying.refresh(session, meeting, now)
    counted = await tallying.tally(session, meeting, now)
    tell(
        session,
        listener,
        _("Saved: here %(here)d, absent %(absent)d, on leave %(leave)d"),
        now,
        [[button("↩︎", "today"), button(html(MANDARIN, _("Close")), f"close:{meeting.id}")]],
        here=counted.came,
        absent=counted.absent,
        leave=counted.leave,
    )
    return True


async def name_missing(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> None:
    """Tell a class head in private who is not here."""
    listed = await unsettled(session, meeting, now)
    if not listed:
        tell(session, listener, _("Everybody has come."), now)
        return
    tell(
        session,
        listener,
        _("%(count)d of %(class)s are not here: %(names)s"),
        now,
        count=len(listed),
        class_=meeting.study_class.name,
        names=names([person.name for person in listed], MANDARIN),
    )
