from collections import namedtuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.tallying import Tally, count, standings
from db.models import How, Status, Sure

Row = namedtuple(  # noqa: PYI024 - like a row of SQL
    "Row", ["id", "person_id", "key", "status", "how", "sure"]
)
ROLL, TAP = (How.ROLL, Sure.TEACHER), (How.TAP, Sure.SELF)


@pytest.mark.parametrize(
    ("marks", "status"),
    [
        ([("self", Status.PRESENT)], Status.PRESENT),
        ([("self", Status.LATE), ("voice", Status.PRESENT)], Status.LATE),
        ([("self", Status.PRESENT), ("withdrawn:1", Status.WITHDRAWN)], None),
        (
            [
                ("self", Status.PRESENT),
                ("withdrawn:1", Status.WITHDRAWN),
                ("self:1", Status.LATE),
            ],
            Status.LATE,
        ),
        ([("self", Status.PRESENT), ("roll:1", Status.ABSENT)], Status.ABSENT),
        ([("roll:1", Status.ABSENT), ("self", Status.LATE)], Status.ABSENT),
        ([("roll:1", Status.ABSENT), ("roll:2", Status.LEAVE)], Status.LEAVE),
    ],
)
def test_what_counts_of_a_persons_marks(marks, status):
    rows: list[Any] = [
        Row(number, 7, key, what, *(ROLL if key.startswith("roll") else TAP))
        for number, (key, what) in enumerate(marks, 1)
    ]
    assert standings(rows) == ({7: status} if status else {})


COUNTED = st.sampled_from([Status.PRESENT, Status.LATE, Status.LEAVE, Status.ABSENT])


@given(st.dictionaries(st.integers(1, 50), COUNTED, max_size=50))
def test_everybody_is_counted_once(standing):
    tally = count(standing, 50)
    assert tally.here + tally.late + tally.leave + tally.absent + tally.missing == 50


def test_nobody_is_missing_from_an_empty_class():
    assert count({}, 0) == Tally(0, 0, 0, 0, 0, 0)
