import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.chain_list import bare, looks_like, name_of, numbered, read, read_line
from db.types import LeaveKind, Status

NAMES = {"杨一": {1}, "吴二": {2}, "杨一山": {3}, "王芳": {4, 5}, "lisa潘": {6}, "小杨": {1}}
HERE, LATE, LEAVE = Status.PRESENT, Status.LATE, Status.LEAVE


@pytest.mark.parametrize(
    ("written", "person", "status", "minutes"),
    [
        ("1. 杨一 到", 1, HERE, 0),
        ("1、吴二 请假", 2, LEAVE, 0),
        ("①杨一", 1, HERE, 0),
        ("３）吴二 迟到10分钟", 2, LATE, 10),
        ("（4）吴 二来了", 2, HERE, 0),
        ("5．杨一山 ✓", 3, HERE, 0),
        ("6 杨一 +1", 1, HERE, 0),
        ("7️⃣ 吴二（病假）", 2, LEAVE, 0),
        ("8：LISA 潘，已到！", 6, HERE, 0),
        ("9.小杨 在", 1, HERE, 0),
        ("10.杨一 晚半个小时", 1, LATE, 30),
        ("11. 吴二 来不了，有事", 2, LEAVE, 0),
        ("12. 杨一 公差", 1, Status.EXCUSED, 0),
        ("13. 杨一 没来", 1, None, 0),
        ("⑳ 杨·一 签到", 1, HERE, 0),
    ],
)
def test_forms_that_people_type_are_read(written, person, status, minutes):
    (line,) = read(written, NAMES).lines
    assert (line.person_id, line.status, line.minutes) == (person, status, minutes)


def test_the_kind_of_a_leave_is_read():
    lines = read("1. 杨一 病假\n2. 吴二 事假", NAMES).lines
    assert [line.leave for line in lines] == [LeaveKind.SICK, LeaveKind.PERSONAL]


@pytest.mark.parametrize(
    "words",
    [
        "杨一明 到",  # somebody else, whose name begins alike
        "王芳 到",  # two bear this name
        "杨一 吴二 到",
        "杨一 来了吗",
        "杨一 到？",
        "杨一 在家",
        "杨一 在路上",
        "杨一到了，还在路上",
        "杨一来 到",
        "杨一 请假 到了",
        "杨一 到 请假",
        "杨一 晚上来",
        "不认识 到",
        "到 杨一",
        "杨一 迟到900分钟",
    ],
)
def test_what_is_not_clear_marks_nobody(words):
    assert read_line(words, NAMES) is None


def test_a_head_a_topic_and_an_example_are_no_lines():
    written = "#接龙\n周一签到\n例：1. 张三 到\n\n1. 杨一 到\n2. 吴二"
    assert [line.person_id for line in read(written, NAMES).lines] == [1, 2]
    assert read(written, NAMES).unclear == ()


def test_who_stands_in_a_list_twice_stands_as_said_last():
    (line,) = read("1. 杨一 请假\n2. 杨一 到", NAMES).lines
    assert line.status is HERE


@pytest.mark.parametrize(
    "talk", ["今天吃什么", "1. 盐\n2. 米", "8:30 上课", "11.23 开会", "", "1."]
)
def test_other_talk_is_no_list(talk):
    chain = read(talk, NAMES)
    assert (chain.lines, chain.unclear) == ((), ())


def test_a_list_that_says_so_is_one_though_nobody_is_known():
    assert read("#接龙\n1. 不认识", NAMES).unclear == ("不认识",)
    assert looks_like("#接龙")


def test_two_hundred_lines_and_no_more_are_read():
    written = "\n".join(f"{number}、杨{number} 到" for number in range(1, 400))
    assert len(numbered(written)) == 200
    assert len(read("#接龙\n" + written, NAMES).unclear) == 200


def test_a_name_is_taken_from_an_unclear_line():
    assert [name_of(words) for words in ("阿山 到", "老石到了", "（小李）来了")] == [
        "阿山",
        "老石",
        "小李",
    ]


PIECES = st.sampled_from(
    [
        *("杨一", "吴二", "杨一山", "王芳", "LISA 潘", "小杨", "石", "明"),
        *("到", "来了", "没来", "请假", "迟到", "10分钟", "?", "吗", "在", "✓", "+1", "晚"),
        *("1.", "２、", "③", "4)", " ", "\n", "\t", "#接龙", "（", "）", "，", "·", "\u200d"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=300))
def test_nothing_crashes_the_parser_and_nobody_is_marked_who_is_not_named(written):
    chain = read(written, NAMES)
    for line in chain.lines:
        assert line.text in numbered(written)
        assert any(
            line.person_id in people and len(people) == 1 and name in bare(line.text)
            for name, people in NAMES.items()
        )
        assert line.text not in chain.unclear
        assert 0 <= line.minutes <= 300
