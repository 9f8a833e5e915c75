"""What shows that a makeup mark is true: a photo or file, or the signed sheet of the meeting."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import asking
from bot.services.keeping import Attachment, keep
from bot.voice.listening import Listener
from bot.voice.saying import Way, tell
from db.models import Makeup, Meeting, Sheet
from db.queries import planning, sheets

KIND = "makeup"  # of the draft that carries it until the reason is there


@dataclass(frozen=True)
class Evidence:
    """What was shown; neither is needed."""

    media_id: int | None = None
    sheet_id: int | None = None


NOTHING = Evidence()


async def signed_sheet(session: AsyncSession, meeting: Meeting) -> Sheet | None:
    """Find the sheet of a meeting that was signed, photographed and filed; the latest page."""
    filed = [
        one
        for one in await sheets.of_meeting(session, meeting.id)
        if one.filed_at is not None and one.media_id is not None
    ]
    return filed[-1] if filed else None


async def shown(session: AsyncSession, here: Listener) -> Evidence:
    """Return what was shown so far for the makeup that is being asked for."""
    kept = await planning.draft(session, here.account.id, KIND)
    return Evidence(kept.get("evidence"), kept.get("sheet"))


async def take(
    session: AsyncSession, here: Listener, said: Attachment | None, now: datetime
) -> bool:
    """Keep a photo or file until the reason comes; False where it cannot be used."""
    if said is None or said.too_big or said.kind == "voice" or here.person is None:
        return False
    media = await keep(session, said, here.person.id, now)
    await _note(session, here, "evidence", media.id, now)
    return True


async def take_sheet(
    session: AsyncSession, here: Listener, meeting: Meeting, now: datetime
) -> bool:
    """Take the signed sheet of the meeting as evidence."""
    sheet = await signed_sheet(session, meeting)
    if sheet is None:
        return False
    await _note(session, here, "sheet", sheet.id, now)
    return True


async def _note(
    session: AsyncSession, here: Listener, name: str, number: int, now: datetime
) -> None:
    kept = await planning.draft(session, here.account.id, KIND)
    await planning.keep_draft(session, here.account.id, KIND, kept | {name: number}, now)
    tell(session, here, _("Kept as evidence. Now say or write the reason."), now)


def too_big(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that a file is too big; the reason is still waited for."""
    tell(session, here, _("This file is too big for me. Please send a smaller one."), now)


async def show(session: AsyncSession, place: Listener, makeup: Makeup, now: datetime) -> None:
    """Show who decides what was sent as evidence."""
    way = Way(purpose="makeup")
    sheet = await session.get(Sheet, makeup.sheet_id or 0)
    for media_id, text in (
        (makeup.evidence_id, _("Evidence of the makeup mark")),
        (sheet.media_id if sheet else None, _("The signed sheet of that class")),
    ):
        if media_id:
            await asking.pass_on(session, place, media_id, html(MANDARIN, text), [], now, way)
