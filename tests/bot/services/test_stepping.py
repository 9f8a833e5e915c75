import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.courses import Step
from bot.services.stepping import Outcome, caption, choices, fewer, judge

STEP = TypeAdapter[Step](Step)
COMMON = {"number": 1, "picture": "cards/x.png", "say": "说", "caption": "看"}


def made(kind, **fields):
    return STEP.validate_python({"id": "wh99.1", "kind": kind} | COMMON | fields)


ORDER = made("order", options=[{"label": one} for one in "甲乙丙丁"])
MATCH = made(
    "match", pairs=[{"left": {"label": one}, "right": {"label": f"{one}图"}} for one in "人手口"]
)
PAY = made("pay", mode="pay", price="3.5", purse=["5", "1", "1", "1", "0.5"])
DIAL = made("dial", digits="119")


def play(step, places):
    """Press one place after another; return what each came to, and what is pressed at the end."""
    pressed, outcomes = "", []
    for place in places:
        outcome, pressed = judge(step, pressed, place)
        outcomes.append(outcome)
    return outcomes, pressed


@pytest.mark.parametrize(
    ("step", "right"),
    [
        (ORDER, [ORDER.shown.index(one) for one in range(4)]),
        (MATCH, [MATCH.shown.index(one) for one in range(3)]),
        (PAY, [1, 2, 3, 4]),
        (DIAL, [0, 0, 8]),
    ],
    ids=["order", "match", "pay", "dial"],
)
def test_the_right_row_of_taps_goes_on_to_the_end(step, right):
    outcomes, _pressed = play(step, right)
    assert outcomes == [Outcome.GOING] * (len(right) - 1) + [Outcome.RIGHT]


@pytest.mark.parametrize(
    ("step", "wrong"),
    [(ORDER, ORDER.shown.index(3)), (MATCH, MATCH.shown.index(2)), (PAY, 0), (DIAL, 4)],
    ids=["order", "match", "pay", "dial"],
)
def test_a_wrong_tap_is_seen_at_once_and_begins_anew(step, wrong):
    assert play(step, [wrong]) == ([Outcome.WRONG], "")


def test_a_matched_pair_stays_matched_after_a_wrong_one():
    right = MATCH.shown.index(0)
    wrong = MATCH.shown.index(2)
    outcomes, pressed = play(MATCH, [right, wrong])
    assert (outcomes, pressed) == ([Outcome.GOING, Outcome.WRONG], str(right))


def test_a_digit_is_taken_back():
    outcomes, pressed = play(DIAL, [0, 9, 0, 0])
    assert (outcomes[-1], pressed) == (Outcome.GOING, "11")


def test_what_was_pressed_stands_on_the_card():
    assert caption(DIAL, "11") == "看\n11"
    assert caption(PAY, "1,2,4") == "看\n2元5角"
    faces = [one["text"] for row in choices(ORDER, "step:1:0", "2,0", 0) for one in row]
    assert faces == ["②", "2", "①", "4"]


@pytest.mark.parametrize(
    ("step", "pressed"), [(ORDER, ""), (PAY, "1"), (DIAL, "1")], ids=["order", "pay", "dial"]
)
def test_after_two_wrong_taps_the_next_one_glows(step, pressed):
    buttons = [one for row in choices(step, "step:1:0", pressed, 2) for one in row]
    glowing = [one for one in buttons if one.get("style") == "success"]
    assert len(glowing) == 1
    place = int(glowing[0]["callback_data"].rpartition(":")[2])
    assert judge(step, pressed, place)[0] in {Outcome.GOING, Outcome.RIGHT}


@given(st.integers(2, 4), st.integers(0, 9), st.integers(0, 5), st.integers(1, 12))
def test_fewer_choices_always_hold_the_right_one(count, right, tries, number):
    right %= count
    left = fewer(count, right, tries, number)
    assert right in left
    assert len(left) == {0: count, 1: min(count, 2)}.get(tries, 1)
