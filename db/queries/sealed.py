"""Every table that keeps a sealed ID number, whichever it is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Base


def models() -> list[type[Base]]:
    """List the tables with a sealed ID number."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    found = [model for model in mapped if "id_sealed" in model.__table__.c]
    return sorted(found, key=lambda model: str(model.__tablename__))


async def page(session: AsyncSession, model: type[Base], after: int, limit: int) -> Sequence[Any]:
    """Return the next rows of a table that hold a sealed number, and keep them from others."""
    of: Any = model
    found = select(of).where(of.id > after, of.id_sealed.is_not(None))
    return (await session.scalars(found.order_by(of.id).limit(limit).with_for_update())).all()
