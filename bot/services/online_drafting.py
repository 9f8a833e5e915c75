"""Attendance of an online meeting is drafted from its file, and its doubts are settled by people.

Nothing of it counts before it is applied.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.online_file import OnlineReading
from bot.services.online_matching import Roster, draft_of, fold
from bot.services.online_stays import Draft, clipped, seconds
from db.models import Meeting, OnlineImport, Person, Role
from db.queries import online, people

TAP = "tap"
LEAST = timedelta(minutes=5)  # of a meeting that a file must speak of


async def roster_of(session: AsyncSession, meeting: Meeting) -> Roster:
    """Gather who was of the class when it met, and what else they are called."""
    at = meeting.ends_at
    found = await people.members(session, meeting.study_class_id, Role.LEARNER, at)
    learners = [one for one in found if one.merged_into is None]
    staff = {
        one.id: one
        for role in (Role.TEACHER, Role.CLASS_HEAD)
        for one in await people.members(session, meeting.study_class_id, role, at)
    }
    teacher = await session.get_one(Person, meeting.teacher_id)
    aliases: dict[str, set[int]] = defaultdict(set)
    for alias in await online.aliases(session, [one.id for one in learners]):
        aliases[fold(alias.name)].add(alias.person_id)
    return Roster(learners, [*(staff | {teacher.id: teacher}).values()], aliases)


async def meeting_of(
    session: AsyncSession,
    reading: OnlineReading,
    person_id: int,
    classes: Sequence[int],
    now: datetime,
) -> Meeting | None:
    """Find the meeting that a file is of: most of its people, then most of its time."""
    span = reading.span
    if span is None:
        return None
    best: tuple[tuple[int, timedelta], Meeting] | None = None
    for meeting in await online.meetings_during(
        session, person_id, classes, after=span[0], until=span[1]
    ):
        during = min(span[1], meeting.ends_at) - max(span[0], meeting.starts_at)
        planned = meeting.ends_at - meeting.starts_at
        if meeting.starts_at > now or during < min(LEAST, planned):
            continue
        draft = draft_of(reading, await roster_of(session, meeting), meeting.starts_at)
        known = {one.person for one in draft.entries if one.person is not None}
        rank = len(known), during
        if best is None or rank > best[0]:
            best = rank, meeting
    return best[1] if best else None


async def too_short(
    session: AsyncSession,
    reading: OnlineReading,
    person_id: int,
    classes: Sequence[int],
    now: datetime,
) -> bool:
    """Say whether a file falls into a meeting after all, but tells of too little of it."""
    span = reading.span
    if span is None:
        return False
    found = await online.meetings_during(session, person_id, classes, after=span[0], until=span[1])
    return any(meeting.starts_at <= now for meeting in found)


def speaks_of(reading: OnlineReading, meeting: Meeting) -> bool:
    """Say whether a file's times are those of a meeting."""
    if reading.span is None:
        return True
    planned = meeting.ends_at - meeting.starts_at
    common = clipped([reading.span], (meeting.starts_at, meeting.ends_at))
    return seconds(common) >= min(LEAST, planned).total_seconds()


async def draft(
    session: AsyncSession, reading: OnlineReading, meeting: Meeting, by: Person, now: datetime
) -> OnlineImport:
    """Draft what a file says of a meeting; of the very same file, return what there is."""
    # Two that come at once are told apart by the meeting's lock.
    await session.get_one(Meeting, meeting.id, with_for_update=True)
    known = await online.of_digest(session, meeting.id, reading.sha256)
    if known and known.applied_at:
        return known
    made = draft_of(reading, await roster_of(session, meeting), meeting.starts_at)
    rows = made.model_dump(mode="json")
    if known:
        known.rows, known.origin, known.made_by, known.made_at = rows, reading.origin, by.id, now
        return known
    row = OnlineImport(
        meeting_id=meeting.id,
        sha256=reading.sha256,
        origin=reading.origin,
        rows=rows,
        made_by=by.id,
        made_at=now,
    )
    session.add(row)
    await session.flush()
    return row


def drafted(row: OnlineImport) -> Draft:
    """Read what was drafted."""
    return Draft.model_validate(row.rows)


def doubtful(draft: Draft) -> list[int]:
    """List the places of the labels that nobody has settled."""
    return [place for place, entry in enumerate(draft.entries) if not entry.settled]


def settle(row: OnlineImport, place: int, person: Person | None) -> bool:
    """Say who a label is, or that it is nobody of the class."""
    read = drafted(row)
    if row.applied_at or not 0 <= place < len(read.entries):
        return False
    entry = read.entries[place]
    if entry.settled:
        return False
    entry.person, entry.ours, entry.by = (person.id if person else None), person is not None, TAP
    row.rows = read.model_dump(mode="json")
    return True


def settle_rest(row: OnlineImport) -> bool:
    """Say that whoever is still in doubt is nobody of the class."""
    read = drafted(row)
    if row.applied_at:
        return False
    for place in doubtful(read):
        read.entries[place].ours, read.entries[place].by = False, TAP
    row.rows = read.model_dump(mode="json")
    return True


def unsettle(row: OnlineImport) -> bool:
    """Take back what was settled by taps."""
    read = drafted(row)
    if row.applied_at:
        return False
    for entry in read.entries:
        if entry.by == TAP:
            entry.person, entry.ours, entry.by = None, True, ""
    row.rows = read.model_dump(mode="json")
    return True
