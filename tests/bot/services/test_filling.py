import json
import shutil
from datetime import timedelta

import pytest
from PIL import Image

from bot.clips.parts import parts
from bot.courses import Dial, Trace
from bot.services import filling, name_drawing
from bot.services.recalling import GAP, recall, split_name
from bot.services.taught import course
from bot.voice.choosing_clips import Heard, Voices
from bot.voice.listening import Listener
from db.models import Account, Meeting, Membership, Reads, Role, StudyClass

STEPS = [step for lesson in course().lessons for step in lesson.steps]
NAMED = next(step for step in STEPS if GAP.findall(step.say_slots or "") == ["姓名"])
TODAY = next(step for step in STEPS if GAP.findall(step.say_slots or "") == ["今天"])
PLACED = next(step for step in STEPS if "村" in GAP.findall(step.say_slots or ""))
CHOICE = next(step for step in STEPS if any(one.slot for one in step.options))
DIAL = Dial.model_validate(
    {
        "id": "wh99.1",
        "number": 1,
        "kind": "dial",
        "picture": "cards/x.png",
        "say": "拨号",
        "caption": "拨号",
        "digits": "110",
        "slot": "电话",
    }
)


class Recorded(Voices):
    """Every part of a sentence that these tests need, names among them, without a machine."""

    def __init__(self, data, *lacking):
        super().__init__(data)
        self.folder, self.lacking = data, lacking
        any_part = next(iter(parts().values())).path
        (data / "part.ogg").write_bytes(any_part.read_bytes())

    async def refresh(self, session):
        """Stay as it is."""

    def find(self, key, language, brought=None):
        if language != "zh" or brought is not None or key.startswith(self.lacking or ("-",)):
            return super().find(key, language, brought)
        return Heard(self.folder / "part.ogg", "data:part.ogg", "part", digest=key)


@pytest.fixture
async def here(database, county, make_person, now):
    """A learner of a class that meets the day after tomorrow."""
    async with database.begin() as session:
        person = make_person(
            "欧阳小明",
            township="云上乡",
            village="云上村",
            address="云上村三组12号",
            phone="13800001234",
            reads=Reads.NOTHING,
            speaks="zh",
        )
        session.add_all([person, StudyClass(id=1, county_id=1, name="示例班", created_at=now)])
        await session.flush()
        role = Role.LEARNER
        session.add(Membership(person_id=person.id, role=role, study_class_id=1, starts_at=now))
        session.add(
            Meeting(
                study_class_id=1,
                teacher_id=person.id,
                starts_at=now + timedelta(days=2),
                ends_at=now + timedelta(days=2, hours=1),
                place="学校",
                lesson="wh01",
                title="听",
            )
        )
    return Listener(5, Account(id=1, user_id=5), person)


async def filled(database, here, step, now, voices):
    database.carry(voices=voices)
    async with database.begin() as session:
        return await filling.fill(session, here, step, now)


def said(voices, voice):
    pieces = json.loads(voices.data.joinpath("voice", f"{voice.ref[1:]}.json").read_text("utf-8"))
    return [one if isinstance(one, str) else one["sha256"] for one in pieces["pieces"]]


async def test_the_own_name_is_said_shown_and_drawn_where_it_was_recorded(
    database, here, now, tmp_path
):
    voices = Recorded(tmp_path)
    found = await filled(database, here, NAMED, now, voices)
    assert "person.欧阳小明" in said(voices, found.voice)
    assert filling.caption(found, "").endswith("\n欧阳小明")


async def test_without_a_recording_of_the_name_the_plain_sentence_is_heard(
    database, here, now, tmp_path
):
    found = await filled(database, here, NAMED, now, Recorded(tmp_path, "person."))
    assert found.voice is None
    assert "欧阳小明" in filling.caption(found, "")


