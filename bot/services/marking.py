"""The one place where a mark is made: stored once, and told to the ledger of whom it is about."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import ledger
from db.models import How, LeaveKind, Mark, Meeting, Person, Phase, Status, Sure
from db.queries import marks

WITHDRAWN = "withdrawn:"


async def make_mark(  # noqa: PLR0913 - all that a mark is
    session: AsyncSession,
    *,
    person: Person,
    meeting: Meeting,
    phase: Phase,
    status: Status,
    how: How,
    sure: Sure,
    by: Person,
    at: datetime,
    key: str,
    account_id: int | None = None,
    voice_id: int | None = None,
    minutes_late: int = 0,
    minutes: int | None = None,
    feeling: int | None = None,
    leave: LeaveKind | None = None,
    metres: int | None = None,
    accuracy: int | None = None,
) -> Mark | None:
    """Make a mark; None where the person has one with this key in this phase already.

    Nothing is judged here: whoever calls knows that the mark may be made. Marks are never changed
    nor removed; `withdraw` makes another one that takes one back.
    """
    mark = Mark(
        meeting_id=meeting.id,
        person_id=person.id,
        phase=phase,
        key=key,
        status=status,
        how=how,
        sure=sure,
        minutes_late=minutes_late,
        minutes=minutes,
        feeling=feeling,
        made_by=by.id,
        account_id=account_id,
        voice_id=voice_id,
        leave=leave,
        metres=metres,
        accuracy=accuracy,
        at=at,
    )
    number = await marks.add_once(session, mark)
    if number is None:
        return None
    mark.id = number
    await ledger.record(session, mark.person_id, ledger.MARK_MADE, at, **ledger.told_of(mark))
    return mark


async def withdraw(
    session: AsyncSession,
    mark: Mark,
    *,
    person: Person,
    meeting: Meeting,
    by: Person,
    at: datetime,
    sure: Sure = Sure.SELF,
) -> Mark | None:
    """Take a mark back, once; it and the withdrawal that names it both stay."""
    return await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=mark.phase,
        status=Status.WITHDRAWN,
        how=mark.how,
        sure=sure,
        by=by,
        at=at,
        key=f"{WITHDRAWN}{mark.id}",
        account_id=mark.account_id,
    )


async def next_key(
    session: AsyncSession, meeting: Meeting, person: Person, phase: Phase, word: str
) -> str:
    """Return a key for one more mark of a kind that may be made again, such as `roll:2`."""
    earlier = await marks.keys(session, meeting.id, person.id, phase)
    return f"{word}:{sum(key.startswith(f'{word}:') for key in earlier) + 1}"
