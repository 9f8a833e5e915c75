from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.roster_cells import Cell, Kind
from bot.services.roster_messages import masked
from bot.services.roster_values import birth_of, read_id, read_name, sex_of
from bot.services.samples import sample_id_number

ON = date(2026, 11, 23)
births = st.dates(date(1900, 1, 1), ON)
orders = st.integers(0, 999)


@given(births, orders)
def test_a_number_that_we_make_is_read_back(birth, order):
    number = sample_id_number(birth, order)

    assert read_id(Cell(Kind.TEXT, number), ON) == (number, None)
    assert birth_of(number) == birth
    assert sex_of(number) == ("男" if order % 2 else "女")


@given(births, orders, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_found(birth, order, at, letter):
    number = sample_id_number(birth, order)
    wrong = number[:at] + letter + number[at + 1 :]

    value, trouble = read_id(Cell(Kind.TEXT, wrong), ON)

    assert (value == number and trouble is None) == (wrong == number)


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(text):
    for read in (read_name, lambda cell: read_id(cell, ON)):
        value, trouble = read(Cell(Kind.TEXT, text))
        assert value == "" or trouble is None


@given(births, orders, st.booleans())
def test_a_masked_number_hides_the_birthday(birth, order, lower):
    number = sample_id_number(birth, order)

    assert masked(number.lower() if lower else number)[6:14] == "*" * 8


@pytest.mark.parametrize("name", ["阿卜杜拉·买买提", "Vangx Liz", "杨阿妹", "𠮷例"])
def test_names_of_every_script_are_names(name):
    assert read_name(Cell(Kind.TEXT, name)) == (name, None)


def test_a_birthday_after_the_day_is_refused():
    number = sample_id_number(ON + timedelta(days=1), 2)

    assert read_id(Cell(Kind.TEXT, number), ON)[1] is not None
