import openpyxl
import pytest

from bot.evidence.bundle import export_class
from tests.bot.evidence.sample_school import build


@pytest.fixture
async def signin(database, county, now, later, data, tmp_path):
    async with database.begin() as session:
        await build(session, now, data, learners=4, meetings=1)
    async with database.read() as session:
        return (await export_class(session, 1, tmp_path / "out", later, data=data)).signin


def test_a_name_like_a_formula_stays_a_text(signin):
    cell = openpyxl.load_workbook(signin)["签到总表"]["B9"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
