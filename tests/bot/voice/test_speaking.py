import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot import clips
from bot.clips import parts as shipped_parts
from bot.clips.parts import keys, spoken
from bot.language import MIAO
from bot.voice import choosing_clips, sentences
from bot.voice.choosing_clips import Heard, Voices
from bot.voice.numbers import words
from bot.voice.sentences import STOPS, Slot, grammar
from bot.voice.speaking import choose, pieces_of, read

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
TOMORROW = "Class tomorrow at %(time)s, %(place)s."
THERE = {"time": "8:30", "place": "学校"}


@pytest.fixture
def voices(tmp_path):
    return Voices(tmp_path)


def records(voices, key, language=MIAO, version=1):
    """Let somebody have recorded a key."""
    one = Heard(
        voices.data / "a.ogg",
        "data:a.ogg",
        f"c{key}",
        language,
        version,
        "person",
        f"{key}{version}",
    )
    voices.approved = {**voices.approved, (key, language): one}
    return one


def chosen(*given):
    return choose(*given)


def pieced(*given):
    return pieces_of(*given)


def heard(choice):
    """Return what each part of a joined sentence says, marked with its language."""
    recipe = choice.voice.path.with_suffix(".json")
    by_file = {f"bot:clips/zh/parts/{one.path.name}": one for one in shipped_parts.parts().values()}
    told = []
    for one in json.loads(recipe.read_text(encoding="utf-8"))["pieces"]:
        if isinstance(one, str):
            told.append(one)
        else:
            part = by_file.get(one["file"])
            told.append(part.spoken if part else f"<{one['language']}>")
    return "".join(told)


def test_a_sentence_is_joined_from_its_parts(voices):
    choice = chosen(voices, "zh", TOMORROW, THERE, NOW)
    assert heard(choice) == "明天早上八点半上课，在学校。".replace("早上", "上午")
    assert (choice.missed, choice.fell_back) == ((), False)


def test_a_place_that_nobody_recorded_is_left_out_and_wanted(voices):
    choice = chosen(voices, "zh", TOMORROW, THERE | {"place": "示例寨"}, NOW)
    assert heard(choice) == "明天上午八点半上课，地点写在下面。"
    assert choice.missed == (("place.示例寨", "zh"),)


def test_what_cannot_be_joined_is_the_clip_without_slots(voices):
    choice = chosen(voices, "zh", "Is this you, %(name)s?", {"name": "示例杨一"}, NOW)
    assert choice.voice == Voices().find("Is this you, %(name)s?", "zh")
    assert choice.missed == ()  # nobody is asked to record a learner's name
    without_a_folder = chosen(Voices(), "zh", TOMORROW, THERE, NOW)
    assert without_a_folder.voice == Voices().find(TOMORROW, "zh")


def test_a_person_s_clip_counts_before_the_machine_s(voices):
    mine = records(voices, "Thank you.", "zh")
    assert chosen(voices, "zh", "Thank you.", {}, NOW).voice == mine
    step = choosing_clips.PACKAGE / "courses" / "wenhua" / "clips" / "wh01.3.ogg"
    assert chosen(voices, "zh", "wh01.3", {}, NOW, step).voice.path == step
    mine = records(voices, "wh01.3", "zh")
    assert chosen(voices, "zh", "wh01.3", {}, NOW, step).voice == mine


def test_the_own_variety_is_heard_first_and_mandarin_where_it_is_missing(voices):
    choice = chosen(voices, MIAO, "Thank you.", {}, NOW)
    assert (choice.voice.language, choice.fell_back) == ("zh", True)
    assert choice.missed == (("Thank you.", MIAO),)
    mine = records(voices, "Thank you.")
    choice = chosen(voices, MIAO, "Thank you.", {}, NOW)
    assert (choice.voice, choice.fell_back, choice.missed) == (mine, False, ())


def test_another_village_s_pack_is_heard_by_its_own_learners_only(voices):
    records(voices, "Thank you.", "hea-village")
    assert chosen(voices, MIAO, "Thank you.", {}, NOW).voice.language == "zh"
    assert chosen(voices, "hea-village", "Thank you.", {}, NOW).voice.language == "hea-village"


def test_a_recorded_part_is_heard_inside_the_sentence(voices):
    records(voices, "day.tomorrow")
    choice = chosen(voices, MIAO, TOMORROW, THERE, NOW)
    assert heard(choice) == "<hea>上午八点半上课，在学校。"
    assert (choice.voice.language, choice.fell_back) == (MIAO, False)
    assert ("frame.class_at", MIAO) in choice.missed
    assert ("hour.8", MIAO) not in choice.missed  # clock hours are not attested