async def test_the_own_place_and_day_are_said(database, here, now, tmp_path):
    voices = Recorded(tmp_path)
    found = await filled(database, here, PLACED, now, voices)
    places = [one for one in said(voices, found.voice) if one.startswith("place.")]
    assert places == ["place.示例县", "place.云上乡", "place.云上村", "place.三组"]
    found = await filled(database, here, TODAY, now, voices)
    assert "date.23" in said(voices, found.voice)


async def test_what_the_record_lacks_leaves_the_step_plain(database, here, now, tmp_path):
    here.person.village = ""
    found = await filled(database, here, PLACED, now, Recorded(tmp_path))
    assert (found.voice, found.told) == (None, "")
    here.person.village, here.person.address = "云上村", ""  # a village need not have groups
    assert (await filled(database, here, PLACED, now, Recorded(tmp_path))).voice


async def test_a_step_without_gaps_is_left_alone(database, here, now, tmp_path):
    plain = next(step for step in STEPS if not step.say_slots and step.kind == "see_hear")
    assert await filled(database, here, plain, now, Recorded(tmp_path)) == filling.Filled(plain)


async def test_the_own_number_is_dialled_where_it_is_known(database, here, now, tmp_path):
    found = await filled(database, here, DIAL, now, Recorded(tmp_path))
    assert found.step == filling.in_play(here, DIAL)
    assert filling.in_play(here, DIAL) == DIAL.model_copy(update={"digits": "13800001234"})
    here.person.phone = "—"
    assert filling.in_play(here, DIAL) is DIAL


async def test_the_own_name_is_to_be_found_and_traced(database, here, now, tmp_path):
    voices = Recorded(tmp_path)
    drawn = {(await filled(database, here, CHOICE, now, voices)).drawn}
    for step in STEPS:
        if isinstance(step, Trace) and step.slot:
            drawn.add((await filled(database, here, step, now, voices)).drawn)
    assert len(drawn) == 3
    for file in drawn:
        with Image.open(tmp_path / file) as image:
            assert image.size == (800, 600)
        assert (tmp_path / file).stat().st_size <= 100_000


@pytest.mark.parametrize("name", ["龙\U00020000", CHOICE.options[1].label])
async def test_a_name_that_cannot_be_shown_or_told_apart_leaves_the_plain_card(
    database, here, now, tmp_path, name
):
    here.person.name = name
    found = await filled(database, here, CHOICE, now, Recorded(tmp_path))
    assert found.drawn == ""


async def test_the_next_class_is_told_as_a_learner_says_it(database, here, now):
    async with database.begin() as session:
        known = await recall(session, here.person, ["下次课", "n"], now)
    assert known.shown["下次课"].endswith("9:00")
    assert "n" not in known.values  # nothing was learnt yet


@pytest.mark.parametrize(
    ("name", "parted"),
    [
        ("杨一", ("杨", "一")),
        ("欧阳小明", ("欧阳", "小明")),
        ("欧阳", ("欧", "阳")),
        ("龙", ("龙", "")),
    ],
)
def test_a_name_falls_into_family_name_and_given_name(name, parted):
    assert split_name(name) == parted


def test_the_same_name_is_drawn_once(tmp_path):
    file = tmp_path / name_drawing.to_trace(tmp_path, "杨")
    file.write_bytes(b"kept")
    assert tmp_path / name_drawing.to_trace(tmp_path, "杨") == file
    assert file.read_bytes() == b"kept"
    shutil.rmtree(tmp_path / "drawn")


def test_every_gap_of_the_lessons_is_known():
    gaps = {gap for step in STEPS for gap in GAP.findall(step.say_slots or "")}
    assert gaps <= filling.SPOKEN_AS.keys()


@pytest.mark.parametrize(
    "step", [step for step in STEPS if step.say_slots], ids=lambda step: step.id
)
def test_every_sentence_with_gaps_falls_into_parts(step):
    gaps = GAP.findall(step.say_slots)
    assert filling.way(step.say_slots, dict.fromkeys(gaps, 1))
