import re

import pytest

from bot.clips.reading import WORDS, phrases, plain, put_right
from bot.clips.render import sentences
from bot.clips.spelling import spelled_out

CHINESE = re.compile("[㐀-鿿]+")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("12345", "幺二三四五"),
        ("3-2-1056", "三，二，幺零五六"),
        ("05车06号", "零五车零六号"),
        ("110", "一百一十"),
        ("105", "一百零五"),
        ("0.5", "零点五"),
        ("46.50元", "四十六元五角"),
        ("2元", "两元"),
        ("8:30", "八点半"),
        ("8:00", "八点"),
        ("14:25", "十四点二十五分"),
        ("通知写12月3日上课", "通知写十二月三号上课"),
        ("1月", "一月"),
        ("2026年11月", "二零二六年十一月"),
        ("秤上写 K G，就是公斤", "秤上写开几，就是公斤"),
        ("工钱五百元（500元）", "工钱五百元"),
        ("收 王大明", "收王大明"),
        ("打幺二三四五", "打幺二三四五"),
    ],
)
def test_figures_are_spelled_by_what_they_mean(written, said):
    assert plain(spelled_out(written)) == said


def test_one_keeps_its_tone_in_months_and_after_a_hundred():
    assert spelled_out("1月") == "一{yi1}月"
    assert spelled_out("110") == "一百一{yi1}十"


def test_a_word_has_a_syllable_for_each_character():
    assert [word for word, said in WORDS.items() if len(word) != len(said.split())] == []


@pytest.mark.parametrize(
    ("text", "dictionary", "said"),
    [
        ("没有还完", "mei2 you3 hai2 wan2", "mei2 you3 huan2 wan2"),
        ("切丝", "qie4 si1", "qie1 si1"),
        ("课表上", "ke4 biao3 shang4", "ke4 biao3 shang5"),
        ("嘴里", "zui3 li3", "zui3 li5"),
        ("上课", "shang4 ke4", "shang4 ke4"),
        ("半个小时", "ban4 ge4 xiao3 shi2", "ban4 ge5 xiao3 shi2"),
        ("打九五五九八", "da3 jiu3 wu3 wu3 jiu3 ba1", "da2 jiu3 wu3 wu3 jiu3 ba1"),
        ("两只手", "liang3 zhi3 shou3", "liang3 zhi1 shou3"),
    ],
)
def test_what_the_lessons_say_is_read_rightly(text, dictionary, said):
    assert " ".join(put_right(text, dictionary.split())) == said


def test_every_sentence_is_spelled_in_chinese_characters():
    for sentence in sentences():
        for phrase, _stop in phrases(sentence.read):
            assert CHINESE.fullmatch(plain(phrase)), sentence


def test_no_two_sentences_are_written_to_one_file():
    paths = [sentence.path for sentence in sentences()]
    assert len(paths) == len(set(paths))
