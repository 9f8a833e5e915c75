"""Who is on course to the required hours, and who will miss them: what is there, what is to come.

The outlook takes the meetings that are still planned, times the share of the minutes held that
somebody has come to. Where nobody has said how many hours are required, that share is all there is.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.services.counting import Standing
from bot.services.hours import MINUTE, credits_of, held_minutes, spent_in
from bot.services.hours_of_class import ClassHours, LearnerHours, within
from bot.services.hours_rules import HoursRule, Thresholds
from db.models import Meeting, Status

HUNDRED = 100


class Outlook(enum.Enum):
    """How it will end if all goes on like this; the order is that of the picture, worst first."""

    MISSES = 0  # as it goes on, or even if nothing more is missed
    CLOSE = 1
    ON_COURSE = 2
    DONE = 3
    OPEN = 4  # nothing was held yet


@dataclass(frozen=True)
class Projection:
    """What somebody has, will have as it goes, and can have at most."""

    have: Fraction
    rate: Fraction | None  # of the minutes held, those attended; None: nothing was held
    expected: Fraction
    most: Fraction
    outlook: Outlook


def projections(
    of_class: ClassHours, rules: Sequence[HoursRule] = ()
) -> list[tuple[LearnerHours, Projection]]:
    """Say how it will end for each one who is in the class now, by number."""
    return [
        (learner, project(learner, of_class.ahead, rules))
        for learner in of_class.learners
        if learner.here(of_class.now)
    ]


def project(
    learner: LearnerHours, ahead: Sequence[Meeting], rules: Sequence[HoursRule] = ()
) -> Projection:
    """Say how it will end for one learner, given what is still planned."""
    have = learner.totals.counted
    membership = learner.membership
    planned = [one for one in ahead if membership is None or within(one, membership)]
    most = max(_with(learner, planned, rules), have)
    rate = attendance(learner)
    expected = have + (1 if rate is None else rate) * (most - have)
    return Projection(have, rate, expected, most, _judge(learner, have, rate, expected, most))


def attendance(learner: LearnerHours) -> Fraction | None:
    """Return the share of the minutes held that somebody attended; None where none were held.

    A meeting that no teacher closed is held against nobody.
    """
    held = attended = 0
    for meeting, stand in learner.standings:
        if stand.minutes or meeting.closed_by is not None:
            held += held_minutes(meeting)
            attended += stand.minutes
    return Fraction(attended, held) if held else None


def _with(
    learner: LearnerHours, planned: Sequence[Meeting], rules: Sequence[HoursRule]
) -> Fraction:
    """Return the hours that count if somebody comes to everything that is planned."""
    open_now = {one.id for one in planned}
    spent = [credit.spent for credit in learner.credits if credit.spent.meeting_id not in open_now]
    for meeting in planned:
        minutes = max((meeting.ends_at - meeting.starts_at) // MINUTE, 0)
        spent.append(spent_in(meeting, Standing(Status.PRESENT, minutes)))
    given = credits_of(spent, rules, learner.track)
    return sum((one.hours for one in given if one.counts), Fraction(0))


def _judge(
    learner: LearnerHours, have: Fraction, rate: Fraction | None, expected: Fraction, most: Fraction
) -> Outlook:
    required, limits = learner.required, learner.rule.thresholds
    if required is None:
        return _by_attendance(rate, limits)
    if have >= required:
        lacks = learner.totals.practised < (learner.rule.practice_required or 0)
        return Outlook.CLOSE if lacks else Outlook.DONE
    if rate is None:
        return Outlook.OPEN
    if most < required or expected * HUNDRED < required * limits.close:
        return Outlook.MISSES
    on_course = expected * HUNDRED >= required * limits.on_course
    return Outlook.ON_COURSE if on_course else Outlook.CLOSE


def _by_attendance(rate: Fraction | None, limits: Thresholds) -> Outlook:
    """Judge by the share attended alone."""
    if rate is None:
        return Outlook.OPEN
    if rate * HUNDRED >= limits.attendance_on_course:
        return Outlook.ON_COURSE
    return Outlook.CLOSE if rate * HUNDRED >= limits.attendance_close else Outlook.MISSES
