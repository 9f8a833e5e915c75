"""The live tally: numbers for the group, the same and a little more for the teacher."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html
from bot.language import N_ as _
from bot.services.standing import counting, written
from bot.voice.buttons import GREEN, Keyboard, button, inline
from db.models import Meeting, Role, Status
from db.queries import marks, outbox, people
from db.queries.marks import Arrival


@dataclass(frozen=True)
class Tally:
    """How many of a class came, are late, on leave or not yet here."""

    here: int
    late: int
    leave: int
    absent: int
    missing: int
    all: int

    @property
    def came(self) -> int:
        """Everybody who is in the room, late or not."""
        return self.here + self.late


def standings(rows: Iterable[Arrival]) -> dict[int, Status]:
    """Return what counts of each person's marks of coming in; rows come oldest first."""
    kept: dict[int, Arrival] = {}
    for row in rows:
        if row.status is Status.WITHDRAWN:
            kept.pop(int(row.key.partition(":")[2]), None)
        else:
            kept[row.id] = row
    of_person: dict[int, list[Arrival]] = {}
    for row in kept.values():
        of_person.setdefault(row.person_id, []).append(row)
    return {
        person_id: counting(own, written).status if len(own) > 1 else own[0].status
        for person_id, own in of_person.items()
    }


def count(standing: dict[int, Status], all_: int) -> Tally:
    """Count a class of `all_` by what each one's marks say."""
    of = list(standing.values()).count
    here, late, leave, absent = (
        of(Status.PRESENT) + of(Status.LEFT_EARLY),
        of(Status.LATE),
        of(Status.LEAVE) + of(Status.EXCUSED),
        of(Status.ABSENT),
    )
    return Tally(here, late, leave, absent, max(all_ - here - late - leave - absent, 0), all_)


async def tally(session: AsyncSession, meeting: Meeting, now: datetime) -> Tally:
    """Count who is here at this moment."""
    everybody = await people.count_members(session, meeting.study_class_id, Role.LEARNER, now)
    return count(standings(await marks.arrivals(session, meeting.id)), everybody)


def group_text(meeting: Meeting, tally: Tally) -> str:
    """Return the words of the group's card: numbers, never a name."""
    words = html(
        MANDARIN,
        _("Check-in, %(lesson)s, %(time)s: %(here)d of %(all)d are here."),
        lesson=meeting.title,
        time=clock(meeting.starts_at),
        here=tally.came,
        all=tally.all,
    )
    if tally.came == tally.all:
        words += "\n" + html(MANDARIN, _("Everybody has come."))
    return words


def group_buttons(meeting: Meeting) -> Keyboard:
    """Return the one button of the group's card."""
    return [[button("✋", f"here:{meeting.id}", GREEN)]]


def teacher_text(meeting: Meeting, tally: Tally) -> str:
    """Return the words of the teacher's own tally."""
    return html(
        MANDARIN,
        _(
            "%(lesson)s, opened %(time)s. Here %(here)d, late %(late)d, on leave %(leave)d, "
            "not yet %(missing)d, of %(all)d"
        ),
        lesson=meeting.title,
        time=clock(meeting.opened_at or meeting.starts_at),
        here=tally.here,
        late=tally.late,
        leave=tally.leave,
        missing=tally.missing + tally.absent,
        all=tally.all,
    )


def teacher_buttons(meeting: Meeting, tally: Tally) -> Keyboard:
    """Return what a teacher can do while people come."""
    missing = tally.missing + tally.absent
    roll = html(MANDARIN, _("Roll call %(count)d"), count=missing)
    return [
        [
            button(roll, f"roll:{meeting.id}:1"),
            button(html(MANDARIN, _("Code of the moment")), f"code:{meeting.id}"),
            button("📷", f"photo:{meeting.id}"),
            button(html(MANDARIN, _("Close")), f"close:{meeting.id}"),
        ]
    ]


async def refresh(session: AsyncSession, meeting: Meeting, now: datetime) -> None:
    """Bring both cards up to date; an edit that has not left yet is replaced by this one."""
    counted = await tally(session, meeting, now)
    if meeting.group_card_id:
        payload: dict[str, Any] = {
            "caption": group_text(meeting, counted),
            "reply_markup": inline(group_buttons(meeting)),
        }
        await _supersede(session, meeting.group_card_id, "editMessageCaption", payload, now)
    if meeting.teacher_card_id:
        payload = {
            "text": teacher_text(meeting, counted),
            "reply_markup": inline(teacher_buttons(meeting, counted)),
        }
        await _supersede(session, meeting.teacher_card_id, "editMessageText", payload, now)


async def end(session: AsyncSession, meeting: Meeting, counted: Tally, now: datetime) -> None:
    """Leave the last numbers on the group's card, and take its button away."""
    if meeting.group_card_id:
        payload: dict[str, Any] = {"caption": group_text(meeting, counted)}
        await _supersede(session, meeting.group_card_id, "editMessageCaption", payload, now)


async def _supersede(
    session: AsyncSession, card_id: int, method: str, payload: dict[str, Any], now: datetime
) -> None:
    card = await outbox.target(session, card_id)
    if card:
        payload = payload | {"parse_mode": "HTML"}
        await outbox.supersede(session, card, "tally", method, payload, now)
