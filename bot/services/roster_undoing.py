"""Take a whole import back: who came with it goes, what it changed is put back.

Who has marks or work by now stays: that is said, and then nothing is undone, unless the others are
asked for. The ledger keeps what was written, and that it was undone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import reminding
from bot.services.refusing import Refusal
from bot.services.roster_holding import BOOKKEEPING, Held, held_back
from db import ledger
from db.models import Membership, Person, RosterEntry, RosterImport, StudyClass
from db.queries import people, roster_traces, rosters

GONE = "（导入已撤销）"
SHOWN = 10


@dataclass(frozen=True)
class Undone:
    """What an undo did."""

    number: int
    removed: int
    restored: int
    lines: int
    held: tuple[Held, ...]

    def as_json(self) -> dict[str, object]:
        """Shape the result for `--json`."""
        return {
            "import": self.number,
            "removed": self.removed,
            "restored": self.restored,
            "lines": self.lines,
            "held": [
                {"person": one.number, "reason": f"{one.reason_zh} {one.reason_en}"}
                for one in self.held
            ],
        }


async def undo(
    session: AsyncSession,
    number: int,
    now: datetime,
    by: Person | None = None,
    *,
    others: bool = False,
) -> Undone:
    """Undo an import; with `others`, of all but those who have marks or work."""
    row = await session.get(RosterImport, number, with_for_update=True)
    if row is None:
        raise Refusal(
            f"没有第 {number} 次导入，请用 roster list 查看。",
            f"There is no import {number}; see roster list.",
            "no_import",
        )
    if row.undone_at:
        raise Refusal(
            f"第 {number} 次导入已经撤销过了。",
            f"Import {number} was undone before.",
            "undone_before",
        )
    if row.made is None:
        raise Refusal(
            f"第 {number} 次导入是旧版本做的，没有留下撤销要用的记录。",
            f"Import {number} was made by an older version, which kept nothing to undo it by.",
            "too_old",
        )
    lines = await rosters.entries(session, number)
    await _check_last(session, row, lines)
    held = await held_back(session, lines, row)
    if held and not others:
        _refuse(number, list(held.values()))
    removed = await _remove(session, lines, held, number, now)
    restored, touched = await _restore(session, lines, held, number, now)
    await _remove_made(session, row, now)
    await roster_traces.drop_entries(session, number, list(held))
    row.undone_at, row.undone_by = now, by.id if by else None
    await session.flush()
    for class_id in sorted(touched):
        study_class = await session.get(StudyClass, class_id)
        if study_class:
            await reminding.replan_class(session, study_class, now)
    return Undone(number, removed, restored, len(lines), tuple(held.values()))


async def _check_last(
    session: AsyncSession, row: RosterImport, lines: Iterable[RosterEntry]
) -> None:
    """Refuse while a later roster speaks of the same people: the last one is undone first."""
    touched = [one.person_id for one in lines if one.person_id and (one.added or one.before)]
    later = await roster_traces.later_import(session, row.id, touched)
    if later:
        raise Refusal(
            f"第 {later} 次导入里也有这些人，请先撤销第 {later} 次。",
            f"Import {later} speaks of the same people; undo import {later} first.",
            "later_import",
        )


def _refuse(number: int, held: Sequence[Held]) -> None:
    told = "、".join(f"{one.number}{one.reason_zh}" for one in held[:SHOWN])
    told_en = ", ".join(f"{one.number}: {one.reason_en}" for one in held[:SHOWN])
    more, more_en = (" 等", " and others") if len(held) > SHOWN else ("", "")
    raise Refusal(
        f"没有撤销第 {number} 次导入：有 {len(held)} 人已经有签到或学习（{told}{more}）。"
        "要撤销其余的人，请加 --others。",
        f"Import {number} was not undone: {len(held)} people have marks or work by now "
        f"({told_en}{more_en}). Add --others to undo it for the rest.",
        "has_work",
    )


async def _remove(
    session: AsyncSession,
    lines: Iterable[RosterEntry],
    held: dict[int, Held],
    number: int,
    now: datetime,
) -> int:
    """Take away who came with the import: the seat, the invitations, and all that names them."""
    gone = [one.person_id for one in lines if one.added and one.person_id]
    gone = [person_id for person_id in gone if person_id not in held]
    await roster_traces.settle_doubts(session, gone, now)
    await roster_traces.unlink(session, gone)
    for table in ("membership", "invite", "reminder", "task", "flag"):
        await roster_traces.drop_rows(session, table, gone)
    for person in await rosters.people_of(session, gone):
        _blank(person)
        await ledger.record(session, person.id, "import.undone", now, number=number)
    return len(gone)


def _blank(person: Person) -> None:
    person.name = GONE
    person.birth_date = person.id_sealed = person.id_fingerprint = None
    for field in ("sex", "ethnicity", "phone", "township", "village", "address", "disability"):
        setattr(person, field, "")
    person.note = person.id_tail = ""


async def _restore(
    session: AsyncSession,
    lines: Iterable[RosterEntry],
    held: dict[int, Held],
    number: int,
    now: datetime,
) -> tuple[int, set[int]]:
    """Put back what the import changed of those who were there before, unless it changed since."""
    restored, touched = 0, set()
    for line in lines:
        before = line.before or {}
        if line.added or not before or line.person_id is None or line.person_id in held:
            continue
        person = await session.get_one(Person, line.person_id)
        for field, value in before.get("fields", {}).items():
            _put_back(person, line, field, value)
        touched |= await _reseat(session, before)
        await ledger.record(session, person.id, "import.undone", now, number=number)
        restored += 1
    return restored, touched


def _put_back(person: Person, line: RosterEntry, field: str, value: str | None) -> None:
    # Of what the line itself keeps it can be told whether somebody changed it since.
    written = getattr(line, field, None)
    if written is not None and getattr(person, field) != written:
        return
    dated = field == "birth_date" and value
    setattr(person, field, date.fromisoformat(str(value)) if dated else value)


async def _reseat(session: AsyncSession, before: dict[str, Any]) -> set[int]:
    """Put somebody back into the class of before."""
    touched: set[int] = set()
    for membership_id in before.get("left", ()):
        held = await session.get(Membership, membership_id)
        if held:
            held.ends_at = None
            touched |= {held.study_class_id} if held.study_class_id else set()
    if joined := before.get("joined"):
        held = await session.get(Membership, joined[0])
        if held:
            touched |= {held.study_class_id} if held.study_class_id else set()
            if len(joined) > 1:
                held.starts_at = datetime.fromisoformat(joined[1])
                held.ends_at = datetime.fromisoformat(joined[2]) if joined[2] else None
            else:
                await session.delete(held)
    return touched


async def _remove_made(session: AsyncSession, row: RosterImport, now: datetime) -> None:
    """Take away classes that stand empty, and class heads whom nothing holds."""
    made = row.made or {}
    await session.flush()
    staff = made.get("staff", [])
    working = await roster_traces.with_traces(session, staff, BOOKKEEPING)
    for membership_id in made.get("heads", ()):
        held = await session.get(Membership, membership_id)
        if held and held.person_id not in working:
            await ledger.record(session, held.person_id, "import.undone", now, number=row.id)
            await session.delete(held)
    await session.flush()
    for person_id in staff:
        person = await session.get_one(Person, person_id)
        if person_id not in working and not await people.memberships(session, person_id, now):
            _blank(person)
    for class_id in made.get("classes", ()):
        if await roster_traces.class_is_empty(session, class_id):
            await session.delete(await session.get_one(StudyClass, class_id))
    await session.flush()
