"""Makes the ugly rosters beside it: `python -m tests.bot.services.rosters.make_rosters`.

Everybody in them is made up: the region 999999 is nowhere, and no phone of 1990000… is called.
"""

import csv
import io
from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from bot.services.samples import sample_id_number
from tests.bot.services.rosters.old_book import old_book

HERE = Path(__file__).parent
BORN = date(1985, 3, 14)
HEADS = ["序号", "姓名", "性别", "民族", "身份证号", "联系电话", "备注"]
WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"}


def number(order, born=BORN):
    return sample_id_number(born, order)


def person(at, order, name, **other):
    row: dict[str, object] = {
        "序号": at,
        "姓名": name,
        "性别": "男" if order % 2 else "女",
        "民族": "苗族",
        "身份证号": number(order),
        "联系电话": f"1990000{order:04}",
        "备注": "虚构人员",
    }
    return list((row | other).values())


def save(name, sheets, merges=None):
    book = Workbook()
    del book["Sheet"]
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for span in (merges or {}).get(title, ()):
            sheet.merge_cells(span)
            sheet[span.split(":")[0]].alignment = Alignment(horizontal="center")
        if rows:
            sheet["A1"].font = Font(bold=True, size=16)
    book.properties.created = book.properties.modified = datetime(2026, 11, 23)  # noqa: DTZ001
    book.save(HERE / name)
    return HERE / name


def titles():
    rows = [
        ["XX县职业技能学历双提升工程学员花名册（示例·虚构）"],
        ["填报单位：示例乡人民政府（盖章）", None, None, None, "填报日期：2026年11月23日"],
        ["说明：本表由村委会填写，身份证号请按证件填写"],
        HEADS,
        person(1, 2, "示例杨一"),
        person(2, 3, "示例吴二"),
        person(3, 4, "示例龙三"),
        ["填表人：示例石", None, None, "审核人：示例李", None, "联系电话：19900009999"],
    ]
    save("01-titles.xlsx", {"花名册": rows}, {"花名册": ["A1:G1", "A2:D2", "E2:G2", "A3:G3"]})


def two_lines():
    rows = [
        ["示例镇学员信息采集表（虚构）"],
        [
            "序号",
            "姓名",
            "证件信息",
            None,
            "户籍所在地",
            None,
            None,
            "家长（监护人）",
            None,
            "备注",
        ],
        [None, None, "性别", "公民身份号码", "乡镇", "村", "组", "姓名", "联系电话", None],
        [1, "示例杨一", "女", number(2), "示例镇", "芦笙村", "3", "示例杨父", "19900000901", None],
        [2, "示例吴二", "男", number(3), "示例镇", "水车村", "1", "示例吴父", "19900000902", None],
    ]
    spans = ["A1:J1", "A2:A3", "B2:B3", "C2:D2", "E2:G2", "H2:I2", "J2:J3"]
    save("02-two-lines.xlsx", {"采集表": rows}, {"采集表": spans})


def full_width():
    spaced = f" {number(3)[:6]} {number(3)[6:14]} {number(3)[14:]}"
    rows = [
        ["序　号", "姓　　名*", "性 别", "民族（必填）", "身份证号码：", "手机号（微信同号）"],
        ["１", "示　例　杨　一", "女 ", "苗", number(2).translate(WIDE), "１９９ ０００００００２"],
        ["２", " 示例吴二\u200b", "男性", "侗族", spaced, "+86 199-0000-0003"],
        ["３", "示例•龙三", "女", "03", f"'{number(4).lower()}", "０８５５－１２３４５６７"],
    ]
    save("03-full-width.xlsx", {"Sheet1": rows})


def id_floats():
    rows: list[list[object]] = [
        [*HEADS],
        person(1, 2, "示例杨一"),
        person(2, 3, "示例吴二", 身份证号=float(number(3)[:17] + "0")),
        person(3, 4, "示例龙三", 身份证号="9.99999E+17"),
        person(4, 5, "示例石四", 身份证号=int(number(5)[:15] + "000")),
    ]
    save("04-id-floats.xlsx", {"花名册": rows})


def dates():
    styles = [
        "1985-3-14", "1985.03.14", "1985年3月14日", 31120, "19850314", 19850314, "1985/3/14",
        date(1985, 3, 14), "1985.3", "85.3.14", "1985-02-30",
    ]  # fmt: skip
    rows: list[list[object]] = [["姓名", "身份证号", "出生年月日"]]
    names = "一二三四五六七八九十百"
    rows += [[f"示例杨{names[at]}", number(2 * at), one] for at, one in enumerate(styles)]
    save("05-dates.xlsx", {"花名册": rows})


def blanks_and_sums():
    rows = [
        ["示例乡花名册"],
        HEADS,
        person(1, 2, "示例杨一"),
        [None, "   ", None, None, None, None, None],
        [],
        person(2, 4, "示例吴二"),
        ["小计", "2人", None, None, None, None, None],
        HEADS,
        person(3, 6, "示例龙三"),
        ["合 计：", "=COUNTA(B3:B9)", None, None, None, None, None],
        [None, "总计", None, None, None, "3人"],
        ["注：以上人员均为虚构"],
    ]
    save("06-blanks-and-sums.xlsx", {"花名册": rows})


