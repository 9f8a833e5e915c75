from collections import Counter
from datetime import date

import pytest

from bot.services.roster_file import read_roster
from bot.services.roster_values import age_at
from bot.services.samples import NOTE, NOWHERE, class_names, sample_roster

ON = date(2026, 11, 23)


@pytest.fixture
def sample(tmp_path):
    def make(**options):
        sample_roster(tmp_path / "sample.xlsx", on=ON, **options)
        return read_roster(tmp_path / "sample.xlsx", on=ON)

    return make


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_is_imported_without_a_fault(sample, seed):
    reading = sample(seed=seed)

    assert reading.as_json() == {"people": 50, "errors": [], "duplicates": [], "refused": None}


def test_nobody_in_a_sample_is_real(sample):
    people = sample().people

    assert {person.id_number[:6] for person in people} == {NOWHERE}
    assert {person.note for person in people} == {NOTE}
    assert all(person.township.startswith("示例") for person in people)
    assert all(person.phone.startswith("1990000") for person in people)


def test_names_differ_within_a_class(sample):
    assert Counter(person.name for person in sample().people).most_common(1)[0][1] == 1


def test_a_sample_has_every_kind_of_learner(sample):
    people = sample().people
    ages = {age_at(person.birth_date, ON) for person in people}

    assert (min(ages), max(ages)) == (15, 59)
    assert Counter(person.speaks for person in people).most_common(1)[0][0] == "苗语"
    assert {person.speaks for person in people} == {"苗语", "汉语"}
    assert {person.sex for person in people} == {"男", "女"}
    assert any(person.disability for person in people)
    assert all(person.extra["教学点"].endswith("教学点") for person in people)


def test_one_seed_makes_one_file(tmp_path):
    for name in ("a", "b"):
        sample_roster(tmp_path / name, on=ON, seed=3)
    sample_roster(tmp_path / "c", on=ON, seed=4)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_several_classes_fill_one_after_the_other(sample):
    people = sample(learners=3, classes=2).people

    assert [person.class_name for person in people] == ["2026级中餐烹饪1班"] * 3 + [
        "2026级中餐烹饪2班"
    ] * 3


def test_a_large_sample_has_no_doubles(sample):
    reading = sample(learners=50, classes=100)

    assert (len(reading.people), reading.errors) == (5_000, ())


def test_classes_are_numbered_after_the_first():
    assert class_names("烹饪9班", 2) == ["烹饪9班", "烹饪10班"]
    assert class_names("夜校", 2) == ["夜校1班", "夜校2班"]


@pytest.mark.parametrize(("learners", "classes"), [(0, 1), (50, 0), (50, 401)])
def test_an_impossible_sample_is_refused(tmp_path, learners, classes):
    with pytest.raises(ValueError, match="1 to 20000"):
        sample_roster(tmp_path / "x", learners=learners, classes=classes, on=ON)
