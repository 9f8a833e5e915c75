from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from PIL import Image

from bot.services.hours import credits_of, spent_in
from bot.services.hours_board import PAGE, Tile, board_picture
from bot.services.hours_of_class import LearnerHours
from bot.services.hours_outlook import Outlook, project
from bot.services.hours_picture import Bar, hours_picture
from bot.services.hours_rules import HoursRule
from bot.services.saying_hours import sentence
from bot.services.showing_hours import numeral
from bot.services.standing import Standing
from db.models import Meeting, MeetingState, Mode, Person, Status, Track

START = datetime(2026, 11, 2, 1, tzinfo=UTC)
HOUR = timedelta(minutes=45)
SOMEBODY = Person(id=1, number="P000001", name="示例杨")


def rule(required, **fields):
    usual = {"effective_from": "2026-01-01", "unit_minutes": 45, "max_per_day": 7}
    usual |= {"status": "待核", "source": "示例", "required": required}
    return HoursRule.model_validate(usual | fields)


def meeting(day, state=MeetingState.CLOSED, closed_by=9):
    starts = START + timedelta(days=day)
    return Meeting(
        id=day + 1,
        starts_at=starts,
        ends_at=starts + 2 * HOUR,
        mode=Mode.OFFLINE,
        state=state,
        closed_by=closed_by,
    )


def learner(attended, required, held=10, **fields):
    """Return somebody who came to so many of the meetings held, two hours each."""
    rows = tuple(
        (
            meeting(day),
            Standing(Status.PRESENT, 90) if day < attended else Standing(Status.ABSENT),
        )
        for day in range(held)
    )
    own = rule(required, **fields)
    given = tuple(credits_of([spent_in(*row) for row in rows], [own]))
    return LearnerHours(SOMEBODY, Track.CERTIFICATE, None, rows, given, own)


def ahead(count):
    return [meeting(20 + day, MeetingState.PLANNED, None) for day in range(count)]


@pytest.mark.parametrize(
    ("attended", "required", "planned", "outlook", "expected"),
    [
        (10, 20, 0, Outlook.DONE, 20),
        (10, 40, 10, Outlook.ON_COURSE, 40),
        (8, 30, 10, Outlook.ON_COURSE, 32),
        (8, 33, 10, Outlook.CLOSE, 32),
        (8, 37, 10, Outlook.MISSES, 32),  # 36 at most
        (5, 29, 10, Outlook.MISSES, 20),  # could still, but not as it goes
        (0, 29, 0, Outlook.MISSES, 0),
        (9, None, 10, Outlook.ON_COURSE, 36),
        (7, None, 10, Outlook.CLOSE, 28),
        (5, None, 10, Outlook.MISSES, 20),
    ],
)
def test_who_will_reach_the_hours_is_told_from_what_is_planned(
    attended, required, planned, outlook, expected
):
    rules = [rule(required)]
    found = project(learner(attended, required), ahead(planned), rules)
    assert (found.outlook, found.rate) == (outlook, Fraction(attended, 10))
    assert (found.have, found.expected) == (attended * 2, expected)


def test_before_the_first_meeting_nobody_is_judged():
    for required in (40, None):
        found = project(learner(0, required, held=0), ahead(5), [rule(required)])
        assert (found.outlook, found.rate) == (Outlook.OPEN, None)


def test_a_meeting_that_no_teacher_closed_is_held_against_nobody():
    one = learner(5, None, held=5)
    lost = (meeting(6, closed_by=None), Standing(Status.PRESENT, 0))
    more = LearnerHours(SOMEBODY, one.track, None, (*one.standings, lost), one.credits, one.rule)
    assert project(more, []).rate == 1


def test_hours_without_the_practice_asked_for_are_not_enough():
    found = project(learner(10, 20, practice_required=4), [], [rule(20)])
    assert found.outlook is Outlook.CLOSE


def test_thresholds_are_data():
    own = {"thresholds": {"attendance_on_course": 50}}
    assert project(learner(5, None, **own), []).outlook is Outlook.ON_COURSE


def test_the_sentence_says_only_what_is_known():
    assert sentence(learner(3, None))[1] == {"have": "6.0"}
    text, values = sentence(learner(3, 20))
    assert (text, values) == (
        "You have %(have)d hours. %(left)d are still needed.",
        {"have": 6, "left": 14},
    )
    assert sentence(learner(10, 20))[1] == {"have": 20}


def test_a_board_of_fifty_is_small_and_fits_a_phone(tmp_path):
    tiles = [
        Tile(f"示例𠅤{number}号杨", str(number * 3), list(Outlook)[number % 5], number, 3, 90)
        for number in range(PAGE)
    ]
    file = tmp_path / board_picture(tmp_path, "2026级中餐烹饪1班", "120", tiles)
    with Image.open(file) as seen:
        assert seen.size == (720, 1280)  # Telegram makes nothing of it smaller
    assert file.stat().st_size <= 100_000
    assert board_picture(tmp_path, "2026级中餐烹饪1班", "120", tiles) == str(
        file.relative_to(tmp_path)
    )


@pytest.mark.parametrize(
    "bars",
    [
        [Bar(23, 2, 42)],
        [Bar(0, 0, 60)],
        [Bar(23)],
        [Bar(0)],
        [Bar(500, 500, 120)],
        [Bar(120, 20, 120, "非学历"), Bar(7, 0, 9999, "学籍")],
    ],
)
def test_a_bar_is_drawn_for_any_hours(tmp_path, bars):
    file = tmp_path / hours_picture(tmp_path, bars)
    with Image.open(file) as seen:
        assert seen.size == (720, 360 * len(bars))
        assert len(seen.convert("RGB").getcolors(1000) or ()) > 3
    assert file.stat().st_size <= 30_000


@pytest.mark.parametrize(
    ("have", "written"),
    [
        (Fraction(0), "0"),
        (Fraction(1, 2), "0.5"),
        (Fraction(2, 45), "0"),
        (Fraction(299, 100), "2.9"),
        (Fraction(3), "3"),
        (Fraction(999, 100), "9.9"),
        (Fraction(23, 2), "11"),
    ],
)
def test_a_tile_says_a_tenth_under_ten_and_never_more_than_there_is(have, written):
    assert numeral(have) == written
