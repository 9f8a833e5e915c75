import re

import pytest

from bot.courses import load
from bot.courses.cards import step_cards
from bot.courses.drawings import drawing, is_drawn
from bot.courses.money import broken
from bot.courses.pictures import code, split
from bot.courses.scenery import SCENERY
from bot.courses.strokes import animate, length
from bot.courses.svg import fitted, span
from tests.bot.courses.sample_pack import change, write_pack

BAR = {
    "strokes": ["M 100 400 L 900 400 L 900 480 L 100 480 Z"],
    "medians": [[[100, 440], [900, 440]]],
}


def written(svg):
    return re.findall(r">([^<>]+)</text>", svg)


@pytest.mark.parametrize(
    ("name", "count", "words"),
    [
        ("🏠🔥", 2, ""),
        ("🥚×8", 8, ""),
        ("🥚×4 ➕ 🥚×3", 8, ""),
        ("🔴📞 挂电话", 2, "挂电话"),
        ("🧑‍⚕️ 看医生", 1, "看医生"),
        ("1️⃣", 1, ""),
        ("收款人：", 0, "收款人："),
        ("two-arrows-up", 0, "two-arrows-up"),
        ("🥚×999", 0, "🥚×999"),
    ],
)
def test_a_name_is_taken_apart_into_pictograms_and_words(name, count, words):
    emoji, rest = split(name)
    assert (len(emoji), rest) == (count, words)


def test_a_pictograms_file_is_named_by_its_code_points():
    assert code("🧑‍⚕️") == "1f9d1-200d-2695"


@pytest.mark.parametrize(
    "name",
    [
        *SCENERY,
        "fingers-10",
        "clock 8:30",
        "digital 14:00",
        "scale 0.5",
        "form *姓名 电话",
        "paper 收条|今收到",
        "table 壹 1|贰 2",
        "notes 20 10 0.5 0.1",
        "qr 付款码",
        "rows 🥚 3 6",
        "heap 🥚 10",
        "compare 1公斤 1斤 1斤",
        "line 35 40 50",
        "week 三 四",
        "price 🥚 2元/斤",
        "bottle 2025-03-01",
        "door 🚹男",
    ],
)
def test_every_named_drawing_is_drawn(name):
    assert is_drawn(name)
    assert drawing(name).startswith("<")


def test_a_drawing_that_is_not_there_is_words_in_a_frame():
    assert not is_drawn("unheard-of-thing")
    assert not is_drawn("no such board")
    assert "unheard" in drawing("unheard-of-thing")


def test_words_are_as_large_as_their_rectangle_allows_and_markup_is_only_words():
    assert "".join(written(fitted("a<b&c", 0, 0, 100, 100))) == "a&lt;b&amp;c"
    assert "".join(written(fitted("工钱五百元（500元）", 0, 0, 60, 100))) == "工钱五百元（500元）"
    assert written(fitted("2026年12月3日", 0, 0, 60, 200, largest=20))[0].startswith("2026")
    assert span("年1") == pytest.approx(1.62)


def test_the_card_of_a_question_shows_no_answer(tmp_path):
    pack = write_pack(tmp_path)
    change(pack, "drawing: bean-curd", "drawing: 🏠")
    steps = load(pack, media=False).lessons[0].steps
    cards = {path.stem: written(svg) for step in steps for path, svg in step_cards(step).items()}
    assert "119" not in "".join(cards["mx01.8"])
    assert "练习" in cards["mx01.8"]
    assert not {"6", "6元"} & set(cards["mx01.7"])
    assert set(cards) >= {"mx01.3", "mx01.3.a", "mx01.3.b", "mx01.3.c", "mx01.6"}
    assert {"1", "2", "3"} <= set(cards["mx01.3.a"])


def test_a_row_is_drawn_in_its_mixed_order(tmp_path):
    pack = write_pack(tmp_path)
    change(pack, 'label: "4"', "label: 四")
    step = load(pack, media=False).lessons[0].steps[1]
    texts = written(next(iter(step_cards(step).values())))
    assert texts[::2] == [step.options[i].label for i in step.shown]
    assert texts[1::2] == ["1", "2", "3", "4"]


def test_numerals_stand_on_a_card_without_a_second_number(tmp_path):
    step = load(write_pack(tmp_path), media=False).lessons[0].steps[1]
    assert written(next(iter(step_cards(step).values()))) == list(step.buttons)


@pytest.mark.parametrize(
    ("amount", "notes"),
    [("35", ["20", "10", "5"]), ("4.5", ["1"] * 4 + ["0.5"]), ("0.2", ["0.1", "0.1"])],
)
def test_a_sum_is_made_of_few_notes(amount, notes):
    assert broken(amount) == notes


def test_a_stroke_has_its_length():
    assert length([[100, 440], [500, 440], [500, 740]]) == 700


def test_strokes_move_in_a_small_animation():
    pytest.importorskip("resvg_py")
    assert animate([BAR]).startswith(b"GIF8")
