import csv
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from bot.services.reviewing import Decision, write_back
from db.models import ReviewState

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "locale"
SLOT = re.compile(r"%\(\w+\)[a-z]")
WORD = re.compile(r"(?P<said>approved|corrected|refused) P\d+ \d{4}-\d\d-\d\d")
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


def last_word(message):
    """Return what a native reader, with number and date, last said of a sentence; else nothing."""
    words = [found["said"] for one in message.user_comments if (found := WORD.fullmatch(one))]
    return words[-1] if words else ""


def reviewed(message):
    """Say whether a native reader wrote or approved it, and nobody has refused it since."""
    return "reviewed" in message.flags and last_word(message) in {"approved", "corrected"}


def invented(messages, chinese, attested):
    """Return what is neither attested nor a native reader's own word."""
    return [
        message.id
        for message in messages
        if (plain(chinese.get(message.id, "")), message.string) not in attested
        and not reviewed(message)
        and last_word(message) != "refused"  # shown to nobody, see below
    ]


def wrongly_shown(messages, attested):
    """Return what is shown though it may not be, or hidden though it may be shown."""
    levels = {phrase: level for (_, phrase), level in attested.items()}
    wrong = []
    for message in messages:
        draft = levels.get(message.string) == "B" and not reviewed(message)
        hidden = draft or last_word(message) == "refused"
        if message.fuzzy != hidden or ("reviewed" in message.flags) != reviewed(message):
            wrong.append(message.id)
    return wrong


def read(*path: str) -> Catalog:
    with LOCALE.joinpath(*path).open("rb") as file:
        return read_po(file)


def plain(text: str) -> str:
    """Return only the letters, for the phrase list writes no full stops."""
    return re.sub(r"\W", "", text)


@pytest.fixture(scope="module")
def template():
    return {message.id for message in read("messages.pot") if message.id}


@pytest.fixture(scope="module")
def mandarin():
    catalog = read("zh_Hans_CN", "LC_MESSAGES", "messages.po")
    return [message for message in catalog if message.id]


@pytest.fixture(scope="module")
def chinese(mandarin):
    return {message.id: str(message.string) for message in mandarin}


@pytest.fixture(scope="module")
def miao():
    catalog = read("hea", "LC_MESSAGES", "messages.po")
    return [message for message in catalog if message.id]


@pytest.fixture(scope="module")
def attested():
    lines = (LOCALE / "hea" / "ATTESTED.tsv").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if not line.startswith("#")]
    rows = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
    return {(plain(row["zh"]), row["hea"]): row["level"] for row in rows}


def test_the_template_holds_the_sentences_of_the_code(template, tmp_path):
    found = tmp_path / "found.pot"
    command = ["-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml"]
    subprocess.run([sys.executable, *command, "-o", found, "bot", "handlers"], cwd=ROOT, check=True)
    with found.open("rb") as file:
        code = {message.id for message in read_po(file) if message.id}
    assert template == code, "run `make catalogs`, then translate what is new"


def test_mandarin_has_every_sentence_and_no_other(template, mandarin):
    assert {message.id for message in mandarin} == template


def test_mandarin_lacks_nothing_and_guesses_nothing(mandarin):
    unfinished = [m.id for m in mandarin if m.fuzzy or not m.string or not all(m.string)]
    assert unfinished == []


def test_translations_have_the_slots_of_their_sentences(mandarin, miao):
    wrong = [
        message.id
        for message in [*mandarin, *miao]
        if isinstance(message.id, str)
        and sorted(SLOT.findall(message.id)) != sorted(SLOT.findall(str(message.string)))
    ]
    assert wrong == []


def test_no_sentence_carries_markup(mandarin, miao):
    said = [text for m in [*mandarin, *miao] for text in (str(m.id), str(m.string))]
    assert [text for text in said if re.search(r"[<>]|&\w+;", text)] == []


def test_miao_says_only_what_is_attested_or_a_native_reader_wrote(chinese, miao, attested):
    assert invented(miao, chinese, attested) == []


def test_miao_has_no_sentence_that_the_code_no_longer_says(template, miao):
    assert {message.id for message in miao} - template == set()


def test_a_miao_draft_is_fuzzy_until_a_native_reader_approves_it(miao, attested):
    assert wrongly_shown(miao, attested) == []


@pytest.fixture
def copy(tmp_path):
    """The written Miao in another place."""
    return Path(shutil.copy(LOCALE / "hea" / "LC_MESSAGES" / "messages.po", tmp_path))


def sentences(path):
    with path.open("rb") as file:
        return {one.id: one for one in read_po(file) if one.id}


def decide(path, **decisions):
    """Write readers' decisions into a catalog; return its sentences."""
    decided = {
        msgid: Decision(state, text, "P000007", MONDAY)
        for msgid, (state, text) in decisions.items()
    }
    assert write_back(path, decided) == len(decided)
    return sentences(path)


def test_what_readers_decided_is_accepted_with_their_number_and_the_date(copy, chinese, attested):
    after = decide(
        copy,
        Ask=(ReviewState.APPROVED, "Nais"),
        Study=(ReviewState.CORRECTED, "A word of the village"),
        tomorrow=(ReviewState.APPROVED, "Fub fal"),
        today=(ReviewState.REFUSED, ""),
    )
    assert invented(after.values(), chinese, attested) == []
    assert wrongly_shown(after.values(), attested) == []
    assert after["Study"].string == "A word of the village"
    assert "corrected P000007 2026-11-23" in after["Study"].user_comments
    assert {one: after[one].fuzzy for one in ("Ask", "Study", "tomorrow", "today")} == {
        "Ask": False,
        "Study": False,
        "tomorrow": False,
        "today": True,
    }


def test_the_last_word_counts(copy, chinese, attested):
    for state, text in (
        (ReviewState.APPROVED, "Nais"),
        (ReviewState.REFUSED, ""),
        (ReviewState.APPROVED, "Nais"),
        (ReviewState.CORRECTED, "Another word"),
        (ReviewState.REFUSED, ""),
    ):
        after = decide(copy, Ask=(state, text))
        assert after["Ask"].fuzzy == (state is ReviewState.REFUSED)
        assert invented(after.values(), chinese, attested) == []
        assert wrongly_shown(after.values(), attested) == []


@pytest.mark.parametrize(
    ("comment", "flag"),
    [
        ("# somewhere", ""),
        ("# somewhere", "#, reviewed\n"),
        ("# corrected 2026-11-23", "#, reviewed\n"),
        ("# corrected P000007 2026-11-23", ""),
        ("# corrected P000007 2026-11-23\n# refused P000008 2026-11-24", "#, reviewed\n"),
    ],
    ids=["no reader", "only the flag", "a nameless reader", "no flag", "refused since"],
)
def test_what_nobody_reviewed_is_still_refused(copy, chinese, attested, comment, flag):
    with copy.open("a", encoding="utf-8") as file:
        file.write(f'\n{comment}\n{flag}msgid "Ill"\nmsgstr "Invented"\n')
    messages = sentences(copy).values()
    found = {*invented(messages, chinese, attested), *wrongly_shown(messages, attested)}
    assert found == {"Ill"}


def test_every_miao_sentence_says_where_it_was_seen(miao):
    assert [message.id for message in miao if not message.user_comments] == []


def test_miao_has_a_plural_rule_and_needs_none(miao):
    text = (LOCALE / "hea" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    assert '"Language: hea\\n"' in text
    assert '"Plural-Forms: nplurals=1; plural=0;\\n"' in text
    assert all(isinstance(message.id, str) for message in miao)
