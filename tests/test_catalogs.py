import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "locale"
SLOT = re.compile(r"%\(\w+\)[a-z]")


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


def test_miao_says_only_what_is_attested(mandarin, miao, attested):
    chinese = {message.id: str(message.string) for message in mandarin}
    invented = [
        message.id
        for message in miao
        if (plain(chinese.get(message.id, "")), message.string) not in attested
    ]
    assert invented == []


def test_miao_has_no_sentence_that_the_code_no_longer_says(template, miao):
    assert {message.id for message in miao} - template == set()


def test_a_miao_draft_is_fuzzy_until_a_native_reader_approves_it(miao, attested):
    levels = {phrase: level for (_, phrase), level in attested.items()}
    for message in miao:
        draft = levels.get(message.string) == "B" and "reviewed" not in message.flags
        assert message.fuzzy == draft, message.id


def test_every_miao_sentence_says_where_it_was_seen(miao):
    assert [message.id for message in miao if not message.user_comments] == []


def test_miao_has_a_plural_rule_and_needs_none(miao):
    text = (LOCALE / "hea" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    assert '"Language: hea\\n"' in text
    assert '"Plural-Forms: nplurals=1; plural=0;\\n"' in text
    assert all(isinstance(message.id, str) for message in miao)
