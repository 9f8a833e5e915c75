import random
from datetime import UTC, datetime

import numpy as np
import pytest

from bot.paper import layout, reading
from bot.paper.codes import Printed
from bot.paper.printing import Facts, Line, Page, print_sheet
from bot.paper.reading import SCALE
from db.sealing import Key
from tests.bot.paper.photographing import Shot, photographed, rendered, signed

PRINTED = Printed(48213, 2)
FIELDS = [("课题", "听、点、说"), ("方式", "线下"), ("时间", "2026年11月23日 09:00–10:30")]
FACTS = Facts("示例班学员签到表", "集中教学", FIELDS)
LINES = [Line(str(row), f"示例杨{row}", f"P{row:06}") for row in range(18, 35)]
SHOTS = (
    Shot("flat"),
    Shot("turned a little", turn=7),
    Shot("turned more", turn=-18),
    Shot("lying on its side", size=(1280, 960), turn=90),
    Shot("upside down", turn=180, noise=6),
    Shot("on its other side", size=(1280, 960), turn=268, light=0.4),
    Shot("slanted", slant=0.12),
    Shot("slanted much", slant=0.28, turn=4),
    Shot("slanted and turned", slant=0.2, turn=-12, quality=60),
    Shot("slightly out of focus", blur=0.9),
    Shot("out of focus, but large", size=(2250, 3000), blur=3.2),
    Shot("shaken", shaken=3),
    Shot("grainy", noise=18),
    Shot("grainy in the dark", noise=12, dim=0.35),
    Shot("dark on one side", light=0.75),
    Shot("a hand's shadow", shadow=0.6),
    Shot("a lamp's yellow light", cast=(1.0, 0.86, 0.55), dim=0.8, noise=8),
    Shot("squeezed to few bytes", quality=30),
    Shot("small in the picture", fill=0.66),
    Shot("not quite flat", bend=1.0),
    Shot("creased", crease=True, slant=0.1, noise=8),
    Shot("a thumb on a corner", covered=(2,), turn=3, slant=0.1),
    Shot("two corners under thumbs", covered=(1, 2), slant=0.08),
    Shot("all at once", turn=9, slant=0.14, blur=0.6, noise=9, light=0.5, quality=55),
    Shot("all at once, large", size=(3000, 4000), turn=-23, slant=0.2, blur=2, noise=14, light=0.6),
    Shot("all at once in the evening", shadow=0.5, dim=0.6, cast=(1, 0.9, 0.7), bend=0.6, turn=3),
)
BENT = 1.2  # millimetres by which a line of bent paper may be off


@pytest.fixture(scope="module")
def page():
    key = Key(bytes(range(32)))
    sheet = [Page(PRINTED, 2, LINES)]
    pdf = print_sheet(FACTS, sheet, key, datetime(2026, 11, 23, tzinfo=UTC))
    return signed(rendered(pdf), range(14), random.Random(5))


def lines_off(picture):
    """Return by how many pixels each line between rows is off, at four places along it."""
    grey = np.asarray(picture.convert("L"), dtype=float)
    off = []
    for number in range(layout.ROWS + 1):
        y = round((layout.TOP + number * layout.ROW) * SCALE)
        for x in (62, 89, 133, 158):  # between words and signatures
            band = grey[y - 20 : y + 20, x * SCALE : (x + 3) * SCALE].mean(axis=1)
            band = np.convolve(band, np.ones(3) / 3, mode="same")[2:-2]
            off.append(abs(int(band.argmin()) + 2 + 0.5 - 20))
    return off


@pytest.mark.parametrize("shot", SHOTS, ids=[shot.name for shot in SHOTS])
def test_a_photo_of_a_printed_sheet_is_read_and_laid_straight(shot, page, tmp_path, key):
    seed = SHOTS.index(shot)
    path = tmp_path / "photo.jpg"
    path.write_bytes(photographed(page, shot, seed))
    straight = reading.read(path, key)
    assert straight.printed == PRINTED
    off = lines_off(straight.picture)
    allowed = 4 + (BENT * SCALE if shot.bend else 0)
    assert max(off) <= allowed, f"{shot.name}: {max(off)} px"
