import json
from datetime import date

import pytest
from openpyxl import Workbook
from stdnum.cn import ric

from bot.services.roster_file import MOST_PEOPLE, read_roster
from bot.services.roster_matching import Given
from tests.bot.services.roster_books import HEADS, ON, book, line, number_of, raw, sheet_xml


def faults(reading):
    return [(error.column, error.row, error.code) for error in reading.errors]


def read(tmp_path, *rows, **options):
    return read_roster(book(tmp_path / "r.xlsx", *rows, **options), on=ON)


def test_a_roster_is_read_under_its_title(tmp_path):
    reading = read(tmp_path, line(2), line(3))

    assert reading.sound
    assert [(person.row, person.sex, person.phone) for person in reading.people] == [
        (3, "女", "19900000001"),
        (4, "男", "19900000001"),
    ]
    assert reading.people[0].birth_date == date(1985, 3, 14)
    assert reading.as_json() == {"people": 2, "errors": [], "duplicates": [], "refused": None}


def test_heads_and_values_are_forgiven_spaces_and_full_width_signs(tmp_path):
    heads = ("序 号", " 姓\n名*", "性　别", "民族（必填）", "公民身份\n号码：", "联系 电话", "备注")
    number = number_of().translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    row = line(
        姓名="　杨　例 ", 身份证号=f" {number[:6]} {number[6:]}", 联系电话="１９９-0000-0001"
    )

    person = read(tmp_path, row, heads=heads).people[0]

    assert (person.name, person.id_number, person.phone) == ("杨例", number_of(), "19900000001")


def test_the_real_heads_of_the_province_are_known(tmp_path):
    row = {
        "身份证号": number_of(),
        "姓名": "杨例",
        "性别": "女",
        "民族": "苗族",
        "修读专业": "中餐烹饪",
        "班级": "1班",
        "户籍所在乡镇": "示例乡",
        "户籍所在村": "云上村",
        "现家庭详细地址": "1组5号",
        "教学点名称": "云上村教学点",
        "班主任": "石例",
        "家长姓名": "吴例",
        "家长联系电话": "19900000009",
        "联系电话": "19900000001",
    }

    person = read(tmp_path, list(row.values()), heads=tuple(row)).people[0]

    assert (person.name, person.trade, person.class_name) == ("杨例", "中餐烹饪", "1班")
    assert (person.township, person.village, person.address) == ("示例乡", "云上村", "1组5号")
    assert person.phone == "19900000001"
    assert person.extra == {
        "教学点": "云上村教学点",
        "班主任": "石例",
        "家长姓名": "吴例",
        "家长联系电话": "19900000009",
    }


def test_a_header_of_two_lines_is_read(tmp_path):
    workbook = Workbook()
    sheet = workbook.create_sheet("花名册", 0)
    sheet.append(["某县花名册"])
    sheet.append(["序号", "姓名", "证件", None, "户籍所在地", None, None, "家长", None, "备注"])
    sheet.append([None, None, "性别", "身份证号", "乡镇", "村", "组", "姓名", "电话", None])
    sheet.append([1, "杨例", "女", number_of(), "示例乡", "云上村", "3", "吴例", "0855-1234567"])
    for span in ("A2:A3", "B2:B3", "C2:D2", "E2:G2", "H2:I2", "J2:J3", "A1:J1"):
        sheet.merge_cells(span)
    workbook.save(tmp_path / "r.xlsx")

    reading = read_roster(tmp_path / "r.xlsx", on=ON)

    assert faults(reading) == []
    (person,) = reading.people
    assert (person.name, person.sex, person.id_number) == ("杨例", "女", number_of())
    assert (person.township, person.village, person.group) == ("示例乡", "云上村", "3")
    assert person.extra == {"家长姓名": "吴例", "家长电话": "0855-1234567"}


