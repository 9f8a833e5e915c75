"""Writes an old workbook (.xls, BIFF8 in a compound file) by hand: texts, numbers, merged cells."""

import struct
from pathlib import Path

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
GENERAL, DAY = 15, 16  # cell formats, by their place among the XF records


def record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def wide(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def short(text):
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def font():
    return record(
        0x31, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + short("宋体")
    )


def xf(number):
    return record(0xE0, struct.pack("<HHHBBBBIIH", 0, number, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0))


def begin(kind):
    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0x41, 6))


def sheet(rows, merges):
    out = begin(0x10)
    out += record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                out += record(0x204, struct.pack("<HHH", at, column, GENERAL) + wide(value))
            else:
                style = DAY if isinstance(value, complex) else GENERAL
                number = value.real if isinstance(value, complex) else float(value)
                out += record(0x203, struct.pack("<HHHd", at, column, style, number))
    if merges:
        spans = b"".join(struct.pack("<HHHH", *one) for one in merges)
        out += record(0xE5, struct.pack("<H", len(merges)) + spans)
    return out + record(0x0A)


def old_book(path: Path, sheets, merges=()) -> Path:
    """Write sheets of rows; a complex number is a day; merges are (top, bottom, left, right)."""
    head = begin(0x05) + record(0x42, struct.pack("<H", 1200)) + font() * 4
    head += xf(0) * 16 + xf(14)
    bodies = [sheet(rows, merges) for rows in sheets.values()]
    bounds = sum(len(record(0x85, struct.pack("<IH", 0, 0) + short(name))) for name in sheets)
    at = len(head) + bounds + len(record(0x0A))
    for name, body in zip(sheets, bodies, strict=True):
        head += record(0x85, struct.pack("<IH", at, 0) + short(name))
        at += len(body)
    path.write_bytes(compound(head + record(0x0A) + b"".join(bodies)))
    return path


def compound(stream):
    """Wrap one stream, Workbook, into a compound file."""
    stream = stream.ljust(max(-(-len(stream) // SECTOR) * SECTOR, 4096), b"\0")
    count = len(stream) // SECTOR
    table = [TABLE, END, *range(3, count + 2), END]
    tables = b"".join(struct.pack("<I", one) for one in table)
    if len(tables) > SECTOR:
        raise ValueError("a sample is small")
    header = MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<I", 0) + b"\xff" * (SECTOR - len(header) - 4)
    entries = entry("Root Entry", 5, FREE, END, 0, child=1)
    entries += entry("Workbook", 2, FREE, 2, len(stream))
    return header + tables.ljust(SECTOR, b"\xff") + entries.ljust(SECTOR, b"\0") + stream


def entry(name, kind, beside, start, size, child=FREE):
    out = name.encode("utf-16-le").ljust(64, b"\0")
    out += struct.pack("<HBB", 2 * len(name) + 2, kind, 1)
    out += struct.pack("<III", beside, FREE, child) + bytes(36)
    return out + struct.pack("<IQ", start, size)
