import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.counting import (
    HoursRule,
    hours,
    load_rules,
    rule_on,
    shown,
    standing,
    totals,
)
from db.models import How, Mark, Meeting, MeetingState, Mode, Phase, Status, Sure

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
numbers = itertools.count(1)


def after(minutes):
    return START + minutes * MINUTE


def meeting(**fields):
    closed = {"state": MeetingState.CLOSED, "closed_at": after(95), "closed_by": 9}
    return Meeting(
        **{"id": 1, "starts_at": START, "ends_at": after(90), "mode": Mode.OFFLINE}
        | closed
        | fields
    )


def mark(minutes, status=Status.PRESENT, **fields):
    return Mark(
        **{
            "id": next(numbers),
            "phase": Phase.IN,
            "key": "self",
            "status": status,
            "how": How.TAP,
            "sure": Sure.SELF,
            "minutes_late": 0,
            "at": after(minutes),
        }
        | fields
    )


def roll(minutes, status, **fields):
    return mark(minutes, status, how=How.ROLL, sure=Sure.TEACHER, key="roll:1", **fields)


def out(minutes):
    return mark(minutes, phase=Phase.OUT)


def withdrawal(of, minutes):
    return mark(minutes, Status.WITHDRAWN, key=f"withdrawn:{of.id}")


def reasons(stand):
    return [reason.text for reason in stand.reasons]


def test_who_comes_early_counts_from_the_start_and_who_stays_longer_until_the_end():
    stand = standing([mark(-10), out(95)], meeting())
    assert (stand.status, stand.minutes, stand.reasons) == (Status.PRESENT, 90, ())


def test_who_is_late_counts_from_the_tap():
    stand = standing([mark(20, Status.LATE), out(90)], meeting())
    assert (stand.status, stand.minutes) == (Status.LATE, 70)
    assert stand.reasons[0].say("en") == "late by 20 min"


def test_who_leaves_early_counts_until_then():
    assert standing([mark(0), out(30)], meeting()).minutes == 30


def test_without_a_mark_on_the_way_out_the_teacher_who_closed_is_the_witness():
    stand = standing([mark(0)], meeting())
    assert stand.minutes == 90
    assert reasons(stand) == ["no mark on the way out: until the end, as the teacher closed it"]


def test_a_class_that_was_closed_early_counts_until_then():
    stand = standing([mark(0)], meeting(closed_at=after(60)))
    assert stand.minutes == 60
    assert reasons(stand) == ["no mark on the way out: until the teacher closed early"]
    assert standing([mark(0), out(80)], meeting(closed_at=after(60))).minutes == 60


def test_nobody_vouches_for_a_class_that_no_teacher_closed():
    stand = standing([mark(0)], meeting(closed_by=None))
    assert (stand.status, stand.minutes) == (Status.PRESENT, 0)
    assert reasons(stand) == ["no mark on the way out, and no teacher closed the meeting"]


def test_an_open_meeting_has_no_absent_and_no_minutes_yet():
    now_open = meeting(state=MeetingState.OPEN, closed_at=None, closed_by=None)
    assert standing([], now_open).status is None
    assert (standing([mark(0)], now_open).status, standing([mark(0)], now_open).minutes) == (
        Status.PRESENT,
        0,
    )


def test_whoever_has_no_mark_in_a_closed_meeting_is_absent():
    assert standing([], meeting()).status is Status.ABSENT
    assert standing([out(90)], meeting()).status is Status.ABSENT


def test_a_cancelled_meeting_counts_for_nobody():
    stand = standing([mark(0)], meeting(state=MeetingState.CANCELLED))
    assert (stand.status, stand.minutes) == (None, 0)


@pytest.mark.parametrize("status", [Status.ABSENT, Status.LEAVE])
def test_the_teachers_word_counts_over_the_learners_tap(status):
    stand = standing([mark(0), roll(80, status)], meeting())
    assert (stand.status, stand.minutes) == (status, 0)
    assert reasons(stand) == ["the teacher's roll call counts, not the learner's own mark"]


def test_the_teachers_last_word_counts_even_if_the_learner_taps_later():
    marks = [roll(5, Status.ABSENT), roll(6, Status.PRESENT), mark(40, Status.LATE)]
    stand = standing(marks, meeting())
    assert (stand.status, stand.minutes, stand.how) == (Status.PRESENT, 90, How.ROLL)


def test_a_roll_call_at_the_end_counts_from_the_start():
    assert standing([roll(85, Status.PRESENT)], meeting()).minutes == 90


def test_a_roll_call_says_how_late_else_the_tap_does_else_its_own_moment():
    assert standing([roll(85, Status.LATE, minutes_late=15)], meeting()).minutes == 75
    assert standing([mark(12), roll(85, Status.LATE)], meeting()).minutes == 78
    assert standing([roll(30, Status.LATE)], meeting()).minutes == 60


