"""A settled draft of an online meeting's attendance becomes marks; its origin is kept with them.

Several files of one meeting (it broke off and began anew) count together; the very same file counts
once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import tallying
from bot.services.marking import WITHDRAWN, make_mark, withdraw
from bot.services.online_drafting import TAP, doubtful, drafted, roster_of
from bot.services.online_matching import ENDING, fold
from bot.services.online_stays import (
    Attended,
    Draft,
    Entry,
    attended,
    clipped,
    judged,
    seconds,
    window,
)
from db import ledger
from db.models import Alias, How, Mark, Meeting, OnlineImport, Person, Phase, Status, Sure
from db.queries import online

WORD = "import:"  # how the keys of its marks begin


@dataclass
class Applied:
    """What came of a file, in learners."""

    present: int = 0
    late: int = 0
    too_late: int = 0  # came after check-in was over by the class's windows
    outside: int = 0  # were there before or after the class only
    absent: int = 0  # of the class, and not in the file
    new: int = 0  # marks that say something new
    minutes: dict[int, int] = field(default_factory=dict)  # by person


@dataclass(frozen=True)
class Scribe:
    """Who marks, for which file, and what earlier files of the meeting marked."""

    session: AsyncSession
    row: OnlineImport
    meeting: Meeting
    by: Person
    account_id: int | None
    old: Mapping[tuple[int, Phase], Mark]


async def apply(
    session: AsyncSession,
    row: OnlineImport,
    meeting: Meeting,
    by: Person,
    now: datetime,
    account_id: int | None = None,
) -> Applied | None:
    """Make the marks of a settled draft; None where it was applied before, or has doubts left."""
    read = drafted(row)
    if row.applied_at or doubtful(read):
        return None
    roster = await roster_of(session, meeting)
    learners = {one.id: one for one in roster.learners}
    files = [drafted(one) for one in await online.applied(session, meeting.id)]
    done = Applied(absent=len(learners))
    scribe = Scribe(session, row, meeting, by, account_id, await _marks(session, meeting))
    row.applied_at, row.made_by = now, by.id
    for number, entries in _by_person([*files, read]).items():
        if (person := learners.get(number)) is None:
            continue
        done.absent -= 1
        part = attended(entries, meeting)
        status, late = judged(part.joined, meeting) if part else (None, 0)
        if part is None or status is None:
            done.too_late += part is not None
            done.outside += part is None
            continue
        done.late += status is Status.LATE
        done.present += status is Status.PRESENT
        done.minutes[person.id] = part.minutes
        if await _mark(scribe, person, part, status, late):
            done.new += 1
            await _record(session, row, meeting, person, part, now)
    await _learn(session, read, learners, now)
    await ledger.record(
        session,
        by.id,
        "import.applied",
        now,
        **_origin(row),
        people=len(done.minutes),
        left_out=read.left_out,
        strangers=sum(not one.ours for one in read.entries),
    )
    await tallying.refresh(session, meeting, now)
    return done


def _by_person(drafts: Sequence[Draft]) -> dict[int, list[Entry]]:
    """Gather what every file says of each person."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for one in drafts:
        for entry in one.entries:
            if entry.person is not None and entry.ours:
                found[entry.person].append(entry)
    return dict(sorted(found.items()))


async def _marks(session: AsyncSession, meeting: Meeting) -> dict[tuple[int, Phase], Mark]:
    """Return what earlier files marked and nobody has taken back."""
    found: dict[int, Mark] = {}
    for mark in await online.imported_marks(session, meeting.id, WORD):
        if mark.key.startswith(WITHDRAWN):
            found.pop(int(mark.key.removeprefix(WITHDRAWN)), None)
        else:
            found[mark.id] = mark
    return {(mark.person_id, mark.phase): mark for mark in found.values()}


async def _mark(scribe: Scribe, person: Person, part: Attended, status: Status, late: int) -> bool:
    """Mark a learner's first coming and last going, and the minutes that they were there.

    Says whether that was new.
    """
    said = {
        Phase.IN: (part.joined, status, late, None),
        Phase.OUT: (part.left, Status.PRESENT, 0, part.minutes),
    }
    new = False
    for phase, (at, counts, minutes_late, minutes) in said.items():
        before = scribe.old.get((person.id, phase))
        if before and (before.at, before.status, before.minutes) == (at, counts, minutes):
            continue
        if before:
            await withdraw(
                scribe.session,
                before,
                person=person,
                meeting=scribe.meeting,
                by=scribe.by,
                at=scribe.row.applied_at or at,
                sure=Sure.IMPORT,
            )
        made = await make_mark(
            scribe.session,
            person=person,
            meeting=scribe.meeting,
            phase=phase,
            status=counts,
            how=How.IMPORT,
            sure=Sure.IMPORT,
            by=scribe.by,
            at=at,
            key=f"{WORD}{scribe.row.id}",
            account_id=scribe.account_id,
            minutes_late=minutes_late,
            minutes=minutes,
        )
        new |= made is not None
    return new


async def _record(
    session: AsyncSession,
    row: OnlineImport,
    meeting: Meeting,
    person: Person,
    part: Attended,
    now: datetime,
) -> None:
    """Tell the ledger of a learner which file said what, the true times of coming and going too."""
    through = seconds(clipped([(part.joined, part.left)], window(meeting)))
    await ledger.record(
        session,
        person.id,
        "import.applied",
        now,
        **_origin(row),
        joined=part.joined.isoformat(),
        left=part.left.isoformat(),
        minutes=part.minutes,
        away=max(through - part.seconds, 0) // 60,
    )


def _origin(row: OnlineImport) -> dict[str, object]:
    return {
        "import": row.id,
        "meeting": row.meeting_id,
        "digest": row.sha256,
        "origin": row.origin,
    }


async def _learn(
    session: AsyncSession, read: Draft, learners: Mapping[int, Person], now: datetime
) -> None:
    """Remember the names that were settled by taps."""
    known = {
        (one.person_id, fold(one.name)) for one in await online.aliases(session, list(learners))
    }
    for entry in read.entries:
        number, name = entry.person, entry.name
        if entry.by != TAP or number is None or number not in learners:
            continue
        if name.startswith(ENDING) or not name.strip("?") or (number, fold(name)) in known:
            continue
        known.add((number, fold(name)))
        session.add(Alias(person_id=number, name=name, at=now))
