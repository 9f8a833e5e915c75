"""Rosters made on the spot, of people who are nobody's."""

from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from bot.services.samples import sample_id_number

ON = date(2026, 11, 23)
HEADS = ("序号", "姓名", "性别", "民族", "身份证号", "联系电话", "备注")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def number_of(order: int = 2, birth: date = date(1985, 3, 14)) -> str:
    """Make an ID number that is valid and nobody's; an odd order is a man's."""
    return sample_id_number(birth, order)


def line(order: int = 2, **changes: object) -> list[object]:
    """Fill a row under HEADS, some cells otherwise."""
    values: dict[str, object] = {
        "序号": order,
        "姓名": f"杨例{chr(0x4E00 + order)}",
        "性别": "男" if order % 2 else "女",
        "民族": "苗族",
        "身份证号": number_of(order),
        "联系电话": "19900000001",
        "备注": "虚构人员",
    }
    return list({**values, **changes}.values())


def book(path: Path, *rows: list[object], heads: tuple[str, ...] = HEADS, merge: str = "") -> Path:
    """Write a roster: a title, the heads in row 2, the rows from 3 on."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "花名册"
    sheet.append(["某县学员花名册（示例·虚构）"])
    sheet.append(list(heads))
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    workbook.save(path)
    return path


def raw(path: Path, sheet: str, *, extra: dict[str, bytes] | None = None) -> Path:
    """Write the least workbook around a sheet's XML."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="花名册" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return path


def sheet_xml(*rows: tuple[int, list[str]], before: str = "", after: str = "") -> str:
    """Write a sheet's XML of inline texts."""
    lines = "".join(
        f'<row r="{number}">'
        + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
        + "</row>"
        for number, texts in rows
    )
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{lines}</sheetData>{after}</worksheet>'
