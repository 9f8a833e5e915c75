"""The classes that a roster names: found or made, their learners seated, their heads appointed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import staffing
from bot.services.refusing import Refusal
from bot.services.roster_fit import class_particulars
from bot.services.roster_people import RosterRow
from bot.services.taught import taught_as
from db import ledger
from db.models import Membership, Person, Role, StudyClass
from db.queries import people, staff

Classes = Mapping[str, StudyClass]


async def settle_classes(
    session: AsyncSession, rows: Sequence[RosterRow], county_id: int, now: datetime
) -> tuple[dict[str, StudyClass], list[str]]:
    """Find or make the classes of a roster; return them by name, and the names of the new ones."""
    found: dict[str, StudyClass] = {}
    made: list[str] = []
    by_class: dict[str, list[RosterRow]] = {}
    for row in rows:
        if row.class_name:
            by_class.setdefault(row.class_name, []).append(row)
    for name, members in by_class.items():
        study_class = await people.class_named(session, name)
        if study_class is None:
            study_class = StudyClass(
                county_id=county_id, name=name, trade="", teaching_point="", township="",
                created_at=now,
            )  # fmt: skip
            session.add(study_class)
            made.append(name)
        elif study_class.county_id != county_id:
            raise Refusal(
                f"“{name}”是别的县的班，请换一个班名。",
                f"“{name}” is a class of another county; choose another name.",
                "other_county",
            )
        said_of = [class_particulars(row) for row in members]
        for field in ("trade", "teaching_point", "township"):
            said = Counter(value for one in said_of if (value := one[field]))
            if said and not getattr(study_class, field):
                setattr(study_class, field, said.most_common(1)[0][0])
        if name in made:
            study_class.course = taught_as(study_class.trade)
        found[name] = study_class
    await session.flush()
    return found, made


async def reseat(
    session: AsyncSession, person: Person, study_class: StudyClass | None, now: datetime
) -> tuple[set[int], dict[str, Any]]:
    """See to it that a known learner sits in this class and no other.

    Return the classes this changed, and what was there before.
    """
    changed: set[int] = set()
    before: dict[str, Any] = {}
    if study_class is None:
        return changed, before
    for held in await people.memberships(session, person.id, now):
        if held.role is Role.LEARNER and held.study_class_id != study_class.id:
            await _leave(session, held, now)
            before.setdefault("left", []).append(held.id)
            changed |= {held.study_class_id} if held.study_class_id else set()
    there = await staff.membership(session, person.id, Role.LEARNER, study_class.id)
    span = (
        [there.starts_at.isoformat(), there.ends_at and there.ends_at.isoformat()] if there else []
    )
    if await staffing.hold(session, person, Role.LEARNER, study_class.id, now):
        changed.add(study_class.id)
        joined = await staff.membership(session, person.id, Role.LEARNER, study_class.id)
        before["joined"] = [joined.id if joined else 0, *span]
    return changed, before


async def _leave(session: AsyncSession, held: Membership, now: datetime) -> None:
    held.ends_at = now
    await ledger.record(
        session,
        held.person_id,
        "role.ended",
        now,
        role=held.role,
        study_class=held.study_class_id,
    )


async def appoint(
    session: AsyncSession,
    rows: Sequence[RosterRow],
    classes: Classes,
    county_id: int,
    now: datetime,
) -> dict[str, list[int]]:
    """Make those whom the roster names class heads; return what that added."""
    named = {
        (row.class_name, head): None
        for row in rows
        if row.class_name and (head := row.extra.get("班主任", ""))
    }
    added: dict[str, list[int]] = {"staff": [], "heads": []}
    for class_name, head in named:
        study_class = classes[class_name]
        last = await people.highest_number(session)
        person = await staffing.staff_named(session, county_id, head, study_class.id, now)
        if person.number > staffing.numbered(last):
            added["staff"].append(person.id)
        if await staffing.hold(session, person, Role.CLASS_HEAD, study_class.id, now):
            held = await staff.membership(session, person.id, Role.CLASS_HEAD, study_class.id)
            added["heads"].append(held.id if held else 0)
    return added
