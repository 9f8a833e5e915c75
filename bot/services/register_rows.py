"""What stands in a class register: learners, meetings, hours; by month, teacher and place."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.counting import Standing
from bot.services.hours import Totals, add_up, held_minutes, is_made_up
from bot.services.hours_of_class import ClassHours, LearnerHours
from bot.services.hours_rules import HoursRule, hours, load_rules, local_day, rule_on, shown
from bot.services.refusing import Refusal
from db.models import Meeting, MeetingState, Role, Status, Track
from db.queries import evidence

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Worked:
    """What was held by a teacher, or at a place."""

    name: str
    meetings: int
    minutes: int
    hours: float
    attended: int  # minutes of all learners together
    made_up: int  # minutes of all learners together, marked afterwards


@dataclass(frozen=True)
class Row:
    """One learner in the register: of one month, or of all."""

    hours: LearnerHours
    totals: Totals  # of the month, or of all
    until: Totals  # of all until the month's end

    def stand(self, meeting: Meeting) -> Standing | None:
        """Say how they stand in a meeting; None where it was none of theirs."""
        found = self.hours.by_meeting.get(meeting.id)
        return found[0] if found else None


@dataclass(frozen=True)
class Register:
    """A class register, before it is written."""

    of_class: ClassHours
    head: str
    month: str  # as 2026-12; empty: all
    meetings: Sequence[Meeting]
    rows: Sequence[Row]
    names: Mapping[int, str]

    @cached_property
    def months(self) -> list[str]:
        """List the months in which anything was held or studied."""
        days = [local_day(one.starts_at) for one in self.of_class.meetings]
        days += [credit.spent.day for row in self.rows for credit in row.hours.credits]
        found = sorted({f"{day:%Y-%m}" for day in days})
        return [self.month] if self.month else found

    @cached_property
    def rules(self) -> list[HoursRule]:
        """List the rules by which something in it was counted, the oldest first."""
        days = {local_day(one.starts_at) for one in self.meetings}
        days |= {credit.spent.day for row in self.rows for credit in row.hours.credits}
        found = {rule_on(day) for day in days} or {load_rules()[0]}
        return sorted(found, key=lambda rule: rule.effective_from)

    @cached_property
    def teachers(self) -> list[Worked]:
        """Say what each teacher held."""
        return self._worked({one.id: self.names.get(one.teacher_id, "") for one in self.meetings})

    @cached_property
    def places(self) -> list[Worked]:
        """Say what was held at each place."""
        return self._worked({one.id: one.place for one in self.meetings})

    def _worked(self, groups: Mapping[int, str]) -> list[Worked]:
        by_name: dict[str, list[Meeting]] = defaultdict(list)
        for meeting in self.meetings:
            # Nobody vouches for what no teacher closed.
            if meeting.state is MeetingState.CLOSED and meeting.closed_by is not None:
                by_name[groups[meeting.id]].append(meeting)
        return [self._sum(name, held) for name, held in sorted(by_name.items())]

    def _sum(self, name: str, held: Sequence[Meeting]) -> Worked:
        stands = [stand for one in held for row in self.rows if (stand := row.stand(one))]
        given = sum(hours(held_minutes(one), rule_on(local_day(one.starts_at))) for one in held)
        return Worked(
            name,
            len(held),
            sum(held_minutes(one) for one in held),
            float(shown(given)) if given else 0.0,
            sum(stand.minutes for stand in stands if not is_made_up(stand)),
            sum(stand.minutes for stand in stands if is_made_up(stand)),
        )


async def register_of(session: AsyncSession, of_class: ClassHours, month: str = "") -> Register:
    """Gather the register of a class, whole or of a month."""
    if month and not MONTH.fullmatch(month):
        raise Refusal(
            f"月份“{month}”不对，请写成 2026-12 的样子。",
            f"“{month}” is no month; write it like 2026-12.",
            "month",
        )
    held = [one for one in of_class.meetings if in_month(local_day(one.starts_at), month)]
    heads = await evidence.staff_names(
        session, of_class.study_class.id, Role.CLASS_HEAD, of_class.now
    )
    names = await evidence.names_of(session, {one.teacher_id for one in held})
    rows = [_row(learner, month) for learner in of_class.learners if _belongs(learner, month)]
    rows.sort(key=lambda row: list(Track).index(row.hours.track))
    return Register(of_class, "、".join(heads), month, held, rows, names)


def in_month(day: date, month: str) -> bool:
    """Say whether a day is in a month; without one, any is."""
    return not month or f"{day:%Y-%m}" == month


def of_month(learner: LearnerHours, month: str) -> Totals:
    """Add up what a learner did in a month; without one, in all."""
    return _sum_of(learner, lambda day: in_month(day, month))


def _row(learner: LearnerHours, month: str) -> Row:
    until = _sum_of(learner, lambda day: not month or f"{day:%Y-%m}" <= month)
    return Row(learner, of_month(learner, month), until)


def _sum_of(learner: LearnerHours, wanted: Callable[[date], bool]) -> Totals:
    return add_up(
        [row for row in learner.standings if wanted(local_day(row[0].starts_at))],
        [one for one in learner.credits if wanted(one.spent.day)],
    )


def _belongs(learner: LearnerHours, month: str) -> bool:
    """Leave out of a month who had left before it, or came after it, and did nothing in it."""
    if not month or learner.membership is None:
        return True
    first, last = learner.membership.starts_at, learner.membership.ends_at
    inside = f"{local_day(first):%Y-%m}" <= month and (
        last is None or f"{local_day(last):%Y-%m}" >= month
    )
    return inside or any(in_month(one.spent.day, month) for one in learner.credits)


def as_json(register: Register) -> dict[str, Any]:
    """Return the register for machines."""
    return {
        "class": register.of_class.study_class.name,
        "month": register.month,
        "until": register.of_class.now.isoformat(),
        "meetings": [
            {
                "id": one.id,
                "starts_at": one.starts_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "title": one.title,
                "place": one.place,
                "mode": one.mode.value,
                "state": one.state.value,
                "teacher": register.names.get(one.teacher_id, ""),
            }
            for one in register.meetings
        ],
        "learners": [_learner_json(register, row) for row in register.rows],
        "teachers": [asdict(one) for one in register.teachers],
        "places": [asdict(one) for one in register.places],
        "rules": [rule.model_dump(mode="json", by_alias=True) for rule in register.rules],
    }


def _learner_json(register: Register, row: Row) -> dict[str, Any]:
    person, left = row.hours.person, row.hours.left
    return {
        "number": person.number,
        "name": person.name,
        "track": row.hours.track.value,
        "meetings": [
            {
                "id": one.id,
                "status": stand.status.value if stand.status else "",
                "minutes": stand.minutes,
                "hours": float(shown(row.hours.by_meeting[one.id][1].hours)),
                "made_up": is_made_up(stand),
                "why": [reason.say() for reason in stand.reasons],
            }
            for one in register.meetings
            if (stand := row.stand(one))
        ],
        **figures(row.totals),
        "until": figures(row.until),
        "required": row.hours.required,
        "left": None if left is None else float(shown(left)),
    }


def figures(total: Totals) -> dict[str, Any]:
    """Return what somebody did in numbers, hours in tenths; what was made up apart."""
    return {
        "by_status": {
            status.value: total.by_status[status]
            for status in Status
            if status is not Status.WITHDRAWN
        },
        "minutes": total.minutes,
        "phone_minutes": total.phone_minutes,
        "made_up_meetings": total.made_up,
        "made_up_minutes": total.makeup_minutes,
        **{
            name: float(shown(value))
            for name, value in (
                ("hours", total.hours),
                ("practice_hours", total.practice),
                ("online_hours", total.online),
                ("phone_hours", total.phone),
                ("made_up_hours", total.makeup),
                ("counted_hours", total.counted),
            )
        },
    }
