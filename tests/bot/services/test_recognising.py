import hashlib
from time import thread_time

import pytest
from PIL import Image, ImageDraw

from bot.services import keypoints, likeness, recognising
from bot.services.likeness import Known
from bot.services.proof_rules import rules
from tests.handlers.class_photos import classroom, jpeg, trimmed
from tests.handlers.class_rooms import met


def barred(image, top, bottom=1.0):
    """Paint a black bar over a part of the height."""
    image = image.copy()
    height = image.height
    box = (0, int(top * height), image.width, int(bottom * height))
    ImageDraw.Draw(image).rectangle(box, fill=(0, 0, 0))
    return image


def framed(image):
    """Show a picture as the screen of a phone does."""
    screen = Image.new("RGB", (1080, 2280), (245, 245, 245))
    screen.paste(image.resize((1080, 810)), (0, 700))
    draw = ImageDraw.Draw(screen)
    draw.text((40, 30), "12:31", fill=(0, 0, 0), font_size=40)
    draw.rectangle((60, 2100, 1020, 2200), outline=(90, 90, 90), width=4)
    return screen


CROPS = {
    "ten percent all round": lambda image: trimmed(image, 0.1, *"ltrb"),
    "a fifth at the right": lambda image: trimmed(image, 0.2, "r"),
    "the bottom": lambda image: trimmed(image, 0.15, "b"),
    "a fifth all round": lambda image: trimmed(image, 0.2, *"ltrb"),
    "turned a little and cropped": lambda image: trimmed(image.rotate(5), 0.08, *"ltrb"),
    "mirrored and cropped": lambda image: trimmed(
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 0.1, *"lt"
    ),
    "a black bar": lambda image: barred(image, 0.85),
    "a screenshot": framed,
}
SCENES = {
    "plain": classroom,
    "one room": lambda seed: met(seed, 7),
}


def keep(folder, number, image, quality=85):
    """Keep a photo of the meeting of the same number."""
    content = jpeg(image, quality)
    path = f"{number}.jpg"
    (folder / path).write_bytes(content)
    bits = likeness.likeness(likeness.load(folder / path))
    return Known(number, number, bits, hashlib.sha256(content).hexdigest(), path)


def asked(folder, one, known):
    path = folder / one.path
    return recognising.recognise(folder, path, one.sha256, one.meeting_id, known, rules())


@pytest.fixture(scope="module", params=SCENES)
def album(request, tmp_path_factory):
    """Twenty classes: in rooms of their own, or all in one, seen from one and the same seat."""
    folder = tmp_path_factory.mktemp("rooms")
    scene = SCENES[request.param]
    return folder, scene, [keep(folder, number, scene(number)) for number in range(1, 21)]


@pytest.mark.parametrize("how", CROPS)
def test_what_is_left_of_a_photo_is_known_again(album, how):
    folder, scene, known = album
    for number in (3, 14):
        again = keep(folder, 99, CROPS[how](scene(number)), quality=45)
        answer = asked(folder, again, known)
        assert answer.same is not None, (number, answer)
        assert answer.same.id == number


def test_two_days_in_one_room_are_two_photos_and_nobody_is_asked(album):
    folder, _scene, known = album
    for one in known[::3]:
        others = [other for other in known if other is not one]
        assert asked(folder, one, others) == recognising.Answer()


def test_where_a_part_was_painted_over_a_person_is_asked(tmp_path):
    first = keep(tmp_path, 1, met(3, 7))
    answer = asked(tmp_path, keep(tmp_path, 2, barred(met(3, 7), 0.4, 0.48)), [first])
    assert (answer.same, answer.alike) == (None, first)
    assert rules().alike <= answer.fit < rules().same


def test_the_points_of_a_photo_are_small_and_are_found_anew_where_they_were_lost(album):
    folder, scene, known = album
    again = keep(folder, 99, trimmed(scene(5), 0.1, *"ltrb"))
    assert asked(folder, again, known).same is known[4]
    kept = list((folder / recognising.FOLDER).rglob("*.points"))
    assert len(kept) >= len(known)
    assert max(path.stat().st_size for path in kept) <= 11_000
    for path in kept[::2]:
        path.unlink()
    kept[1].write_bytes(b"half")
    assert asked(folder, again, known).same is known[4]


def test_a_photo_that_is_gone_or_too_old_is_not_laid_over(tmp_path):
    first = keep(tmp_path, 1, met(3, 7))
    crop = keep(tmp_path, 2, trimmed(met(3, 7), 0.15, *"ltrb"))
    old = Known(1, 1, first.likeness, first.sha256, first.path, remembered=False)
    assert asked(tmp_path, crop, [old]).same is None
    (tmp_path / first.path).unlink()
    assert asked(tmp_path, crop, [first]).same is None


def test_a_picture_without_points_is_judged_at_a_glance(tmp_path):
    def plain(shade):
        image = Image.new("L", (640, 480), 90)
        image.paste(Image.linear_gradient("L").resize((640, 300)).point(lambda v: v // shade))
        return image.convert("RGB")

    assert len(keypoints.points(keypoints.unframed(Image.new("L", (640, 480)))).bits) == 0
    first = keep(tmp_path, 1, plain(2))
    assert asked(tmp_path, keep(tmp_path, 2, plain(2), quality=60), [first]).same is first


def test_among_many_photos_of_one_room_looking_takes_less_than_a_second_of_work(tmp_path):
    known = [keep(tmp_path, number, met(number, 7)) for number in range(1, 13)]
    crop = keep(tmp_path, 99, trimmed(met(4, 7), 0.1, *"ltrb"))
    many = [
        Known(100 * more + one.id, 100 * more + one.id, one.likeness, one.sha256, one.path)
        for more in range(1, 33)
        for one in known
    ]
    asked(tmp_path, crop, known)  # finds their points, once
    begun = thread_time()
    assert asked(tmp_path, crop, many).same.path == "4.jpg"
    assert thread_time() - begun < 1