def test_a_mark_that_was_withdrawn_never_was_and_another_may_follow():
    first = mark(0)
    back = withdrawal(first, 1)
    assert standing([first, back], meeting()).status is Status.ABSENT
    again = mark(20, Status.LATE, key="self:2")
    assert standing([first, back, again], meeting()).minutes == 70


def test_a_withdrawn_roll_call_leaves_the_learners_own_mark():
    teacher = roll(80, Status.ABSENT)
    stand = standing([mark(0), teacher, withdrawal(teacher, 81)], meeting())
    assert (stand.status, stand.minutes) == (Status.PRESENT, 90)


@st.composite
def many_marks(draw):
    marks = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        phase = draw(st.sampled_from(Phase))
        status = draw(st.sampled_from(Status))
        how, sure = draw(
            st.sampled_from(
                [(How.TAP, Sure.SELF), (How.VOICE, Sure.HELPER), (How.ROLL, Sure.TEACHER)]
            )
        )
        target = draw(st.integers(1, 8))
        key = f"withdrawn:{target}" if status is Status.WITHDRAWN else f"self:{number}"
        late = draw(st.integers(0, 300))
        fields = {"phase": phase, "how": how, "sure": sure, "minutes_late": late, "key": key}
        marks.append(mark(draw(st.integers(-60, 200)), status, **fields | {"id": number}))
    return marks


meetings = st.builds(
    meeting,
    state=st.sampled_from(MeetingState),
    ends_at=st.integers(0, 200).map(after),
    closed_at=st.none() | st.integers(-30, 300).map(after),
    closed_by=st.none() | st.just(9),
)


@given(marks=many_marks(), held=meetings, order=st.randoms())
def test_the_order_of_marks_does_not_matter_and_counting_again_gives_the_same(marks, held, order):
    stand = standing(marks, held)
    shuffled = list(marks)
    order.shuffle(shuffled)
    assert standing(shuffled, held) == stand == standing(marks, held)


@given(marks=many_marks(), held=meetings)
def test_minutes_are_never_negative_nor_more_than_the_timetable(marks, held):
    stand = standing(marks, held)
    assert 0 <= stand.minutes <= (held.ends_at - held.starts_at) // MINUTE
    if stand.status not in {Status.PRESENT, Status.LATE, Status.LEFT_EARLY}:
        assert stand.minutes == 0
    assert all("%(" not in reason.say("en") for reason in stand.reasons)


RULE = HoursRule(
    effective_from="2026-01-01", unit_minutes=45, max_per_day=7, status="待核", source="示例"
)


@pytest.mark.parametrize(
    ("minutes", "tenths"), [(0, "0.0"), (45, "1.0"), (90, "2.0"), (50, "1.1"), (40, "0.9")]
)
def test_a_class_hour_has_45_minutes(minutes, tenths):
    assert shown(hours(minutes, RULE)) == Decimal(tenths)


def test_a_half_of_a_tenth_is_rounded_down():
    assert [shown(Fraction(n, 20)) for n in (1, 3, 5)] == [
        Decimal("0.0"),
        Decimal("0.1"),
        Decimal("0.2"),
    ]
    assert shown(Fraction(251, 1000)) == Decimal("0.3")


def test_a_day_is_capped_and_the_next_begins_anew():
    long_day = meeting(ends_at=after(400), closed_at=after(400))
    next_day = meeting(id=2, starts_at=after(1440), ends_at=after(1440 + 45), closed_at=after(1500))
    stands = [
        (long_day, standing([mark(0)], long_day)),
        (next_day, standing([mark(1440)], next_day)),
    ]
    total = totals(stands, [RULE])
    assert (total.minutes, total.hours, total.uncapped) == (445, Fraction(8), Fraction(445, 45))
    assert (total.meetings, total.by_status[Status.PRESENT]) == (2, 2)


def test_online_hours_count_up_to_their_cap():
    rule = RULE.model_copy(update={"online_cap": 1})
    online, here = meeting(mode=Mode.ONLINE), meeting(id=2)
    stands = [(each, standing([mark(0)], each)) for each in (online, here)]
    assert totals(stands, [rule]).hours == Fraction(3)


def test_the_rule_of_a_day_is_the_last_one_that_had_begun():
    newer = RULE.model_copy(update={"effective_from": START.date(), "unit_minutes": 40})
    assert rule_on(START.date(), [newer, RULE]) is newer
    assert rule_on(START.date() - timedelta(days=1), [newer, RULE]) is RULE
    assert rule_on(START.date().replace(year=2000), [newer, RULE]) is RULE


def test_shipped_rules_say_that_they_are_yet_to_be_verified():
    (rule,) = load_rules()
    assert (rule.unit_minutes, rule.max_per_day, rule.online_cap, rule.required) == (
        45,
        7,
        None,
        None,
    )
    assert rule.status == "待核"
    assert rule.source
