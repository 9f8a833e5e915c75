import pytest

from bot.courses import Match, PackError, load
from bot.courses.listing import clips_of
from bot.courses.options import shuffled
from bot.courses.steps import KEYPAD, yuan
from tests.bot.courses.sample_pack import change, write_pack


@pytest.fixture
def pack(tmp_path):
    return write_pack(tmp_path)


def steps(pack):
    return {step.id: step for step in load(pack).lessons[0].steps}


def problems(pack):
    with pytest.raises(PackError) as refused:
        load(pack)
    return [str(problem) for problem in refused.value.problems]


def test_every_kind_gives_the_buttons_that_its_card_shows(pack):
    found = steps(pack)
    assert found["mx01.1"].buttons == ("7:30", "8:00", "3-2-1056")
    assert found["mx01.2"].buttons == tuple(str(i + 1) for i in found["mx01.2"].shown)
    assert found["mx01.3"].buttons == ("1", "2", "3")
    assert found["mx01.4"].buttons == ("1元5角", "2元5角", "1元")
    assert found["mx01.5"].buttons == ()
    assert found["mx01.7"].buttons == ("10元", "5元", "1元", "1元")
    assert found["mx01.8"].buttons == KEYPAD
    assert found["mx01.9"].buttons == ()


def test_choices_that_are_no_numerals_have_the_numbers_of_their_places(pack):
    change(pack, 'label: "4"', "label: 四")
    assert steps(pack)["mx01.2"].buttons == ("1", "2", "3", "4")


def test_only_questions_with_one_right_option_tell_it(pack):
    found = steps(pack)
    right = {name: step.right for name, step in found.items() if step.right is not None}
    assert right == {"mx01.1": 0, "mx01.4": 0}


def test_rows_and_pairs_stand_in_another_order_than_they_are_written(pack):
    found = steps(pack)
    for name, count in (("mx01.2", 4), ("mx01.3", 3)):
        shown = found[name].shown
        assert sorted(shown) == list(range(count))
        assert shown != tuple(range(count))
        assert shown == steps(pack)[name].shown
    assert found["mx01.1"].shown == ()


def test_a_match_has_a_card_for_each_thing_that_is_asked(pack):
    match = steps(pack)["mx01.3"]
    assert isinstance(match, Match)
    assert [path.as_posix() for path in match.asking] == [
        "cards/mx01.3.a.png",
        "cards/mx01.3.b.png",
        "cards/mx01.3.c.png",
    ]


def test_strokes_are_animated_but_not_those_of_an_own_name(pack):
    found = steps(pack)
    assert found["mx01.5"].animation.as_posix() == "strokes/mx01.5.gif"
    assert found["mx01.6"].animation is None
    assert found["mx01.2"].animation is None


def test_what_is_left_out_is_named_by_the_id_and_a_clip_only_when_it_is_there(pack):
    found = steps(pack)["mx01.1"]
    assert found.picture.as_posix() == "cards/mx01.1.png"
    assert (found.clip, found.options[1].clip) == (None, None)
    planned = load(pack, media=False).lessons[0].steps
    assert [path.stem for path in clips_of(planned[0])] == [
        "mx01.1",
        "mx01.1.a",
        "mx01.1.b",
        "mx01.1.c",
    ]
    assert [path.stem for path in clips_of(planned[2])] == [
        "mx01.3",
        *("mx01.3.a", "mx01.3.b", "mx01.3.c"),
        *("mx01.3.e", "mx01.3.f", "mx01.3.g"),
    ]


def test_a_lesson_finds_its_steps_by_their_numbers(pack):
    lesson = load(pack).lessons[0]
    assert lesson.place(7) == 6
    assert lesson.place(10) is None
    assert (lesson.fast_path, lesson.fast_to, lesson.warm_up) == ((1, 4), 7, 2)


