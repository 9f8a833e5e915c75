import pytest
from PIL import Image

from bot.services import likeness
from bot.services.likeness import Known, Limits, NoPhotoError, TooLargeError
from bot.services.proof_rules import rules
from tests.handlers.class_photos import classroom, jpeg, trimmed

COPIES = {
    "compressed": lambda image: image,
    "smaller": lambda image: image.resize((400, 300)),
    "turned left": lambda image: image.rotate(90, expand=True),
    "turned right": lambda image: image.rotate(-90, expand=True),
    "upside down": lambda image: image.rotate(180),
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "brighter": lambda image: image.point(lambda value: min(255, int(value * 1.15 + 8))),
    "cropped left": lambda image: trimmed(image, 0.05, "l"),
    "cropped in a corner": lambda image: trimmed(image, 0.05, "r", "b"),
    "cropped all round": lambda image: trimmed(image, 0.025, "l", "t", "r", "b"),
    "cropped and turned": lambda image: trimmed(image, 0.05, "t").rotate(90, expand=True),
}
SCENES = [*((seed, None) for seed in range(20)), *((seed, 7) for seed in range(20, 40))]


def limits():
    rule = rules()
    return Limits(rule.near, rule.alone, rule.copy_, rule.copy_in_meeting, rule.most)


def keep(folder, name, image, quality=85):
    (folder / name).write_bytes(jpeg(image, quality))
    thumb = likeness.load(folder / name)
    return Known(0, 1, likeness.likeness(thumb), name, name)


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """Forty classes, half of them in one and the same room."""
    folder = tmp_path_factory.mktemp("album")
    return folder, [
        keep(folder, f"{number}.jpg", classroom(seed, wall))
        for number, (seed, wall) in enumerate(SCENES)
    ]


def found(folder, path, known, meeting=2):
    return likeness.find(folder, likeness.load(folder / path), path, meeting, known, limits())


def test_forty_different_photos_are_never_taken_for_one_another(album):
    folder, known = album
    wrong = [
        (one.path, match.path)
        for one in known
        if (match := found(folder, one.path, [other for other in known if other is not one]))
    ]
    assert wrong == []


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_found_among_forty(album, tmp_path, how):
    folder, known = album
    for number in (0, 5, 11, 21, 33):
        seed, wall = SCENES[number]
        name = f"copy-{number}-{how.replace(' ', '-')}.jpg"
        keep(folder, name, COPIES[how](classroom(seed, wall)), quality=45)
        match = found(folder, name, known)
        assert match is not None, number
        assert match.path == f"{number}.jpg"


def test_the_whole_is_found_where_a_crop_was_filed(tmp_path):
    crop = keep(tmp_path, "crop.jpg", trimmed(classroom(3), 0.05, "l", "t"))
    keep(tmp_path, "whole.jpg", classroom(3))
    assert found(tmp_path, "whole.jpg", [crop]) is crop


def test_two_photos_of_one_class_may_look_much_alike(tmp_path):
    first = keep(tmp_path, "first.jpg", classroom(3))
    moved = classroom(3)
    moved.paste((30, 60, 200), (300, 500, 420, 760))
    keep(tmp_path, "second.jpg", moved)
    assert found(tmp_path, "second.jpg", [first], meeting=1) is None


def test_without_its_file_only_a_photo_that_is_hardly_different_is_known(tmp_path):
    gone = keep(tmp_path, "gone.jpg", classroom(3))
    keep(tmp_path, "again.jpg", classroom(3), quality=60)
    keep(tmp_path, "other.jpg", classroom(4))
    (tmp_path / "gone.jpg").unlink()
    assert found(tmp_path, "again.jpg", [gone]) is gone
    assert found(tmp_path, "other.jpg", [gone]) is None


def test_two_black_pictures_fit_nothing(tmp_path):
    black = keep(tmp_path, "black.jpg", Image.new("RGB", (640, 480)))
    keep(tmp_path, "dark.jpg", Image.new("RGB", (800, 600)))
    assert found(tmp_path, "dark.jpg", [black]) is None


@pytest.mark.parametrize("content", [b"", b"no picture", b"%PDF-1.7 ", b"\xff\xd8\xff\xe0half"])
def test_what_is_no_picture_says_so(tmp_path, content):
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(NoPhotoError):
        likeness.load(tmp_path / "x.jpg")


def test_a_cut_off_jpeg_says_so(tmp_path):
    (tmp_path / "x.jpg").write_bytes(jpeg(classroom(1))[:9000])
    with pytest.raises(NoPhotoError):
        likeness.load(tmp_path / "x.jpg")


def test_a_picture_of_four_hundred_million_pixels_is_not_decoded(tmp_path):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "x.png")
    with pytest.raises(TooLargeError):
        likeness.load(tmp_path / "x.png")


def test_a_file_of_more_than_fifty_megabytes_is_not_opened(tmp_path):
    with (tmp_path / "x.jpg").open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    with pytest.raises(TooLargeError):
        likeness.load(tmp_path / "x.jpg")
