"""Who works here: found by name within the county, given a role, and never given it twice."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import enrolling
from bot.services.refusing import Refusal
from db import ledger
from db.models import County, Person, Reads, Role
from db.queries import people, staff

LONGEST_NAME = 60
NO_COUNTY_YET = "本县"


async def staff_named(
    session: AsyncSession, county_id: int, name: str, study_class_id: int | None, now: datetime
) -> Person:
    """Find a member of staff by name, or add one; two of one name are never guessed between."""
    name = "".join(name.split()) if not name.isascii() else " ".join(name.split())
    plain = len(name) <= LONGEST_NAME and all(part.isalpha() for part in re.split("[ ·]", name))
    if not plain:
        raise Refusal(
            f"“{name}”不像姓名，请写姓名。", f"“{name}” is no name; give a name.", "staff_name"
        )
    held = await staff.posts_of_name(session, county_id, name)
    candidates = {person_id for person_id, _ in held}
    if len(candidates) > 1:
        candidates = {
            person_id for person_id, class_id in held if class_id and class_id == study_class_id
        }
    if len(candidates) > 1 or (held and not candidates):
        raise Refusal(
            f"有几位工作人员都叫“{name}”，分不清是哪一位；请在姓名后加字区别。",
            f"Several members of staff are called “{name}”; tell them apart in their names.",
            "staff_twice",
        )
    if candidates:
        return await session.get_one(Person, candidates.pop())
    return await add_person(session, county_id, name, now)


async def add_person(session: AsyncSession, county_id: int, name: str, now: datetime) -> Person:
    """Add a member of staff, who reads and is spoken to in Mandarin."""
    person = Person(
        county_id=county_id,
        number=numbered(await people.highest_number(session) + 1),
        name=name,
        speaks="zh",
        reads=Reads.SOME,
        created_at=now,
    )
    session.add(person)
    await session.flush()
    await ledger.record(session, person.id, "person.added", now)
    return person


def numbered(serial: int) -> str:
    """Write a person's number."""
    return f"P{serial:06}"


async def hold(
    session: AsyncSession, person: Person, role: Role, study_class_id: int | None, now: datetime
) -> bool:
    """See to it that a person holds a role in a class; say whether that is new."""
    held = await staff.membership(session, person.id, role, study_class_id)
    if held is None:
        await enrolling.grant(session, person, role, study_class_id, now)
        return True
    if held.ends_at is None or held.ends_at > now:
        return False
    held.starts_at, held.ends_at = now, None
    await ledger.record(
        session, person.id, "role.granted", now, role=role, study_class=study_class_id
    )
    return True


async def settle_county(session: AsyncSession, name: str) -> County:
    """Find the county that is meant: the one named, or the only one; the first needs no name."""
    there = await staff.counties(session, 2)
    only = there[0] if len(there) == 1 else None
    if name:
        if only and only.name == NO_COUNTY_YET:  # now it is known what it is called
            only.name = name
        return await people.county_named(session, name)
    if only:
        return only
    if there:
        raise Refusal(
            "这里有几个县，请用 --county 写明县名。",
            "There are several counties here; name one with --county.",
            "county",
        )
    return await people.county_named(session, NO_COUNTY_YET)
