import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.linking import opened, payload
from db.sealing import Key

KEY = Key(bytes(32))


@given(st.sampled_from("escgw"), st.integers(0, 10**13 - 1))
def test_what_was_signed_opens_and_is_short_enough_for_a_link(kind, number):
    text = payload(KEY, kind, number)
    assert opened(KEY, text) == (kind, number)
    assert len(text) <= 48


@given(st.integers(0, 10**6), st.integers(0, 40), st.characters(codec="ascii"))
def test_one_changed_character_closes_the_link(number, place, character):
    text = payload(KEY, "e", number)
    place %= len(text)
    forged = text[:place] + character + text[place + 1 :]
    assert forged == text or opened(KEY, forged) is None


@pytest.mark.parametrize("text", ["", "e", "e-1", "e-1-", "x-1-AAAAAAAAAAAAAAAAAAAAAA", "e--1-A"])
def test_what_nobody_signed_stays_closed(text):
    assert opened(KEY, text) is None


def test_another_schools_key_opens_nothing():
    assert opened(Key(bytes(range(32))), payload(KEY, "e", 1)) is None
