import pytest

from bot.courses import TRADES, WENHUA, load
from bot.services.taught import PACKS, course, pack, step_called, taught_as, trade_of
from bot.voice.choosing_clips import of_file

STEPS = [step for lesson in course().lessons for step in lesson.steps]


def test_all_packs_are_one_course_and_what_is_for_all_comes_first():
    keys = [lesson.key for folder in (WENHUA, *TRADES) for lesson in load(folder).lessons]
    assert [lesson.key for lesson in course().lessons] == keys
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_every_file_of_a_step_is_found_from_the_folder_of_all(step):
    named = [step.picture, step.animation, step.clip, *(one.clip for one in step.options)]
    assert all(course().path(file).is_file() for file in named if file)
    if step.clip:
        assert of_file(course().path(step.clip)).file.startswith("bot:courses/")
    assert step_called(step.id) == (course().lesson(step.id.partition(".")[0]), step)


def test_a_class_names_a_trade_by_its_folder_or_its_key():
    for name in PACKS[1:]:
        assert trade_of(name) == trade_of(pack(name).key) == name
    assert trade_of(PACKS[0]) is None
    assert trade_of("weaving") is None


def test_a_version_stays_that_of_the_pack():
    for folder in (WENHUA, *TRADES):
        versions = {lesson.key: lesson.version for lesson in load(folder).lessons}
        for lesson in pack(folder.name).lessons:
            assert lesson.version == versions[lesson.key]


@pytest.mark.parametrize(
    ("trade", "course"),
    [
        ("中餐烹饪", "cooking"),
        ("物流服务与管理专业", "logistics"),
        ("养蜂", "wenhua"),
        ("", "wenhua"),
    ],
)
def test_a_class_learns_its_trade_where_there_is_a_course_for_it(trade, course):
    assert taught_as(trade) == course
