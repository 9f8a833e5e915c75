"""Take a roster that was read into the base: all of it or nothing, the second time nothing new."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import reminding, roster_doubting, staffing
from bot.services.refusing import Refusal
from bot.services.roster_classes import appoint, reseat, settle_classes
from bot.services.roster_doubting import Added
from bot.services.roster_entries import as_data, check_entries, entry_of, listed
from bot.services.roster_fit import check_fit, check_room
from bot.services.roster_people import RosterReading, RosterRow
from bot.services.roster_taking import check_county, new_person, take_over
from db import chains, ledger
from db.models import Person, Role, RosterImport, StudyClass
from db.queries import people, rosters, staff
from db.sealing import Key

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportResult:
    """What an import did: people new, changed and as before, and the classes that it made."""

    new: int
    changed: int
    unchanged: int
    classes: tuple[str, ...]
    without_class: int
    listed: int = 0  # lines of the base lists, which make nobody a learner
    doubts: int = 0  # pairs of whom a person has to say whether they are one
    number: int | None = None  # of the import; None where nothing was new

    def as_json(self) -> dict[str, object]:
        """Shape the result for `--json`."""
        return {
            "import": self.number,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "classes": list(self.classes),
            "without_class": self.without_class,
            "listed": self.listed,
            "doubts": self.doubts,
        }


@dataclass(slots=True)
class Taken:
    """Somebody of a roster, what changed of them, and what was there before."""

    row: RosterRow
    person: Person | Added
    new: bool
    changed: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)


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
    by: Person | None = None,
) -> ImportResult:
    """Take everybody of a sound reading in, within the caller's one transaction."""
    if not reading.sound:
        raise Refusal(
            "名单还有错，没有导入。", "The roster has errors; nothing was imported.", "unsound"
        )
    learners, counted = listed(reading.people)
    check_fit(learners)
    check_entries(counted)
    await _check_key(session, key)
    county_id = (await staffing.settle_county(session, county)).id
    classes, made = await settle_classes(session, learners, county_id, now)
    taken = await _take(session, learners, county_id, key, now)
    touched = await _seat(session, taken, classes, digest, now, progress)
    added = await appoint(session, learners, classes, county_id, now)
    for name, study_class in classes.items():
        check_room(name, await people.count_members(session, study_class.id, Role.LEARNER, now))
    for number in sorted(touched):  # each class at once, whoever of it is concerned
        await reminding.replan_class(session, await session.get_one(StudyClass, number), now)
    counts = Counter(
        "new" if one.new else "changed" if one.changed else "unchanged" for one in taken
    )
    unplaced = sum(not row.class_name for row in learners)
    result = (counts["new"], counts["changed"], counts["unchanged"], tuple(made), unplaced)
    if await rosters.standing(session, digest) and not (counts["new"] or counts["changed"]):
        return ImportResult(*result)
    row = RosterImport(
        sha256=digest,
        people=len(reading.people),
        changed=counts["changed"],
        new=counts["new"],
        at=now,
        county_id=county_id,
        made_by=by.id if by else None,
        kinds=",".join(sorted({one.kind.value for one in reading.people})),
        made={"classes": [classes[name].id for name in made], **added},
    )
    session.add(row)
    await session.flush()
    await _keep_lines(session, row, taken, counted, key)
    doubts = await roster_doubting.note(
        session, row.id, county_id, [one.person for one in taken if isinstance(one.person, Added)]
    )
    return ImportResult(*result, listed=len(counted), doubts=doubts, number=row.id)


async def _take(
    session: AsyncSession,
    rows: Sequence[RosterRow],
    county_id: int,
    key: Key,
    now: datetime,
) -> list[Taken]:
    """Find or add everybody of a roster, and take over what it says of them."""
    prints = [key.fingerprint(row.id_number) for row in rows]
    known = await people.by_fingerprint(session, prints)
    joined = await people.with_phones(session, list(known.values())) if known else set()
    serial = await people.highest_number(session)
    taken: list[Taken] = []
    added: list[Added] = []
    new: list[dict[str, Any]] = []
    for row, print_ in zip(rows, prints, strict=True):
        person = known.get(print_)
        if person is None:
            new.append(new_person(row, serial + len(new) + 1, county_id, key, now))
            added.append(Added(0, row.name, row.sex, row.village, row.birth_date))
            taken.append(Taken(row, added[-1], new=True))
            continue
        while person.merged_into:  # who was found to be somebody else
            person = await session.get_one(Person, person.merged_into)
        check_county(person, county_id, row)
        one = Taken(row, person, new=False)
        one.changed, was = take_over(person, row, on_phone=person.id in joined)
        if was:
            one.before["fields"] = as_data(was)
        taken.append(one)
    await session.flush()
    for one_added, number in zip(added, await rosters.add_people(session, new), strict=True):
        one_added.id = number
    return taken


async def _seat(
    session: AsyncSession,
    taken: Sequence[Taken],
    classes: dict[str, StudyClass],
    digest: str,
    now: datetime,
    progress: Progress | None,
) -> set[int]:
    """Seat everybody in their class and write it down; return the classes that this changed."""
    touched: set[int] = set()
    firsts: list[chains.First] = []
    seats: list[dict[str, Any]] = []
    for done, one in enumerate(taken, 1):
        study_class = classes.get(one.row.class_name)
        said: dict[str, Any] = {"digest": digest, "row": one.row.place}
        if isinstance(one.person, Added):
            granted = []
            if study_class:
                seats.append(_seat_of(one.person, study_class, now))
                seat = {"role": Role.LEARNER, "study_class": study_class.id}
                granted.append(("role.granted", seat))
                touched.add(study_class.id)
            # Which line of which file said it is kept; the values stay out of the ledger.
            firsts.append((one.person.id, [*granted, ("import.applied", said)]))
        else:
            moved, before = await reseat(session, one.person, study_class, now)
            touched |= moved
            one.before |= before
            one.changed += ["class"] if moved else []
            if one.changed:
                said["changed"] = sorted(one.changed)
                await ledger.record(session, one.person.id, "import.applied", now, **said)
        if progress:
            progress(done, len(taken))
    await session.flush()
    await rosters.add_seats(session, seats)
    await chains.begin(session, firsts, now)
    return touched


def _seat_of(person: Added, study_class: StudyClass, now: datetime) -> dict[str, Any]:
    return {
        "person_id": person.id,
        "role": Role.LEARNER,
        "study_class_id": study_class.id,
        "starts_at": now,
    }


async def _keep_lines(
    session: AsyncSession,
    row: RosterImport,
    taken: Sequence[Taken],
    counted: Sequence[RosterRow],
    key: Key,
) -> None:
    """Keep every line as it was read, and what undoing it needs."""
    county_id = row.county_id or 0
    lines = [
        entry_of(one.row, row.id, county_id, one.person, key)
        | {"added": one.new, "before": one.before or None}
        for one in taken
    ]
    prints = [key.fingerprint(one.id_number) for one in counted if one.id_number]
    known = await people.by_fingerprint(session, prints) if prints else {}
    for one in counted:
        person = known.get(key.fingerprint(one.id_number)) if one.id_number else None
        lines.append(entry_of(one, row.id, county_id, person, key))
    await rosters.add_entries(session, lines)


async def _check_key(session: AsyncSession, key: Key) -> None:
    """Refuse a key that is not the one of this base: it would take everybody in a second time."""
    sealed = await staff.any_sealed(session)
    if sealed:
        key.unseal(sealed)
