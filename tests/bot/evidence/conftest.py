from datetime import timedelta

import pytest

from bot.evidence.bundle import export_class
from tests.bot.evidence.sample_school import build


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def later(now):
    return now + timedelta(days=7)


@pytest.fixture
async def school(database, county, now, data):
    async with database.begin() as session:
        await build(session, now, data)
    return database


@pytest.fixture
async def exported(school, tmp_path, data, later):
    async with school.read() as session:
        return await export_class(session, 1, tmp_path / "out", later, data=data)
