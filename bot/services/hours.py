"""The hours ledger (学时): what meetings and lessons on the phone give, capped by the rules.

Nothing is stored: all of it is reckoned from the marks, and comes out the same every time. Days are
taken in their order, each by its own rule, so what a day gave is never changed by a later one, nor
by a rule that begins later. Within a day live marks come first, then what was made up (补录), then
lessons on the phone: the weaker evidence never takes room from the stronger.
"""

import enum
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.services.hours_rules import HoursRule, hours, local_day, rule_on
from db.models import Meeting, MeetingState, Mode, Status, Sure, Track

if TYPE_CHECKING:
    from bot.services.counting import Standing

NOTHING = Fraction(0)
MINUTE = timedelta(minutes=1)


class Kind(enum.IntEnum):
    """Where minutes were spent; on one day the smaller number is counted first."""

    CLASSROOM = 0
    PRACTICE = 1
    ONLINE = 2
    PHONE = 9


DISTANT = frozenset({Kind.ONLINE, Kind.PHONE})
KINDS = {Mode.OFFLINE: Kind.CLASSROOM, Mode.PRACTICE: Kind.PRACTICE, Mode.ONLINE: Kind.ONLINE}


@dataclass(frozen=True)
class Spent:
    """Minutes of one day: of a meeting, or of the lessons on the phone."""

    day: date
    kind: Kind
    minutes: int
    made_up: bool = False
    meeting_id: int = 0

    @property
    def turn(self) -> tuple[date, bool, bool, int, int]:
        """Its place in the reckoning."""
        return self.day, self.kind is Kind.PHONE, self.made_up, self.kind, self.meeting_id


@dataclass(frozen=True)
class Credit:
    """What minutes gave: class hours under the caps, and whether they count as required ones."""

    spent: Spent
    hours: Fraction
    uncapped: Fraction
    counts: bool = True


@dataclass(frozen=True)
class Totals:
    """What a person's meetings and lessons add up to; what was made up stands apart everywhere."""

    meetings: int = 0
    minutes: int = 0  # of meetings
    hours: Fraction = NOTHING  # of meetings, under the caps
    uncapped: Fraction = NOTHING
    by_status: Counter[Status] = field(default_factory=Counter)
    practice: Fraction = NOTHING  # of `hours`, those in practice
    online: Fraction = NOTHING  # of `hours`, those in online meetings
    phone_minutes: int = 0
    phone: Fraction = NOTHING
    made_up: int = 0  # meetings
    makeup_minutes: int = 0
    makeup: Fraction = NOTHING
    counted: Fraction = NOTHING  # everything that counts towards the required hours
    practised: Fraction = NOTHING  # of `counted`, those in practice


def held_minutes(meeting: Meeting) -> int:
    """Return how long a meeting was held: until it ended, or was closed before; whole minutes."""
    if meeting.state is not MeetingState.CLOSED:
        return 0
    end = min(meeting.ends_at, meeting.closed_at or meeting.ends_at)
    return max((end - meeting.starts_at) // MINUTE, 0)


def is_made_up(stand: "Standing") -> bool:
    """Say whether somebody stands so by a mark that was made after the day (补录)."""
    return stand.sure is Sure.MAKEUP


def spent_in(meeting: Meeting, stand: "Standing") -> Spent:
    """Return the minutes of one meeting."""
    day, kind = local_day(meeting.starts_at), KINDS[meeting.mode]
    return Spent(day, kind, stand.minutes, is_made_up(stand), meeting.id or 0)


def credits_of(
    spent: Iterable[Spent], rules: Sequence[HoursRule] = (), track: Track | None = None
) -> list[Credit]:
    """Turn minutes into class hours, day by day, under the caps of each day's rule."""
    found = []
    known: dict[date, HoursRule] = {}
    # What does not count takes no room from what does, and is capped in the room that is left.
    today: dict[tuple[date, bool], Fraction] = defaultdict(Fraction)
    distant: dict[bool, Fraction] = defaultdict(Fraction)
    for one in sorted(spent, key=lambda each: each.turn):
        rule = known.get(one.day) or known.setdefault(one.day, rule_on(one.day, rules, track))
        counts = _counts(one, rule)
        given = uncapped = hours(one.minutes, rule)
        used = today[one.day, True] + (NOTHING if counts else today[one.day, False])
        given = min(given, max(rule.max_per_day - used, NOTHING))
        if one.kind in DISTANT and rule.online_cap is not None:
            used = distant[True] + (NOTHING if counts else distant[False])
            given = min(given, max(rule.online_cap - used, NOTHING))
        today[one.day, counts] += given
        distant[counts] += given if one.kind in DISTANT else NOTHING
        found.append(Credit(one, given, uncapped, counts))
    return found


def _counts(one: Spent, rule: HoursRule) -> bool:
    """Say whether a rule lets these minutes count towards the required hours."""
    if one.kind is Kind.PHONE:
        return rule.phone_counts
    return rule.makeup_counts or not one.made_up


def add_up(standings: Iterable[tuple[Meeting, "Standing"]], given: Iterable[Credit]) -> Totals:
    """Add up how a person stood, and what it gave."""
    live: Counter[Status] = Counter()
    meetings = made_up = 0
    for _meeting, stand in standings:
        meetings += 1
        made_up += is_made_up(stand)
        if stand.status is not None and not is_made_up(stand):
            live[stand.status] += 1
    sums: dict[str, Fraction] = defaultdict(Fraction)
    minutes: Counter[str] = Counter()
    for credit in given:
        kind = credit.spent.kind
        group = "phone" if kind is Kind.PHONE else "makeup" if credit.spent.made_up else "hours"
        minutes[group] += credit.spent.minutes
        sums[group] += credit.hours
        sums["uncapped"] += credit.uncapped if group == "hours" else NOTHING
        sums[kind.name] += credit.hours if group == "hours" else NOTHING
        sums["counted"] += credit.hours if credit.counts else NOTHING
        practised = credit.counts and kind is Kind.PRACTICE
        sums["practised"] += credit.hours if practised else NOTHING
    return Totals(
        meetings=meetings,
        minutes=minutes["hours"],
        hours=sums["hours"],
        uncapped=sums["uncapped"],
        by_status=live,
        practice=sums[Kind.PRACTICE.name],
        online=sums[Kind.ONLINE.name],
        phone_minutes=minutes["phone"],
        phone=sums["phone"],
        made_up=made_up,
        makeup_minutes=minutes["makeup"],
        makeup=sums["makeup"],
        counted=sums["counted"],
        practised=sums["practised"],
    )


def totals(
    standings: Iterable[tuple[Meeting, "Standing"]],
    rules: Sequence[HoursRule] = (),
    track: Track | None = None,
    phone: Iterable[Spent] = (),
) -> Totals:
    """Add up one person's meetings, and lessons on the phone, under the caps of the rules."""
    rows = list(standings)
    spent = [spent_in(meeting, stand) for meeting, stand in rows]
    return add_up(rows, credits_of([*spent, *phone], rules, track))