def many_sheets():
    notes = [["填表说明"], ["1. 姓名与身份证一致"], ["2. 身份证号设为文本"]]
    first = [["云上村花名册"], HEADS, person(1, 2, "示例杨一"), person(2, 3, "示例吴二")]
    second = [HEADS, person(1, 4, "示例龙三"), person(2, 2, "示例杨一")]
    third = [["编号", "学员姓名", "公民身份号码"], [1, "示例石四", number(7)]]
    sheets = {"说明": notes, "云上村": first, "稻花村": second, "Sheet3": [], "枫香村": third}
    save("07-many-sheets.xlsx", sheets)


def by_content():
    rows = [
        ["花名册（示例）"],
        ["序号", "姓名", "证件", "联络", "家长电话", "住址"],
        [1, "示例杨一", number(2), "19900000002", "19900000901", "云上村1组"],
        [2, "示例吴二", number(3), "19900000003", "19900000902", "云上村2组"],
        [3, "示例龙三", None, "19900000004", None, "云上村2组"],
    ]
    save("08-by-content.xlsx", {"花名册": rows})


def census():
    old = number(3, date(1950, 1, 5))
    rows = [
        ["示例乡第七次全国人口普查15周岁以上未上过学人员名单（虚构）"],
        ["序号", "姓名", "性别", "出生日期", "公民身份号码", "乡镇", "村", "受教育程度"],
        [1, "示例杨一", "女", "1985-03-14", number(2), "示例乡", "云上村", "未上过学"],
        [2, "示例吴二", "男", "1950-01-05", old, "示例乡", "云上村", "文盲"],
        [3, "示例龙三", "女", "1990-07-01", None, "示例乡", "稻花村", "未上过学"],
        [4, "示例石四", "男", None, None, "示例乡", "稻花村", "未上过学"],
    ]  # fmt: skip
    save("09-census.xlsx", {"Sheet1": rows}, {"Sheet1": ["A1:H1"]})


def visit():
    old = number(5, date(1950, 1, 5))
    heads = ["序号", "姓名", "身份证号", "乡镇", "村", "去向", "残疾类别", "是否七普在册"]
    rows: list[list[object]] = [
        ["示例乡劳动力摸排统计表（第二轮，虚构）"],
        [*heads, "是否注册学籍"],
        [1, "示例杨一", number(2), "示例乡", "云上村", "浙江打工", "无", "是", "未注册"],
        [2, "示例吴二", number(3), "示例乡", "云上村", "2023年病故", None, "是", None],
        [3, "示例龙三", number(4), "示例乡", "稻花村", "在家务农", "二级肢体", "否", "是"],
        [4, "示例石四", old, "示例乡", "稻花村", "外嫁广西", "聋哑", "√", None],
        [5, "示例李五", number(6), "示例乡", "枫香村", "已上过学（小学）", "", "", ""],
        [6, "示例王六", number(8), "示例乡", "枫香村", "丧失学习能力", "精神二级", "是", "否"],
        [7, "示例张七", number(9), "示例乡", "枫香村", "出家", "", "1", ""],
        ["合计", 7, None, None, None, None, None, None, None],
    ]  # fmt: skip
    save("10-visit.xlsx", {"摸排表": rows})


def old():
    rows = [
        ["示例乡花名册（旧表）", None, None, None, None, None],
        ["序号", "姓名", "性别", "身份证号", "出生日期", "村"],
        [1, "示例杨一", "女", number(2), complex(31120), "云上村"],
        [2, "示例吴二", "男", number(3), "1985.3.14", None],
        [3, "示例龙三", "女", float(number(4)), 31120, "稻花村"],
    ]
    old_book(HERE / "11-old.xls", {"花名册": rows}, [(0, 0, 0, 5), (2, 3, 5, 5)])


def texts():
    rows = [
        ["示例乡花名册（虚构）"],
        HEADS,
        person(1, 2, "示例杨一"),
        [],
        person(2, 3, "示例吴二", 备注="会说苗语,汉语"),
        person(3, 4, "示例龙三", 身份证号="9.99999E+17"),
        person(4, 5, "示例石四", 身份证号=f'="{number(5)}"'),
        ["合计", "4人"],
    ]
    for name, encoding, sign in (
        ("12-gbk.csv", "gb18030", ","),
        ("13-utf8-bom.csv", "utf-8-sig", ","),
        ("14-utf16.csv", "utf-16", "\t"),
    ):
        out = io.StringIO()
        csv.writer(out, delimiter=sign).writerows(rows)
        (HERE / name).write_bytes(out.getvalue().encode(encoding))


