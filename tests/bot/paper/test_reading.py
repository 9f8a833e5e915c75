import struct
import zlib
from datetime import UTC, datetime

import pytest
from PIL import Image

from bot.paper import reading, strips
from bot.paper.codes import Printed
from bot.paper.plane import fit, move
from bot.paper.printing import Facts, Line, Page, print_sheet
from bot.paper.reading import Fault, UnreadableError
from db.sealing import Key
from tests.bot.paper.photographing import Shot, photographed, rendered

AT = datetime(2026, 11, 23, tzinfo=UTC)
LINES = [Line(str(row), f"示例{row}") for row in range(1, 18)]


def flat(key, sheet=7, page=1):
    """Return a printed page as a picture."""
    pdf = print_sheet(Facts("签到表", "", ()), [Page(Printed(sheet, page), 1, LINES)], key, AT)
    return rendered(pdf, dpi=110)


def fault(path, key):
    with pytest.raises(UnreadableError) as caught:
        reading.read(path, key)
    return caught.value.fault


def empty_png(width, height):
    """Return the beginning of a PNG that claims to be of any size."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"")
    parts = (
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one))
        for one in (head, body)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    "size", [(20_000, 20_000), (7_000, 6_000), (9_900, 9_900), (60_000, 60_000), (2, 2_000_000_000)]
)
def test_a_picture_of_too_many_pixels_is_refused_undecoded(size, tmp_path, key):
    path = tmp_path / "photo.png"
    path.write_bytes(empty_png(*size))
    assert fault(path, key) is Fault.TOO_LARGE


def test_a_file_of_more_than_fifty_megabytes_is_refused_unopened(tmp_path, key):
    path = tmp_path / "photo.jpg"
    with path.open("wb") as file:
        file.truncate(reading.LARGEST + 1)
    assert fault(path, key) is Fault.TOO_LARGE


def test_bytes_that_are_no_picture_or_half_of_one_are_refused(tmp_path, key):
    path = tmp_path / "photo.jpg"
    flat(key).save(path, "JPEG")
    whole = path.read_bytes()
    for content in (b"", b"GIF89a", b"%PDF-1.7", whole[: len(whole) // 2], empty_png(50, 50)):
        path.write_bytes(content)
        assert fault(path, key) is Fault.NO_PICTURE


def test_a_picture_of_something_else_has_no_code(tmp_path, key):
    path = tmp_path / "photo.png"
    Image.effect_noise((900, 700), 60).save(path)
    assert fault(path, key) is Fault.NO_CODE


def test_a_sheet_of_another_school_is_forged(tmp_path, key):
    path = tmp_path / "photo.png"
    flat(Key(bytes(32))).save(path)
    assert fault(path, key) is Fault.FORGED


def test_two_pages_in_one_picture_are_told_apart(tmp_path, key):
    both = Image.new("RGB", (1820, 1286), "white")
    for number in (0, 1):
        both.paste(flat(key, sheet=7 + number), (number * 910, 0))
    path = tmp_path / "photo.png"
    both.save(path)
    assert fault(path, key) is Fault.SEVERAL


@pytest.mark.parametrize("box", [(0, 0, 1, 0.7), (0, 0.4, 1, 1), (0.35, 0, 1, 1), (0, 0, 0.5, 0.4)])
def test_a_page_of_which_rows_are_missing_is_cut(box, tmp_path, key):
    page = flat(key)
    left, top, right, bottom = box
    size = page.width * left, page.height * top, page.width * right, page.height * bottom
    path = tmp_path / "photo.png"
    page.crop(tuple(round(side) for side in size)).save(path)
    assert fault(path, key) is Fault.CUT


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_a_picture_of_any_colours_is_read(mode, tmp_path, key):
    path = tmp_path / ("photo.jpg" if mode == "CMYK" else "photo.png")
    flat(key).convert(mode).save(path)
    assert reading.read(path, key).printed == Printed(7, 1)


def test_another_page_number_is_another_page(tmp_path, key):
    path = tmp_path / "photo.jpg"
    path.write_bytes(photographed(flat(key, page=3), Shot("flat"), 1))
    assert reading.read(path, key).printed == Printed(7, 3)


def test_a_plane_takes_points_where_they_were_seen():
    here = [(0, 0), (210, 0), (210, 297), (0, 297), (105, 148)]
    there = [(x * 3 + y * 0.5 + 9, y * 2.5 + 40) for x, y in here]
    plane = fit(here, there)
    for point, seen in zip(move(plane, here), there, strict=True):
        assert point == pytest.approx(seen)
    with pytest.raises(ValueError, match="four points"):
        fit(here[:3], there[:3])


def test_every_row_is_in_one_strip_and_paper_comes_out_white():
    assert [place for strip in range(strips.strips()) for place in strips.places(strip)] == list(
        range(17)
    )
    grey = Image.new("RGB", reading.SIZE, (90, 80, 60))
    for strip in range(strips.strips()):
        shown = strips.cut(grey, strip)
        assert shown.getpixel((50, 50)) == (strips.WHITE,) * 3
        assert shown.width / shown.height < 2
