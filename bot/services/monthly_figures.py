"""The figures of last month: the school and the county are told once that they are due."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import SHANGHAI
from bot.services.daily_rules import rules
from bot.services.isolating import apart
from bot.services.summarising import new_places
from bot.voice.saying import Way, tell
from db.models import Person, Priority, Role
from db.queries import summaries

STAFF = (Role.SCHOOL, Role.COUNTY)


def span(now: datetime) -> tuple[datetime, datetime]:
    """Return the first moment of last month, and of this one, in the county."""
    local = now.astimezone(SHANGHAI)
    end = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (end - timedelta(days=1)).replace(day=1), end


async def tell_due(session: AsyncSession, now: datetime) -> int:
    """Tell the school and the county that last month's figures are due; return how many."""
    local = now.astimezone(SHANGHAI)
    begins = local.replace(
        day=rules().monthly_day,
        hour=rules().monthly_at.hour,
        minute=rules().monthly_at.minute,
        second=0,
        microsecond=0,
    )
    expires_at = begins + timedelta(days=rules().monthly_days)
    if not begins <= now < expires_at:
        return 0
    told = 0
    for number, county_id in await summaries.staff(session, STAFF, now):
        act = _tell(session, number, county_id, expires_at, now)
        told += await apart(session, act, f"figures of the month for person {number}") or 0
    return told


async def _tell(
    session: AsyncSession, number: int, county_id: int, expires_at: datetime, now: datetime
) -> int:
    person = await session.get_one(Person, number)
    start, end = span(now)
    places = await new_places(session, person, f"month:{start:%Y%m}:{number}", now)
    for place, own in places:
        found = await summaries.figures(session, county_id, start, end, now)
        tell(
            session,
            place,
            _(
                "The figures of %(month)s are due. Meetings held %(meetings)d, learners who came "
                "%(came)d of %(learners)d, open tasks %(tasks)d, open questions of self-checks "
                "%(flags)d."
            ),
            now,
            (),
            Way(Priority.REMINDER, own, expires_at=expires_at, purpose="month"),
            month=f"{start:%Y-%m}",
            meetings=found.meetings,
            came=found.came,
            learners=found.learners,
            tasks=found.tasks,
            flags=found.flags,
        )
    return len(places)
