import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.chain_list import Line, bare, looks_like, name_of, numbered, read, read_line
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


PERSONAL, SICK = LeaveKind.PERSONAL, LeaveKind.SICK


@pytest.mark.parametrize(
    ("words", "status", "leave"),
    [
        ("杨一 今天赶场，请假", LEAVE, PERSONAL),
        ("杨一 感冒了请假", LEAVE, SICK),
        ("杨一感冒了请假", LEAVE, SICK),
        ("杨一 我到了", HERE, None),
        ("杨一 已到教室", HERE, None),
        ("杨一 請假", LEAVE, None),
        ("杨一 請病假", LEAVE, SICK),
        ("杨一 來了", HERE, None),
        ("杨一 身体不舒服，来不了", LEAVE, SICK),
        ("杨一 不舒服", LEAVE, SICK),
        ("杨一 请假，发烧了", LEAVE, SICK),
        ("杨一 孩子发烧请假一次", LEAVE, PERSONAL),  # it is not the learner who is ill
        ("杨一 在家有事来不了", LEAVE, PERSONAL),
        ("杨一 去看表哥，请假", LEAVE, PERSONAL),
    ],
)
def test_whole_sentences_are_read(words, status, leave):
    assert read_line(words, NAMES) == Line(words, 1, status, 0, leave)


@pytest.mark.parametrize(
    "rest",
    [
        *(" 王小明请假", "平请假", " 平 请假", " 帮老婆请假", " 不请假", " 没请假", " 明天请假"),
        *(" 下午请假", " 感冒好了", " 感冒了，到", " 我到家了", " 请假的是小吴", " 孩子发烧"),
        *(
            "家有事来不了",
            " 没有不舒服",
            " 如果下雨来不了",
            " 我来不了吗",
            " 我到明天",
            " 医院上班",
        ),
        *(" 收到", " 马上到", " 马上到，路上", " 请假的同学", " 已请假的", " 人没到", " 昨天感冒"),
    ],
)
def test_a_sentence_that_is_not_sure_marks_nobody(rest):
    assert read_line(f"杨一{rest}", NAMES) is None


def test_of_a_known_name_the_state_is_in_doubt_and_not_the_name():
    chain = read("1. 杨一 收到\n2. 吴二 马上到\n3. 杨一明 到\n4. 杨一山收到", NAMES)
    assert chain.lines == ()
    assert chain.doubts == (("杨一 收到", 1), ("杨一山收到", 3))
    assert chain.coming == {2}
    assert chain.unclear == ("杨一明 到",)


def test_who_is_clear_in_another_line_is_not_asked_about():
    assert read("1. 杨一 到\n2. 杨一 收到", NAMES).doubts == ()
    chain = read("1. 杨一 收到\n2. 杨一 请假", NAMES)
    assert (chain.doubts, [line.status for line in chain.lines]) == ((), [LEAVE])


@pytest.mark.parametrize(
    "written",
    [
        "1.杨一 到 2.吴二 请假",
        "1、杨一 到，2、吴二 请假",
        "①杨一 到②吴二 请假",
        "1️⃣杨一 到 2️⃣吴二 请假",
        "一、杨一 到\n二、吴二 请假",
        "#接龙\n杨一 到\n- 吴二 请假",
        "1. 杨一 到\n2. 杨一山 到\n吴二 请假",
        "#接龙 苗绣课\n杨一到\n今天下雨路滑，大家慢点\n2 吴二 请假",
    ],
)
def test_lists_are_read_however_their_lines_are_set_off(written):
    chain = read(written, NAMES)
    stands = {line.person_id: line.status for line in chain.lines}
    assert (stands[1], stands[2], chain.unclear) == (HERE, LEAVE, ())


def test_minutes_are_no_number_of_a_line():
    (line,) = read("1. 杨一 迟到2分钟", NAMES).lines
    assert (line.status, line.minutes) == (LATE, 2)
    (line,) = read("1. 杨一 迟到 2.5小时", NAMES).lines
    assert line.status is LATE


def test_lines_without_a_number_are_talk_where_there_is_no_list():
    assert not read("杨一 到\n吴二 请假", NAMES).is_list
    assert not read("1. 杨一 到", {}).is_list
    chain = read("#接龙\n杨一请大家排队签到\n吴二老师今天教大家点屏幕\n1. 小杨 到", NAMES)
    assert [line.person_id for line in chain.lines] == [1]
    assert (chain.unclear, chain.doubts) == ((), ())


def test_a_name_without_its_surname_counts_where_it_is_given():
    given_ = {"阿妹": {7}}
    (line,) = read("#接龙\n1. 阿妹 到", NAMES, given_).lines
    assert (line.person_id, line.status) == (7, HERE)
    chain = read("#接龙\n1. 龙阿妹 到\n2. 阿妹妹 到\n3. 阿妹 收到", NAMES, given_)
    assert chain.lines == ()
    assert len(chain.unclear) == 3


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
        *("收到", "马上到", "感冒了", "来不了", "孩子", "今天", "我", "已", "一、", "2."),
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
