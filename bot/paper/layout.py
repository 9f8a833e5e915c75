"""Where everything stands on a sign-in sheet (签到表), in millimetres of an A4 page.

A template and a reader that share these numbers need not search a photo for rows: once the corner
codes are found, every row is where it was printed.
"""

from typing import Final

Box = tuple[float, float, float, float]  # left, top, right, bottom
Point = tuple[float, float]

PAGE: Final = (210.0, 297.0)
ROWS: Final = 17  # a page; three pages hold a class of fifty
TOP: Final = 75.0  # of the first row
ROW: Final = 10.0  # its height: room for a name, or for the ball of a thumb
# Number, name, register number, signature, thumbprint, remark: 156 mm, as official papers have it.
COLUMNS: Final = (28.0, 39.0, 69.0, 93.0, 137.0, 161.0, 184.0)
HEAD: Final = 8.0  # of the table's head, above the first row
CODE: Final = 22.0  # side of a corner code, its quiet zone not counted
CORNERS: Final[tuple[Point, ...]] = ((11.0, 9.0), (177.0, 9.0), (11.0, 268.0), (177.0, 268.0))


def row_box(place: int) -> Box:
    """Return the box of a row by its place on the page, from 0."""
    top = TOP + place * ROW
    return COLUMNS[0], top, COLUMNS[-1], top + ROW


def code_points(corner: int) -> tuple[Point, Point, Point, Point]:
    """Return the corners of a corner code, clockwise from its top left."""
    left, top = CORNERS[corner]
    right, bottom = left + CODE, top + CODE
    return (left, top), (right, top), (right, bottom), (left, bottom)


def page_of(row: int) -> int:
    """Return the page on which a row of the list is printed, from 1."""
    return (row - 1) // ROWS + 1


def place_of(row: int) -> int:
    """Return the place of a row of the list on its page, from 0."""
    return (row - 1) % ROWS
