"""Read a text with commas or tabs as the rows that an office program would show."""

import csv
import io
import re

from bot.services.roster_archive import RefusedError
from bot.services.roster_cells import LAST_COLUMN, Cell, Kind, Row
from bot.services.roster_package import MOST_CHARACTERS

QUOTED = re.compile(r'="([^"]*)"')
DELIMITERS = ",\t;"
BLANK_ROWS = 10  # to each that may be filled


def text_rows(data: bytes, limit: int) -> list[Row]:
    """Return the filled rows of a text, numbered as an office program would."""
    text = _decoded(data)
    if "\0" in text:
        raise RefusedError("broken")
    lines = text.splitlines()
    delimiter = max(DELIMITERS, key=lambda sign: max((one.count(sign) for one in lines), default=0))
    found: list[Row] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
            if len(found) > limit * 2 or number > limit * BLANK_ROWS:
                raise RefusedError("too_many_rows", limit=limit)
            row = {
                at: _cell(cell) for at, cell in enumerate(cells[:LAST_COLUMN], 1) if cell.strip()
            }
            if row:
                found.append(Row(number, row))
    except csv.Error as error:
        raise RefusedError("broken") from error
    return found


def _cell(text: str) -> Cell:
    said = text.strip()[:MOST_CHARACTERS]
    if found := QUOTED.fullmatch(said):  # how a number is kept as text
        return Cell(Kind.TEXT, found[1])
    return Cell(Kind.FORMULA if said.startswith("=") else Kind.TEXT, said)


def _decoded(data: bytes) -> str:
    """Decode what the office programs and platforms write."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedError("broken")
