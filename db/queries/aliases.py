"""Under which names the learners of a class are known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Alias, Membership, Person, Role


async def of_class(
    session: AsyncSession, study_class_id: int, now: datetime
) -> Sequence[tuple[int, str]]:
    """List the aliases of a class's learners: whose, which."""
    found = (
        select(Alias.person_id, Alias.name)
        .join(Membership, Membership.person_id == Alias.person_id)
        .join(Person, Person.id == Alias.person_id)
        .where(
            Membership.study_class_id == study_class_id,
            Membership.role == Role.LEARNER,
            Membership.starts_at <= now,
            Membership.ends_at.is_(None) | (Membership.ends_at > now),
            Person.merged_into.is_(None),
        )
        .order_by(Alias.id)
    )
    return [(row.person_id, row.name) for row in await session.execute(found)]


async def learn(session: AsyncSession, person_id: int, name: str, now: datetime) -> None:
    """Keep another name of somebody, once."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = insert(Alias).values(person_id=person_id, name=name, at=now)
    await session.execute(added.on_conflict_do_nothing())
