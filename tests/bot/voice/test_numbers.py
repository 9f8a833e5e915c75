# ruff: noqa: E501 - tables of cases, a wide sign counts as two
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clips.parts import keys, spoken
from bot.voice import numbers
from bot.voice.numbers import words
from bot.voice.sentences import STOPS

DIGITS = "零一二三四五六七八九"
NUMBERS = (
    "0 零 · 2 二 · 10 十 · 11 十一 · 12 十二 · 19 十九 · 20 二十 · 22 二十二 · 99 九十九 · 100 一百 · "
    "101 一百零一 · 102 一百零二 · 110 一百一十 · 112 一百一十二 · 120 一百二十 · 200 二百 · "
    "202 二百零二 · 210 二百一十 · 222 二百二十二 · 305 三百零五 · 999 九百九十九 · 1000 一千 · "
    "1001 一千零一 · 1010 一千零一十 · 1012 一千零一十二 · 1020 一千零二十 · 1100 一千一百 · "
    "1101 一千一百零一 · 1110 一千一百一十 · 1212 一千二百一十二 · 2000 两千 · 2002 两千零二 · "
    "2020 两千零二十 · 2200 两千二百 · 2222 两千二百二十二 · 3050 三千零五十 · 5005 五千零五 · "
    "9090 九千零九十 · 9999 九千九百九十九"
)
TIMES = (
    "00:30 凌晨零点半 · 02:02 凌晨两点零二分 · 05:00 早上五点 · 07:30 早上七点半 · 08:00 上午八点 · "
    "08:05 上午八点零五分 · 10:22 上午十点二十二分 · 12:00 中午十二点 · 12:30 中午十二点半 · "
    "13:00 下午一点 · 14:00 下午两点 · 14:20 下午两点二十分 · 18:00 晚上六点 · "
    "19:45 晚上七点四十五分 · 20:00 晚上八点 · 22:12 晚上十点十二分"
)
DATES = (
    "2026-11-23 十一月二十三号，星期一 · 2026-12-02 十二月二号，星期三 · "
    "2026-12-20 十二月二十号，星期天 · 2027-02-22 二月二十二号，星期一 · 2027-01-01 一月一号，星期五"
)
WRITTEN = (
    "0.05 五分 · 0.20 两角 · 0.25 两角五分 · 1 一元 · 2 两元 · 2.20 两元二角 · 2.22 两元二角二分 · "
    "3.05 三元零五分 · 10.01 十元零一分 · 12 十二元 · 105.50 一百零五元五角 · 200 二百元 · "
    "2000 两千元 · 9999.99 九千九百九十九元九角九分 · 0 零元"
)
PRICES = (
    "0.05 五分 · 0.20 两毛 · 0.25 两毛五 · 0.50 五毛 · 2 两块 · 2.20 两块二 · 3.05 三块零五分 · "
    "3.50 三块五 · 3.55 三块五毛五 · 12.80 十二块八 · 35 三十五块 · 102 一百零二块 · 200 二百块"
)
STRINGS = (
    "110 幺幺零 · 119 幺幺九 · 120 幺二零 · 12306 幺二三零六 · 12333 幺二三三三 · 12345 幺二三四五 · "
    "12348 幺二三四八 · 95598 九五五九八 · 96110 九六幺幺零 · 3-2-1056 三，二，幺零五六 · "
    "13912345678 幺三九，幺二三四，五六七八"
)
COUNTED = (
    "1 thing 一个 · 2 thing 两个 · 12 thing 十二个 · 20 thing 二十个 · 22 people 二十二个人 · "
    "102 thing 一百零二个 · 2 time 两次 · 2 tablet 两片 · 2 day 两天 · 2 hour 两个学时 · "
    "2 lesson 两节课"
)
SPANS = "45 四十五分钟 · 2 两分钟 · 30 半个小时 · 60 一个小时 · 90 一个半小时 · 120 两个小时 · 180 三个小时"
WEIGHTS = (
    "0.5 半斤 · 1 一斤 · 1.5 一斤半 · 2 两斤 · 2.5 两斤半 · 0.2 二两 · 3.2 三斤二两 · 12 十二斤 · "
    "7.5 七斤半"
)


def cases(table):
    return [tuple(case.rsplit(" ", 1)) for case in table.split(" · ")]


@pytest.mark.parametrize(("value", "said"), cases(NUMBERS))
def test_a_number_is_said(value, said):
    assert words(numbers.number(int(value))) == said