def merged_villages():
    rows = [
        ["乡镇", "村", "班级", "教学点", "姓名", "身份证号", "家庭电话"],
        ["示例乡", "云上村", "示例1班", "云上村教学点", "示例杨一", number(2), "19900000001"],
        [None, None, None, None, "示例杨二", number(3), None],
        [None, "稻花村", None, None, "示例吴三", number(4), "19900000003"],
    ]
    rows[0][6] = "联系电话"
    spans = ["A2:A4", "B2:B3", "C2:C4", "D2:D4", "G2:G3"]
    save("15-merged-villages.xlsx", {"花名册": rows}, {"花名册": spans})


def merged_people():
    rows: list[list[object]] = [
        [*HEADS],
        person(1, 2, "示例杨一"),
        person(2, 3, None),
        person(3, 4, "示例龙三", 身份证号=None),
        person(4, 6, "示例石四"),
    ]
    save("16-merged-people.xlsx", {"花名册": rows}, {"花名册": ["B2:B3", "B5:C5", "F4:G4"]})


def codes():
    heads = ["姓名", "性别", "民族", "身份证号", "学历", "政治面貌", "户籍性质", "联系电话"]
    rows = [
        heads,
        ["示例杨一", "女", "苗", number(2), "文盲", "团员", "农业户口", "19900000002"],
        ["示例吴二", "男", "火星族", number(3), "小学毕业", "群众", "农业", "19900000003"],
        ["示例龙三", "男", "穿青人", number(4), "没念过", "党员", "非农", "19900000004"],
        ["示例石四", "1", "06", number(5), "80", "13", "1", "1990000000"],
        ["示例李五", "女", "侗族", number(6), "初中", "积极分子", "流动", "无"],
        ["示例王6", "女", "侗族", number(8), "初中", None, "居民", "19900000008/19900000009"],
    ]
    save("17-codes.xlsx", {"花名册": rows})


def ages():
    def line(name, order, born):
        return [
            name,
            number(order, born),
            f'=IF(MOD(MID(B{order},17,1),2),"男","女")',
            "=2026-1985",
        ]

    rows = [
        ["姓名", "身份证号", "性别", "年龄"],
        line("示例杨一", 2, date(2011, 11, 23)),
        line("示例吴二", 4, date(2011, 11, 24)),
        line("示例龙三", 6, date(1966, 11, 24)),
        line("示例石四", 8, date(1966, 11, 23)),
        line("示例李五", 10, date(2026, 11, 24)),
        ["示例王六", number(12)[:17] + ("1" if number(12)[17] != "1" else "2"), "女", 41],
        ["示例张七", "520201198503140022", "女", 41],
        ["示例潘八", "999999850314002", "女", 41],
    ]
    save("18-ages.xlsx", {"花名册": rows})


def doubled():
    rows = [["姓名", "身份证号", "性别", "公民身份号码"], ["示例杨一", number(2), "女", number(2)]]
    save("19-doubled.xlsx", {"花名册": rows})


def duplicates():
    heads = ["姓名", "身份证号", "村"]
    rows = [
        heads,
        ["示例杨一", number(2), "云上村"],
        ["示例杨一", number(4), "云上村"],
        ["示例杨一", number(6), "稻花村"],
        ["示例杨阿一", number(8), "云上村"],
        ["示例吴二", number(2), "云上村"],
        ["示例 龙三", number(2, date(1990, 1, 1)), "云上村"],
    ]
    save("20-duplicates.xlsx", {"花名册": rows})


def two_rounds():
    heads = ["姓名", "身份证号", "村", "摸排结果"]
    first = [["第一轮摸排"], heads, ["示例杨一", number(2), "云上村", "外出务工（广东）"]]
    first += [["示例吴二", number(3), "云上村", "联系不上"]]
    second = [["第二轮摸排"], heads, ["示例杨一", number(2), "云上村", "已回家，在家"]]
    second += [["示例吴二", number(3), "云上村", "在家"], ["示例吴二", number(3), "云上村", "在家"]]
    save("26-two-rounds.xlsx", {"第一轮": first, "第二轮": second})


def not_to_be_opened():
    rows = [HEADS, person(1, 2, "示例杨一")]
    for name, part in (
        ("21-macro.xlsm", "xl/vbaProject.bin"),
        ("22-links.xlsx", "xl/externalLinks/externalLink1.xml"),
    ):
        path = save(name, {"花名册": rows})
        with ZipFile(path, "a", ZIP_DEFLATED) as archive:
            archive.writestr(part, b"\0")
    page = "<html><body><table><tr><td>姓名</td><td>身份证号</td></tr></table></body></html>"
    (HERE / "23-web-page.xls").write_text(page, "utf-8")
    save("24-no-roster.xlsx", {"通知": [["关于召开会议的通知"], ["各村："], ["请按时参加。"]]})
    path = save("25-swelling.xlsx", {"花名册": rows})
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(2_000_000))


def main():
    for make in (
        titles, two_lines, full_width, id_floats, dates, blanks_and_sums, many_sheets, by_content,
        census, visit, old, texts, merged_villages, merged_people, codes, ages, doubled,
        duplicates, not_to_be_opened, two_rounds,
    ):  # fmt: skip
        make()


if __name__ == "__main__":
    main()
