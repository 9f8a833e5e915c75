import struct
from datetime import datetime, time, timedelta
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from bot.language import SHANGHAI
from bot.services.online_file import FAULTS, UnreadableError, read_online
from bot.services.online_layouts import load_layouts
from bot.services.online_values import (
    after,
    called,
    numbers_in,
    parts_of,
    phones_in,
    placed,
    read_length,
    read_moment,
)
from bot.services.roster_archive import OLE_MAGIC
from tests.bot.services.online_files import (
    DAY,
    DINGTALK,
    LIVE,
    Rows,
    above,
    book,
    detail,
    sums,
    text,
)


def at(clock, day=23):
    hour, minute, second = map(int, f"{clock}:0".split(":")[:3])
    return datetime(2026, 11, day, hour, minute, second, tzinfo=SHANGHAI)


def refused(path):
    with pytest.raises(UnreadableError) as caught:
        read_online(path)
    assert caught.value.msgid in FAULTS.values()
    return caught.value.code


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("1小时2分", 62),
        ("1小时2分钟", 62),
        ("1小时02分00秒", 62),
        ("62分钟", 62),
        ("62分", 62),
        ("01:02:00", 62),
        ("1:02:00", 62),
        ("62:00", 62),
        ("62", 62),
        ("62.0", 62),
        ("1 小时", 60),
        ("1h2m", 62),
        ("３０分钟", 30),
        ("90秒", 1.5),
        ("1899-12-31 01:02:00", 62),
        ("0", 0),
    ],
)
def test_a_length_is_read_in_every_style(said, minutes):
    assert read_length(said) == timedelta(minutes=minutes)


@pytest.mark.parametrize("said", ["", "--", "很久", "一小时", "1小时之后", "abc"])
def test_what_is_no_length_is_not_guessed(said):
    assert read_length(said) is None


def test_a_bare_number_has_the_unit_of_its_head():
    assert read_length("120", "秒") == timedelta(minutes=2)
    assert read_length("1.5", "小时") == timedelta(minutes=90)


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-23 09:05:07",
        "2026/11/23 9:05:07",
        "2026年11月23日 09:05:07",
        "2026.11.23 09:05:07",
        "2026-11-23T09:05:07+08:00",
        "２０２６-11-23 09：05：07",
        "2026-11-23 09:05:07.123",
    ],
)
def test_a_moment_is_read_in_the_countys_time(said):
    assert read_moment(said) == at("9:05:07")


def test_a_time_alone_is_put_on_the_day_that_is_near():
    late = at("23:30")
    assert read_moment("09:05") == time(9, 5)
    assert placed(time(0, 10), late) == at("0:10", 24)
    assert placed(time(23, 20), at("0:05", 24)) == at("23:20")
    assert after(at("23:50"), time(0, 40)) == at("0:40", 24)
    assert placed(time(9, 5), None) is None


@pytest.mark.parametrize("said", ["2026-13-01 09:00", "25:00", "", "--", "昨天"])
def test_what_is_no_moment_is_not_guessed(said):
    assert read_moment(said) is None


@pytest.mark.parametrize(
    ("label", "name", "phones", "numbers"),
    [
        ("示例张三(13800000000)", "示例张三", ("13800000000",), ()),
        ("示例张三（138 0000 0000）", "示例张三", ("13800000000",), ()),
        ("+8613800000000", "", ("13800000000",), ()),
        ("P000012 示例杨一", "示例杨一", (), ("P000012",)),
        ("p000012-示例杨一", "示例杨一", (), ("P000012",)),
        ("示例杨一(示例杨一)", "示例杨一", (), ()),
        ("微信用户(示例杨一)", "微信用户(示例杨一)", (), ()),
        ("山里人", "山里人", (), ()),
    ],
)
def test_a_label_is_taken_apart(label, name, phones, numbers):
    assert called(label) == name
    assert phones_in(label) == phones
    assert numbers_in(label) == numbers