@pytest.mark.parametrize(("value", "said"), cases(COUNTED))
def test_a_count_is_said(value, said):
    count, _space, unit = value.partition(" ")
    assert words(numbers.counted(int(count), f"count.{unit}")) == said


@pytest.mark.parametrize(("value", "said"), cases(TIMES))
def test_a_time_is_said(value, said):
    hour, minute = map(int, value.split(":"))
    assert words(numbers.clock(hour, minute)) == said


@pytest.mark.parametrize(("value", "said"), cases(DATES))
def test_a_date_is_said(value, said):
    assert words(numbers.day(date.fromisoformat(value))) == said


@pytest.mark.parametrize(("value", "said"), cases(WRITTEN))
def test_an_amount_is_said_as_it_is_written(value, said):
    assert words(numbers.money_written(Decimal(value))) == said


@pytest.mark.parametrize(("value", "said"), cases(PRICES))
def test_a_price_is_said_as_people_say_it(value, said):
    assert words(numbers.money(Decimal(value))) == said


@pytest.mark.parametrize(("value", "said"), cases(STRINGS))
def test_digits_are_said_one_by_one(value, said):
    assert words(numbers.digits(value)) == said


@pytest.mark.parametrize(("value", "said"), cases(SPANS))
def test_a_span_is_said(value, said):
    assert words(numbers.span(int(value))) == said


@pytest.mark.parametrize(("value", "said"), cases(WEIGHTS))
def test_a_weight_is_said(value, said):
    assert words(numbers.weight(Decimal(value))) == said


def test_places_in_a_row_years_and_kilograms_are_said():
    assert words((*numbers.ordinal(2), keys()["课"])) == "第二课"
    assert words((*numbers.ordinal(12), keys()["课"])) == "第十二课"
    assert words((*numbers.number(2), keys()["组"])) == "二组"
    assert words((*numbers.digits("2026", year=True), "year")) == "二零二六年"
    assert words((*numbers.digits("2011", year=True), "year")) == "二零一一年"
    assert words(numbers.kilos(2)) == "两公斤"
    assert words(numbers.decimal(Decimal("1.50"))) == "一点五"
    assert words(numbers.decimal(Decimal(10))) == "十"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "昨天"),
        (0, "今天"),
        (1, "明天"),
        (2, "后天"),
        (3, "星期四"),
        (7, "十一月三十号，星期一"),
        (60, "二零二七年一月二十二号，星期五"),
    ],
)
def test_a_day_is_said_as_seen_from_now(days, said):
    now = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert words(numbers.day_from(now + timedelta(days=days), now)) == said


@pytest.mark.parametrize(
    "silent",
    [
        lambda: numbers.number(10_000),
        lambda: numbers.number(-1),
        lambda: numbers.clock(24, 0),
        lambda: numbers.money(Decimal("0.005")),
        lambda: numbers.money(Decimal(-1)),
        lambda: numbers.weight(Decimal("0.25")),
        lambda: numbers.digits("12a"),
    ],
)
def test_what_cannot_be_said_is_refused(silent):
    with pytest.raises(ValueError, match=r"."):
        silent()


def read_back(text):
    """Read a Chinese numeral, knowing nothing of how it was made."""
    total = digit = 0
    for sign in text.replace("两", "二"):
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
    return total + digit


def test_every_number_reads_back_to_itself_and_no_other_sounds_like_it():
    said = [words(numbers.number(value)) for value in range(10_000)]
    assert [read_back(text) for text in said] == list(range(10_000))
    assert len(set(said)) == 10_000


@given(st.integers(0, 999_999))
def test_every_amount_has_parts_that_all_exist(cents):
    for say in (numbers.money, numbers.money_written):
        reading = say(Decimal(cents) / 100)
        assert reading
        assert all(key in spoken() for key in reading)


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_time_has_parts_that_all_exist_and_says_its_minutes(hour, minute):
    reading = numbers.clock(hour, minute)
    assert all(key in spoken() for key in reading)
    said = words(reading).partition("点")
    assert read_back(said[0][2:]) in {hour, hour - 12}
    assert minute == (30 if said[2] == "半" else read_back(said[2].removesuffix("分") or "零"))


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_every_date_has_parts_that_all_exist(day):
    assert all(key in STOPS or key in spoken() for key in numbers.day(day))
