"""Rows of a signed sheet keyed in by taps beside their picture; nobody guesses from ink.

Nothing counts before it is saved; what is saved once more is only what has changed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, day_word, html
from bot.language import N_ as _
from bot.services import tallying
from bot.services.marking import WITHDRAWN, make_mark, next_key, withdraw
from bot.services.permitting import may_teach
from bot.services.sheet_rows import Draft, buttons, draft, shown_strips, strip_file
from bot.services.windows import windows_of
from bot.voice.buttons import Keyboard, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, put, tell
from db.models import (
    How,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Phase,
    Sheet,
    Status,
    Sure,
)
from db.queries import marks, sheets

PURPOSE = "sheet-rows"
CLOSED = _("⏳ Closed. What is missing needs a makeup mark.")
KEYED_UNTIL = timedelta(days=3)  # after the class; what comes later is a makeup (补录)


def why_not_keyed(meeting: Meeting, now: datetime) -> str:
    """Say why rows of a meeting's sheet cannot be keyed in now; empty if they can."""
    if meeting.state is MeetingState.CANCELLED:
        return _("This class was cancelled, so its sheet is not filed. Your photo is kept.")
    if now < meeting.starts_at - timedelta(minutes=windows_of(meeting).opens_before):
        return _("This class has not begun, so its sheet is not filed yet. Your photo is kept.")
    return ""


def too_late(meeting: Meeting, now: datetime) -> bool:
    """Say whether rows could only be made up for now."""
    return now > meeting.ends_at + KEYED_UNTIL


async def own(
    session: AsyncSession, held: Sequence[Membership], person_id: int, sheet_id: int
) -> tuple[Sheet, Meeting] | None:
    """Find a filed sheet, if it is this person's to key in; it stays locked for the turn."""
    sheet = await session.get(Sheet, sheet_id, with_for_update=True)
    if sheet is None or not sheet.straight:
        return None
    meeting = await session.get_one(Meeting, sheet.meeting_id)
    return (sheet, meeting) if may_teach(held, person_id, meeting) else None


async def show(
    session: AsyncSession,
    here: Listener,
    sheet: Sheet,
    strip: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Show some rows and their buttons: in the message that was tapped, else in a new one."""
    strip = min(strip, shown_strips(sheet) - 1)
    words, rows = await _face(session, sheet, strip, now)
    picture = kept(strip_file(sheet, strip))
    markup = inline(rows)
    said: dict[str, Any] = {"caption": words, "parse_mode": "HTML"}
    if message_id is None:
        payload = said | {"photo": picture, "reply_markup": markup}
        put(session, here, "sendPhoto", payload, now, _way())
        return
    media = said | {"type": "photo", "media": picture}
    payload = {"message_id": message_id, "media": media, "reply_markup": markup}
    put(session, here, "editMessageMedia", payload, now, _way())


async def redraw(
    session: AsyncSession,
    here: Listener,
    sheet: Sheet,
    strip: int,
    now: datetime,
    message_id: int | None,
) -> None:
    """Show what was keyed in, under the same picture."""
    if message_id is None:
        await show(session, here, sheet, strip, now)
        return
    strip = min(strip, shown_strips(sheet) - 1)
    words, rows = await _face(session, sheet, strip, now)
    payload: dict[str, Any] = {"message_id": message_id, "caption": words, "parse_mode": "HTML"}
    payload["reply_markup"] = inline(rows)
    put(session, here, "editMessageCaption", payload, now, _way())


def _way() -> Way:
    return Way(purpose=PURPOSE)


async def _face(
    session: AsyncSession, sheet: Sheet, strip: int, now: datetime
) -> tuple[str, Keyboard]:
    """Return the words and buttons beside some rows."""
    meeting = await session.get_one(Meeting, sheet.meeting_id)
    listed = await sheets.people_of(session, sheet)
    words = html(
        MANDARIN,
        _("Sheet of %(day)s found, %(rows)d rows. Key in what you see."),
        day=day_word(meeting.starts_at, now, MANDARIN),
        rows=len(listed),
    )
    return words, buttons(sheet, strip, listed)


async def save(
    session: AsyncSession, here: Listener, sheet: Sheet, meeting: Meeting, now: datetime
) -> bool:
    """Make a mark of every row that was keyed in and says something new."""
    if here.person is None or too_late(meeting, now) or why_not_keyed(meeting, now):
        return False
    keyed, listed = draft(sheet), await sheets.people_of(session, sheet)
    standing = await _standing(session, sheet)
    for row, person in listed.items():
        earlier, status = standing.get(person.id), keyed.get(row)
        if status is (earlier.status if earlier else None):
            continue
        if status is None and earlier is not None:
            await withdraw(
                session,
                earlier,
                person=person,
                meeting=meeting,
                by=here.person,
                at=now,
                sure=Sure.PAPER,
            )
        elif status is not None:
            await make_mark(
                session,
                person=person,
                meeting=meeting,
                phase=Phase.IN,
                status=status,
                how=How.PAPER,
                sure=Sure.PAPER,
                by=here.person,
                at=now,
                key=await next_key(session, meeting, person, Phase.IN, _word(sheet)),
                account_id=here.account.id,
            )
    await tallying.refresh(session, meeting, now)
    _say_saved(session, here, keyed, listed, now)
    return True


def _word(sheet: Sheet) -> str:
    """Name the marks of one page of paper."""
    return f"paper:{sheet.id}"


async def _standing(session: AsyncSession, sheet: Sheet) -> dict[int, Mark]:
    """Return each one's mark from this sheet that was said last and not taken back."""
    found: dict[int, Mark] = {}
    for mark in await marks.of_meeting(session, sheet.meeting_id):
        before = found.get(mark.person_id)
        if mark.key.startswith(f"{_word(sheet)}:"):
            found[mark.person_id] = mark
        elif before and mark.key == f"{WITHDRAWN}{before.id}":
            del found[mark.person_id]
    return found


def _say_saved(
    session: AsyncSession,
    here: Listener,
    keyed: Draft,
    listed: Mapping[int, Person],
    now: datetime,
) -> None:
    """Say what the sheet says now, and how many rows nobody has keyed in."""
    said = [keyed.get(row) for row in listed]
    tell(
        session,
        here,
        _(
            "Saved from the sheet: here %(here)d, late %(late)d, absent %(absent)d, on leave "
            "%(leave)d, not keyed in %(left)d."
        ),
        now,
        here=said.count(Status.PRESENT),
        late=said.count(Status.LATE),
        absent=said.count(Status.ABSENT),
        leave=said.count(Status.LEAVE),
        left=said.count(None),
    )
