"""What counts: attendance and class hours, computed from append-only marks and never stored."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_DOWN, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.language import MANDARIN, N_, SHANGHAI, translate
from db.models import How, Mark, Meeting, MeetingState, Mode, Phase, Status, Sure

RULES = Path(__file__).with_name("hours_rules.yaml")
WITHDRAWN = "withdrawn:"
MINUTE = timedelta(minutes=1)
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Reason:
    """Why something counts as it does: a sentence and what fills its slots."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def say(self, language: str = MANDARIN) -> str:
        """Say the reason in a language."""
        return translate(language, self.text, **dict(self.values))


@dataclass(frozen=True)
class Standing:
    """How one person stands in one meeting; status is None while that is open."""

    status: Status | None
    minutes: int = 0
    came: datetime | None = None
    left: datetime | None = None
    how: How | None = None
    sure: Sure | None = None
    reasons: tuple[Reason, ...] = ()


class HoursRule(BaseModel):
    """What a class hour is, from a day on, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effective_from: date
    unit_minutes: int = Field(gt=0)
    max_per_day: int = Field(gt=0)
    online_cap: int | None = None
    required: int | None = None
    status: str
    source: str


@dataclass(frozen=True)
class Totals:
    """What a person's meetings add up to."""

    meetings: int = 0
    minutes: int = 0
    hours: Fraction = Fraction(0)
    uncapped: Fraction = Fraction(0)
    by_status: Counter[Status] = field(default_factory=Counter)


def standing(marks: Sequence[Mark], meeting: Meeting) -> Standing:
    """Say how the person who has these marks stands in the meeting; their order is no matter."""
    if meeting.state is MeetingState.CANCELLED:
        return Standing(None, reasons=(Reason(N_("the meeting was cancelled")),))
    valid = _valid(marks)
    counted, *reasons = _arrival([mark for mark in valid if mark.phase is Phase.IN])
    leaving = max((m for m in valid if m.phase is Phase.OUT), key=_when, default=None)
    if counted is None:
        return _without(meeting, leaving)
    if counted.status not in {Status.PRESENT, Status.LATE}:
        return Standing(counted.status, how=counted.how, sure=counted.sure, reasons=tuple(reasons))
    came, why_then = _came(counted, valid, meeting)
    left, why_until = _left(leaving, meeting)
    return Standing(
        status=counted.status,
        minutes=_minutes(came, left, meeting),
        came=came,
        left=left,
        how=counted.how,
        sure=counted.sure,
        reasons=(*reasons, *why_then, *why_until),
    )


def _valid(marks: Sequence[Mark]) -> list[Mark]:
    """Leave out the marks that were withdrawn, and the withdrawals."""
    cancelled = {
        mark.key.removeprefix(WITHDRAWN) for mark in marks if mark.status is Status.WITHDRAWN
    }
    return [
        mark
        for mark in marks
        if mark.status is not Status.WITHDRAWN and str(mark.id) not in cancelled
    ]


def _when(mark: Mark) -> tuple[datetime, int]:
    """Put marks in order, those of one moment as they were written."""
    return mark.at, mark.id


def _arrival(marks: Sequence[Mark]) -> tuple[Mark | None, *tuple[Reason, ...]]:
    """Choose the mark that counts: the teacher's last word, else the first of the others."""
    roll = [mark for mark in marks if mark.sure is Sure.TEACHER]
    own = [mark for mark in marks if mark.sure is not Sure.TEACHER]
    if not roll:
        return (min(own, key=_when, default=None),)
    counted = max(roll, key=_when)
    if any(mark.status is not counted.status for mark in own):
        return counted, Reason(N_("the teacher's roll call counts, not the learner's own mark"))
    return (counted,)


def _came(counted: Mark, valid: Sequence[Mark], meeting: Meeting) -> tuple[datetime, list[Reason]]:
    """Say from when minutes count; for who came early or was called present, from the start."""
    if counted.sure is Sure.TEACHER and counted.status is Status.PRESENT:
        return meeting.starts_at, [Reason(N_("present by the teacher's roll call: from the start"))]
    if counted.status is Status.LATE:
        came = _late(counted, valid, meeting)
        late = max(came - meeting.starts_at, timedelta()) // MINUTE
        return max(came, meeting.starts_at), [
            Reason(N_("late by %(minutes)d min"), (("minutes", late),))
        ]
    return max(counted.at, meeting.starts_at), []


