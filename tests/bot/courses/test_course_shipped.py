import re
from collections import Counter

import av
import pytest
from PIL import Image

from bot.courses import TRADES, WENHUA, load
from bot.courses.checking import check
from bot.courses.listing import cards_of, clips_of
from bot.courses.models import KINDS
from bot.screens import FOLDER, screen
from bot.screens.scenes import SCENES

PACKS = (WENHUA, *TRADES)
COURSES = {folder.name: load(folder) for folder in PACKS}
COURSE = COURSES[WENHUA.name]
LESSONS = [(course, lesson) for course in COURSES.values() for lesson in course.lessons]
STEPS = [step for _, lesson in LESSONS for step in lesson.steps]
QUESTIONS = [step for step in STEPS if step.kind in {"tap_picture", "tap_number", "count"}]
CLIPS = [course.path(clip) for course, lesson in LESSONS for step in lesson.steps
         for clip in clips_of(step)]  # fmt: skip
MOST_BYTES = 12_000_000
LEAST, MOST = 0.2, 0.5


def of_lesson(value):
    return getattr(value, "key", "")


def seconds(path):
    """Read how long a clip lasts from its last page, without decoding it."""
    heard = path.read_bytes()
    page = heard.rindex(b"OggS")
    skipped = int.from_bytes(heard[heard.index(b"OpusHead") + 10 :][:2], "little")
    return (int.from_bytes(heard[page + 6 : page + 14], "little") - skipped) / 48_000


def test_the_course_has_thirty_lessons_and_each_trade_has_four():
    assert [lesson.key for lesson in COURSE.lessons] == [f"wh{n:02d}" for n in range(1, 31)]
    assert [len(COURSES[folder.name].lessons) for folder in TRADES] == [4, 4, 4, 4]
    for course in COURSES.values():
        numbers = [lesson.number for lesson in course.lessons]
        assert numbers == list(range(1, len(numbers) + 1))
    assert {step.kind for step in STEPS} == set(KINDS)
    assert COURSE.lesson("wh02") is COURSE.lessons[1]
    assert COURSE.lesson("wh99") is None


def test_the_course_teaches_150_characters_each_in_one_lesson():
    taught = Counter(one.character for lesson in COURSE.lessons for one in lesson.characters)
    assert len(taught) == 150
    assert set(taught.values()) == {1}


def test_the_characters_taught_are_those_on_the_cards():
    taught = set()
    for lesson in COURSE.lessons:
        shown = {letter for step in lesson.steps for letter in step.word or ""}
        own = {one.character for one in lesson.characters}
        taught |= own
        assert own <= shown <= taught


@pytest.mark.parametrize(("course", "lesson"), LESSONS, ids=of_lesson)
def test_a_lesson_is_whole_and_its_steps_keep_their_ids(course, lesson):
    assert lesson.aim
    assert lesson.strand
    assert [step.number for step in lesson.steps] == list(range(1, len(lesson.steps) + 1))
    written = [int(step.id.removeprefix(f"{lesson.key}.")) for step in lesson.steps]
    assert written == list(range(1, len(written) + 1))
    assert 8 <= len(lesson.steps) <= 12
    safety = 50 if course is not COURSE else 40
    assert all(len(step.say) <= (safety if step.number == 1 else 40) for step in lesson.steps)


@pytest.mark.parametrize(("course", "lesson"), LESSONS, ids=of_lesson)
def test_every_card_is_a_small_picture_of_800_by_600(course, lesson):
    for card in (card for step in lesson.steps for card in cards_of(step)):
        assert course.path(card).stat().st_size <= 100_000, card
        with Image.open(course.path(card)) as picture:
            assert (picture.format, picture.size) == ("PNG", (800, 600)), card


@pytest.mark.parametrize(("course", "lesson"), LESSONS, ids=of_lesson)
def test_every_step_and_choice_has_a_mono_opus_clip_a_phone_takes_as_voice(course, lesson):
    for step in lesson.steps:
        assert step.clip is not None, step.id
        assert 0.7 <= seconds(course.path(step.clip)) <= 20, step.id
        for clip in clips_of(step):
            path = course.path(clip)
            start = path.read_bytes()[:64]
            assert start.startswith(b"OggS"), clip
            assert start[start.index(b"OpusHead") + 9] == 1, clip
            assert path.stat().st_size <= 60_000, clip
            assert seconds(path) >= 0.3, clip


