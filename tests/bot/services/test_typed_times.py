from datetime import UTC, datetime

import pytest

from bot.language import SHANGHAI
from bot.services.typed_times import typed_moment

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)  # Monday, 9:00
USUAL = datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)  # Wednesday


def read(text):
    found = typed_moment(text, USUAL, NOW)
    return found and f"{found.astimezone(SHANGHAI):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("明天 9:00", "11-24 09:00"),
        ("明天", "11-24 09:00"),
        ("后天下午3点", "11-25 15:00"),
        ("大后天 8点半", "11-26 08:30"),
        ("今晚7点", "11-23 19:00"),
        ("周五下午3点半", "11-27 15:30"),
        ("星期一 8:00", "11-23 08:00"),
        ("下周一 8:00", "11-30 08:00"),
        ("礼拜天 10点", "11-29 10:00"),
        ("11-27 14:30", "11-27 14:30"),
        ("11月27日14点30分", "11-27 14:30"),
        ("１１／２７　１４：３０", "11-27 14:30"),
        ("2026.12.1 9:00", "12-01 09:00"),
        ("1-5 9:00", "01-05 09:00"),  # of next year
        ("改到 10:15", "11-25 10:15"),
        ("晚上8点", "11-25 20:00"),
        ("中午12点", "11-25 12:00"),
    ],
)
def test_days_and_times_are_read_as_people_type_them(text, moment):
    assert read(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "什么时候都行",
        "24:00",
        "25:61",
        "2月30日 9:00",
        "13-40",
        "明天后天",
        "9:00-10:30",
        "2030-01-01 9:00",
        "=1+1",
        "<b>",
        "0x10",
        "٣:00 في",
        "9" * 400,
    ],
)
def test_what_is_no_time_is_not_guessed(text):
    assert read(text) is None
