import pytest

from bot.paper import layout
from bot.paper.codes import ForgedError, Printed, opened, payload
from db.sealing import Key

PAGE = Printed(1234567890123, 99)


def test_a_code_names_its_page_and_its_corner(key):
    for corner in range(len(layout.CORNERS)):
        assert opened(key, payload(key, PAGE, corner)) == (PAGE, corner)


def test_the_longest_code_fits_a_small_qr(key):
    assert len(payload(key, PAGE, 3)) <= 38  # what version 2, level M, takes of capitals


def test_what_is_no_code_of_a_sheet_is_not_opened(key):
    for text in (
        "",
        "e-7-abcdefghijklmnopqrstuv",
        "https://example.org",
        "M-1-1-9-ABCDEFGHIJKLMNOP",
    ):
        assert opened(key, text) is None


@pytest.mark.parametrize("changed", ["M-2-1-0-", "M-1-2-0-"])
def test_a_code_of_another_sheet_or_page_with_this_signature_is_forged(key, changed):
    signature = payload(key, Printed(1, 1), 0).rpartition("-")[2]
    with pytest.raises(ForgedError):
        opened(key, changed + signature)


def test_another_school_s_code_is_forged(key):
    with pytest.raises(ForgedError):
        opened(key, payload(Key(bytes(32)), PAGE, 0))


def test_fifty_rows_are_three_pages():
    assert [layout.page_of(row) for row in (1, 17, 18, 34, 35, 50)] == [1, 1, 2, 2, 3, 3]
    assert [layout.place_of(row) for row in (1, 17, 18, 50)] == [0, 16, 0, 15]


def test_the_corner_codes_stand_clear_of_everything():
    quiet = layout.CODE / 25 * 4
    table = layout.TOP - layout.HEAD, layout.TOP + layout.ROWS * layout.ROW
    for left, top in layout.CORNERS:
        assert quiet < left
        assert left + layout.CODE + quiet < layout.PAGE[0]
        assert top + layout.CODE + quiet < table[0] or top - quiet > table[1]