def test_a_sample_of_clips_is_decoded_and_lasts_as_long_as_it_says():
    for path in CLIPS[::45]:
        with av.open(str(path)) as file:
            stream = file.streams.audio[0]
            heard = sum(frame.samples / frame.sample_rate for frame in file.decode(stream))
            assert (stream.codec_context.name, stream.channels) == ("opus", 1), path
        assert heard == pytest.approx(seconds(path), abs=0.08), path


def test_clips_lie_beside_their_licence_and_nothing_else_does():
    for folder in PACKS:
        lying = {path.name for path in (folder / "clips").iterdir()}
        named = {path.name for path in CLIPS if path.is_relative_to(folder)}
        assert lying == {*named, "LICENSE.md"}


def test_all_clips_together_stay_small():
    bot = WENHUA.parent.parent
    assert sum(path.stat().st_size for path in bot.rglob("*.ogg")) <= MOST_BYTES


@pytest.mark.parametrize("step", QUESTIONS, ids=lambda step: step.id)
def test_every_question_has_one_right_option_and_a_caption_that_does_not_tell(step):
    labels = [option.label for option in step.options]
    assert [option.right for option in step.options].count(True) == 1
    assert step.options[step.right].right
    assert len(set(labels)) == len(step.buttons) == len(step.options)
    if not labels[0].isascii() and labels[step.right] in step.caption:
        assert all(label in step.caption for label in labels)  # as “能不能？” does
    assert labels[step.right] not in step.caption.split()


def test_a_keypad_does_not_show_its_number():
    assert all(step.digits not in step.caption for step in STEPS if step.kind == "dial")


def test_the_right_answer_stands_at_every_place_about_as_often():
    places = Counter(step.right for step in QUESTIONS)
    assert set(places) == {0, 1, 2}
    assert all(LEAST <= count / len(QUESTIONS) <= MOST for count in places.values())
    several = Counter(step.right for step in QUESTIONS if len(step.options) > 2)
    assert all(LEAST <= count / several.total() <= MOST for count in several.values())


def test_numbers_are_answered_by_their_numerals_and_pictures_by_their_place():
    by_id = {step.id: step for step in STEPS}
    assert by_id["wh01.9"].buttons == ("1", "3", "5")
    assert by_id["wh01.7"].buttons == ("1", "2", "3")
    assert by_id["wh01.1"].buttons == ()
    assert by_id["wh01.1"].right is None


def test_who_passes_lesson_two_at_once_is_asked_to_match_as_well():
    lesson = COURSE.lessons[1]
    asked = [step for step in lesson.steps if step.number in lesson.fast_path]
    assert [step.kind for step in asked] == ["tap_number", "count", "match"]


def test_versions_are_digests_that_differ_by_lesson():
    versions = {lesson.version for _, lesson in LESSONS}
    versions |= {course.version for course in COURSES.values()}
    assert len(versions) == len(LESSONS) + len(COURSES)
    assert all(re.fullmatch("[0-9a-f]{64}", version) for version in versions)
    assert load(WENHUA).version == COURSE.version


def test_every_scene_has_its_small_screen():
    assert {path.stem for path in FOLDER.glob("*.png")} == set(SCENES)
    assert all(screen(name).stat().st_size <= 100_000 for name in SCENES)


def test_an_unknown_screen_is_refused():
    with pytest.raises(FileNotFoundError):
        screen("../clips/zh/001")


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_every_shipped_pack_is_sound_and_nothing_is_left_to_be_made(folder):
    report = check(folder)
    assert report.problems == []
    assert report.cards_missing == []
    assert report.clips_missing == []
    assert report.to_be_drawn == {}


@pytest.mark.parametrize("folder", TRADES, ids=lambda folder: folder.name)
def test_every_lesson_of_a_trade_begins_with_safety(folder):
    for lesson in COURSES[folder.name].lessons:
        assert [step.kind for step in lesson.steps][:2] == ["see_hear", "tap_picture"]
