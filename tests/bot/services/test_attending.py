from datetime import timedelta

import pytest

from bot.services.attending import Outcome, judge
from db.models import Meeting, MeetingState, StudyClass


@pytest.fixture
def meeting(now):
    study_class = StudyClass(opens_before=30, grace=10)
    return Meeting(
        starts_at=now,
        ends_at=now + timedelta(minutes=90),
        state=MeetingState.OPEN,
        study_class=study_class,
    )


@pytest.mark.parametrize(
    ("minutes", "outcome", "late"),
    [
        (-300, Outcome.EARLY, 0),
        (-1, Outcome.EARLY, 0),
        (0, Outcome.PRESENT, 0),
        (10, Outcome.PRESENT, 0),
        (11, Outcome.LATE, 11),
        (90, Outcome.LATE, 90),
        (91, Outcome.CLOSED, 0),
    ],
)
def test_an_open_check_in_is_judged_by_the_minute(meeting, now, minutes, outcome, late):
    assert judge(meeting, now + timedelta(minutes=minutes)) == (outcome, late)


@pytest.mark.parametrize(
    ("minutes", "outcome"), [(-31, Outcome.TOO_EARLY), (-30, Outcome.EARLY), (5, Outcome.PRESENT)]
)
def test_before_the_teacher_opens_the_classs_own_window_holds(meeting, now, minutes, outcome):
    meeting.state = MeetingState.PLANNED
    assert judge(meeting, now + timedelta(minutes=minutes))[0] is outcome


@pytest.mark.parametrize(
    ("opened", "minutes", "outcome", "late"),
    [
        (24, 24, Outcome.PRESENT, 0),
        (24, 34, Outcome.PRESENT, 0),
        (24, 35, Outcome.LATE, 11),
        (9, 12, Outcome.PRESENT, 0),
        (-10, 11, Outcome.LATE, 11),
    ],
)
def test_where_check_in_is_opened_late_nobody_was_late_before(
    meeting, now, opened, minutes, outcome, late
):
    meeting.opened_at = now + timedelta(minutes=opened)
    assert judge(meeting, now + timedelta(minutes=minutes)) == (outcome, late)


def test_nobody_is_late_for_a_check_in_that_is_not_open_yet(meeting, now):
    meeting.state = MeetingState.PLANNED
    assert judge(meeting, now + timedelta(minutes=40)) == (Outcome.PRESENT, 0)


@pytest.mark.parametrize("state", [MeetingState.CLOSED, MeetingState.CANCELLED])
def test_a_closed_or_cancelled_meeting_takes_nobody(meeting, now, state):
    meeting.state = state
    assert judge(meeting, now) == (Outcome.CLOSED, 0)


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [(10, Outcome.PRESENT), (11, Outcome.LATE), (20, Outcome.LATE), (21, Outcome.CLOSED)],
)
def test_a_class_may_close_check_in_before_its_end(meeting, now, minutes, outcome):
    meeting.state = MeetingState.OPEN
    meeting.study_class.late_until = 20
    assert judge(meeting, now + timedelta(minutes=minutes))[0] is outcome
