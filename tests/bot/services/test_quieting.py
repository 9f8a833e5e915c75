from datetime import datetime

import pytest

from bot.language import SHANGHAI
from bot.services.quieting import awake
from db.models import Person, StudyClass


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-11-23 21:29", "2026-11-23 21:29"),
        ("2026-11-23 21:30", "2026-11-24 07:30"),
        ("2026-11-24 00:00", "2026-11-24 07:30"),
        ("2026-11-24 07:29", "2026-11-24 07:30"),
        ("2026-11-24 07:30", "2026-11-24 07:30"),
        ("2026-12-31 23:59", "2027-01-01 07:30"),
    ],
)
def test_what_begins_at_night_waits_for_the_morning(now, begins):
    assert awake(moment(now), StudyClass()) == moment(begins)


def test_everybody_has_their_own_quiet_hours():
    early = Person(quiet_from=20 * 60, quiet_until=6 * 60)
    assert awake(moment("2026-11-23 21:00"), StudyClass(), early) == moment("2026-11-24 06:00")
    assert awake(moment("2026-11-24 06:30"), StudyClass(), early) == moment("2026-11-24 06:30")


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
