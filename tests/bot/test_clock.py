from datetime import UTC, datetime, timedelta

from bot.clock import file_clock, utcnow, write_clock

NINE = datetime(2026, 11, 23, 1, 0, 0, 125_000, tzinfo=UTC)


def test_whoever_writes_the_file_moves_the_time(tmp_path):
    path = tmp_path / "clock"
    write_clock(path, NINE)
    now = file_clock(path)
    first = now()
    write_clock(path, NINE + timedelta(hours=1))
    assert [first, now()] == [NINE, NINE + timedelta(hours=1)]


def test_the_present_is_aware():
    assert utcnow().tzinfo is UTC
