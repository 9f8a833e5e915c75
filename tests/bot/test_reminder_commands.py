import json
import os
from datetime import date

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.almanac import Kind
from bot.services.class_calendar import calendar_rules
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


def test_the_rules_show_the_calendar_that_holds_for_a_class(school):
    found = json.loads(run("timetable", "rules", "--class", CLASS, "--json").stdout)
    kinds = {rule["kind"] for rule in found["calendar"]}
    assert {"feast", "season", "holiday"} <= kinds
    unchecked = [rule for rule in found["calendar"] if rule["verify"]]
    assert all(rule["source"] for rule in found["calendar"])
    assert unchecked
    shown = run("timetable", "rules", "--class", CLASS)
    assert "待核 unchecked" in shown.output
    assert "课前1天 19:30" in shown.output
    assert run("timetable", "rules").output == shown.output  # there is but one class


def test_the_calendar_of_a_township_has_its_market_days(school):
    today = date(2026, 11, 24)
    (market,) = [one for one in calendar_rules("示例乡", today) if one.kind is Kind.MARKET]
    assert (market.when, market.verify) == ("逢子、午日", True)
    assert market.next_days[0] == date(2026, 11, 28)
    (cycle,) = [one for one in calendar_rules("示例镇", today) if one.kind is Kind.MARKET]
    assert cycle.when == "每5天（从2026-11-20起）"
    assert cycle.next_days == (date(2026, 11, 25), date(2026, 11, 30), date(2026, 12, 5))
    assert {one.when for one in calendar_rules("寨蒿镇", today) if one.kind is Kind.MARKET} == {
        "农历逢4、9"
    }
