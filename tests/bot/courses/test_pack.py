import shutil
import struct
import zlib

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.courses import WENHUA, PackError, load
from bot.courses.drawings import drawing
from bot.courses.media import clip_problem, picture_problem
from bot.courses.svg import badge, card, choices, pictogram

COURSE = """\
key: small
title: 小课
language: zh
lessons: [sm01]
"""

LESSON = """\
key: sm01
number: 1
title: 听
aim: 会听
strand: 识字
minutes: 5
steps:
  - id: sm01.1
    kind: see_hear
    picture: card.png
    clip: clip.ogg
    say: 你好。
    caption: 你好
  - id: sm01.2
    kind: count
    picture: card.png
    say: 有几个？
    caption: 几个？
    options:
      - {label: "1"}
      - {label: "2", right: true}
      - {label: "3"}
"""


@pytest.fixture
def pack(tmp_path):
    shutil.copy(WENHUA / "cards" / "wh01.1.png", tmp_path / "card.png")
    shutil.copy(WENHUA / "clips" / "wh01.1.ogg", tmp_path / "clip.ogg")
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "sm01.yaml").write_text(LESSON, encoding="utf-8")
    return tmp_path


def change(pack, old, new, name="sm01.yaml"):
    text = (pack / name).read_text(encoding="utf-8")
    assert old in text
    (pack / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(pack):
    with pytest.raises(PackError) as refused:
        load(pack)
    return [str(problem) for problem in refused.value.problems]


def png_of(width, height):
    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_small_pack_loads(pack):
    lesson = load(pack).lessons[0]
    assert [step.kind for step in lesson.steps] == ["see_hear", "count"]
    assert lesson.steps[1].right == 1
    assert load(pack).path(lesson.steps[0].picture) == pack / "card.png"


def test_what_was_read_cannot_be_changed(pack):
    with pytest.raises(ValueError, match="frozen"):
        setattr(load(pack).lessons[0].steps[0], "say", "别的")  # noqa: B010 -- mypy refuses it too


def test_the_version_follows_words_and_pictures(pack):
    before = load(pack).version
    change(pack, "有几个？", "一共有几个？")
    reworded = load(pack).version
    shutil.copy(WENHUA / "cards" / "wh01.2.png", pack / "card.png")
    assert len({before, reworded, load(pack).version}) == 3


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "picture: card.png",
            "picture: gone.png",
            "sm01.yaml, line 10, steps.1.picture: the picture “gone.png” is missing.",
        ),
        (
            "clip: clip.ogg",
            "clip: gone.ogg",
            "sm01.yaml, line 11, steps.1.clip: the clip “gone.ogg” is missing.",
        ),
        (
            "clip: clip.ogg",
            "clip: card.png",
            "sm01.yaml, line 11, steps.1.clip: “card.png” is not an OGG/Opus clip.",
        ),
        (
            "picture: card.png",
            "picture: clip.ogg",
            "sm01.yaml, line 10, steps.1.picture: “clip.ogg” is not a whole PNG or JPEG picture.",
        ),
        (
            "picture: card.png",
            "picture: ../card.png",
            "sm01.yaml, line 10, steps.1.picture: “../card.png” lies outside the pack.",
        ),
        (
            "kind: count",
            "kind: sing",
            (
                "sm01.yaml, line 14, steps.2: the kind “sing” is not known; known are"
                " see_hear, say_after, tap_picture, tap_number, count, order, match, trace, pay,"
                " dial, photo_task."
            ),
        ),
        (
            "    kind: count\n",
            "",
            "sm01.yaml, line 14, steps.2: the kind of the step is missing.",
        ),
        (
            "id: sm01.2",
            "id: sm01.1",
            "sm01.yaml, line 14, steps.2.id: the id “sm01.1” is used twice, first in sm01.yaml.",
        ),
        (
            "id: sm01.2",
            "id: wh01.2",
            "sm01.yaml, line 14, steps.2.id: the id must begin with the key of its lesson.",
        ),
        (
            ", right: true",
            "",
            "sm01.yaml, line 19, steps.2.options: no option is right.",
        ),
        (
            '{label: "1"}',
            '{label: "1", right: true}',
            "sm01.yaml, line 19, steps.2.options: more than one option is right.",
        ),
        (
            '      - {label: "3"}\n',
            "",
            "sm01.yaml, line 19, steps.2.options: at least 3 are needed, there are 2.",
        ),
        (
            'label: "3"',
            "label: 3",
            (
                "sm01.yaml, line 22, steps.2.options.3.label:"
                " this must be text; put numbers in quotes."
            ),
        ),
        (
            'label: "3"',
            "label: 三",
            (
                "sm01.yaml, line 22, steps.2.options.3.label:"
                " “三” is not in the form that is wanted here."
            ),
        ),
        (
            "    say: 你好。\n",
            "",
            "sm01.yaml, line 8, steps.1.say: this field is missing.",
        ),
        (
            "aim: 会听",
            "aim: 会听\nmood: 好",
            "sm01.yaml, line 5, mood: this field is not known.",
        ),
        (
            "key: sm01",
            "key: sm02",
            "sm01.yaml, line 1, key: the key must be “sm01”, as the file.",
        ),
        (
            "title: 听",
            "title: 听\ntitle: 说",
            "sm01.yaml, line 4: the field “title” is written twice.",
        ),
        (
            "title: 听",
            "title: &a 听",
            "sm01.yaml, line 3: anchors and aliases (& and *) are not allowed.",
        ),
        (
            "title: 听",
            "title: *a",
            "sm01.yaml, line 3: anchors and aliases (& and *) are not allowed.",
        ),
        (
            "title: 听",
            "title: " + "[" * 20 + "]" * 20,
            "sm01.yaml, line 3: it is nested more than 12 levels deep.",
        ),
        (
            "title: 听",
            "title: !!python/object/apply:os.system [ls]",
            (
                "sm01.yaml, line 3: this is not valid YAML (could not determine a constructor for"
                " the tag 'tag:yaml.org,2002:python/object/apply:os.system')."
            ),
        ),
        (
            "title: 听",
            "title: [听",
            "sm01.yaml, line 4: this is not valid YAML (expected ',' or ']', but got ':').",
        ),
        (
            "title: 听",
            "7: 听",
            "sm01.yaml, line 3: a field's name is not plain text.",
        ),
        (
            "minutes: 5",
            "minutes: 0",
            "sm01.yaml, line 6, minutes: input should be greater than or equal to 1.",
        ),
    ],
)
def test_every_bad_lesson_gives_its_sentence(pack, old, new, sentence):
    change(pack, old, new)
    assert problems(pack) == [sentence]


