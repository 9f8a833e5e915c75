from decimal import Decimal
from itertools import combinations, permutations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.courses import Dial, Match, Option, Order, Pair, Pay
from bot.courses.playing import (
    dial_press,
    dialled,
    match_place,
    match_right,
    order_done,
    order_next,
    paid,
    pay_next,
    pay_sum,
    sums,
)
from bot.courses.steps import BACK, KEYPAD

SLIPS = ("100", "50", "20", "10", "5", "1", "0.5", "0.1")
BASE = {"id": "ab1.1", "number": 1, "picture": Path("a.png"), "say": "点。", "caption": "点"}


def order(labels):
    options = tuple(Option(label=label) for label in labels)
    return Order.model_validate({**BASE, "kind": "order", "options": options})


def match(labels):
    pairs = tuple(Pair(left=Option(label=one), right=Option(label=f"{one}图")) for one in labels)
    return Match.model_validate({**BASE, "kind": "match", "pairs": pairs})


def purse(price, notes):
    values = {**BASE, "kind": "pay", "mode": "pay", "price": price, "purse": notes}
    return Pay.model_validate(values)


def dial(digits):
    return Dial.model_validate({**BASE, "kind": "dial", "digits": digits})


labels = st.lists(st.sampled_from("人手口一二三四五"), min_size=3, max_size=5, unique=True)


@given(labels)
def test_only_the_right_row_is_done(words):
    step = order(words)
    places = range(len(words))
    done = [row for row in permutations(places) if order_done(step, row)]
    assert done == [tuple(step.shown.index(i) for i in places)]


@given(labels)
def test_whoever_follows_the_next_card_gets_the_row_right(words):
    step = order(words)
    pressed: list[int] = []
    while (place := order_next(step, pressed)) is not None:
        assert order_done(step, pressed) is None
        pressed.append(place)
    assert order_done(step, pressed) is True


@given(labels, st.data())
def test_a_row_that_went_wrong_does_not_come_right(words, data):
    step = order(words)
    row = data.draw(st.permutations(range(len(words))))
    seen = [order_done(step, row[:count]) for count in range(len(row) + 1)]
    if False in seen:
        assert set(seen[seen.index(False) :]) == {False}


@given(labels.filter(lambda words: len(words) < 5))
def test_each_left_thing_goes_with_exactly_one_place(words):
    step = match(words)
    for left in range(len(words)):
        right = [place for place in range(len(words)) if match_right(step, left, place)]
        assert right == [match_place(step, left)]


purses = st.lists(st.sampled_from(SLIPS), min_size=1, max_size=6)


@given(purses, st.data())
def test_any_mix_that_makes_the_price_is_paid(notes, data):
    chosen = data.draw(st.sets(st.integers(0, len(notes) - 1), min_size=1))
    price = sum(Decimal(notes[place]) for place in chosen)
    step = purse(str(price), notes)
    assert pay_sum(step, [*chosen, *chosen]) == price
    for count in range(len(notes) + 1):
        for pressed in combinations(range(len(notes)), count):
            total = sum(Decimal(notes[place]) for place in pressed)
            assert (paid(step, pressed) is True) == (total == price)
            if total > price:
                assert paid(step, pressed) is False


@given(purses, st.data())
def test_whoever_follows_the_next_note_pays(notes, data):
    chosen = data.draw(st.sets(st.integers(0, len(notes) - 1), min_size=1))
    step = purse(str(sum(Decimal(notes[place]) for place in chosen)), notes)
    pressed: list[int] = []
    while paid(step, pressed) is not True:
        place = pay_next(step, pressed)
        assert place is not None
        pressed.append(place)


def test_a_mix_that_cannot_become_the_price_went_wrong():
    step = purse("6", ("10", "5", "1", "1"))
    assert paid(step, []) is None
    assert paid(step, [1]) is None
    assert paid(step, [1, 2]) is True
    assert paid(step, [2, 3]) is False
    assert paid(step, [0]) is False
    assert pay_next(step, [2, 3]) is None


@given(purses)
def test_every_sum_comes_from_some_notes(notes):
    values = [Decimal(note) for note in notes]
    reached = {
        sum(some, Decimal(0))
        for count in range(len(values) + 1)
        for some in combinations(values, count)
    }
    assert sums(values) == reached


@given(st.from_regex(r"[0-9]{3,11}", fullmatch=True))
def test_a_number_is_dialled_digit_by_digit(digits):
    step = dial(digits)
    pressed = ""
    for key in digits:
        assert dialled(step, pressed) is None
        pressed = dial_press(pressed, key)
    assert dialled(step, pressed) is True
    assert dialled(step, dial_press(pressed, "1")) is False
    assert dialled(step, dial_press(pressed, BACK)) is None


@given(st.lists(st.sampled_from(KEYPAD), max_size=20))
def test_keys_give_digits_only(keys):
    digits = ""
    for key in keys:
        digits = dial_press(digits, key)
    assert not digits or digits.isdigit()
