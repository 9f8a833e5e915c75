from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from pydantic import ValidationError

from bot.services.hours import Kind, Spent, credits_of, totals
from bot.services.hours_rules import HoursRule, load_rules, rule_on
from bot.services.standing import Standing
from db.models import How, Meeting, MeetingState, Mode, Status, Sure, Track

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MONDAY = date(2026, 11, 23)


def rule(**fields):
    usual = {
        "effective_from": "2026-01-01",
        "unit_minutes": 45,
        "max_per_day": 7,
        "status": "待核",
        "source": "示例",
    }
    return HoursRule.model_validate(usual | fields)


def meeting(number=1, days=0, mode=Mode.OFFLINE):
    starts = START + days * DAY
    return Meeting(
        id=number,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=90),
        mode=mode,
        state=MeetingState.CLOSED,
    )


def there(minutes=90, sure=Sure.SELF):
    return Standing(Status.PRESENT, minutes, how=How.TAP, sure=sure)


def spent(minutes, kind=Kind.CLASSROOM, days=0, number=1, *, made_up=False):
    return Spent(MONDAY + days * DAY, kind, minutes, made_up, number)


def given(rows, *rules, track=None):
    return [one.hours for one in credits_of(rows, rules, track)]


def test_what_was_made_up_is_counted_apart_in_every_figure():
    rows = [(meeting(1), there()), (meeting(2, 1), there(45, Sure.MAKEUP))]
    total = totals(rows, [rule()])
    assert [total.meetings, total.minutes, total.hours, total.uncapped] == [2, 90, 2, 2]
    assert [total.made_up, total.makeup_minutes, total.makeup] == [1, 45, 1]
    assert total.by_status == {Status.PRESENT: 1}
    assert total.counted == 3
    assert totals(rows, [rule(makeup_counts=False)]).counted == 2


def test_practice_and_online_are_told_apart_within_the_hours():
    rows = [(meeting(n, n, mode), there()) for n, mode in enumerate(Mode, 1)]
    total = totals(rows, [rule(online_cap=1)])
    assert [total.hours, total.practice, total.online, total.practised] == [5, 2, 1, 2]


def test_lessons_on_the_phone_count_under_the_online_cap_and_are_no_meeting():
    rows = [(meeting(1, 0, Mode.ONLINE), there())]
    phone = [spent(90, Kind.PHONE, days=1, number=0)]
    total = totals(rows, [rule(online_cap=3)], phone=phone)
    assert [total.hours, total.phone, total.phone_minutes, total.counted] == [2, 1, 90, 3]
    assert (total.meetings, total.minutes) == (1, 90)
    silent = totals(rows, [rule(phone_counts=False)], phone=phone)
    assert [silent.phone, silent.counted] == [2, 2]


def test_weaker_evidence_takes_no_room_from_stronger_on_one_day():
    rows = [
        spent(90, Kind.PHONE),
        spent(90, Kind.ONLINE, number=2, made_up=True),
        spent(225, Kind.PRACTICE, number=3),
        spent(45, number=4),
    ]
    by_kind = {one.spent.kind: one.hours for one in credits_of(rows, [rule()])}
    assert by_kind == {Kind.CLASSROOM: 1, Kind.PRACTICE: 5, Kind.ONLINE: 1, Kind.PHONE: 0}


def test_a_lower_online_cap_takes_nothing_from_the_days_before_it():
    rows = [spent(450, Kind.ONLINE, days=one, number=one) for one in range(3)]
    newer = rule(effective_from=MONDAY + 2 * DAY, online_cap=5)
    assert given(rows, newer, rule()) == [7, 7, 0]


def test_a_shorter_hour_holds_from_its_day_on():
    rows = [spent(90, days=one, number=one) for one in range(3)]
    newer = rule(effective_from=MONDAY + DAY, unit_minutes=40)
    assert given(rows, newer, rule()) == [2, Fraction(9, 4), Fraction(9, 4)]


def test_the_registers_run_apart():
    both = rule(
        required=40,
        tracks={"register": {"unit_minutes": 40, "max_per_day": 8, "required": None}},
    )
    rows = [spent(450)]
    assert given(rows, both, track=Track.CERTIFICATE) == [7]
    assert given(rows, both, track=Track.REGISTER) == [8]
    assert rule_on(MONDAY, [both], Track.CERTIFICATE).required == 40
    assert rule_on(MONDAY, [both], Track.REGISTER).required is None


@pytest.mark.parametrize(
    "fields",
    [
        {"unit_minutes": 0},
        {"max_per_day": None},
        {"online_cap": -1},
        {"tracks": {"register": {"unit_minutes": None}}},
        {"tracks": {"diploma": {}}},
        {"thresholds": {"attendance_close": 101}},
        {"hours": 3},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(fields):
    with pytest.raises(ValidationError):
        rule(**fields)


def test_no_order_of_meetings_changes_what_they_give():
    rows = [
        spent(200, kind, days, number)
        for number, (kind, days) in enumerate(
            (kind, days) for kind in (Kind.ONLINE, Kind.CLASSROOM, Kind.PRACTICE) for days in (1, 0)
        )
    ]
    assert credits_of(rows, [rule()]) == credits_of(rows[::-1], [rule()])


def test_the_shipped_thresholds_and_caps_are_named_in_the_file():
    (shipped,) = load_rules()
    named = shipped.model_fields_set
    assert {"online_cap", "phone_counts", "makeup_counts", "required", "thresholds"} <= named
    assert shipped.thresholds.on_course == 100