def test_blanks_sums_footers_and_repeated_heads_are_passed_over(tmp_path):
    reading = read(
        tmp_path,
        line(2),
        [None, "  ", None],
        [2],
        list(HEADS),
        line(4),
        ["合 计：", "=COUNTA(B3:B6)"],
        ["填表人：吴例", None, None, "审核人：石例"],
    )

    assert reading.sound
    assert [person.row for person in reading.people] == [3, 7]


def test_several_sheets_are_read_and_those_without_a_roster_are_left(tmp_path):
    path = book(tmp_path / "r.xlsx", line(2))
    workbook = Workbook()
    for at, (name, heads) in enumerate((("一村", HEADS), ("说明", ("填表说明",)), ("二村", HEADS))):
        sheet = workbook.create_sheet(name)
        sheet.append(list(heads))
        sheet.append(line(2 + at))
    workbook.save(path)

    reading = read_roster(path, on=ON)

    assert reading.sound
    assert [person.place for person in reading.people] == ["一村!2", "二村!2"]


@pytest.mark.parametrize("head", ["姓名", "身份证号"], ids=["name", "number"])
def test_a_roster_without_a_needed_head_is_refused(tmp_path, head):
    heads = tuple("其他" if one == head else one for one in HEADS)

    reading = read(tmp_path, line(身份证号="无证", 姓名="无"), heads=heads)

    assert (reading.refused, reading.people) == ("missing_head", ())
    assert f"没有找到表头“{head}”，" in reading.refusal_zh
    assert f"“{head}”" in reading.refusal_en


def test_a_column_of_id_numbers_is_known_by_what_stands_in_it(tmp_path):
    heads = tuple("证件" if one == "身份证号" else one for one in HEADS)

    reading = read(tmp_path, line(2), line(4), heads=heads)

    assert reading.sound
    assert [person.id_number for person in reading.people] == [number_of(2), number_of(4)]
    assert [(one.column, one.head, one.field) for one in reading.guessed] == [
        ("E", "证件", "id_number")
    ]


def test_heads_that_a_person_explained_are_known_the_next_time(tmp_path):
    heads = tuple("学员" if one == "姓名" else one for one in HEADS)
    path = book(tmp_path / "r.xlsx", line(2), heads=heads)

    assert read_roster(path, on=ON).refused == "missing_head"
    for given in (Given(told={"B": "name"}), Given(remembered={"学员": "name"})):
        reading = read_roster(path, on=ON, given=given)
        assert reading.sound
        assert reading.guessed == ()


def test_a_column_may_be_left_out_by_hand(tmp_path):
    path = book(tmp_path / "r.xlsx", line(2, 联系电话="没写清"))

    reading = read_roster(path, on=ON, given=Given(told={"F": ""}))

    assert reading.sound
    assert reading.people[0].extra == {"联系电话": "没写清"}


def test_a_roster_without_heads_is_refused(tmp_path):
    reading = read_roster(raw(tmp_path / "r.xlsx", sheet_xml((1, ["杨例", number_of()]))), on=ON)

    assert reading.refused == "missing_head"
    assert "“姓名”、“身份证号”" in reading.refusal_zh


def test_a_second_sheet_that_lacks_a_needed_head_is_not_dropped_in_silence(tmp_path):
    workbook = Workbook()
    for name, heads in (("一村", HEADS), ("二村", (*HEADS[:4], "其他", *HEADS[5:]))):
        sheet = workbook.create_sheet(name)
        sheet.append(list(heads))
        sheet.append(line(身份证号=number_of() if "身份证号" in heads else "无证"))
    workbook.save(tmp_path / "r.xlsx")

    reading = read_roster(tmp_path / "r.xlsx", on=ON)

    assert reading.refused == "missing_head"
    assert "“二村”" in reading.refusal_zh


@pytest.mark.parametrize("head", ["身份证号", "公民身份号码"], ids=["same", "synonym"])
def test_a_doubled_head_is_refused_naming_both_columns(tmp_path, head):
    reading = read(tmp_path, line(), heads=(*HEADS[:6], head))

    assert (reading.refused, reading.people) == ("doubled_head", ())
    assert "E 列和 G 列" in reading.refusal_zh
    assert faults(reading) == [("E", 2, "doubled_head"), ("G", 2, "doubled_head")]


