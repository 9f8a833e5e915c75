import io

import pytest
from PIL import Image

from bot.documents import portraits
from bot.documents.checking import check
from bot.documents.kinds import named, required, rules
from bot.documents.opening import Fault, UnfitError
from tests.bot.documents.document_pictures import (
    blurred,
    bomb,
    card,
    cat,
    dark,
    face,
    jpeg,
    lamp,
    located,
    page,
    taken,
    two_faces,
)

FRONT, BACK, BOOK, PORTRAIT = map(named, ("id_front", "id_back", "household", "portrait"))


def pixels(fit):
    with Image.open(io.BytesIO(fit.content)) as image:
        image.load()
        return image


def likeness(one, other):
    """Return the mean difference of two pictures, in grey values."""
    small = [picture.convert("L").resize((64, 40)).tobytes() for picture in (one, other)]
    return sum(abs(a - b) for a, b in zip(*small, strict=True)) / len(small[0])


@pytest.mark.parametrize("seed", range(3, 8))
def test_a_card_is_laid_straight_however_it_lies(seed):
    photo = taken(card(), lean=0.12, turn=seed * 5 - 25, share=0.6, seed=seed)
    fit = check(jpeg(photo), FRONT)
    assert (fit.width, fit.height, fit.straight) == (1284, 810, True)
    assert likeness(pixels(fit), card()) < 6


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_card_that_stands_on_its_head_is_turned_by_its_face(turn):
    photo = taken(card(), turn=0).rotate(turn, expand=True)
    assert likeness(pixels(check(jpeg(photo), FRONT)), card()) < 6


def test_a_page_keeps_its_shape():
    fit = check(jpeg(taken(page(), lean=0.02, seed=4)), BOOK)
    assert 1.2 < fit.width / fit.height < 1.5


def test_a_portrait_is_cut_to_the_official_size_and_weight():
    for photo in (face(), face(1100), face(scale=0.7)):
        fit = check(jpeg(photo), PORTRAIT)
        assert (fit.width, fit.height) == (358, 441)
        assert len(fit.content) <= 60_000
        assert pixels(fit).info["dpi"] == (350, 350)
        ((left, top, side),) = portraits.faces(pixels(fit))
        assert abs(left + side / 2 - 179) < 25
        assert 40 < top < 200


@pytest.mark.parametrize(
    ("make", "kind", "fault"),
    [
        (lambda: jpeg(cat()), FRONT, Fault.NO_PAPER),
        (lambda: jpeg(cat()), BOOK, Fault.NO_PAPER),
        (lambda: jpeg(taken(card(back=True))), FRONT, Fault.NO_PAPER),
        (lambda: jpeg(cat()), PORTRAIT, Fault.NO_FACE),
        (lambda: jpeg(two_faces()), PORTRAIT, Fault.FACES),
        (lambda: jpeg(dark(taken(card()))), FRONT, Fault.UNCLEAR),
        (lambda: jpeg(blurred(taken(card()), 6)), FRONT, Fault.UNCLEAR),
        (lambda: jpeg(lamp(taken(card()))), FRONT, Fault.GLARE),
        (lambda: jpeg(dark(face())), PORTRAIT, Fault.UNCLEAR),
        (lambda: jpeg(blurred(face(), 14)), PORTRAIT, Fault.UNCLEAR),
        (lambda: jpeg(taken(card()).resize((400, 300))), FRONT, Fault.TOO_SMALL),
        (lambda: jpeg(face(scale=0.3)), PORTRAIT, Fault.TOO_SMALL),
        (lambda: b"%PDF-1.7 no photo", FRONT, Fault.NO_PHOTO),
        (lambda: jpeg(taken(card()))[:40_000], FRONT, Fault.NO_PHOTO),
        (lambda: b"", BACK, Fault.NO_PHOTO),
        (bomb, FRONT, Fault.TOO_BIG),
        (lambda: bytes(21 * 2**20), FRONT, Fault.TOO_BIG),
    ],
    ids=[
        "cat as card",
        "cat as page",
        "the other side",
        "cat as portrait",
        "two faces",
        "dark card",
        "blurred card",
        "glare",
        "dark face",
        "blurred face",
        "small card",
        "small face",
        "PDF",
        "truncated",
        "nothing",
        "bomb",
        "21 MB",
    ],
)
def test_what_is_no_good_is_refused_for_its_own_reason(make, kind, fault):
    with pytest.raises(UnfitError) as refused:
        check(make(), kind)
    assert refused.value.fault is fault


def test_nothing_of_where_it_was_taken_stays():
    for kind, photo in ((FRONT, taken(card())), (PORTRAIT, face())):
        plain = located(photo)
        assert b"A phone that tells" in plain
        fit = check(plain, kind)
        assert b"A phone that tells" not in fit.content
        assert b"Exif" not in fit.content
        assert not pixels(fit).getexif()


def test_a_person_may_let_a_photo_without_an_edge_pass():
    fit = check(jpeg(card().crop((20, 20, 1260, 790))), FRONT, lenient=True)
    assert not fit.straight


def test_a_learner_is_asked_for_four_kinds_in_five_photos():
    asked = [kind for kind in rules().kinds if kind.number]
    assert [kind.number for kind in asked] == [1, 2, 3, 4]
    assert len(required()) == 5
    assert all(kind.sensitive for kind in asked)
    assert all(kind.retention for kind in rules().kinds)
