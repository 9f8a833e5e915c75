import pytest
from PIL import Image

from bot.services.encouraging import characters_of
from bot.services.picturing import praise_picture, words_picture
from bot.services.taught import course

MANY = [chr(0x4E00 + number) for number in range(200)]


@pytest.mark.parametrize("count", [1, 5, 37, 200])
def test_what_one_can_read_fits_on_a_small_picture(tmp_path, count):
    path = tmp_path / words_picture(tmp_path, MANY[:count])
    with Image.open(path) as image:
        assert image.width == 800
        assert image.height <= 1400
    assert path.stat().st_size <= 100_000


def test_the_same_words_are_drawn_once(tmp_path):
    first = tmp_path / words_picture(tmp_path, MANY[:5])
    first.write_bytes(b"kept")
    assert tmp_path / words_picture(tmp_path, MANY[:5]) == first
    assert first.read_bytes() == b"kept"
    assert words_picture(tmp_path, MANY[:6]) != words_picture(tmp_path, MANY[:5])


def test_a_card_of_praise_takes_any_name(tmp_path):
    path = tmp_path / praise_picture(tmp_path, "本周之星", "示例龙𠅤<b>", "每次都来，" * 16)
    assert path.stat().st_size <= 100_000


def test_a_character_that_two_lessons_teach_counts_once():
    keys = {lesson.key for lesson in course().lessons}
    taught = [one.character for lesson in course().lessons for one in lesson.characters]
    assert characters_of(keys) == list(dict.fromkeys(taught))
    assert characters_of(set()) == []
