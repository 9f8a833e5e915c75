import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import av
import pytest

from bot.clock import file_clock
from bot.rehearsal.parts import UNLINKED, Part, cast
from bot.rehearsal.plan import Plan, UnusableFolderError, note_written, prepare_folder
from bot.rehearsal.school import opening
from bot.rehearsal.stage import Stage
from bot.rehearsal.tones import tone
from bot.rehearsal.truth import Truth

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_a_class_of_fifty_has_every_kind_of_person():
    parts = Counter(cast(50, Random(1)))
    assert parts.keys() == set(Part)
    assert parts[Part.UNLINKED_HERE] == 4
    assert parts[Part.FAMILY] == 3
    assert sum(parts[part] for part in UNLINKED) == 6


@pytest.mark.parametrize("count", [1, 2, 6, 50])
def test_a_class_is_cast_the_same_for_the_same_chance(count):
    assert cast(count, Random(3)) == cast(count, Random(3))
    assert len(cast(count, Random(3))) == count


def test_a_folder_that_no_rehearsal_left_is_not_removed(tmp_path):
    kept = tmp_path / "data" / "thesis.txt"
    kept.parent.mkdir()
    kept.write_text("years of work")
    with pytest.raises(UnusableFolderError):
        prepare_folder(Plan(out=tmp_path))
    assert kept.read_text() == "years of work"


def test_the_traces_of_an_earlier_rehearsal_are_removed_and_nothing_else(tmp_path):
    plan = Plan(out=tmp_path)
    prepare_folder(plan)
    (plan.data / "miaoke.db").touch()
    ours, other = tmp_path / "dossiers" / "P000001.pdf", tmp_path / "dossiers" / "mine.pdf"
    ours.parent.mkdir()
    ours.touch()
    other.touch()
    note_written(plan, [ours])
    prepare_folder(plan)
    assert not ours.exists()
    assert other.exists()
    assert [path.name for path in plan.data.iterdir()] == ["rehearsal.txt"]


def test_a_rehearsal_opens_two_days_before_the_first_meeting():
    assert opening(Plan(date=date(2026, 11, 25))) == datetime(2026, 11, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("number", [0, 1, 2, 40])
def test_a_simulated_voice_is_a_real_voice_note(number):
    with av.open(io.BytesIO(tone(number)), "r") as container:
        (stream,) = container.streams.audio
        assert stream.codec_context.name in {"opus", "libopus"}
        assert container.duration
        assert container.duration / 1e6 == pytest.approx(1 + number % 3, abs=0.1)


async def test_time_passes_only_when_everybody_waits_and_all_is_quiet(tmp_path):
    seen = []

    async def quiet(now):
        seen.append(("quiet", (now - MONDAY).total_seconds()))

    stage = Stage(tmp_path / "clock", MONDAY, quiet)
    clock = file_clock(tmp_path / "clock")

    async def person(name, *waits):
        for wait in waits:
            await stage.pause(wait)
            assert clock() == stage.now
            seen.append((name, (stage.now - MONDAY).total_seconds()))

    await stage.play(person("a", 10, 10), person("b", 20), person("c"))
    acts = [one for one in seen if one[0] != "quiet"]
    assert acts[0] == ("a", 10.0)
    assert sorted(acts[1:]) == [("a", 20.0), ("b", 20.0)]
    assert ("quiet", 10.0) in seen[: seen.index(("a", 10.0))]
    assert ("quiet", 20.0) in seen[: seen.index(("b", 20.0))]


async def test_what_goes_wrong_for_one_ends_the_play(tmp_path):
    async def quiet(_now):
        return

    stage = Stage(tmp_path / "clock", MONDAY, quiet)

    async def stumble():
        await stage.pause(5)
        raise LookupError("stumbled")

    async def wait():
        await stage.pause(50)

    with pytest.RaisesGroup(LookupError):
        await stage.play(stumble(), wait())
    assert stage.now == MONDAY + timedelta(seconds=5)


def test_ten_minutes_are_grace_and_the_eleventh_is_late(lesson):
    truth = Truth()
    for minutes in (-5, 10, 11):
        truth.arrive(str(minutes), lesson, lesson.starts + timedelta(minutes=minutes), "tap")
    assert [(mark[4], mark[7]) for mark in truth.marks] == [
        ("present", 0),
        ("present", 0),
        ("late", 11),
    ]


def test_who_takes_a_tap_back_has_not_come(lesson):
    truth = Truth()
    truth.arrive("P1", lesson, lesson.starts, "tap")
    truth.withdraw("P1", lesson, lesson.starts, "tap", "self")
    assert truth.came[lesson.name] == set()