def test_a_yaml_bomb_is_refused_before_it_unfolds(pack):
    layers = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 10)]
    bomb = "\n".join(["l0: &l0 [ha]", *layers])
    (pack / "sm01.yaml").write_text(bomb, encoding="utf-8")
    assert problems(pack) == ["sm01.yaml, line 1: anchors and aliases (& and *) are not allowed."]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"#" * 1_000_001, "sm01.yaml, line 1: the file is larger than 1 MB."),
        (b"\xff\xfe\x00", "sm01.yaml, line 1: the file is not UTF-8 text."),
        (b"- a\n- b\n", "sm01.yaml, line 1: the file does not hold fields (name: value)."),
        (b"", "sm01.yaml, line 1: the file does not hold fields (name: value)."),
    ],
)
def test_a_file_that_is_no_lesson_gives_its_sentence(pack, content, sentence):
    (pack / "sm01.yaml").write_bytes(content)
    assert problems(pack) == [sentence]


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("lessons: []", "course.yaml, line 4, lessons: it names no lessons."),
        ("lessons: [sm02]", "sm02.yaml, line 1: the file is missing."),
        (
            "lessons: [sm01, sm01]",
            "course.yaml, line 4, lessons.2: the lesson “sm01” is named twice.",
        ),
        (
            "lessons: [sm01, ../sm01]",
            "course.yaml, line 4, lessons.2: this is not the key of a lesson.",
        ),
    ],
)
def test_a_course_that_names_its_lessons_wrongly_says_so(pack, new, sentence):
    change(pack, "lessons: [sm01]", new, "course.yaml")
    assert problems(pack) == [sentence]


def test_a_folder_without_a_course_says_so(tmp_path):
    assert problems(tmp_path) == ["course.yaml, line 1: the file is missing."]


def test_all_problems_come_at_once(pack):
    change(pack, "picture: card.png", "picture: gone.png")
    change(pack, "kind: count", "kind: sing")
    change(pack, "title: 小课\n", "", "course.yaml")
    assert [problem.split(":")[0] for problem in problems(pack)] == [
        "sm01.yaml, line 10, steps.1.picture",
        "sm01.yaml, line 14, steps.2",
        "course.yaml, line 1, title",
    ]


@pytest.mark.parametrize("sides", [(20_000, 20_000), (10_000, 10_000), (9_000, 1_001)])
def test_a_picture_that_a_chat_refuses_is_too_big(pack, sides):
    (pack / "card.png").write_bytes(png_of(*sides))
    assert problems(pack)[0] == (
        "sm01.yaml, line 10, steps.1.picture: the picture “card.png” is too big:"
        " width and height together may be 10000 pixels at most."
    )


def test_a_picture_or_clip_of_too_many_bytes_is_refused(tmp_path):
    picture, clip = tmp_path / "a.png", tmp_path / "a.ogg"
    picture.write_bytes(bytes(10_000_001))
    clip.write_bytes(bytes(1_000_001))
    assert picture_problem(picture) == "the picture “a.png” is larger than 10 MB"
    assert clip_problem(clip) == "the clip “a.ogg” is larger than 1 MB"


def test_media_that_are_still_to_be_made_may_be_left_out(pack):
    (pack / "card.png").unlink()
    (pack / "clip.ogg").unlink()
    assert load(pack, media=False).lessons[0].steps[0].say == "你好。"


def test_a_card_numbers_its_choices():
    drawn = choices([(pictogram("🔊", 0, 0, 128), False), (drawing("door 男"), True)])
    assert card(drawn).count("<circle") >= 2
    assert badge(2, 0, 0).count(">2<") == 1


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_drawn_hand_has_four_fingers_a_thumb_and_a_palm(number):
    assert drawing(f"fingers-{number}").count("<rect") == 6


def test_two_pictograms_on_a_card_do_not_share_names():
    first, second = pictogram("🧑", 0, 0, 9), pictogram("🧑", 0, 0, 9)
    assert first != second


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_clip_that_is_cut_off_is_refused(pack, part):
    whole = (pack / "clip.ogg").read_bytes()
    (pack / "clip.ogg").write_bytes(whole[: int(len(whole) * part)])
    assert clip_problem(pack / "clip.ogg") == "“clip.ogg” is cut off before its end"


def test_cards_that_cannot_be_opened_are_told_of_and_not_drawn(pack):
    (pack / "card.png").write_bytes(b"no picture")
    out = pack / "sheet.png"
    told = CliRunner().invoke(app, ["course", "check", str(pack), "--sheet", str(out)])
    assert told.exit_code == 1
    assert "“card.png” is not a whole PNG or JPEG picture" in told.output
    assert not out.exists()
