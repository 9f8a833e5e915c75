from datetime import UTC, datetime, timedelta

import pytest

from bot.rehearsal.school import Lesson


@pytest.fixture
def lesson():
    starts = datetime(2026, 11, 25, 1, tzinfo=UTC)
    return Lesson(1, "class and time", starts, starts + timedelta(minutes=90), "wh01")
