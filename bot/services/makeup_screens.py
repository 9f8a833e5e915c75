"""Asking for a makeup mark by taps: which class, who, how; then the reason by voice or text."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import makeup_evidence, makeups, rolling
from bot.services.makeups import when, why_not
from bot.voice.buttons import Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db.models import Meeting, Membership, Role, Status
from db.queries import objections, planning

KIND = makeup_evidence.KIND
LISTED = 8
PAGE = 15
COLUMNS = 3
STATES = (Status.PRESENT, Status.LATE, Status.LEAVE, Status.EXCUSED)


async def list_all(
    session: AsyncSession, here: Listener, held: Sequence[Membership], now: datetime
) -> None:
    """Show what waits for who asks, and the classes for which something may be missing."""
    waiting = await makeups.waiting_for(session, here.person, now) if here.person else ()
    for makeup in waiting:
        await makeups.show(session, here, makeup, now)
    classes = [
        one.study_class_id
        for one in held
        if one.role in (Role.TEACHER, Role.CLASS_HEAD) and one.study_class_id
    ]
    closed = await objections.closed_last(session, classes, LISTED)
    rows: Keyboard = [
        [button(when(meeting), f"amend:{meeting.id}")]
        for meeting in closed
        if not why_not(meeting, now)
    ]
    if rows:
        tell(session, here, _("For which class is a mark missing?"), now, rows)
    elif not waiting:
        tell(session, here, _("There is nothing to make up."), now)


async def list_absent(
    session: AsyncSession, here: Listener, meeting: Meeting, page: int, now: datetime
) -> bool:
    """Show whom nothing shows as having been there."""
    if wrong := why_not(meeting, now):
        tell(session, here, wrong, now)
        return False
    missing = await makeups.absent(session, meeting)
    if not missing:
        tell(session, here, _("Everybody has come."), now)
        return True
    pages = -(-len(missing) // PAGE)
    page = min(max(page, 1), pages)
    names = [
        button(person.name, f"amend:{meeting.id}:{person.id}")
        for person in missing[(page - 1) * PAGE : page * PAGE]
    ]
    rows: Keyboard = [names[start : start + COLUMNS] for start in range(0, len(names), COLUMNS)]
    turns = [button("«", f"amendpage:{meeting.id}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"amendpage:{meeting.id}:{page + 1}")] if page < pages else []
    text = _("%(day)s: for whom is a mark missing?")
    tell(session, here, text, now, [*rows, turns], day=when(meeting))
    return True


async def ask_reason(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    person_id: int,
    status: Status,
    now: datetime,
) -> bool:
    """Ask why a mark is to be made up, by voice or text."""
    if wrong := why_not(meeting, now):
        tell(session, here, wrong, now)
        return False
    missing = {person.id: person for person in await makeups.absent(session, meeting)}
    person = missing.get(person_id)
    if person is None or (here.person and here.person.id == person_id):
        return False
    if await objections.makeup_of(session, meeting.id, person_id):
        tell(session, here, _("This is asked for already: %(name)s"), now, name=person.name)
        return False
    values = {"meeting": meeting.id, "person": person_id, "status": status.value}
    before = await planning.draft(session, here.account.id, KIND)
    if (before.get("meeting"), before.get("person")) == (meeting.id, person_id):
        values = before | values  # another state; what was shown stays
    await planning.keep_draft(session, here.account.id, KIND, values, now)
    here.account.state = f"amend:{meeting.id}"
    states = [
        button(
            ("✔ " if one is status else "") + rolling.face(one),
            f"amendas:{meeting.id}:{person_id}:{number}",
        )
        for number, one in enumerate(STATES)
    ]
    sheet = await makeup_evidence.signed_sheet(session, meeting)
    face = "📄 " + html(MANDARIN, _("The signed sheet shows it"))
    rows: Keyboard = [states, [button(face, f"amendsheet:{meeting.id}")] if sheet else []]
    text = _(
        "Makeup mark: %(name)s, %(day)s, %(status)s. Say or write the reason. You can send a photo "
        "of the evidence before."
    )
    said: dict[str, object] = {"name": person.name, "day": when(meeting)}
    tell(session, here, text, now, rows, None, **said, status=rolling.face(status))
    return True


async def drafted(
    session: AsyncSession, here: Listener, meeting_id: int
) -> tuple[int, Status] | None:
    """Return for whom, and as what, a makeup waits for its reason."""
    kept = await planning.draft(session, here.account.id, KIND)
    if kept.get("meeting") != meeting_id:
        return None
    return int(kept["person"]), Status(kept["status"])


def not_possible(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that a makeup cannot be asked for any more."""
    tell(session, here, _("This can no longer be asked for. Nothing was changed."), now)


def not_heard(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that nothing can be heard in a voice; the reason is still waited for."""
    text = _("I hear nothing in it. Hold the microphone and speak close to it.")
    tell(session, here, text, now)