def test_the_name_for_this_meeting_comes_before_that_of_the_account():
    assert parts_of("微信用户(云上村-示例杨一)")[:2] == ("云上村-示例杨一", "微信用户")
    assert "示例杨一" in parts_of("微信用户(云上村-示例杨一)")


def test_the_sums_of_tencent_are_read(tmp_path):
    path = book(
        tmp_path / "t.xlsx",
        成员参会概况=sums(("示例杨一(杨一)", "08:50:10", "10:20:00", "1:20:00")),
    )
    reading = read_online(path)
    (row,) = reading.rows
    assert reading.origin == "tencent_sums"
    assert reading.host == "示例石老师"
    assert (row.joined, row.left, row.length) == (at("8:50:10"), at("10:20"), timedelta(minutes=80))
    assert (row.label, row.role) == ("示例杨一(杨一)", "普通参会者")
    assert reading.span == (at("8:50:10"), at("10:20"))


def test_details_are_read_before_sums(tmp_path):
    path = book(
        tmp_path / "t.xlsx",
        成员参会概况=sums(("示例杨一", "09:00:00", "10:00:00", "0:40:00")),
        成员参会明细=detail(
            ("示例杨一", "09:00:00", "09:20:00"), ("示例杨一", "09:40:00", "10:00:00")
        ),
    )
    reading = read_online(path)
    assert reading.origin == "tencent_detail"
    assert [(row.joined, row.left) for row in reading.rows] == [
        (at("9:00"), at("9:20")),
        (at("9:40"), at("10:00")),
    ]


def test_cells_that_are_dates_are_read_like_written_ones(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(DINGTALK))
    join, leave = datetime(2026, 11, 23, 9, 0, 30), datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001
    sheet.append(["示例杨一", 13800000000, join, leave, time(0, 59, 30)])
    workbook.save(tmp_path / "d.xlsx")
    (row,) = read_online(tmp_path / "d.xlsx").rows
    assert (row.joined, row.left) == (at("9:00:30"), at("10:00"))
    assert row.length == timedelta(minutes=59, seconds=30)
    assert row.phone == "13800000000"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_a_text_file_is_read_in_every_encoding(tmp_path, encoding, sign):
    rows = sums(("示例杨一", "09:00:00", "10:00:00", "60分钟"))
    (row,) = read_online(text(tmp_path / "t.csv", rows, encoding, sign)).rows
    assert (row.label, row.joined) == ("示例杨一", at("9:00"))


def test_a_number_kept_as_text_is_no_formula(tmp_path):
    rows = [list(DINGTALK), ["示例杨一", '="13800000000"', f"{DAY} 09:00", f"{DAY} 10:00", "60"]]
    (row,) = read_online(text(tmp_path / "d.csv", rows)).rows
    assert row.phone == "13800000000"


def test_a_live_stream_says_only_how_long_and_recordings_do_not_count(tmp_path):
    rows = [
        ["直播开始时间：2026-11-23 09:00"],
        list(LIVE),
        ["示例杨一", "示例班", "50", "直播"],
        ["示例吴二", "示例班", "90", "回放"],
        ["示例吴三", "示例班", "0", "直播"],
    ]
    reading = read_online(text(tmp_path / "l.csv", rows))
    assert reading.origin == "dingtalk_live"
    assert [(row.label, row.length) for row in reading.rows] == [
        ("示例杨一", timedelta(minutes=50))
    ]
    assert reading.span == (at("9:00"), at("9:50"))


def test_who_was_still_there_stays_until_the_last_one_had_gone(tmp_path):
    rows = detail(("示例杨一", "09:00:00", "10:00:00"), ("示例吴二", "09:10:00", "--"))
    path = book(tmp_path / "t.xlsx", 成员参会明细=rows)
    assert [row.left for row in read_online(path).rows] == [at("10:00"), at("10:00")]


