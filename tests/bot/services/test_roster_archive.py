import re
import struct
import tracemalloc
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from bot.services.roster_archive import MOST_MEMBERS, OLE_MAGIC
from bot.services.roster_file import read_roster
from bot.services.roster_package import MOST_STRINGS
from tests.bot.services.roster_books import ON, book, line, number_of, raw, sheet_xml

HEAD = (1, ["姓名", "身份证号"])
SOUND = sheet_xml(HEAD, (2, ["杨例", number_of()]))


def ole(*streams: str) -> bytes:
    """Lay out a compound file by hand: its header, one table sector, one directory sector."""
    header = OLE_MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (512 - len(header) - 4)
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBB", 2 * len(name) + 2, 5 if name == "Root Entry" else 2, 1)
        + b"\xff" * 12
        + bytes(48)
        for name in ("Root Entry", *streams)
    )
    return header + table + directory.ljust(512, b"\0")


def refusal_of(path):
    reading = read_roster(path, on=ON)
    assert reading.people == ()
    assert reading.errors == ()
    assert reading.refusal_zh.endswith("。")
    assert reading.refusal_en.endswith(".")
    assert reading.as_json()["refused"] == reading.refused
    return reading.refused


def test_a_hand_made_workbook_is_read(tmp_path):
    reading = read_roster(raw(tmp_path / "r.xlsx", SOUND), on=ON)

    assert [person.name for person in reading.people] == ["杨例"]
    assert reading.sound


def test_an_old_xls_renamed_is_refused(tmp_path):
    (tmp_path / "r.xlsx").write_bytes(ole("Workbook"))

    assert refusal_of(tmp_path / "r.xlsx") == "old_xls"


def test_a_file_with_a_password_is_refused(tmp_path):
    (tmp_path / "r.xlsx").write_bytes(ole("EncryptionInfo", "EncryptedPackage"))

    assert refusal_of(tmp_path / "r.xlsx") == "password"


def test_a_zip_with_a_password_is_refused(tmp_path):
    path = raw(tmp_path / "r.xlsx", SOUND)
    data = bytearray(path.read_bytes())
    for found in re.finditer(b"PK\x01\x02", bytes(data)):
        data[found.start() + 8] |= 1
    path.write_bytes(data)

    assert refusal_of(path) == "password"


@pytest.mark.parametrize("data", [b"", b"name,id\n", b"PK\x03\x04 broken", b"\x00" * 4096])
def test_what_is_no_workbook_is_refused(tmp_path, data):
    (tmp_path / "r.xlsx").write_bytes(data)

    assert refusal_of(tmp_path / "r.xlsx") == "broken"


def test_a_missing_file_is_refused(tmp_path):
    assert refusal_of(tmp_path / "none.xlsx") == "missing"


def test_a_zip_of_something_else_is_refused(tmp_path):
    with ZipFile(tmp_path / "r.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<a/>")

    assert refusal_of(tmp_path / "r.xlsx") == "broken"


def test_a_method_no_office_program_uses_is_refused(tmp_path):
    with ZipFile(tmp_path / "r.xlsx", "w", ZIP_BZIP2) as archive:
        archive.writestr("_rels/.rels", "<a/>")

    assert refusal_of(tmp_path / "r.xlsx") == "broken"


def test_a_truncated_workbook_is_refused(tmp_path):
    path = book(tmp_path / "r.xlsx", line())
    path.write_bytes(path.read_bytes()[:-200])

    assert refusal_of(path) == "broken"


@pytest.mark.parametrize("at", range(0, 4000, 250))
def test_a_damaged_byte_never_raises(tmp_path, at):
    path = raw(tmp_path / "r.xlsx", SOUND)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 0xFF
    path.write_bytes(data)

    assert read_roster(path, on=ON).refused in {None, "broken", "bomb", "password", "empty"}


def test_a_file_over_20_mb_is_refused_unread(tmp_path):
    with (tmp_path / "r.xlsx").open("wb") as file:
        file.truncate(21 * 1024 * 1024)

    assert refusal_of(tmp_path / "r.xlsx") == "too_big"


@pytest.mark.parametrize("size", [2_000_000, 110_000_000], ids=["ratio", "total"])
def test_a_zip_bomb_is_refused(tmp_path, size):
    path = raw(tmp_path / "r.xlsx", SOUND, extra={"xl/media/a.bin": bytes(size)})

    assert refusal_of(path) == "bomb"


def test_a_zip_of_very_many_members_is_refused_before_its_directory_is_read(tmp_path):
    with ZipFile(tmp_path / "r.xlsx", "w") as archive:
        for at in range(MOST_MEMBERS + 1):
            archive.writestr(f"{at}", "")

    assert refusal_of(tmp_path / "r.xlsx") == "bomb"


