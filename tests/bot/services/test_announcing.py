from datetime import datetime

import pytest

from bot.language import SHANGHAI
from bot.services.announcement_times import read_time, usual_time
from bot.services.audience import free_at, minutes
from db.models import Person

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)


def local(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("19:30", local(2026, 11, 23, 19, 30)),
        ("8:00", local(2026, 11, 24, 8)),
        ("8：05", local(2026, 11, 24, 8, 5)),
        ("１９：３０", local(2026, 11, 23, 19, 30)),
        ("晚上7点", local(2026, 11, 23, 19)),
        ("今晚8点半", local(2026, 11, 23, 20, 30)),
        ("明天 下午2点15分", local(2026, 11, 24, 14, 15)),
        ("后天9点", local(2026, 11, 25, 9)),
        ("11-25 8:00", local(2026, 11, 25, 8)),
        ("11月25日 20点", local(2026, 11, 25, 20)),
        ("2026.12.1 7:45", local(2026, 12, 1, 7, 45)),
        ("1-5 8:00", local(2027, 1, 5, 8)),
    ],
)
def test_a_time_is_read_as_people_write_it(written, moment):
    assert read_time(written, NOON) == moment


@pytest.mark.parametrize(
    "written",
    [
        "",
        "24:00",
        "8:60",
        "8.5",
        "11-22 8:00",
        "2-30 8:00",
        "13-1 8:00",
        "今天 8:00",
        "2027-11-23 8:00",
        "现在",
    ],
)
def test_what_is_no_time_to_come_is_not_guessed(written):
    assert read_time(written, NOON) is None


def test_the_usual_times_are_offered_while_they_are_to_come():
    assert usual_time(1, NOON) == local(2026, 11, 23, 19, 30)
    assert usual_time(1, local(2026, 11, 23, 19, 30)) is None
    assert usual_time(2, NOON) == local(2026, 11, 24, 8)
    assert usual_time(4, NOON) is None


@pytest.mark.parametrize(
    ("messages", "count"), [(0, 1), (1, 1), (1_640, 1), (1_700, 2), (23_000, 14)]
)
def test_the_minutes_are_those_that_telegram_allows(messages, count):
    assert minutes(messages) == count


@pytest.mark.parametrize(
    ("own", "moment", "free"),
    [
        (None, local(2026, 11, 23, 21, 29), local(2026, 11, 23, 21, 29)),
        (None, local(2026, 11, 23, 21, 30), local(2026, 11, 24, 7, 30)),
        (None, local(2026, 11, 24, 7, 29), local(2026, 11, 24, 7, 30)),
        (None, local(2026, 11, 24, 7, 30), local(2026, 11, 24, 7, 30)),
        ((720, 840), local(2026, 11, 23, 13), local(2026, 11, 23, 14)),
        ((720, 840), local(2026, 11, 23, 23), local(2026, 11, 23, 23)),
        ((1200, 0), local(2026, 11, 23, 23), local(2026, 11, 24)),
        ((600, 600), local(2026, 11, 23, 10), local(2026, 11, 23, 10)),
    ],
)
def test_quiet_hours_are_the_schools_or_ones_own(own, moment, free):
    person = Person(quiet_from=own[0], quiet_until=own[1]) if own else None
    assert free_at(person, moment) == free
