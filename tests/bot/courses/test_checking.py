import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from bot.commands.course import app
from bot.courses import WENHUA
from bot.courses.checking import check
from bot.courses.schema import FILE, schema, written
from tests.bot.courses.sample_pack import change, write_pack

RUN = CliRunner()


@pytest.fixture
def pack(tmp_path):
    return write_pack(tmp_path)


def test_a_look_counts_what_a_pack_has_and_lacks(pack):
    report = check(pack)
    assert report.sound
    assert (report.lessons, report.steps.total(), report.characters, report.words) == (1, 9, 1, 1)
    assert report.steps["trace"] == 2
    assert (report.cards, report.cards_missing, report.animations) == (12, [], 1)
    assert (report.clips, len(report.clips_missing)) == (0, 9 + 3 + 4 + 6 + 3)
    assert report.to_verify == ["mx01", "mx01.8"]


def test_a_drawing_that_nobody_made_is_told(pack):
    change(pack, "drawing: bean-curd", "drawing: unheard-of-thing")
    assert check(pack).to_be_drawn == {"unheard-of-thing": ["mx01"]}


def test_what_can_be_counted_is_counted_where_cards_are_missing(pack):
    (pack / "cards" / "mx01.2.png").unlink()
    report = check(pack)
    assert not report.sound
    assert report.cards_missing == ["cards/mx01.2.png"]
    assert [str(one) for one in report.problems] == [
        "mx01.yaml, line 23, steps.2.picture: the picture “mx01.2.png” is missing."
    ]


def test_a_card_too_heavy_for_a_weak_network_is_a_problem(pack):
    card = pack / "cards" / "mx01.2.png"
    card.write_bytes(card.read_bytes() + bytes(100_000))
    assert "the card “mx01.2.png” is larger than 100 kB" in str(check(pack).problems[0])


def test_the_command_prints_counts_for_machines_and_draws_one_sheet(pack, tmp_path):
    sheet = tmp_path / "sheet.png"
    result = RUN.invoke(app, ["check", str(pack), "--json", "--sheet", str(sheet)])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["sound"], told["lessons"], told["steps"]["dial"]) == (True, 1, 1)
    with Image.open(sheet) as picture:
        assert picture.size == (1974, 2 * 202 + 6)


def test_the_command_tells_people_too_and_fails_when_something_is_wrong(pack):
    change(pack, "kind: dial", "kind: sing")
    result = RUN.invoke(app, ["check", str(pack)])
    assert result.exit_code == 1
    assert "the kind “sing” is not known" in result.stdout


def test_the_shipped_course_is_sound_on_the_command_line():
    result = RUN.invoke(app, ["check", str(WENHUA)])
    assert result.exit_code == 0, result.stdout
    assert "The pack is sound." in result.stdout


def test_a_folder_without_a_course_is_told_in_one_sentence(tmp_path):
    result = RUN.invoke(app, ["check", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "course.yaml, line 1: the file is missing.\n")


def test_the_published_schema_is_current():
    assert FILE.read_text(encoding="utf-8") == written()
    assert RUN.invoke(app, ["schema"]).stdout == written()


def test_the_schema_asks_only_for_what_is_written():
    definitions = schema()["$defs"]
    assert {"version", "folder"}.isdisjoint(definitions["Course"]["properties"])
    assert "version" not in definitions["Lesson"]["properties"]
    assert definitions["Order"]["required"] == ["id", "say", "caption", "options", "kind"]
    assert definitions["Course"]["properties"]["lessons"]["items"]["type"] == "string"
