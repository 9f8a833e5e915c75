"""A pack with one step of each kind that takes several taps or none."""

import shutil

from bot.courses import WENHUA
from bot.courses.listing import cards_of
from bot.courses.pack import load

COURSE = "key: mixed\ntitle: 各样\nlanguage: zh\nlessons: [mx01]\n"
LESSON = """\
key: mx01
number: 1
title: 各样
thread: 手机/生活
aim: 会各样
strand: 识字
minutes: 8
characters: [{character: 一, pinyin: yī}]
words: [{word: 厨房, pinyin: chúfáng}]
seen: [苗课]
skills: [pay_sum]
evidence: [{kind: 书面, step: 5}]
fast_path: [1, 4]
fast_to: 7
verify: true
steps:
  - id: mx01.1
    kind: tap_number
    say: 几点出门？
    caption: 几点？
    drawing: clock 8:00
    options: [{label: "7:30", right: true}, {label: "8:00"}, {label: "3-2-1056"}]
  - id: mx01.2
    kind: order
    say: 从少到多，一个一个点。
    caption: 从少到多
    options: [{label: "1"}, {label: "2"}, {label: "3"}, {label: "4"}]
  - id: mx01.3
    kind: match
    say: 一个字，一张图，连起来。
    caption: 连一连
    pairs:
      - {left: {label: 人}, right: {label: 人, drawing: 🧑}}
      - {left: {label: 手}, right: {label: 手, drawing: ✋}}
      - {left: {label: 口}, right: {label: 口, drawing: 👄}}
  - id: mx01.4
    kind: pay
    mode: change
    say: 豆腐三块五，给五块，找你多少？
    caption: 5 − 3.5
    drawing: bean-curd
    price: "3.5"
    given: "5"
    options: [{label: "1.5", right: true}, {label: "2.5"}, {label: "1"}]
  - id: mx01.5
    kind: trace
    say: 看笔怎么走。
    caption: 一
    characters: [一]
  - id: mx01.6
    kind: trace
    say: 写你的姓。
    caption: 写姓
    slot: 姓
  - id: mx01.7
    kind: pay
    mode: pay
    say: 肉十二元一斤，买半斤，拿出钱来。
    caption: 半斤
    drawing: 🥬 12元/斤
    price: "6"
    purse: ["10", "5", "1", "1"]
  - id: mx01.8
    kind: dial
    say: 房子着火，打几？
    caption: 练习
    drawing: 🏠🔥
    digits: "119"
    verify: true
  - id: mx01.9
    kind: photo_task
    say: 拍一张。
    say_slots: "{姓名}，拍一张。"
    caption: 拍一张
    drawing: 📷
    proof: 看得清楚。
"""


def write_pack(folder):
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "mx01.yaml").write_text(LESSON, encoding="utf-8")
    (folder / "cards").mkdir()
    (folder / "strokes").mkdir()
    course = load(folder, media=False)
    for step in course.lessons[0].steps:
        for path in cards_of(step):
            shutil.copy(WENHUA / "cards" / "wh01.1.png", course.path(path))
        if step.animation is not None:
            course.path(step.animation).write_bytes(b"GIF89a")
    return folder


def change(pack, old, new, name="mx01.yaml"):
    text = (pack / name).read_text(encoding="utf-8")
    assert old in text
    (pack / name).write_text(text.replace(old, new, 1), encoding="utf-8")