def _late(counted: Mark, valid: Sequence[Mark], meeting: Meeting) -> datetime:
    """Say when a late one came: at the tap; by a roll call, as the teacher said it."""
    if counted.sure is not Sure.TEACHER:
        return counted.at
    if counted.minutes_late:
        return meeting.starts_at + counted.minutes_late * MINUTE
    taps = [m for m in valid if m.phase is Phase.IN and m.sure is not Sure.TEACHER]
    return min((*taps, counted), key=_when).at


def _left(leaving: Mark | None, meeting: Meeting) -> tuple[datetime | None, list[Reason]]:
    """Say until when the minutes count, None where nobody can tell."""
    end = meeting.ends_at
    if meeting.closed_at is not None and meeting.closed_at < end:
        end = meeting.closed_at
    if leaving is not None:
        return min(leaving.at, end), []
    if meeting.state is not MeetingState.CLOSED:
        return None, [
            Reason(N_("not closed yet: minutes count once the learner or the class ends"))
        ]
    if meeting.closed_by is None:
        return None, [Reason(N_("no mark on the way out, and no teacher closed the meeting"))]
    if end < meeting.ends_at:
        return end, [Reason(N_("no mark on the way out: until the teacher closed early"))]
    return end, [Reason(N_("no mark on the way out: until the end, as the teacher closed it"))]


def _minutes(came: datetime, left: datetime | None, meeting: Meeting) -> int:
    """Count whole minutes, never more than the timetable has."""
    if left is None:
        return 0
    planned = (meeting.ends_at - meeting.starts_at) // MINUTE
    return min(max((left - came) // MINUTE, 0), max(planned, 0))


def _without(meeting: Meeting, leaving: Mark | None) -> Standing:
    """Judge somebody whose arrival nobody marked."""
    if meeting.state is not MeetingState.CLOSED:
        return Standing(None)
    if leaving is not None:
        reason = Reason(N_("a mark on the way out, but none of the arrival"))
    else:
        reason = Reason(N_("the meeting was closed without a mark"))
    return Standing(Status.ABSENT, reasons=(reason,))


@cache
def load_rules(path: Path = RULES) -> tuple[HoursRule, ...]:
    """Read the hours rules, the newest first."""
    rules = TypeAdapter(tuple[HoursRule, ...]).validate_python(
        yaml.safe_load(path.read_text("utf-8"))
    )
    return tuple(sorted(rules, key=lambda rule: rule.effective_from, reverse=True))


def rule_on(day: date, rules: Sequence[HoursRule] = ()) -> HoursRule:
    """Return the rule that holds on a day; before the first, the first."""
    known = rules or load_rules()
    return next((rule for rule in known if rule.effective_from <= day), known[-1])


def local_day(moment: datetime) -> date:
    """Name the day that a moment is in, where the school is."""
    return moment.astimezone(SHANGHAI).date()


def hours(minutes: int, rule: HoursRule) -> Fraction:
    """Turn minutes into class hours (学时), exactly."""
    return Fraction(minutes, rule.unit_minutes)


def shown(value: Fraction) -> Decimal:
    """Round class hours to a tenth for people to read, a half down."""
    # A tie in tenths is a finite decimal, so the division leaves it exact.
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(TENTH, ROUND_HALF_DOWN)


def totals(
    standings: Iterable[tuple[Meeting, Standing]], rules: Sequence[HoursRule] = ()
) -> Totals:
    """Add up one person's meetings under the caps of the rules: a day's, and what is online."""
    by_status: Counter[Status] = Counter()
    days: dict[date, dict[bool, int]] = defaultdict(lambda: defaultdict(int))
    meetings = 0
    for meeting, stand in standings:
        meetings += 1
        if stand.status is not None:
            by_status[stand.status] += 1
        days[local_day(meeting.starts_at)][meeting.mode is Mode.ONLINE] += stand.minutes
    uncapped, offline, online = Fraction(0), Fraction(0), Fraction(0)
    for day in sorted(days):
        rule = rule_on(day, rules)
        here = min(hours(days[day][False], rule), Fraction(rule.max_per_day))
        there = min(hours(days[day][True], rule), rule.max_per_day - here)
        uncapped += hours(sum(days[day].values()), rule)
        offline, online = offline + here, online + there
        if rule.online_cap is not None:
            online = min(online, Fraction(rule.online_cap))
    return Totals(
        meetings=meetings,
        minutes=sum(sum(day.values()) for day in days.values()),
        hours=offline + online,
        uncapped=uncapped,
        by_status=by_status,
    )