def test_a_zip_whose_directory_lies_about_sizes_is_refused(tmp_path):
    path = raw(tmp_path / "r.xlsx", SOUND + "<!--" + "x" * 5_000_000 + "-->")
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)

    assert refusal_of(path) == "bomb"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
    ],
    ids=["billion laughs", "outside file"],
)
def test_an_entity_is_refused(tmp_path, doctype):
    assert refusal_of(raw(tmp_path / "r.xlsx", doctype + SOUND)) == "bomb"


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "macro"),
        ("xl/macrosheets/sheet1.xml", "macro"),
        ("xl/externalLinks/externalLink1.xml", "links"),
    ],
)
def test_macros_and_outside_links_are_refused(tmp_path, part, code):
    path = raw(tmp_path / "r.xlsm", SOUND, extra={part: b"<broken"})

    assert refusal_of(path) == code


def test_an_outside_sheet_is_not_followed(tmp_path):
    path = raw(tmp_path / "r.xlsx", SOUND)
    outside = tmp_path / "o.xlsx"
    with ZipFile(path) as old, ZipFile(outside, "w") as new:
        for name in old.namelist():
            text = old.read(name).replace(
                b' Target="worksheets', b' TargetMode="External" Target="w'
            )
            new.writestr(name, text)

    assert refusal_of(outside) == "broken"


def measured(path):
    tracemalloc.start()
    reading = read_roster(path, on=ON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return reading, peak


def test_100_000_rows_are_refused_without_reading_them_all(tmp_path):
    rows = ((at, [f"杨例{at}", f"999999{at:012d}"]) for at in range(2, 100_002))
    path = raw(tmp_path / "r.xlsx", sheet_xml(HEAD, *rows))

    reading, peak = measured(path)

    assert reading.refused == "too_many_rows"
    assert reading.people == ()
    assert peak < 32 * 1024 * 1024


def test_a_sheet_that_declares_1_048_576_rows_is_read_for_what_it_holds(tmp_path):
    declared = '<dimension ref="A1:XFD1048576"/>'
    person = ["杨例", number_of()]
    path = raw(tmp_path / "r.xlsx", sheet_xml(HEAD, (1_048_576, person), before=declared))

    reading, peak = measured(path)

    assert [person.row for person in reading.people] == [1_048_576]
    assert peak < 4 * 1024 * 1024


def test_1_048_576_blank_formatted_rows_are_passed_over(tmp_path):
    blank = "".join(f'<row r="{at}"><c s="1"/></row>' for at in range(3, 1_048_577))
    sheet = SOUND.replace("</sheetData>", blank + "</sheetData>")

    path = raw(tmp_path / "r.xlsx", sheet)
    reading = read_roster(path, on=ON)

    assert len(reading.people) == 1


def test_endless_blank_cells_are_refused_in_bounded_time(tmp_path):
    blank = "".join(f'<row r="{at}">{"<c/>" * 300}</row>' for at in range(3, 20_000))
    path = raw(tmp_path / "r.xlsx", SOUND.replace("</sheetData>", blank + "</sheetData>"))

    reading, peak = measured(path)

    assert reading.refused in {"too_many_rows", "bomb"}
    assert peak < 32 * 1024 * 1024


@pytest.mark.parametrize("row", ["1048577", "0", "-1", "9" * 30, "x"])
def test_an_impossible_row_number_is_refused(tmp_path, row):
    sheet = SOUND.replace('<row r="2"', f'<row r="{row}"')

    assert refusal_of(raw(tmp_path / "r.xlsx", sheet)) == "broken"


@pytest.mark.parametrize(
    "cell", ['<c t="s"><v>9</v></c>', '<c r="AAAA2"><v>1</v></c>', "<c><v>x</v></c>"]
)
def test_an_impossible_cell_is_refused(tmp_path, cell):
    sheet = SOUND.replace('<row r="2">', f'<row r="2">{cell}')

    assert refusal_of(raw(tmp_path / "r.xlsx", sheet)) == "broken"


def test_100_000_shared_rows_are_refused_before_the_people_are_read(tmp_path):
    path = tmp_path / "r.xlsx"
    texts = b"".join(b"<si><t>%d</t></si>" % at for at in range(MOST_STRINGS + 1))
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet().write_row(0, 0, ["姓名", "身份证号"])
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    shared = "xl/sharedStrings.xml"
    parts[shared] = parts[shared].replace(b"</sst>", texts + b"</sst>")
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)

    assert refusal_of(path) == "too_many_rows"
