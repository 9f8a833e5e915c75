"""Announcements taken back: what has not left stays, by whom it is theirs to say."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.services import audience
from bot.services.announcing import RECALLED
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db import ledger
from db.models import Announcement, AnnouncementState, Membership, Person
from db.queries import announcements


async def recall(
    session: AsyncSession,
    here: Listener,
    announcement: Announcement,
    now: datetime,
) -> bool:
    """Withdraw what has not left, and say how much that was; False where nothing was left."""
    over = announcement.state not in {AnnouncementState.PLANNED, AnnouncementState.SENT}
    known, _done = await announcements.counted_so_far(session, announcement.id)
    not_begun = announcement.state is AnnouncementState.PLANNED and not known
    stayed = await announcements.withdraw(session, announcement.id, RECALLED)
    stayed += announcement.people if not_begun else 0
    if over or (not stayed and announcement.state is AnnouncementState.SENT):
        tell(session, here, _("Nothing of it was left to withdraw."), now)
        return False
    announcement.state, announcement.recalled_at = AnnouncementState.RECALLED, now
    by = here.person.id if here.person else announcement.author_id
    told = {"announcement": announcement.id, "unsent": stayed}
    await ledger.record(session, by, "announcement.recalled", now, **told)
    tell(session, here, _("Withdrawn: %(count)d messages did not leave."), now, count=stayed)
    return True


async def may_manage(
    session: AsyncSession,
    person: Person,
    held: Sequence[Membership],
    announcement: Announcement,
    now: datetime,
) -> bool:
    """Say whether somebody may watch and withdraw it: their own, or one of their county's."""
    scope = await audience.scope_of(session, person, held, now)
    if scope is None:
        return False
    if announcement.author_id == person.id:
        return True
    author = await session.get_one(Person, announcement.author_id)
    return scope.whole and author.county_id == scope.county_id
