"""Take a roster that was read into the base: all of it or nothing, the second time nothing new."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import enrolling, staffing
from bot.services.refusing import Refusal
from bot.services.roster_fit import (
    check_fit,
    check_room,
    class_particulars,
    language,
    particulars,
)
from bot.services.roster_people import RosterReading, RosterRow
from bot.services.taught import taught_as
from db import ledger
from db.models import Membership, Person, Role, RosterImport, StudyClass
from db.queries import people, staff
from db.sealing import Key

TAIL = 4
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportResult:
    """What an import did: people new, changed and as before, and the classes that it made."""

    new: int
    changed: int
    unchanged: int
    classes: tuple[str, ...]
    without_class: int

    def as_json(self) -> dict[str, object]:
        """Shape the result for `--json`."""
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "classes": list(self.classes),
            "without_class": self.without_class,
        }


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def import_people(
    session: AsyncSession,
    reading: RosterReading,
    digest: str,
    key: Key,
    county: str,
    now: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Take everybody of a sound reading in, within the caller's one transaction."""
    if not reading.sound:
        raise Refusal(
            "名单还有错，没有导入。", "The roster has errors; nothing was imported.", "unsound"
        )
    check_fit(reading.people)
    await _check_key(session, key)
    county_id = (await staffing.settle_county(session, county)).id
    classes, made = await _classes(session, reading.people, county_id, now)
    prints = [key.fingerprint(row.id_number) for row in reading.people]
    known = await people.by_fingerprint(session, prints)
    joined = await people.with_phones(session, list(known.values())) if known else set()
    serial = await people.highest_number(session)
    taken: list[tuple[RosterRow, Person, list[str] | None]] = []
    for row, print_ in zip(reading.people, prints, strict=True):
        person = known.get(print_)
        if person is None:
            serial += 1
            person = _new_person(row, serial, county_id, key, now)
            session.add(person)
            taken.append((row, person, None))
        else:
            _check_county(person, county_id, row)
            taken.append((row, person, _update(person, row, on_phone=person.id in joined)))
    await session.flush()
    counts: Counter[str] = Counter()
    for done, (row, person, changed) in enumerate(taken, 1):
        study_class = classes.get(row.class_name)
        moved = await _enrol(session, person, study_class, now, new=changed is None)
        if changed is not None and moved:
            changed.append("class")
        await _write_down(session, digest, row, person, changed, now)
        counts["new" if changed is None else "changed" if changed else "unchanged"] += 1
        if progress:
            progress(done, len(taken))
    await _appoint(session, reading.people, classes, county_id, now)
    for name, study_class in classes.items():
        check_room(name, await people.count_members(session, study_class.id, Role.LEARNER, now))
    if counts["new"] or counts["changed"]:
        session.add(
            RosterImport(
                sha256=digest, people=len(reading.people), changed=counts["changed"], at=now
            )
        )
    unplaced = sum(not row.class_name for row in reading.people)
    return ImportResult(
        counts["new"], counts["changed"], counts["unchanged"], tuple(made), unplaced
    )


async def _check_key(session: AsyncSession, key: Key) -> None:
    """Refuse a key that is not the one of this base: it would take everybody in a second time."""
    sealed = await staff.any_sealed(session)
    if sealed:
        key.unseal(sealed)


def _check_county(person: Person, county_id: int, row: RosterRow) -> None:
    if person.county_id != county_id:
        raise Refusal(
            f"{row.place} 的学员已在别的县登记，请先核对。",
            f"The person at {row.place} is registered in another county; check this first.",
            "other_county",
        )


def _new_person(row: RosterRow, serial: int, county_id: int, key: Key, now: datetime) -> Person:
    return Person(
        **particulars(row),
        county_id=county_id,
        number=staffing.numbered(serial),
        id_sealed=key.seal(row.id_number),
        id_fingerprint=key.fingerprint(row.id_number),
        id_tail=row.id_number[-TAIL:],
        speaks=language(row),
        created_at=now,
    )


def _update(person: Person, row: RosterRow, *, on_phone: bool) -> list[str]:
    """Take over what a row says otherwise; a blank says nothing. Return the fields' names."""
    values = particulars(row)
    # Who is on a phone has chosen a language there, and that word counts for more.
    if row.speaks and not on_phone:
        values["speaks"] = language(row)
    changed = [
        field for field, value in values.items() if value and getattr(person, field) != value
    ]
    for field in changed:
        setattr(person, field, values[field])
    return changed


async def _classes(
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
        for field in ("trade", "teaching_point", "township"):
            said = Counter(value for row in members if (value := class_particulars(row)[field]))
            if said and not getattr(study_class, field):
                setattr(study_class, field, said.most_common(1)[0][0])
        if name in made:
            study_class.course = taught_as(study_class.trade)
        found[name] = study_class
    await session.flush()
    return found, made


async def _enrol(
    session: AsyncSession,
    person: Person,
    study_class: StudyClass | None,
    now: datetime,
    *,
    new: bool,
) -> bool:
    """See to it that a learner sits in this class and no other; say whether that is new."""
    if study_class is None:
        return False
    if new:
        await enrolling.grant(session, person, Role.LEARNER, study_class.id, now)
        return True
    for held in await people.memberships(session, person.id, now):
        if held.role is Role.LEARNER and held.study_class_id != study_class.id:
            await _leave(session, held, now)
    return await staffing.hold(session, person, Role.LEARNER, study_class.id, now)


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


async def _write_down(
    session: AsyncSession,
    digest: str,
    row: RosterRow,
    person: Person,
    changed: list[str] | None,
    now: datetime,
) -> None:
    """Keep in the ledger which line of which file said it; the values stay out of it."""
    if changed is None:
        await ledger.record(session, person.id, "import.applied", now, digest=digest, row=row.place)
    elif changed:
        await ledger.record(
            session,
            person.id,
            "import.applied",
            now,
            digest=digest,
            row=row.place,
            changed=sorted(changed),
        )


async def _appoint(
    session: AsyncSession,
    rows: Sequence[RosterRow],
    classes: dict[str, StudyClass],
    county_id: int,
    now: datetime,
) -> None:
    """Make those whom the roster names class heads."""
    named = {
        (row.class_name, head): None
        for row in rows
        if row.class_name and (head := row.extra.get("班主任", ""))
    }
    for class_name, head in named:
        study_class = classes[class_name]
        person = await staffing.staff_named(session, county_id, head, study_class.id, now)
        await staffing.hold(session, person, Role.CLASS_HEAD, study_class.id, now)