def test_midnight_lies_between(tmp_path):
    rows: Rows = [
        *above(f"{DAY} 23:00:00"),
        list(DINGTALK),
        ["示例杨一", "", "23:10", "00:20", "70"],
    ]
    (row,) = read_online(text(tmp_path / "d.csv", rows)).rows
    assert (row.joined, row.left) == (at("23:10"), at("0:20", 24))


def test_who_was_invited_and_never_came_is_no_row(tmp_path):
    rows = detail(("示例杨一", "09:00:00", "10:00:00"), ("示例吴二", "--", "--"))
    reading = read_online(book(tmp_path / "t.xlsx", 成员参会明细=rows))
    assert [row.label for row in reading.rows] == ["示例杨一"]
    assert reading.unreadable == 0


def test_rows_that_make_no_sense_are_counted(tmp_path):
    rows = detail(
        ("示例杨一", "09:00:00", "10:00:00"),
        ("示例吴二", "10:00:00", "09:00:00"),
        ("示例吴三", "很早", "10:00:00"),
    )
    reading = read_online(book(tmp_path / "t.xlsx", 成员参会明细=rows))
    assert (len(reading.rows), reading.unreadable) == (1, 2)


def test_a_meeting_that_no_one_attended_is_said_to_be_empty(tmp_path):
    assert refused(book(tmp_path / "t.xlsx", 成员参会概况=sums())) == "empty"
    assert refused(text(tmp_path / "t.csv", sums())) == "empty"
    (tmp_path / "nothing.csv").write_bytes(b"")
    assert refused(tmp_path / "nothing.csv") == "blank"


def test_times_without_a_day_are_refused(tmp_path):
    rows = [list(DINGTALK), ["示例杨一", "", "09:00", "10:00", "60"]]
    path = text(tmp_path / "d.csv", rows)
    assert refused(path) == "no_day"
    assert read_online(path, at("9:00")).rows[0].joined == at("9:00")


def test_files_that_are_none_are_refused_each_in_its_words(tmp_path):
    path = tmp_path / "f.xlsx"
    assert refused(path) == "missing"
    path.write_bytes(OLE_MAGIC + bytes(600))
    assert refused(path) == "old_xls"
    path.write_bytes(OLE_MAGIC + "EncryptedPackage".encode("utf-16-le") + bytes(600))
    assert refused(path) == "password"
    path.write_bytes(b"PK\x03\x04" + struct.pack("<20s", b"broken"))
    assert refused(path) == "broken"
    path.write_bytes(bytes(range(256)) * 10)
    assert refused(path) == "broken"
    path.write_bytes(b"a,b\n" * 6_000)
    assert refused(path) == "too_many_rows"
    path.write_bytes(b"x" * 6 * 1024 * 1024)
    assert refused(path) == "too_big"
    path.write_bytes(b"PK" + b"x" * 21 * 1024 * 1024)
    assert refused(path) == "too_big"
    assert refused(book(path, 名单=[["姓名", "电话"], ["示例杨一", "13800000000"]])) == "layout"


def test_a_bomb_is_not_unpacked(tmp_path):
    path = book(tmp_path / "b.xlsx", 成员参会概况=sums())
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/more.xml", b" " * 150_000_000)
    assert refused(path) == "bomb"


def test_a_file_with_a_program_is_refused(tmp_path):
    path = book(tmp_path / "m.xlsx", 成员参会概况=sums(("示例杨一", "09:00:00", "10:00:00", "60")))
    with ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert refused(path) == "macro"


def test_a_formula_is_refused_and_not_calculated(tmp_path):
    row = ("=HYPERLINK(1)", "09:00:00", "10:00:00", "60")
    assert refused(book(tmp_path / "f.xlsx", 成员参会概况=sums(row))) == "formula"
    assert refused(text(tmp_path / "f.csv", sums(row))) == "formula"


def test_every_layout_says_whether_it_was_seen():
    for layout in load_layouts().layouts.values():
        assert layout.source
        assert set(layout.needs) <= set(layout.columns)
        if layout.status == "已见":
            assert all(layout.columns[what].seen for what in layout.needs)
