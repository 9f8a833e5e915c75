"""What people agreed to."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Consent


async def latest(session: AsyncSession, person_id: int, kind: str) -> Consent | None:
    """Find the last word that was asked of somebody about one thing."""
    found = select(Consent).where(Consent.person_id == person_id, Consent.kind == kind)
    return await session.scalar(found.order_by(Consent.id.desc()))
