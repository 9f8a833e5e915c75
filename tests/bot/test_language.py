from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import language as lang
from bot.language import (
    ENGLISH,
    MANDARIN,
    MIAO,
    beside,
    catalog,
    clock,
    day_word,
    html,
    names,
    translate,
)

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # a Monday, 12:00 in Shanghai

PO = """
msgid ""
msgstr ""
"Language: hea\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

msgid "Study"
msgstr "Duf dud"

#, reviewed
msgid "Ask"
msgstr "Nais"

#, fuzzy
msgid "tomorrow"
msgstr "Fub fal"
"""


@pytest.fixture
def small_miao(tmp_path: Path, monkeypatch):
    folder = tmp_path / MIAO / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(PO, encoding="utf-8")
    mandarin = lang._entries(MANDARIN)  # noqa: SLF001
    read = lang._entries.__wrapped__  # noqa: SLF001
    monkeypatch.setattr(lang, "LOCALE", tmp_path)
    monkeypatch.setattr(lang, "_entries", lambda name: mandarin if name == MANDARIN else read(name))
    catalog.cache_clear()
    yield
    catalog.cache_clear()


def test_english_speaks_as_the_source_does():
    assert translate(ENGLISH, "Study") == "Study"


def test_mandarin_translates_and_fills_the_slots():
    assert translate(MANDARIN, "You are here: %(time)s.", time="8:30") == "你到了：8:30。"


def test_miao_falls_back_to_mandarin_sentence_by_sentence(small_miao):
    assert translate(MIAO, "Study") == "Duf dud"
    assert translate(MIAO, "Next class") == "下次课"


def test_a_draft_in_miao_is_never_said(small_miao):
    assert translate(MIAO, "tomorrow") == "明天"
    assert beside(MIAO, "tomorrow") == "明天"


def test_a_language_without_a_catalog_speaks_mandarin():
    assert translate("cqd", "Study") == "读书"
    assert beside("cqd", "Study") == "读书"


def test_an_unknown_sentence_stays_as_it_is():
    assert translate(MIAO, "Nobody wrote this.") == "Nobody wrote this."


def test_miao_stands_beside_mandarin_and_is_marked_until_reviewed(small_miao):
    assert beside(MIAO, "Study") == "读书 · Duf dud（待核）"
    assert beside(MIAO, "Ask") == "问 · Nais"
    assert beside(MANDARIN, "Study") == "读书"
    assert beside(ENGLISH, "Study") == "Study"


def test_a_slot_may_be_called_language():
    said = translate(ENGLISH, "Please record in %(language)s: “%(text)s”.", language="x", text="y")
    assert said == "Please record in x: “y”."


def test_a_per_cent_sign_needs_no_care_without_slots():
    assert translate(ENGLISH, "100 %") == "100 %"


def test_values_and_words_cannot_become_markup():
    assert html(ENGLISH, "R&D: %(name)s, %(count)d", name="<b>&", count=2) == (
        "R&amp;D: &lt;b&gt;&amp;, 2"
    )
    assert html(ENGLISH, "1 < 2") == "1 &lt; 2"


def test_a_time_is_shown_in_shanghai_without_a_leading_zero():
    assert clock(datetime(2026, 11, 23, 0, 30, tzinfo=UTC)) == "8:30"
    assert clock(datetime(2026, 11, 23, 16, 5, tzinfo=UTC)) == "0:05"


@pytest.mark.parametrize(
    ("days", "mandarin", "english"),
    [
        (0, "今天", "today"),
        (1, "明天", "tomorrow"),
        (2, "星期三", "Wednesday"),
        (6, "星期日", "Sunday"),
        (7, "11月30日周一", "Mon, Nov 30"),
        (-1, "11月22日周日", "Sun, Nov 22"),
        (40, "2027年1月2日周六", "Sat, Jan 2, 2027"),
    ],
)
def test_a_day_is_named_from_where_we_stand(days, mandarin, english):
    moment = NOON + timedelta(days=days)
    assert day_word(moment, NOON, MANDARIN) == mandarin
    assert day_word(moment, NOON, ENGLISH) == english


def test_a_day_ends_at_midnight_in_shanghai():
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert day_word(late, NOON, MANDARIN) == "明天"


def test_days_and_lists_follow_mandarin_where_miao_has_no_rules():
    assert day_word(NOON + timedelta(days=2), NOON, MIAO) == "星期三"
    assert names(["甲", "乙", "丙"], MIAO) == "甲、乙和丙"


def test_names_are_listed_as_the_language_does():
    assert names(["A", "B", "C"], ENGLISH) == "A, B, and C"
    assert names([], MANDARIN) == ""
