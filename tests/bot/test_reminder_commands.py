import json
import os

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.services.refusing import Refusal

CLASS = "2026级中餐烹饪1班"


@pytest.fixture
def school(tmp_path, monkeypatch):
    """Stand in an empty folder whose base holds a class."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIAOKE_")]:
        monkeypatch.delenv(name)
    for args in (
        ("db", "upgrade"),
        ("roster", "sample", "roster.xlsx", "--learners", "2"),
        ("roster", "import", "roster.xlsx"),
    ):
        assert run(*args).exit_code == 0
    return tmp_path


def run(*args):
    return CliRunner().invoke(app, list(args))


def rules(*args):
    found = run("timetable", "rules", CLASS, "--json", *args)
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


def test_a_class_is_given_rules_and_goes_back_to_those_of_the_program(school):
    assert [rule["name"] for rule in rules()["rules"]] == ["evening", "hour", "start", "missed"]
    file = school / "own.yaml"
    file.write_text(
        "rules:\n  - {name: noon, kind: day_before, days: 1, at: 12:30, patience: 60}\n"
        "quiet: {from: 20:00, until: '08:00'}\n",
        encoding="utf-8",
    )
    own = rules("--set", str(file))
    assert ([rule["name"] for rule in own["rules"]], own["reminders"]) == (["noon"], 1)
    assert rules()["quiet"] == {"from": 1200, "until": 480}
    assert len(rules("--reset")["rules"]) == 4
    assert "课前1天 19:30" in run("timetable", "rules", CLASS).output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "rules: [{name: x, kind: hour_before, minutes: 60, every: 1, patience: 5}]",
            "60 times a person and meeting",
        ),
        ("rules: [", "no valid YAML"),
        ("- 1", "has no rules"),
        ("rules: []\nmost: 99", "only rules and quiet"),
    ],
)
def test_wrong_rules_are_refused_and_nothing_changes(school, text, says):
    file = school / "own.yaml"
    file.write_text(text, encoding="utf-8")
    refused = run("timetable", "rules", CLASS, "--set", str(file))
    assert refused.exit_code == 2
    assert says in refused.output or says in str(refused.exception or Refusal("", ""))
    assert len(rules()["rules"]) == 4
