import re

import av
import pytest
from PIL import Image

from bot.courses import TRADES, WENHUA, load
from bot.courses.checking import check
from bot.courses.models import KINDS
from bot.screens import FOLDER, screen
from bot.screens.scenes import SCENES

COURSE = load(WENHUA)
STEPS = [step for lesson in COURSE.lessons for step in lesson.steps]
QUESTIONS = [step for step in STEPS if step.options]


def test_the_shipped_course_has_three_lessons_in_their_order():
    assert [lesson.key for lesson in COURSE.lessons] == ["wh01", "wh02", "wh03"]
    assert [len(lesson.steps) for lesson in COURSE.lessons] == [10, 8, 8]
    assert {step.kind for step in STEPS} <= set(KINDS)
    assert COURSE.lesson("wh02") is COURSE.lessons[1]
    assert COURSE.lesson("wh99") is None


def test_steps_are_numbered_without_gaps_and_keep_their_ids():
    for lesson in COURSE.lessons:
        assert [step.number for step in lesson.steps] == list(range(1, len(lesson.steps) + 1))
    assert COURSE.lessons[0].steps[7].id == "wh01.9"


def test_every_step_says_one_short_sentence():
    assert all(len(step.say) <= 40 for step in STEPS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_every_card_is_a_small_picture_of_800_by_600(step):
    path = COURSE.path(step.picture)
    assert path.stat().st_size <= 100_000
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("PNG", (800, 600))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_every_step_has_a_mono_opus_clip_a_phone_takes_as_voice(step):
    assert step.clip is not None
    path = COURSE.path(step.clip)
    assert path.stat().st_size <= 60_000
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        seconds = sum(f.samples / f.sample_rate for f in file.decode(stream))
        assert (stream.codec_context.name, stream.channels) == ("opus", 1)
    assert 1 <= seconds <= 12


@pytest.mark.parametrize("step", QUESTIONS, ids=lambda step: step.id)
def test_every_question_has_one_right_option_and_a_caption_that_does_not_tell(step):
    assert [option.right for option in step.options].count(True) == 1
    assert step.options[step.right].right
    assert len(step.buttons) == len(step.options)
    assert step.options[step.right].label not in step.caption


def test_numbers_are_answered_by_their_numerals_and_pictures_by_their_place():
    by_id = {step.id: step for step in STEPS}
    assert by_id["wh01.9"].buttons == ("1", "3", "5")
    assert by_id["wh01.7"].buttons == ("1", "2", "3")
    assert by_id["wh01.1"].buttons == ()
    assert by_id["wh01.1"].right is None


def test_the_characters_taught_are_those_on_the_cards():
    for lesson in COURSE.lessons:
        shown = {letter for step in lesson.steps for letter in step.word or ""}
        assert shown == {one.character for one in lesson.characters}


def test_versions_are_digests_that_differ_by_lesson():
    versions = {COURSE.version, *(lesson.version for lesson in COURSE.lessons)}
    assert len(versions) == 4
    assert all(re.fullmatch("[0-9a-f]{64}", version) for version in versions)
    assert load(WENHUA).version == COURSE.version


def test_every_scene_has_its_small_screen():
    assert {path.stem for path in FOLDER.glob("*.png")} == set(SCENES)
    assert all(screen(name).stat().st_size <= 100_000 for name in SCENES)


def test_an_unknown_screen_is_refused():
    with pytest.raises(FileNotFoundError):
        screen("../clips/zh/001")


@pytest.mark.parametrize("folder", [WENHUA, *TRADES], ids=lambda folder: folder.name)
def test_every_shipped_pack_is_sound_and_its_cards_are_small(folder):
    report = check(folder)
    assert report.problems == []
    assert report.cards_missing == []


@pytest.mark.parametrize("folder", TRADES, ids=lambda folder: folder.name)
def test_every_trade_has_four_lessons_that_begin_with_safety(folder):
    course = load(folder)
    assert [lesson.number for lesson in course.lessons] == [1, 2, 3, 4]
    for lesson in course.lessons:
        kinds = [step.kind for step in lesson.steps]
        assert kinds[:2] == ["see_hear", "tap_picture"]
        assert 8 <= len(kinds) <= 12


@pytest.mark.parametrize("folder", [WENHUA, *TRADES], ids=lambda folder: folder.name)
def test_no_question_tells_its_answer_in_its_caption(folder):
    steps = [step for lesson in load(folder).lessons for step in lesson.steps]
    for step in steps:
        if step.right is not None:
            assert step.options[step.right].label != step.caption
        if step.kind == "dial":
            assert step.digits not in step.caption