def test_two_addresses_are_no_doubled_head(tmp_path):
    heads = (*HEADS[:5], "户籍地址", "现家庭详细地址")

    person = read(tmp_path, [*line()[:5], "示例乡", "示例镇"], heads=heads).people[0]

    assert (person.address, person.extra) == ("示例镇", {"户籍地址": "示例乡"})


def test_a_header_with_nobody_under_it_is_refused(tmp_path):
    assert read(tmp_path).refused == "empty"


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"姓名": "=HYPERLINK(1)"}, "B", "formula"),
        ({"姓名": "＝cmd"}, "B", "formula"),
        ({"身份证号": '=CONCAT("5226","01")'}, "E", "formula"),
        ({"姓名": "杨例3"}, "B", "name"),
        ({"姓名": 12}, "B", "name"),
        ({"姓名": "杨\ue000例"}, "B", "name"),
        ({"姓名": "杨_x0007_例"}, "B", "control"),
        ({"姓名": "杨" * 51}, "B", "too_long"),
        ({"备注": "长" * 1001}, "G", "too_long"),
        ({"姓名": None}, "B", "missing_name"),
        ({"身份证号": None}, "E", "missing_id"),
        ({"身份证号": 522630198503140022}, "E", "excel_number"),
        ({"身份证号": "5.2263E+17"}, "E", "excel_number"),
        ({"身份证号": "999999850314002"}, "E", "old_id"),
        ({"身份证号": "99999919850314"}, "E", "id_length"),
        ({"身份证号": "99999919850314OO2X"}, "E", "id_shape"),
        ({"身份证号": "999123456789012345"}, "E", "temporary_id"),
        ({"身份证号": "522601198502300020"}, "E", "id_date"),
        ({"身份证号": "522601198502280021"}, "E", "id_check"),
        ({"性别": "男"}, "C", "sex_mismatch"),
        ({"性别": "不详"}, "C", "sex"),
        ({"联系电话": "12345"}, "F", "phone"),
        ({"联系电话": "19900000001、0"}, "F", "phone"),
        ({"备注": "#N/A"}, "G", "cell_error"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, changes, column, code):
    reading = read(tmp_path, line(2, **changes), line(4))

    assert faults(reading) == [(column, 3, code)]
    assert not reading.sound
    (error,) = reading.errors
    assert f"“花名册”{column}3：" in error.message_zh
    assert f"cell {column}3: " in error.message_en
    assert json.loads(json.dumps(reading.as_json()))["errors"] == [
        {
            "sheet": "花名册",
            "row": 3,
            "column": column,
            "code": code,
            "message": f"{error.message_zh} {error.message_en}",
        }
    ]


def test_no_message_tells_a_whole_id_number(tmp_path):
    number = "522601198502280021"

    (error,) = read(tmp_path, line(身份证号=number)).errors

    assert number not in error.message_zh + error.message_en
    assert "522601********0021" in error.message_zh


def test_the_place_in_an_id_number_is_not_judged(tmp_path):
    assert not ric.is_valid(number_of())

    assert read(tmp_path, line(身份证号=number_of())).sound


@pytest.mark.parametrize(
    ("birth", "codes"),
    [
        (date(2011, 11, 23), []),
        (date(2011, 11, 24), ["age"]),
        (date(1966, 11, 24), []),
        (date(1966, 11, 23), ["age"]),
        (date(2026, 11, 24), ["id_date"]),
    ],
    ids=["15 today", "15 tomorrow", "59 until tomorrow", "60 today", "not born"],
)
def test_ages_are_counted_at_the_day(tmp_path, birth, codes):
    reading = read(tmp_path, line(身份证号=number_of(2, birth)))

    assert [error.code for error in reading.errors] == codes


def test_the_bounds_of_age_are_given(tmp_path):
    path = book(tmp_path / "r.xlsx", line(身份证号=number_of(2, date(1960, 1, 1))))

    assert read_roster(path, on=ON, oldest=70).sound


