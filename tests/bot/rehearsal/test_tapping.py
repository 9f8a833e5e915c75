"""Every step of every shipped lesson is answered by its kind."""

import pytest

from bot.rehearsal.tapping import right_taps, wrong_taps
from bot.services.stepping import Outcome, judge
from bot.services.taught import course

STEPS = [step for lesson in course().lessons for step in lesson.steps]
ASKING = [step for step in STEPS if wrong_taps(step)]


def outcomes(step, taps):
    pressed, found = "", []
    for place in taps:
        outcome, pressed = judge(step, pressed, place)
        found.append(outcome)
    return found


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_the_right_taps_go_on(step):
    *before, last = outcomes(step, right_taps(step))
    assert set(before) <= {Outcome.GOING}
    assert last is (Outcome.RIGHT if step in ASKING else Outcome.ON)


@pytest.mark.parametrize("step", ASKING, ids=lambda step: step.id)
def test_a_wrong_tap_is_wrong_at_once(step):
    assert {outcomes(step, [place])[0] for place in wrong_taps(step)} == {Outcome.WRONG}
