"""A meeting that is moved, cancelled or held after all: done at once, told at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import moving_words, reminding, timetable_posts
from bot.services.moving_words import Told
from bot.services.permitting import holds
from bot.services.refusing import Refusal
from bot.services.timetabling import LONGEST_PLACE
from bot.services.weighing import time_label
from db import ledger
from db.models import Meeting, MeetingState, Membership, Person, Role
from db.queries import meetings, planning

LONGEST = timedelta(days=1)
MOST_AHEAD = timedelta(days=366)

__all__ = ["Told", "cancel", "check", "may_move", "move", "restore"]


def may_move(memberships: Sequence[Membership], person_id: int, meeting: Meeting) -> bool:
    """Say whether somebody may move or cancel a meeting: its teacher, or a head of its class."""
    return person_id == meeting.teacher_id or holds(
        memberships, Role.CLASS_HEAD, meeting.study_class_id
    )


async def move(  # noqa: PLR0913 - who moves what to when and where, and is told how
    session: AsyncSession,
    mover: Person,
    meeting: Meeting,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    now: datetime,
    revision: int | None = None,
    *,
    data: Path | None = None,
) -> Told:
    """Move a meeting and tell all concerned; Refusal where it cannot be done.

    With a `revision`, only if nobody has changed the meeting since. Pictures of the change are
    drawn into the `data` folder.
    """
    await planning.locked(session, meeting)
    await check(session, meeting, revision)
    _check_time(starts_at, ends_at, place, now)
    old, old_end, old_place = meeting.starts_at, meeting.ends_at, meeting.place
    if (old, old_end, old_place) == (starts_at, ends_at, place):
        raise Refusal(
            "时间和地点都没有变。", "Neither the time nor the place would change.", "same"
        )
    await _check_clash(session, meeting, starts_at, ends_at)
    meeting.starts_at, meeting.ends_at, meeting.place = starts_at, ends_at, place
    meeting.revision += 1
    await ledger.record(
        session,
        mover.id,
        "meeting.moved",
        now,
        **_about(meeting),
        from_starts_at=ledger.stamp(old),
        from_ends_at=ledger.stamp(old_end),
        from_place=old_place,
        answers_dropped=await planning.forget_answers(session, meeting.id),
    )
    await reminding.replan(session, meeting, now)
    told = await moving_words.tell_moved(session, mover, meeting, (old, old_place), now, data)
    await _redraw(session, meeting, (old, starts_at), now, data)
    return told


async def cancel(
    session: AsyncSession,
    mover: Person,
    meeting: Meeting,
    reason: str,
    now: datetime,
    revision: int | None = None,
    *,
    quietly: bool = False,
    data: Path | None = None,
) -> Told:
    """Cancel a meeting and tell all concerned; `quietly` where only its teacher has heard of it."""
    await planning.locked(session, meeting)
    await check(session, meeting, revision)
    meeting.state = MeetingState.CANCELLED
    meeting.revision += 1
    await ledger.record(
        session, mover.id, "meeting.cancelled", now, **_about(meeting), reason=reason
    )
    await reminding.replan(session, meeting, now)
    told = await moving_words.tell_cancelled(session, mover, meeting, reason, now, quietly=quietly)
    await _redraw(session, meeting, (meeting.starts_at,), now, data)
    return told


async def restore(
    session: AsyncSession,
    mover: Person,
    meeting: Meeting,
    revision: int,
    now: datetime,
    *,
    data: Path | None = None,
) -> Told:
    """Hold a meeting after all that was cancelled; a line of its own in the ledger."""
    await planning.locked(session, meeting)
    if meeting.revision != revision or meeting.state is not MeetingState.CANCELLED:
        raise _outdated()
    _check_time(meeting.starts_at, meeting.ends_at, meeting.place, now)
    await _check_clash(session, meeting, meeting.starts_at, meeting.ends_at)
    meeting.state = MeetingState.PLANNED
    meeting.revision += 1
    await ledger.record(session, mover.id, "meeting.restored", now, **_about(meeting))
    await reminding.replan(session, meeting, now)
    told = await moving_words.tell_restored(session, mover, meeting, now)
    await _redraw(session, meeting, (meeting.starts_at,), now, data)
    return told


async def _redraw(
    session: AsyncSession,
    meeting: Meeting,
    moments: Sequence[datetime],
    now: datetime,
    data: Path | None,
) -> None:
    """Let no picture in the group say what no longer holds."""
    if data:
        await timetable_posts.refresh(session, meeting.study_class, moments, data, now)


async def check(session: AsyncSession, meeting: Meeting, revision: int | None = None) -> None:
    """Refuse to change what has begun, what anybody was marked at, and what changed meanwhile."""
    if meeting.state in (MeetingState.OPEN, MeetingState.CLOSED) or await planning.has_marks(
        session, meeting.id
    ):
        raise Refusal(
            "这次课已经签到，不能再挪，也不能取消。",
            "Check-in of this meeting has begun; it is neither moved nor cancelled any more.",
            "begun",
        )
    if revision is not None and meeting.revision != revision:
        raise _outdated()
    if meeting.state is MeetingState.CANCELLED:
        raise Refusal("这次课已经取消了。", "This meeting has been cancelled.", "cancelled")


def _outdated() -> Refusal:
    return Refusal(
        "这次课刚才已经改过，请看最新的课程表。",
        "This meeting has been changed meanwhile; look at the timetable.",
        "outdated",
    )


def _about(meeting: Meeting) -> dict[str, object]:
    """Return what the ledger keeps of a meeting as it is now."""
    return {
        "meeting": meeting.id,
        "study_class": meeting.study_class_id,
        "revision": meeting.revision,
        "starts_at": ledger.stamp(meeting.starts_at),
        "ends_at": ledger.stamp(meeting.ends_at),
        "place": meeting.place,
    }


def _check_time(starts_at: datetime, ends_at: datetime, place: str, now: datetime) -> None:
    if starts_at <= now:
        raise Refusal("这个时间已经过了，请换一个。", "This time is over; choose another.", "past")
    if starts_at - now > MOST_AHEAD:
        raise Refusal("超过一年了，请核对年份。", "It is over a year away; check the year.", "far")
    if not timedelta() < ends_at - starts_at <= LONGEST:
        raise Refusal(
            "结束要晚于开始，一次课不超过一天。",
            "It has to end after it begins, and lasts no longer than a day.",
            "length",
        )
    if not place.strip() or len(place) > LONGEST_PLACE:
        raise Refusal(
            f"地点要写，最多 {LONGEST_PLACE} 个字。",
            f"Give a place, in at most {LONGEST_PLACE} characters.",
            "place",
        )


async def _check_clash(
    session: AsyncSession, meeting: Meeting, starts_at: datetime, ends_at: datetime
) -> None:
    for other in await meetings.around(
        session, meeting.study_class_id, meeting.teacher_id, after=starts_at, until=ends_at
    ):
        if other.id == meeting.id:
            continue
        when = time_label(other.starts_at, other.ends_at)
        own = other.study_class_id == meeting.study_class_id
        whose, whose_en = ("这个班", "the class") if own else ("这位教师", "the teacher")
        raise Refusal(
            f"{whose} {when} 已有课，请换时间。",
            f"{whose_en} is taken {when}; choose another time.",
            "overlap",
        )
