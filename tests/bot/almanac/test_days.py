from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot import almanac
from bot.almanac.reckoning import branch, lunar
from bot.almanac.rules import short

COUNTY = "虚构县"


@pytest.fixture
def own(tmp_path):
    """Lay a county's own file into the data folder and go by it."""

    def lay(text):
        (tmp_path / almanac.OWN).write_text(text, "utf-8")
        return almanac.use(tmp_path)

    yield lay
    almanac.use(tmp_path / "nowhere")


def kinds(day, township="示例乡"):
    return [str(notice.kind) for notice in almanac.warnings_on(day, township)]


@pytest.mark.parametrize(
    ("day", "sign"),
    [
        (date(1949, 10, 1), "子"),
        (date(2000, 1, 1), "午"),
        (date(2024, 2, 10), "辰"),
        (date(2026, 11, 24), "寅"),
    ],
)
def test_days_have_the_branch_that_calendars_print(day, sign):
    assert branch(day) == sign


def test_a_market_by_branches_comes_every_sixth_day_and_no_month_stops_it():
    days = [date(2026, 12, 1) + timedelta(days=at) for at in range(90)]

    held = [day for day in days if "market" in kinds(day)]

    assert {second - first for first, second in pairwise(held)} == {timedelta(days=6)}
    assert {branch(day) for day in held} == {"子", "午"}


def test_the_published_days_of_a_county_are_found():
    # From the published list: the third of the first month of 2024, and each sixth day after.
    days = [date(2024, 2, 12) + timedelta(days=6 * at) for at in range(5)]

    assert [lunar(day)[2] for day in days] == [3, 9, 15, 21, 27]
    assert all("market" in kinds(day, "平江镇") for day in days)
    assert not any("market" in kinds(day + timedelta(days=1), "平江镇") for day in days)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"branches": "鼠马"}, [22, 28]),
        ({"branches": "子午"}, [22, 28]),
        ({"every": 5, "since": date(2026, 11, 20)}, [20, 25, 30]),
        ({"every": 7, "since": date(2027, 1, 3)}, [22, 29]),
        ({"weekdays": [7]}, [22, 29]),
        ({"lunar_ends": [4, 9]}, [22, 27]),
    ],
)
def test_market_days_are_told_in_each_way_that_people_count(own, rule, days):
    named = "".join(f"\n    {key}: {value}" for key, value in rule.items())
    own(
        f"county: {COUNTY}\nmarkets:\n  - townships: [云上乡]\n    status: 已核\n"
        f"    source: 乡政府{named}\n"
    )

    held = [at for at in range(20, 31) if "market" in kinds(date(2026, 11, at), "云上乡")]

    assert held == days


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2026, 10, 1), "holiday", "国庆节"),
        (date(2026, 10, 10), "workday", "国庆节"),
        (date(2026, 2, 17), "holiday", "春节"),
        (date(2026, 11, 13), "feast", "苗年"),
        (date(2026, 11, 15), "feast", "苗年"),
        (date(2026, 5, 20), "season", "插秧"),
        (date(2026, 10, 10), "season", "收稻子"),
    ],
)
def test_holidays_feasts_and_seasons_are_known(day, kind, name):
    assert (kind, name) in [
        (str(notice.kind), notice.name) for notice in almanac.warnings_on(day, "示例乡")
    ]


def test_an_ordinary_day_and_an_ordinary_weekend_are_nothing_special():
    assert kinds(date(2026, 11, 24)) == []
    assert kinds(date(2026, 11, 21)) == []


def test_a_year_without_known_holidays_is_said_to_be_so_and_no_reason_to_avoid_a_day():
    year = almanac.holidays_known_until() + 1

    (notice,) = almanac.warnings_on(date(year, 8, 11), "")

    assert (notice.kind, notice.name, notice.avoid) == ("unknown", str(year), False)


def test_a_feast_of_one_township_is_not_kept_in_another():
    assert "姊妹节" in {one.name for one in almanac.warnings_on(date(2026, 4, 29), "施洞镇")}
    assert kinds(date(2026, 4, 29), "平江镇") == []


def test_what_nobody_has_checked_is_marked():
    for notice in almanac.warnings_on(date(2026, 11, 16), "示例乡"):
        assert notice.verify
        assert notice.source


def test_days_that_were_announced_take_the_place_of_the_moons(own):
    own(
        f"county: {COUNTY}\nfeasts:\n  - {{name: 苗年, month: 10, branch: 卯, days: 3, "
        "status: 待核, source: 村里,\n     announced: [{from: 2026-11-20, until: 2026-11-24}]}"
    )

    held = [at for at in range(10, 30) if "feast" in kinds(date(2026, 11, at))]

    assert held == [20, 21, 22, 23, 24]
    assert kinds(date(2025, 11, 30)) == ["feast"]  # another year goes by the moon


def test_townships_are_known_with_and_without_what_they_are():
    assert short("达地水族乡") == "达地"
    assert "market" in kinds(date(2024, 2, 12), "平江")
    assert "market" not in kinds(date(2024, 2, 12), "平江乡")


def test_townships_whose_market_days_nobody_knows_are_listed():
    assert almanac.gaps("西江镇") == ["西江镇"]
    assert almanac.gaps("示例乡") == []
    assert "丹江镇" in almanac.gaps("")


def test_a_span_lists_its_special_days_only():
    listed = almanac.notices_between(date(2026, 11, 16), date(2026, 11, 28), "示例乡")

    assert [day.day for day, _ in listed] == [16, 22, 28]


def test_the_shipped_rules_all_say_where_they_come_from():
    shipped = almanac.read(almanac.SHIPPED)

    for rule in (*shipped.markets, *shipped.feasts, *shipped.seasons):
        assert rule.source
        assert rule.verify


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("county: [", "almanac.yaml"),
        ("county: x\nmarkets: [{townships: [a], status: 已核, source: b}]", "give one of"),
        (
            "county: x\nmarkets: [{townships: [a], every: 5, status: 已核, source: b}]",
            "every and since",
        ),
        (
            "county: x\nmarkets: [{townships: [a], branches: 猫, status: 已核, source: b}]",
            "markets.0.branches",
        ),
        (
            "county: x\nseasons: [{name: a, from: 02-30, until: 03-01, status: 已核, source: b}]",
            "seasons.0.from",
        ),
        ("county: x\nfeasts: [{name: a, status: 已核, source: b}]", "give a month"),
        ("county: x\nfeasts: [{name: a, month: 3, status: 已核, source: b}]", "a month goes with"),
    ],
)
def test_a_faulty_file_is_told_with_its_place(own, text, told):
    with pytest.raises(almanac.AlmanacError, match=told):
        own(text)


def test_a_season_may_lie_over_the_turn_of_the_year(own):
    own(
        f"county: {COUNTY}\nseasons: [{{name: 修水渠, from: 12-20, until: 1-10, "
        "status: 已核, source: 村里}]"
    )

    assert kinds(date(2026, 12, 25), "任何乡") == ["season"]
    assert "season" in kinds(date(2027, 1, 10), "任何乡")
    assert "season" not in kinds(date(2027, 1, 11), "任何乡")