def test_lessons_that_the_course_does_not_list_do_no_harm(pack):
    (pack / "mx02.yaml").write_text("- [", encoding="utf-8")
    assert [lesson.key for lesson in load(pack).lessons] == ["mx01"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("step: 5", "step: 10", "line 12, evidence.1.step: there is no step “mx01.10”."),
        ("[1, 4]", "[1, 44]", "line 13, fast_path.2: there is no step “mx01.44”."),
        ("fast_to: 7", "fast_to: 17", "line 14, fast_to: there is no step “mx01.17”."),
        (
            "[1, 4]",
            "[1, 9]",
            "line 13, fast_path.2: step “mx01.9” has no right answer to test.",
        ),
        (
            '{label: "4"}',
            '{label: "3"}',
            "line 27, steps.2.options: “3” stands there twice.",
        ),
        (
            '{label: "4"}',
            '{label: "4", right: true}',
            "line 27, steps.2.options.4.right: the order itself says what is right.",
        ),
        (
            "left: {label: 口}",
            "left: {label: 手}",
            "line 32, steps.3.pairs: “手” stands there twice.",
        ),
        (
            "characters: [一]\n",
            "characters: [一]\n    slot: 名\n",
            "line 45, steps.5: it traces either characters or the slot of an own name.",
        ),
        (
            "characters: [一]\n",
            "characters: [ABC]\n",
            "line 49, steps.5.characters.1: “ABC” is not in the form that is wanted here.",
        ),
        (
            'label: "1.5", right: true',
            'label: "1.6", right: true',
            "line 44, steps.4.options.1.label: the change is 1.5, not 1.6.",
        ),
        (
            'label: "2.5"}',
            'label: "2.5", right: true}',
            "line 44, steps.4.options: more than one option is right.",
        ),
        (
            '    given: "5"\n',
            "",
            "line 36, steps.4: the money that is given is missing.",
        ),
        (
            'price: "6"',
            'price: "8"',
            "line 62, steps.7.purse: nothing in the purse makes 8.",
        ),
        (
            'price: "6"',
            "price: 6",
            "line 61, steps.7.price: this must be text; put numbers in quotes.",
        ),
        (
            'purse: ["10"',
            'purse: ["2"',
            (
                "line 62, steps.7.purse.1: input should be"
                " '100', '50', '20', '10', '5', '1', '0.5' or '0.1'."
            ),
        ),
        (
            'digits: "119"',
            'digits: "tel:119"',
            "line 68, steps.8.digits: “tel:119” is not in the form that is wanted here.",
        ),
        (
            "    proof: 看得清楚。\n",
            "",
            "line 70, steps.9.proof: this field is missing.",
        ),
        (
            "    caption: 一\n",
            "    caption: 一\n    word: 一\n",
            "line 45, steps.5: a card that teaches has both word and pinyin.",
        ),
    ],
)
def test_every_contradiction_gives_its_sentence(pack, old, new, sentence):
    change(pack, old, new)
    assert problems(pack) == [f"mx01.yaml, {sentence}"]


@pytest.mark.parametrize(
    ("path", "content", "sentence"),
    [
        ("strokes/mx01.5.gif", None, "the animation “mx01.5.gif” is missing."),
        ("strokes/mx01.5.gif", b"PNG", "“mx01.5.gif” is not a GIF."),
        ("strokes/mx01.5.gif", bytes(200_001), "the animation “mx01.5.gif” is larger than 200 kB."),
        ("cards/mx01.3.b.png", None, "the picture “mx01.3.b.png” is missing."),
    ],
)
def test_media_that_nobody_names_are_looked_at_too(pack, path, content, sentence):
    if content is None:
        (pack / path).unlink()
    else:
        (pack / path).write_bytes(content)
    assert problems(pack)[0].endswith(sentence)


@pytest.mark.parametrize(
    ("amount", "words"),
    [("3", "3元"), ("3.5", "3元5角"), ("0.5", "5角"), ("0", "0元"), ("46.5", "46元5角")],
)
def test_money_is_written_as_the_market_says_it(amount, words):
    assert yuan(amount) == words


def test_the_same_words_are_always_mixed_the_same_way():
    assert shuffled("a", "x", "y", "z") == shuffled("a", "x", "y", "z")
    assert len({shuffled(f"s{i}", "x", "y", "z") for i in range(20)}) > 2


def test_a_purse_has_no_given_money(pack):
    change(pack, 'purse: ["10"', 'given: "10"\n    purse: ["10"')
    assert problems(pack)[0].endswith("given and options belong to the mode “change”.")