def test_the_same_person_twice_is_reported(tmp_path):
    reading = read(tmp_path, line(2), line(4), line(2, 姓名="杨例例"))

    assert reading.duplicates == (("花名册!3", "花名册!5"),)
    assert faults(reading) == [("E", 5, "duplicate")]


def test_one_name_and_birthday_under_two_numbers_is_pointed_out(tmp_path):
    reading = read(tmp_path, line(2, 姓名="杨例"), line(4, 姓名="杨 例"))

    assert reading.duplicates == (("花名册!3", "花名册!4"),)
    assert reading.sound


def test_merged_cells_among_people_are_reported_and_not_guessed(tmp_path):
    reading = read(tmp_path, line(2), line(4, 姓名=None), line(6), merge="B3:B4")

    assert faults(reading) == [("B", 3, "merged")]
    assert "B3:B4" in reading.errors[0].message_zh
    assert reading.people[1].name == ""


def test_merged_cells_in_titles_and_sums_are_fine(tmp_path):
    assert read(tmp_path, line(2), ["合计：1 人"], merge="A4:C4").sound


@pytest.mark.parametrize(
    "birth",
    ["1985-03-14", "1985/3/14", "1985.03.14", "1985年3月14日", "19850314", 19850314, "1985.3",
     date(1985, 3, 14), "=MID(E3,7,8)"],
)  # fmt: skip
def test_birth_dates_are_read_in_the_styles_of_offices(tmp_path, birth):
    heads = (*HEADS[:6], "出生日期")

    reading = read(tmp_path, [*line()[:6], birth], heads=heads)

    assert faults(reading) == []
    assert reading.people[0].birth_date == date(1985, 3, 14)
    assert reading.people[0].extra == {}


@pytest.mark.parametrize("birth", ["1985-13-01", "三月", "198", "1985-02-30"])
def test_an_unclear_birth_date_is_reported(tmp_path, birth):
    reading = read(tmp_path, [*line()[:6], birth], heads=(*HEADS[:6], "出生日期"))

    assert faults(reading) == [("G", 3, "birth_date")]


def test_another_birthday_than_the_card_says_is_kept_beside_it(tmp_path):
    person = read(tmp_path, [*line()[:6], "1985-03-15"], heads=(*HEADS[:6], "出生日期")).people[0]

    assert person.birth_date == date(1985, 3, 14)
    assert person.extra == {"登记出生日期": "1985-03-15"}


@pytest.mark.parametrize(
    ("written", "phone", "others"),
    [
        (19900000001, "19900000001", {}),
        ("+86 199 0000 0001", "19900000001", {}),
        ("（0855）1234567", "08551234567", {}),
        ("19900000001/19900000002", "19900000001", {"其他电话": "19900000002"}),
        ("无", "", {}),
    ],
)
def test_phones_are_read_as_people_write_them(tmp_path, written, phone, others):
    reading = read(tmp_path, line(联系电话=written))

    assert faults(reading) == []
    assert (reading.people[0].phone, reading.people[0].extra) == (phone, others)


def test_how_to_say_a_name_is_no_part_of_it(tmp_path):
    sheet = sheet_xml((1, ["姓名", "身份证号"]), (2, ["杨例", number_of()]))
    sheet = sheet.replace("<t>杨例</t>", "<r><t>杨</t></r><r><t>例</t></r><rPh><t>yang</t></rPh>")

    assert read_roster(raw(tmp_path / "r.xlsx", sheet), on=ON).people[0].name == "杨例"


@pytest.mark.parametrize(("people", "refused"), [(3, None), (4, "too_many_rows")])
def test_a_file_holds_no_more_than_so_many_people(tmp_path, people, refused):
    path = book(tmp_path / "r.xlsx", *(line(2 * at) for at in range(1, people + 1)))

    assert read_roster(path, on=ON, most=3).refused == refused


def test_a_whole_county_fits_into_one_file():
    assert MOST_PEOPLE > 11_500
