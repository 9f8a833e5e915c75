import subprocess
from datetime import timedelta

import pytest

from bot.evidence.attendance import ClassFacts
from bot.evidence.dossier import Press
from bot.evidence.facts import dossier_facts
from bot.evidence.glyphs import covered, showable
from bot.evidence.traces import ranges
from bot.services.hours_of_class import class_hours
from db.models import Consent, ConsentState, How, Mark, Phase, Status, Sure
from db.queries import evidence as queries
from db.queries.clips import VARIETY
from tests.bot.evidence.sample_school import RARE


@pytest.fixture(scope="module")
def press():
    return Press()


@pytest.fixture
async def facts_of(school, later):
    async def facts(number):
        async with school.read() as session:
            of_class = await class_hours(session, await queries.study_class(session, 1), later)
            learner = next(each for each in of_class.learners if each.person.id == number)
            kept = await queries.kept(session, number, 1)
            about = ClassFacts(
                study_class=of_class.study_class,
                head="示例班主任",
                meetings=of_class.meetings,
                names=await queries.names_of(session, {number, 901, 902}),
                titles={},
                now=later,
            )
            return dossier_facts(about, learner, kept)

    return facts


def text_of(pdf):
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


async def test_hours_of_one_on_time_one_late_and_one_away(facts_of):
    assert [(await facts_of(number))["totals"]["minutes"] for number in (1, 2, 3)] == [270, 210, 0]
    assert (await facts_of(1))["totals"]["hours"] == "6.0"
    assert (await facts_of(3))["totals"]["absent"] == 3


async def test_every_row_names_the_ledger_lines_that_it_rests_on(facts_of):
    facts = await facts_of(1)
    tables = ("meetings", "marks", "lessons", "works", "answers", "questions", "consents")
    assert [(name, row) for name in tables for row in facts[name] if not row["lines"]] == []
    assert [row["lines"] for row in facts["marks"][:2]] == ["2", "3"]
    assert facts["meetings"][0]["lines"] == "2–3"


def test_ledger_lines_are_named_briefly():
    assert ranges([]) == ""
    assert ranges([3, 7, 8, 9, 12]) == "3、7–9、12"


async def test_the_id_number_shows_its_last_four_digits_only(facts_of):
    assert (await facts_of(1))["person"]["id"] == "**************001X"


async def test_the_same_facts_give_the_same_bytes_from_any_press(facts_of, press, later):
    facts = await facts_of(1)
    pdf = press.dossier(facts, later)
    assert pdf == press.dossier(facts, later) == Press().dossier(facts, later)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B" in pdf


async def test_a_dossier_says_who_when_and_on_which_page(facts_of, press, later):
    text = text_of(press.dossier(await facts_of(1), later))
    for words in (
        "学员学习档案",
        "P00001",
        "认识自己的名字",
        "待核",
        "照片",
        "签字（按手印）",
        "盖章",
    ):
        assert words in text
    assert "第1页共3页" in "".join(text.split())


async def test_a_name_with_markup_stays_text(facts_of, press, later):
    facts = await facts_of(3)
    assert facts["person"]["name"] == RARE
    text = text_of(press.dossier(facts, later))
    assert "<b>#x$y*_`\\" in text


async def test_a_question_with_typst_code_stays_text(facts_of, press, later):
    facts = await facts_of(2)
    facts["class"]["name"] = '#read("dossier.typ") #panic() "'
    text = text_of(press.dossier(facts, later))
    assert "#emph[x] $x$" in text
    assert "#panic()" in text


async def test_what_the_font_lacks_is_written_as_its_code(facts_of, press, later):
    facts = await facts_of(1)
    facts["person"]["name"] = "龙\U0002a6a5😀\u202e女\x00"
    text = text_of(press.dossier(facts, later))
    for code in ("U+2A6A5", "U+1F600", "U+202E", "U+0000"):
        assert code in text.replace("\n", "")


def test_common_characters_and_lines_are_left_as_they_are():
    text = "苗族：Hmoob，é\nＡ①〔〕—…"
    assert showable(text, covered()) == text


async def test_very_long_values_and_thousands_of_rows_still_print(facts_of, press, later):
    facts = await facts_of(1)
    facts["person"]["name"] = "阿" * 60
    facts["person"]["village"] = "村" * 60
    facts["questions"] = [facts["questions"][0] | {"text": "问" * 4096}]
    facts["marks"] = facts["marks"] * 200
    assert press.dossier(facts, later).startswith(b"%PDF")


async def test_an_open_meeting_and_a_withdrawn_mark_stand_in_the_file(school, facts_of, now):
    async with school.begin() as session:
        mark = {"meeting_id": 1, "person_id": 3, "how": How.TAP, "sure": Sure.SELF, "made_by": 3}
        session.add(Mark(**mark, phase=Phase.IN, key="self", status=Status.PRESENT, at=now))
        await session.flush()
        (first,) = (await queries.kept(session, 3, 1)).marks
        session.add(
            Mark(
                **mark,
                phase=Phase.IN,
                key=f"withdrawn:{first.id}",
                status=Status.WITHDRAWN,
                at=now + timedelta(minutes=1),
            )
        )
    facts = await facts_of(3)
    assert [row["status"] for row in facts["marks"]] == ["出勤", "撤回"]
    assert facts["meetings"][0]["status"] == "缺勤"


async def test_to_understand_another_voice_is_no_consent_of_the_school(school, facts_of, now):
    before = (await facts_of(1))["consents"]
    async with school.begin() as session:
        session.add(
            Consent(
                person_id=1,
                kind=VARIETY,
                notice_version="2026-11",
                language="hmd",
                state=ConsentState.GIVEN,
                asked_at=now,
                decided_at=now,
            )
        )
    assert (await facts_of(1))["consents"] == before
