from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.services.refusing import Refusal
from bot.services.reminder_rules import checked, rules_of, shipped_rules
from bot.services.reminder_times import fit, quiet_of, window
from db.models import Meeting, Person, StudyClass

COUNTY = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = {"name": "hour", "kind": "hour_before", "minutes": 60, "patience": 45}


def class_at(hour, minute=0, *, day=25, length=90):
    start = datetime(2026, 11, day, hour, minute, tzinfo=COUNTY)
    return Meeting(starts_at=start, ends_at=start + timedelta(minutes=length))


def learner(**fields):
    return Person(**{"remind_at": None, "quiet_from": None, "quiet_until": None} | fields)


def when(name, meeting, person=None, rules=None, now=NOW):
    rules = rules or shipped_rules()
    occasion = next(one for one in rules.occasions if one.name == name)
    found = window(occasion, meeting, person or learner(), rules, now)
    times = [f"{moment.astimezone(COUNTY):%d %H:%M}" for moment in (found.due_at, found.expires_at)]
    return found.reason or " ".join(times)


def test_the_program_reminds_four_times():
    names = [occasion.name for occasion in shipped_rules().occasions]
    assert names == ["evening", "hour", "start", "missed"]
    assert shipped_rules().status == "待核"


@pytest.mark.parametrize(
    ("own", "code", "says"),
    [
        ({"rules": [HOUR | {"every": 1}]}, "too_often", "60 times"),
        ({"rules": [HOUR | {"minutes": 180, "every": 15}]}, "too_many", "12 reminders"),
        ({"rules": [HOUR | {"minutes": 5}]}, "too_near", "11 minutes"),
        ({"rules": [HOUR | {"name": f"x{'y' * number}"} for number in range(7)]}, "too_many", "7"),
        ({"rules": [HOUR, HOUR]}, "name", "same name"),
        ({"rules": [HOUR | {"name": "A b"}]}, "rule", "name"),
        ({"rules": [HOUR | {"minutes": 60.5}]}, "rule", "minutes"),
        ({"rules": [HOUR | {"at": "19:30"}]}, "rule", "time"),
        (
            {"rules": [{"name": "e", "kind": "day_before", "at": "24:00", "patience": 9}]},
            "rule",
            "",
        ),
        ({"rules": [{"name": "e", "kind": "day_before", "at": 8.5, "patience": 9}]}, "rule", ""),
        ({"rules": [{"name": "e", "kind": "day_before", "at": "8点", "patience": 9}]}, "rule", ""),
        (
            {"rules": [{"name": "m", "kind": "absent", "at": 1, "group": True, "patience": 9}]},
            "rule",
            "group",
        ),
        ({"rules": "evening"}, "rule", ""),
        ({"quiet": {"from": "21:30"}}, "rule", "until"),
        ({"bounds": {"most": 1000}}, "keys", "only"),
        ({}, "keys", "only"),
        (None, "keys", "only"),
    ],
)
def test_rules_that_would_not_do_are_refused_with_what_is_wrong(own, code, says):
    with pytest.raises(Refusal) as refused:
        checked(own)
    assert refused.value.code == code
    assert says in refused.value.english


def test_of_wrong_rules_only_the_wrong_one_is_left_out():
    wrong = {"rules": [HOUR | {"name": "often", "every": 1}, HOUR], "quiet": {"from": 0}}
    rules, problem = rules_of(StudyClass(reminder_rules=wrong))
    assert [rule.name for rule in rules.rules] == ["hour"]
    assert rules.quiet == shipped_rules().quiet
    assert problem


def test_a_class_may_decide_other_things_beside_its_reminders():
    assert rules_of(StudyClass(reminder_rules={"silent": {"after": 3}})) == (shipped_rules(), "")


@pytest.mark.parametrize(
    ("name", "meeting", "person", "expected"),
    [
        ("evening", class_at(9), {}, "24 19:30 24 21:30"),
        ("evening", class_at(9), {"remind_at": 8 * 60}, "24 08:00 24 12:00"),
        ("evening", class_at(9), {"quiet_from": 1140, "quiet_until": 450}, "24 18:30 24 19:00"),
        ("evening", class_at(9), {"quiet_from": 0, "quiet_until": 0}, "24 19:30 24 23:30"),
        ("hour", class_at(9), {}, "25 08:00 25 08:45"),
        ("hour", class_at(8), {}, "25 07:30 25 07:50"),
        ("hour", class_at(7, 30), {}, "quiet hours"),
        ("start", class_at(7), {}, "quiet hours"),
        ("start", class_at(21, 20), {}, "25 21:20 25 21:30"),
        ("missed", class_at(9), {}, "25 19:45 25 21:30"),
        ("missed", class_at(19, length=120), {}, "25 21:15 25 21:30"),
        ("missed", class_at(19, 30, length=120), {}, "quiet hours"),
        (
            "missed",
            class_at(19, length=125),
            {"quiet_from": 1275, "quiet_until": 450},
            "quiet hours",
        ),
    ],
)
def test_a_reminder_keeps_out_of_quiet_hours(name, meeting, person, expected):
    assert when(name, meeting, learner(**person)) == expected


def test_whose_own_hour_is_over_is_reminded_at_that_of_the_class():
    noon = datetime(2026, 11, 24, 17, tzinfo=COUNTY)
    assert when("evening", class_at(9), learner(remind_at=480), now=noon) == "24 19:30 24 21:30"


def test_what_nobody_could_use_any_more_is_late():
    after = datetime(2026, 11, 25, 8, 59, tzinfo=COUNTY)
    assert when("hour", class_at(9), now=after) == "too late"


def test_a_repeated_rule_is_not_heaped_up_at_the_end_of_quiet_hours():
    rules = checked({"rules": [HOUR | {"every": 15, "patience": 10}]})
    times = [when(one.name, class_at(8), rules=rules) for one in rules.occasions]
    assert times == ["quiet hours", "quiet hours", "25 07:30 25 07:40", "25 07:45 25 07:50"]


def test_a_rule_for_the_evening_of_a_morning_class_has_no_time():
    evening = {"name": "e", "kind": "day_before", "days": 0, "at": "19:30", "patience": 60}
    rules = checked({"rules": [evening]})
    assert when("e", class_at(9), rules=rules) == "its time is after the meeting"


def test_who_is_hardly_ever_spoken_to_is_left_alone():
    rules = shipped_rules()
    quiet = quiet_of(learner(quiet_from=0, quiet_until=1430), rules)
    at = datetime(2026, 11, 24, 12, tzinfo=COUNTY)
    sense = (at - timedelta(hours=12), at + timedelta(hours=6))
    assert fit(at, at + timedelta(hours=1), sense, quiet, rules).reason == "quiet hours"
