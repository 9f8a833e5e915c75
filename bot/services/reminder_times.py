"""When a reminder falls due and until when it may be said. Nothing is read or written here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.language import SHANGHAI
from bot.services.reminder_rules import DAY, Occasion, Quiet, RuleSet
from db.models import Meeting, Person, ReminderKind

QUIET = "quiet hours"
NEVER = "its time is after the meeting"
LATE = "too late"


@dataclass(frozen=True)
class Window:
    """From when until when something may be said; a reason says why it never may."""

    due_at: datetime
    expires_at: datetime
    reason: str = ""


def minutes(count: int) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


def at_minute(day: date, minute: int) -> datetime:
    """Return a minute of a day in the county."""
    return datetime.combine(day, time(), SHANGHAI) + minutes(minute)


def day_of(moment: datetime) -> date:
    """Return the day that a moment has in the county."""
    return moment.astimezone(SHANGHAI).date()


def quiet_of(person: Person | None, rules: RuleSet) -> Quiet:
    """Return when somebody is left alone; a group goes by the rules."""
    if person is None or person.quiet_from is None or person.quiet_until is None:
        return rules.quiet
    return Quiet.model_construct(from_=person.quiet_from % DAY, until=person.quiet_until % DAY)


def _spans(quiet: Quiet, around: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the quiet spans of the day before, the day, and the day after."""
    length = (quiet.until - quiet.from_) % DAY
    for days in (-1, 0, 1):
        if length:
            begins = at_minute(day_of(around) + timedelta(days=days), quiet.from_)
            yield begins, begins + minutes(length)


def quiet_at(moment: datetime, quiet: Quiet) -> tuple[datetime, datetime] | None:
    """Return the quiet span in which a moment lies."""
    return next((span for span in _spans(quiet, moment) if span[0] <= moment < span[1]), None)


def next_quiet(moment: datetime, quiet: Quiet) -> datetime:
    """Return when it is quiet next; far away where it never is."""
    begins = (span[0] for span in _spans(quiet, moment) if span[0] > moment)
    return min(begins, default=moment + timedelta(days=30))


def fit(
    due_at: datetime,
    expires_at: datetime,
    sense: tuple[datetime, datetime],
    quiet: Quiet,
    rules: RuleSet,
) -> Window:
    """Keep a reminder out of quiet hours: moved to the edge at which it still makes sense.

    `sense` is the span in which it makes any; before quiet hours comes first, then after them.
    """
    patience = expires_at - due_at
    earliest, latest = sense
    if due_at >= latest:
        return Window(due_at, due_at, NEVER)
    span = quiet_at(due_at, quiet)
    moved = due_at
    if span:
        before = span[0] - minutes(rules.bounds.edge)
        moved = before if before >= earliest and not quiet_at(before, quiet) else span[1]
        if moved >= latest or quiet_at(moved, quiet):
            return Window(due_at, expires_at, QUIET)
    return Window(moved, min(moved + patience, latest, next_quiet(moved, quiet)))


def windows(
    occasion: Occasion, meeting: Meeting, person: Person | None, rules: RuleSet
) -> Iterator[Window]:
    """Yield when somebody, or the group, may be reminded: at their own hour, else at the rule's."""
    rule, bounds = occasion.rule, rules.bounds
    quiet = quiet_of(person, rules)
    start, end = meeting.starts_at, meeting.ends_at
    patience = minutes(rule.patience)
    latest = start - minutes(bounds.lead)
    match rule.kind:
        case ReminderKind.DAY_BEFORE:
            day = day_of(start) - timedelta(days=rule.days)
            hours = [rule.at or 0]
            if rule.own_hour and person is not None and person.remind_at is not None:
                hours.insert(0, person.remind_at % DAY)
            for hour in hours:
                due_at = at_minute(day, hour)
                sense = (at_minute(day, 0), latest)
                yield fit(due_at, due_at + patience, sense, quiet, rules)
        case ReminderKind.HOUR_BEFORE:
            due_at = start - minutes(occasion.minutes)
            until = min(latest, due_at + minutes(rule.every)) if rule.every else latest
            yield fit(due_at, due_at + patience, (due_at, until), quiet, rules)
        case ReminderKind.START:
            until = start + patience
            yield fit(start, until, (start, until), quiet, rules)
        case ReminderKind.ABSENT:
            due_at = max(at_minute(day_of(start), rule.at or 0), end + minutes(bounds.after))
            midnight = at_minute(day_of(end) + timedelta(days=1), 0)
            yield fit(due_at, due_at + patience, (end, midnight), quiet, rules)


def window(
    occasion: Occasion, meeting: Meeting, person: Person | None, rules: RuleSet, now: datetime
) -> Window:
    """Return the first window that is not over yet, or else why there is none."""
    found = list(windows(occasion, meeting, person, rules))
    ahead = (one for one in found if not one.reason and one.expires_at > now)
    chosen = next(ahead, None)
    if chosen:
        return chosen
    last = found[-1]
    return last if last.reason else Window(last.due_at, last.expires_at, LATE)
