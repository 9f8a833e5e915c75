"""Who works here, under which county, and by which invitation."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import County, Invite, Membership, Person, Role, StudyClass


async def posts_of_name(
    session: AsyncSession, county_id: int, name: str
) -> list[tuple[int, int | None]]:
    """List the posts that staff of this name hold: person and class."""
    found = select(Membership.person_id, Membership.study_class_id).join(
        Person, Person.id == Membership.person_id
    )
    found = found.where(
        Person.county_id == county_id, Person.name == name, Membership.role != Role.LEARNER
    )
    return [(row.person_id, row.study_class_id) for row in await session.execute(found)]


async def membership(
    session: AsyncSession, person_id: int, role: Role, study_class_id: int | None
) -> Membership | None:
    """Find a person's role in a class, ended or not."""
    found = select(Membership).where(
        Membership.person_id == person_id,
        Membership.role == role,
        Membership.study_class_id.is_(None)
        if study_class_id is None
        else Membership.study_class_id == study_class_id,
    )
    held: Membership | None = await session.scalar(found)
    return held


async def counties(session: AsyncSession, limit: int) -> Sequence[County]:
    """List counties, the first first."""
    return (await session.scalars(select(County).order_by(County.id).limit(limit))).all()


async def classes(session: AsyncSession, limit: int) -> Sequence[StudyClass]:
    """List classes by name."""
    return (await session.scalars(select(StudyClass).order_by(StudyClass.name).limit(limit))).all()


async def good_invite(
    session: AsyncSession,
    person_id: int,
    role: Role,
    study_class_id: int | None,
    until: datetime,
) -> Invite | None:
    """Find a person's latest invitation that is still good at a later moment."""
    found = select(Invite).where(
        Invite.person_id == person_id,
        Invite.role == role,
        Invite.study_class_id.is_(None)
        if study_class_id is None
        else Invite.study_class_id == study_class_id,
        Invite.revoked_at.is_(None),
        Invite.uses_left > 0,
        Invite.expires_at > until,
    )
    made: Invite | None = await session.scalar(found.order_by(Invite.id.desc()))
    return made


async def any_sealed(session: AsyncSession) -> bytes | None:
    """Return one sealed ID number, by which a key can be tried; None where there is none."""
    found = select(Person.id_sealed).where(Person.id_sealed.is_not(None)).limit(1)
    sealed: bytes | None = await session.scalar(found)
    return sealed