def test_the_own_clip_without_slots_counts_before_a_sentence_all_in_mandarin(voices):
    whole = records(voices, TOMORROW)
    assert chosen(voices, MIAO, TOMORROW, THERE, NOW).voice == whole
    records(voices, "day.tomorrow")
    assert chosen(voices, MIAO, TOMORROW, THERE, NOW).voice.ref.startswith("v")


def test_a_bare_number_is_never_said_in_miao_but_people_are_counted(voices):
    for key in ("number.5", "count.people.5", "month.11", "frame.you_can_read"):
        records(voices, key)
    slots = [Slot("count", "number"), Slot("count", "people"), Slot("day", "day")]
    pieces, _missed = pieced(voices, MIAO, slots[:1], {"count": 5}, NOW)
    assert [one.language for one in pieces] == ["zh"]
    pieces, _missed = pieced(voices, MIAO, slots[1:2], {"count": 5}, NOW)
    assert [(one.ref, one.language) for one in pieces] == [("ccount.people.5", MIAO)]
    pieces, missed = pieced(voices, MIAO, slots[1:2], {"count": 12}, NOW)
    assert [one.language for one in pieces] == ["zh", "zh"]
    pieces, _missed = pieced(voices, MIAO, slots[2:], {"day": NOW + timedelta(days=9)}, NOW)
    assert {one.language for one in pieces if not isinstance(one, str)} == {"zh"}
    assert not any(key.startswith("number") for key, _language in missed)


def test_a_slot_is_never_half_in_one_language(voices):
    records(voices, "day.tomorrow")
    records(voices, "daypart.morning")
    choice = chosen(voices, MIAO, TOMORROW, THERE, NOW)
    assert heard(choice).startswith("<hea>上午八点半")


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("clock", NOW, "上午九点"),
        ("clock", "9:05", "上午九点零五分"),
        ("day", NOW.date(), "十一月二十三号，星期一"),
        ("moment", NOW + timedelta(days=1, hours=6), "明天下午三点"),
        ("span", 12, "十二分钟"),
        ("hour", "12.5", "十二点五个学时"),
        ("hour", Decimal(2), "两个学时"),
        ("hour", 30, "三十个学时"),
        ("money", "3.5", "三块五"),
        ("digits", "120", "幺二零"),
        ("paper", 2, "两样"),
        ("place", "村委会", "村委会"),
    ],
)
def test_a_value_is_said_as_its_kind(kind, value, said):
    assert words(read(kind, value, NOW)) == said


@pytest.mark.parametrize(
    ("kind", "value"),
    [("clock", "soon"), ("money", "much"), ("hour", "many"), ("day", "tomorrow"), ("place", "")],
)
def test_a_value_that_is_not_of_its_kind_is_not_said(kind, value):
    with pytest.raises(ValueError, match=r"."):
        read(kind, value, NOW)


def test_every_way_to_say_a_sentence_has_parts_and_known_slots():
    for msgid, ways in sentences.sentences().items():
        named = set(re.findall(r"%\((\w+)\)", msgid))
        for way in ways:
            assert {one.name for one in way if isinstance(one, Slot)} <= named
            assert all(one in STOPS or one in spoken() for one in way if isinstance(one, str))


def test_words_outside_the_parts_are_refused():
    with pytest.raises(ValueError, match="begins with no part"):
        sentences.parsed("明天龘")


def test_what_miao_may_say_is_attested_and_names_parts_that_exist():
    rules = grammar(MIAO)
    assert rules.attested["count.people.5"] == "zab laix"
    assert rules.counted["people"][2] == "count.people.2"
    assert set(rules.attested) <= set(spoken())
    assert {key.partition(".")[0] for key in spoken()} >= rules.mandarin
    assert keys()["明天"] == "day.tomorrow"


def test_everything_is_still_said_without_the_shipped_clips(tmp_path, monkeypatch, voices):
    monkeypatch.setattr(clips, "FOLDER", tmp_path)
    monkeypatch.setattr(shipped_parts, "PARTS", tmp_path)
    clips.clips.cache_clear()
    shipped_parts.parts.cache_clear()
    try:
        choice = chosen(voices, "zh", TOMORROW, THERE, NOW)
        assert (choice.voice, choice.fell_back) == (None, True)
        assert (TOMORROW, "zh") in choice.missed
        mine = records(voices, "Thank you.", "zh")
        assert chosen(voices, "zh", "Thank you.", {}, NOW).voice == mine
    finally:
        clips.clips.cache_clear()
        shipped_parts.parts.cache_clear()
